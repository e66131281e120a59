"""What becomes of notes: the channel's list with its buttons, and what whoever gave one is told."""

from __future__ import annotations

import json
from datetime import datetime

from bot.blocks.mrkdwn import channel, escape, person, shorten
from bot.blocks.parts import actions, button, context, section, text_input
from bot.blocks.phrases import TEXT_LIMIT, plural
from bot.blocks.quoted import escape_note, facts_of, linked, quote_note, speaker
from bot.blocks.views import modal
from bot.domain.durations import ago
from bot.domain.initiative import Initiative
from bot.domain.message import Block, Message, View
from bot.domain.note import Note, NoteState

REASON_FORM = "note_reason"
REASON_TITLE = "Answer a note"
SHOWN = 400
"""Characters of a note in a list or a message, which stays within 12,000 in all whatever is escaped."""

_VERBS = {
    NoteState.ACKNOWLEDGED: "Acknowledge",
    NoteState.ACTED_ON: "Acted on",
    NoteState.NOT_DOING: "Not doing",
}
_MARKS = {
    NoteState.NEW: "🆕",
    NoteState.ACKNOWLEDGED: "👀",
    NoteState.ACTED_ON: "✅",
    NoteState.NOT_DOING: "🚫",
}


def notes_message(
    notes: tuple[Note, ...], state: NoteState | None, *, offset: int, total: int, now: datetime
) -> Message:
    """Return one page of a channel's notes, each with the buttons that move it.

    Args:
        notes: The page, newest first.
        state: The only state that is listed, or None for all.
        offset: Notes on the pages before.
        total: Notes in the list.
        now: Aware UTC.
    """
    marked = f" marked “{state}”" if state else ""
    if not notes:
        text = f"This channel has no {'more ' if offset else ''}notes{marked}. Type what you think after `/feedback`."
        return Message(text=text, blocks=(section(text),))
    head = f"*{total} {plural(total, 'note')}{marked} in this channel*"
    blocks: list[Block] = [section(head)]
    lines = [head.replace("*", "")]
    for note in notes:
        blocks += _note(note, now)
        lines.append(f"{note.state}: “{escape_note(note, shorten(note.text, 100))}”")
    left = total - offset - len(notes)
    if left > 0:
        following = min(len(notes), left)
        value = f"{offset + len(notes)}:{state or ''}"
        label = f"Next {following} of {left} more {plural(left, 'note')}"
        blocks.append(actions(button(f"Next {following}", "more_notes", value, label=label)))
    return Message(text=shorten("\n".join(lines), TEXT_LIMIT), blocks=tuple(blocks))


def new_notes_message(
    initiative: Initiative, notes: tuple[Note, ...], *, offset: int, total: int, now: datetime
) -> Message:
    """Return one page of the new notes on an initiative, for its owner, with where each is answered.

    Args:
        initiative: What they are about.
        notes: The page, newest first.
        offset: Notes on the pages before.
        total: Notes in all.
        now: Aware UTC.
    """
    if not notes:
        text = f"No new note on *{escape(initiative.name)}* waits any more."
        return Message(text=text, blocks=(section(text),))
    head = f"*{total} new {plural(total, 'note')} on {escape(initiative.name)}*"
    blocks: list[Block] = [section(head)]
    for note in notes:
        age = f"{ago(now - note.created_at)} ago"
        facts = f"{person(note.author_id)} in {channel(note.channel_id)}, {age}{facts_of(note)}"
        blocks += [section(quote_note(note, shorten(note.text, SHOWN))), context(facts)]
    blocks.append(context("Answer them where they were given: `/feedback notes new`."))
    left = total - offset - len(notes)
    if left > 0:
        following = min(len(notes), left)
        value = f"{initiative.id}:{offset + len(notes)}"
        label = f"Next {following} of {left} more {plural(left, 'note')}"
        blocks.append(actions(button(f"Next {following}", "new_notes", value, label=label)))
    lines = [head.replace("*", ""), *(f"“{escape(shorten(note.text, 100))}”" for note in notes)]
    return Message(text=shorten("\n".join(lines), TEXT_LIMIT), blocks=tuple(blocks))


def answered_message(note: Note, now: datetime) -> Message:
    """Show whoever moved a note where it stands, with the buttons that move it on."""
    text = f"The note is marked “{note.state}”; whoever gave it is told."
    return Message(text=text, blocks=(section(text), *_note(note, now)))


def reason_form(note: Note, to: NoteState, channel_id: str) -> View:
    """Return the modal that asks what was done about a note, or why nothing is."""
    is_done = to is NoteState.ACTED_ON
    label = "What did you do?" if is_done else "Why not?"
    return modal(
        REASON_TITLE,
        [
            section(quote_note(note, shorten(note.text, SHOWN))),
            text_input(
                "reason",
                label,
                placeholder="The address step has one field less now"
                if is_done
                else "It would break old links",
                multiline=True,
                optional=is_done,
                max_length=500,
            ),
            context(f"{person(note.author_id)} gave it, and is told: “you said → we did”."),
        ],
        callback_id=REASON_FORM,
        submit="Send",
        metadata=json.dumps({"channel": channel_id, "note": note.id, "to": to.value}),
    )


def note_moved(note: Note, to: NoteState, reason: str, by: str) -> Message:
    """Tell whoever gave a note what became of it: you said, we did."""
    did = {
        NoteState.ACKNOWLEDGED: f"*We read it:* {person(by)} acknowledged it.",
        NoteState.ACTED_ON: f"*We did:* {escape(reason) or 'it is acted on'} ({person(by)})",
        NoteState.NOT_DOING: f"*We won't do it:* {escape(reason)} ({person(by)})",
    }[to]
    said = shorten(note.text, SHOWN)
    head = "You said:" if note.said_by is None else f"You kept what {speaker(note)} said:"
    link = [context(linked(note, "The message"))] if note.permalink else []
    return Message(
        text=shorten(f"{head} “{escape_note(note, said)}” {did.replace('*', '')}", TEXT_LIMIT),
        blocks=(section(f"*{head}*"), section(quote_note(note, said)), *link, section(did)),
    )


def _note(note: Note, now: datetime) -> list[Block]:
    facts = f"{_MARKS[note.state]} {note.state} · {person(note.author_id)}, {ago(now - note.created_at)} ago"
    facts += facts_of(note)
    if note.moved_by is not None:
        facts += f" · {person(note.moved_by)}"
        facts += f": {escape(note.reason)}" if note.reason else ""
    buttons = [
        button(
            verb,
            f"note_state:{to.name.lower()}",
            f"{note.id}:{to}",
            label=f"{verb}: {shorten(note.text, 50)}".replace("<", "‹").replace(">", "›"),
        )
        for to, verb in _VERBS.items()
        if to is not note.state and not (to is NoteState.ACKNOWLEDGED and note.state is not NoteState.NEW)
    ]
    return [section(quote_note(note, shorten(note.text, SHOWN))), context(facts), actions(*buttons)]
