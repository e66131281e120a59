"""Answering notes: `/feedback notes`, its buttons, and the form for a reason."""

from __future__ import annotations

import json
from functools import partial

from bot.blocks.note_states import (
    REASON_TITLE,
    answered_message,
    new_notes_message,
    notes_message,
    reason_form,
)
from bot.domain.message import Message, View
from bot.domain.note import NoteState
from bot.domain.requests import ListNotes
from bot.services.note_states import answer_note, list_notes, movable_note, new_notes_on
from handlers.context import Click, CloseAll, Form, Incoming
from handlers.forms import open_form


async def show_notes(request: ListNotes, at: Incoming) -> Message:
    """`/feedback notes [STATE]`: the channel's notes with their buttons."""
    return await _page(at, request.state, 0)


async def more_notes(click: Click, at: Incoming) -> Message:
    """[Next 8] under the notes."""
    offset, _, state = click.value.partition(":")
    return await _page(at, NoteState(state) if state else None, int(offset))


async def press_new(click: Click, at: Incoming) -> Message:
    """[See them] on Home, and [Next 8] under them: the new notes on an initiative of one's own."""
    initiative_id, _, offset = click.value.partition(":")
    page = await at.deps.database.read(new_notes_on, at.actor, int(initiative_id), int(offset or 0))
    return new_notes_message(
        page.initiative, page.notes, offset=page.offset, total=page.total, now=at.deps.now()
    )


async def press_state(click: Click, at: Incoming) -> Message | None:
    """[Acknowledge] at once; [Acted on] and [Not doing] after a form for what was done, or why not."""
    note_id, _, state = click.value.partition(":")
    to = NoteState(state)
    if to is NoteState.ACKNOWLEDGED:
        return await _answer(at, int(note_id), to, "")

    async def build() -> View:
        note = await at.deps.database.read(movable_note, at.actor, int(note_id))
        return reason_form(note, to, at.actor.channel_id)

    await open_form(at, REASON_TITLE, build)
    return None


async def submit_reason(form: Form, at: Incoming) -> CloseAll:
    """The form of [Acted on] and [Not doing], sent."""
    about = json.loads(form.metadata)
    reason = form.values.get("reason", "")
    return CloseAll(await _answer(at, int(about["note"]), NoteState(about["to"]), reason))


async def _answer(at: Incoming, note_id: int, to: NoteState, reason: str) -> Message:
    now = at.deps.now()
    note = await at.deps.database.write(answer_note, at.actor, note_id, to, reason, now)
    at.deps.wake.set()
    return answered_message(note, now)


async def _page(at: Incoming, state: NoteState | None, offset: int) -> Message:
    page = await at.deps.database.read(partial(list_notes, offset=offset), at.actor, state)
    return notes_message(page.notes, page.state, offset=page.offset, total=page.total, now=at.deps.now())
