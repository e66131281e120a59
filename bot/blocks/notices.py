"""Notices: what an owner is told by direct message, once, because only they can do something about it."""

from __future__ import annotations

from datetime import timedelta

from bot.blocks.mrkdwn import channel, code, escape, shorten
from bot.blocks.parts import actions, button, context, section
from bot.domain.durations import spell
from bot.domain.initiative import Initiative
from bot.domain.line import CriterionLine
from bot.domain.message import Block, Message


def verdict_asked(initiative: Initiative, line: CriterionLine) -> Message:
    """Ask a criterion's owner for the value on its due date, since no verdict could be taken."""
    text = (
        f"*{escape(line.name)}* of *{escape(initiative.name)}* has passed its due date: "
        f"{escape(line.sentence)}. What was its value then ({escape(line.condition)})? "
        "The first one you give decides."
    )
    if initiative.private:
        command = code(f'/criteria set "{line.name}" VALUE')
        return notice(f"{text} Type {command} in {channel(initiative.channel_id)}.")
    value = str(line.criterion_id)
    return notice(
        text, button("Set a value", "set_value", value, style="primary", label=f"Set a value of {line.name}")
    )


def value_due(initiative: Initiative, line: CriterionLine, every: timedelta) -> Message:
    """Ask a criterion's owner for its next value, and say how that stops.

    Args:
        initiative: Its initiative.
        line: How it reads now.
        every: How often a value is expected.
    """
    name = f'"{line.name}"'
    last = f"The last one was {escape(line.value)}, {line.age}" if line.age else "There is none yet"
    text = f"A value of *{escape(line.name)}* of *{escape(initiative.name)}* is due ({escape(line.condition)}). {last}."
    where = f" in {channel(initiative.channel_id)}" if initiative.private else ""
    why = (
        f"You own it, and a value is expected every {spell(every)}. "
        f"{code(f'/criteria pause {name}')}{where} ends these reminders."
    )
    if initiative.private:
        set_it = f" Type {code(f'/criteria set {name} VALUE')} in {channel(initiative.channel_id)}."
        return notice(f"{text}{set_it}", note=why)
    value = str(line.criterion_id)
    give = button("Set a value", "set_value", value, style="primary", label=f"Set a value of {line.name}")
    return notice(text, give, note=why)


def held_message(what: str, channel_id: str, outbox_id: int) -> Message:
    """Ask the owner of a message whether it is in its channel, since Loopmark can't look."""
    text = (
        f"Slack's answer was lost when I posted {escape(what)} in {channel(channel_id)}, and I have no "
        "permission to look whether it is there. Please look. With the history permission "
        "(`channels:history`, `groups:history`) I would look by myself."
    )
    return notice(
        text,
        button("It is there", "held_post", f"there:{outbox_id}"),
        button("Post it again", "held_post:again", f"again:{outbox_id}", style="primary"),
    )


def held_decided(*, again: bool, decided: bool) -> Message:
    """Return the answer to what the owner of a held message decided."""
    if not decided:
        return notice("That was decided before.")
    return notice("It goes out again now." if again else "Good, I leave it as it is.")


def not_posted(what: str, channel_id: str, because: str) -> Message:
    """Tell the owner of a message that Slack refused it, and what to do."""
    return notice(f"I could not post {escape(what)} in {channel(channel_id)}: {escape(full_stop(because))}")


def notice(text: str, *buttons: Block, note: str = "") -> Message:
    """Return a short message with a line of small print and buttons, as far as there are any."""
    blocks: tuple[Block, ...] = (section(text), *([context(note)] if note else []))
    return Message(text=shorten(text, 3_900), blocks=(*blocks, actions(*buttons)) if buttons else blocks)


def full_stop(text: str) -> str:
    """Return a sentence with its end."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
