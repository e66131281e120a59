"""Note states: a note is acknowledged, acted on or turned down, and whoever gave it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.db import notes
from bot.db.homes import redraw_homes
from bot.db.initiatives import find_initiative_by_id
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.domain.actor import Actor
from bot.domain.initiative import Initiative, InitiativeState
from bot.domain.note import Note, NoteState
from bot.errors import NotAllowedError, UserError
from bot.services.people import known_person
from bot.services.permission import require_owner

PAGE = 8
"""Notes on one page of a list."""

REASON_LIMIT = 500


@dataclass(frozen=True, slots=True)
class NotePage:
    """One page of a channel's notes, newest first.

    Attributes:
        notes: The page.
        state: The only state that is listed, or None for all.
        offset: Notes on the pages before.
        total: Notes in the list.
    """

    notes: tuple[Note, ...]
    state: NoteState | None
    offset: int
    total: int


def list_notes(session: Session, actor: Actor, state: NoteState | None, offset: int = 0) -> NotePage:
    """Return a page of the notes typed in the channel somebody is in."""
    where = (session, actor.team_id, actor.channel_id)
    page = notes.notes_in_channel(*where, state=state, offset=offset, limit=PAGE)
    return NotePage(tuple(page), state, offset, notes.count_notes_in_channel(*where, state=state))


@dataclass(frozen=True, slots=True)
class NewNotes:
    """One page of the new notes others gave on an initiative, for its owner, newest first.

    Attributes:
        initiative: What they are about.
        notes: The page.
        offset: Notes on the pages before.
        total: Notes in all.
    """

    initiative: Initiative
    notes: tuple[Note, ...]
    offset: int
    total: int


def new_notes_on(session: Session, actor: Actor, initiative_id: int, offset: int = 0) -> NewNotes:
    """Return a page of the new notes on an initiative of the person's own.

    Raises:
        UserError: it was closed.
        NotAllowedError: they do not own it, or not any more.
    """
    initiative = find_initiative_by_id(session, actor.team_id, initiative_id)
    if initiative is None or initiative.state is not InitiativeState.OPEN:
        raise UserError("That initiative was closed meanwhile, so nothing of it waits for you.")
    if initiative.owner_id != actor.user_id:
        raise NotAllowedError(
            "Somebody else owns that initiative now, and its notes wait for them.",
            owner_id=initiative.owner_id,
        )
    counts = {each: count for each, _, count in notes.count_new_notes(session, actor.team_id, actor.user_id)}
    page = notes.new_notes(session, initiative_id, actor.user_id, limit=PAGE, offset=offset)
    return NewNotes(initiative, tuple(page), offset, counts.get(initiative_id, 0))


def movable_note(session: Session, actor: Actor, note_id: int) -> Note:
    """Return a note that somebody may answer, from the channel it was typed in.

    Raises:
        UserError: it was undone, or typed elsewhere.
        NotAllowedError: somebody else owns its initiative.
        UnknownPersonError: Slack was never asked about the person.
    """
    note = notes.find_note(session, actor.team_id, note_id)
    if note is None or note.channel_id != actor.channel_id:
        raise UserError("That note is gone: whoever wrote it has undone it.")
    if note.initiative_id is not None:
        initiative = find_initiative_by_id(session, actor.team_id, note.initiative_id)
        assert initiative is not None, "initiatives are closed, never deleted"
        require_owner(
            known_person(session, actor), initiative.owner_id, initiative, "what becomes of that note"
        )
    return note


def answer_note(
    session: Session, actor: Actor, note_id: int, to: NoteState, reason: str, now: datetime
) -> Note:
    """Move a note to a state and have whoever gave it told, unless they moved it themselves.

    Args:
        session: The session of a unit of work.
        actor: Who answers, and where.
        note_id: Row id.
        to: Its new state, not ``new``.
        reason: What was done, or why it is not; may be empty unless it is turned down.
        now: Aware UTC.

    Raises:
        UserError: it has that state already, or the reason is missing or too long (field ``reason``), or as
            `movable_note`.
        NotAllowedError: as `movable_note`.
        UnknownPersonError: as `movable_note`.
    """
    note = movable_note(session, actor, note_id)
    reason = " ".join(reason.split())
    if to is NoteState.NOT_DOING and not reason:
        raise UserError("Say why not, in a sentence: whoever gave the note reads it.", field="reason")
    if len(reason) > REASON_LIMIT:
        raise UserError(
            f"That has {len(reason):,} characters; {REASON_LIMIT} is the most. Shorten it.", field="reason"
        )
    if note.state is to:
        raise UserError(f"That note is marked “{to}” already.", field="reason")
    if note.initiative_id is not None:
        about = find_initiative_by_id(session, actor.team_id, note.initiative_id)
        redraw_homes(session, actor.team_id, [about.owner_id] if about else [], now)
    moved = notes.set_note_state(session, note_id, to, reason=reason, by=actor.user_id, now=now)
    if moved.author_id != actor.user_id:
        add_to_outbox(
            session,
            team_id=actor.team_id,
            key=f"note:{note_id}:{to}:{now.isoformat()}",
            kind=OutboxKind.NOTE_MOVED,
            channel_id=moved.author_id,
            facts={"note_id": note_id, "to": to.value, "reason": reason, "by": actor.user_id},
            now=now,
        )
    return moved
