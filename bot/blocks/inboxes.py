"""Replies to what was written anonymously: the form of whoever asked, and what whoever has the code sees."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from bot.blocks.mrkdwn import shorten
from bot.blocks.parts import button, context, section, text_input
from bot.blocks.phrases import closed_at, quote, sections, strong
from bot.blocks.views import modal
from bot.domain.answer import TEXT_LIMIT
from bot.domain.dates import show_date
from bot.domain.inbox import EXAMPLE, Inbox, Opened
from bot.domain.message import Block, View
from bot.domain.prompt import Prompt

REPLY_FORM = "reply"
REPLY_TITLE = "Reply"
INBOX_FORM = "open_inbox"
INBOX_TITLE = "Private reply"

SENT_ONCE = (
    "Only whoever has the code that came with this answer can read it. Nothing Loopmark keeps tells who that is, and "
    "nothing is sent to anybody. It says no more of you than that you asked. You can't change it or read it again, and "
    "you are never told whether it was opened: that would tell when."
)
LEAVES_NO_TRACE = (
    "Nothing is kept of your opening this, and nobody is told. Your command came with your Slack id, though: somebody "
    "who changed Loopmark's code could have seen it."
)
NEW_CODE = (
    "The code of your answer opens a reply as long as you leave the answer as it is. Sending it again, changed or not, "
    "gives a new code and voids that one."
)
WORDS_SHOWN = 300
"""Characters of one's own words among those to other questions of a form; the replies are always whole."""


def code_line(code: str, *, is_open: bool) -> str:
    """Return what a receipt says of the code for the words in it, the one time it is shown.

    Args:
        code: As `bot.domain.inbox.spell_code` makes it.
        is_open: Whether the answer can still be sent again.
    """
    said = (
        f"If whoever asked replies to what you wrote, only this code opens it: `/feedback inbox {code}`. "
        "Keep it: Loopmark does not, and sends nothing when a reply comes. Typing it brings your Slack id along, of "
        "which nothing is kept (`/feedback privacy` says what that leaves open)."
    )
    return f"{said} Sending your answer again gives a new code and voids this one." if is_open else said


def with_reply(blocks: tuple[Block, ...], prompt: Prompt, inbox: Inbox, text: str) -> tuple[Block, ...]:
    """Return quoted words with [Reply] beside them, or with the day of the reply there is."""
    if inbox.replied_on is not None:
        return (*blocks, context(f"Replied on {show_date(inbox.replied_on)}."))
    reply = button(
        "Reply",
        f"reply:{inbox.address[:16]}",
        f"{prompt.id}:{inbox.address}",
        label=f"Reply to: {text}",
    )
    return (*blocks[:-1], {**blocks[-1], "accessory": reply})


def reply_view(prompt: Prompt, inbox: Inbox, text: str) -> View:
    """Return the form for a reply to one written answer, and say what it can and can't do."""
    return modal(
        REPLY_TITLE,
        [
            section(strong(prompt.question)),
            *sections(quote(text).split("\n")),
            text_input("reply", "Your reply", multiline=True, max_length=TEXT_LIMIT),
            context(SENT_ONCE),
        ],
        callback_id=REPLY_FORM,
        submit="Send reply",
        metadata=json.dumps({"channel": prompt.channel_id, "prompt": prompt.id, "inbox": inbox.address}),
    )


def replied_view(text: str, reply: str, until: date) -> View:
    """Show a reply for the last time to whoever wrote it, and say until when it waits."""
    waits = (
        f"It waits until {show_date(until)} for whoever has the code. Nobody else can read it, you included."
    )
    return modal(
        REPLY_TITLE,
        [
            section("Your reply to:"),
            *sections(quote(text).split("\n")),
            section("It says:"),
            *sections(quote(reply.strip()).split("\n")),
            context(waits),
        ],
        close="Done",
    )


def inbox_view(prompt: Prompt, answers: Sequence[Opened]) -> View:
    """Show whoever has the code what they wrote, and what whoever asked replied to it."""
    title = f"{strong(prompt.question)}\n#{prompt.number} · closed {closed_at(prompt)}"
    blocks: list[Block] = [section(title)]
    for each in answers:
        lines = ["*You wrote:*"]
        text = each.text
        if len(answers) > 1:
            lines, text = [f"*You wrote* to {strong(each.question)}:"], shorten(text, WORDS_SHOWN)
        lines += quote(text).split("\n")
        if each.reply is not None and each.replied_on is not None:
            lines += [
                f"*Whoever asked replied* on {show_date(each.replied_on)}:",
                *quote(each.reply).split("\n"),
            ]
        blocks += sections(lines)
        blocks.append(context(_waits(each)))
    return modal(INBOX_TITLE, [*blocks, context(LEAVES_NO_TRACE)], close="Done")


def _waits(answer: Opened) -> str:
    until = show_date(answer.until)
    if answer.replied_on is not None:
        return (
            f"The same code opens this until {until}; then it is deleted. Without the code nobody reads it."
        )
    if not answer.is_shown:
        return "No reply can come: the results of this question stay hidden, so nobody sees what you wrote."
    return f"No reply yet. Nothing is sent when one comes; look again with the same code until {until}."


def inbox_form(channel_id: str) -> View:
    """Return the form that asks for a code."""
    return modal(
        INBOX_TITLE,
        [
            text_input(
                "code",
                "Code from your receipt",
                placeholder=EXAMPLE,
                hint="Small letters and missing dashes are fine.",
                max_length=100,
            )
        ],
        callback_id=INBOX_FORM,
        submit="Open",
        metadata=json.dumps({"channel": channel_id}),
    )
