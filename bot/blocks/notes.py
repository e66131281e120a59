"""What a person sees of their own notes and of what is kept about them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.blocks.mrkdwn import escape, person, shorten
from bot.blocks.parts import actions, button, context, section, text_input
from bot.blocks.phrases import TEXT_LIMIT, sections, spoken
from bot.blocks.privacy import REPLIES
from bot.blocks.quoted import escape_note, linked, quote_note, speaker
from bot.blocks.views import modal
from bot.domain.initiative import Initiative
from bot.domain.message import Block, Message, View
from bot.domain.note import Note
from bot.domain.ship import Ship

ROOM_FOR_NOTE = 9000
"""Characters of a note shown, escaped: Slack refuses messages with more than about 12,000 in all."""
CHOICES = 10
FORM = "give_feedback"
FORM_TITLE = "Give feedback"


def note_form(initiative: Initiative, channel_id: str, *, ship: Ship | None = None) -> View:
    """Return the modal in which feedback on an initiative, or on one of its ships, is typed."""
    about = (
        f"*{escape(initiative.name)}*"
        if ship is None
        else f"*{escape(ship.name)}* of {escape(initiative.name)}"
    )
    metadata = {"channel": channel_id, "initiative": initiative.id, "ship": ship.id if ship else None}
    return modal(
        FORM_TITLE,
        [
            section(about),
            text_input("text", "What do you think?", placeholder="The new form is confusing", multiline=True),
            context("It is kept with your name as a note. Whoever sees the initiative can read it."),
        ],
        callback_id=FORM,
        submit="Send",
        metadata=json.dumps(metadata),
    )


def note_message(
    note: Note,
    initiative: Initiative | None,
    choices: Sequence[Initiative],
    *,
    before: bool = False,
) -> Message:
    """Show a saved note with [Undo], and what it is about.

    Args:
        note: As stored.
        initiative: What it is about, or None when that is the channel alone.
        choices: Initiatives to put it on, when the channel is home to several.
        before: Whether the message it keeps had been kept before.
    """
    if initiative is not None:
        saved = f"Saved as a note on *{escape(initiative.name)}*."
    elif choices:
        saved = (
            "Saved as a note on this channel. It is home to several initiatives; "
            "press a button to put the note on one of them."
        )
    else:
        saved = "Saved as a note on this channel, which is home to no initiative."
    if before:
        saved = f"You kept that message before, and it counts once. {saved}"
    buttons = [button("Undo", "undo_note", str(note.id), label="Undo: delete this note")]
    buttons += [
        button(
            shorten(f"Put on {other.name}", 75),
            f"move_note:{other.id}",
            f"{note.id}:{other.id}",
            label=spoken(f"Put this note on {other.name}"),
        )
        for other in choices[:CHOICES]
    ]
    privacy = "Notes are kept with your name; whoever types `/feedback list` in this channel can read them."
    kept_from = [context(*_kept_from(note))] if note.message_ts is not None else []
    return Message(
        text=shorten(f"{saved} {escape_note(note, note.text)}", TEXT_LIMIT),
        blocks=(section(saved), *_shown(note), *kept_from, actions(*buttons), context(privacy)),
    )


def mention_usage(bot_user_id: str) -> Message:
    """Say what a mention of the bot is for."""
    text = (
        f"Mention me with what you think, and it is kept as a note: {person(bot_user_id)} the new form is confusing. "
        "Only you see the answer. All else is typed as a command: `/feedback help` and `/loop help` say more."
    )
    return Message(text=text, blocks=(section(text),))


def undone_message(note: Note) -> Message:
    """Say that a note is deleted, and give its words back."""
    said = "The note is deleted. It read:"
    return Message(
        text=shorten(f"{said} {escape_note(note, note.text)}", TEXT_LIMIT),
        blocks=(section(said), *_shown(note)),
    )


def privacy_message(zone: str, kept: Sequence[tuple[str, int]], hidden: int, anonymous: str) -> Message:
    """Say exactly what is kept about the person who asks, what is not, and what anonymous means.

    Args:
        zone: Their IANA zone as it is kept, or empty.
        kept: What their rows are, and how many of each there are.
        hidden: Answers of theirs to open anonymous prompts.
        anonymous: The line that stands on anonymous prompts.
    """
    rows = [f"• {count} × {escape(words)}" for words, count in kept]
    rows += [f"• your time zone is kept as {escape(zone)}"] if zone else []
    if hidden:
        rows.append(
            f"• {hidden} × answers to anonymous prompts that are open, sealed, under a hash of your user id; "
            "once a prompt has closed, nothing tells which answer is yours"
        )
    listed = "*Kept about you, counted in every table now:*\n" + ("\n".join(rows) or "• nothing")
    not_kept = (
        "*Not kept:* your e-mail address and picture, what you write anywhere but to Loopmark unless somebody keeps "
        "it as feedback, and the time of an answer (only its day; where reactions count, the time as long as they do). "
        "What people typed may name you; that is not counted here."
    )
    meaning = f"*Anonymous prompts* say before the first answer: “{anonymous}”"
    change = "Delete a note with Undo under it; change or withdraw an answer while its prompt is open."
    text = f"{listed}\n{not_kept}\n{meaning}\n{REPLIES}\n{change}"
    return Message(
        text=shorten(text, TEXT_LIMIT),
        blocks=(
            *sections(listed.split("\n")),
            section(not_kept),
            section(meaning),
            section(REPLIES),
            context(change),
        ),
    )


def _kept_from(note: Note) -> list[str]:
    said = []
    if note.said_by is not None:
        said.append(f"Said by {speaker(note)}. You gave the note, so you are told what becomes of it.")
    no_link = "Slack gave no link to the message: Loopmark may not be in this conversation."
    return [*said, linked(note, "The message") if note.permalink else no_link]


def _shown(note: Note) -> tuple[Block, ...]:
    """Return a note as a quotation; one too long for a message is shown as far as it fits."""
    text = note.text
    room, fits = ROOM_FOR_NOTE, len(text)
    for position, character in enumerate(text):
        room -= len(escape(character)) + (2 if character == "\n" else 0)
        if room < 0:
            fits = position
            break
    shown = sections(quote_note(note, text[:fits]).split("\n"))
    if fits < len(text):
        shown += (context(f"All {len(text):,} characters are saved; the rest is not shown here."),)
    return shown
