"""Notes: kept with the channel's initiative, undone by whoever wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.db import notes
from bot.db.homes import redraw_homes
from bot.db.initiatives import find_initiative_by_id, initiatives_at_home
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.inbox import refuse_code
from bot.domain.initiative import Initiative, InitiativeState
from bot.domain.note import Note
from bot.errors import UserError
from bot.services.progress import seen_initiative
from bot.services.shipping import noted, ship_to_note

NOTE_LIMIT = 12_000
"""Most characters of a note; Slack's composer sends no more than that either."""


@dataclass(frozen=True, slots=True)
class SavedNote:
    """A note as it is stored now.

    Attributes:
        note: The note.
        initiative: What it is about, or None when that is the channel alone.
        choices: The channel's initiatives when there are several and none is chosen yet.
    """

    note: Note
    initiative: Initiative | None
    choices: tuple[Initiative, ...]


async def add_note(deps: Deps, actor: Actor, text: str) -> SavedNote:
    """Store a note on the initiative of the channel where it was typed, if there is exactly one.

    Raises:
        UserError: field ``text``; there is nothing in it, or more than `NOTE_LIMIT` characters.
    """
    _check_text(text)
    return await deps.database.write(_add, actor, text, deps.now())


def open_for_notes(session: Session, actor: Actor, initiative_id: int) -> Initiative:
    """Return an initiative somebody can give feedback on from where they are.

    Raises:
        UserError: it is closed, gone or not to be seen.
    """
    initiative = seen_initiative(session, actor, initiative_id)
    if initiative.state is not InitiativeState.OPEN:
        raise UserError(
            f"“{initiative.name}” is closed. Leave a note with `/feedback` instead.", field="text"
        )
    return initiative


async def add_note_on(
    deps: Deps, actor: Actor, initiative_id: int, text: str, *, ship_id: int | None = None
) -> SavedNote:
    """Store a note on an initiative whose post somebody sees, or on one of its ships.

    Raises:
        UserError: field ``text``; there is nothing in it, or more than `NOTE_LIMIT` characters, or the code of an
            inbox; or the initiative is closed or not to be seen.
    """
    _check_text(text)

    def add(session: Session) -> SavedNote:
        if ship_id is None:
            initiative = open_for_notes(session, actor, initiative_id)
        else:
            initiative = ship_to_note(session, actor, ship_id).initiative
        note = notes.add_note(
            session,
            team_id=actor.team_id,
            channel_id=actor.channel_id,
            initiative_id=initiative.id,
            author_id=actor.user_id,
            text=text,
            now=deps.now(),
            ship_id=ship_id,
        )
        if ship_id is not None:
            noted(session, actor, ship_id, deps.now())
        redraw_homes(session, actor.team_id, [initiative.owner_id], deps.now())
        return SavedNote(note=note, initiative=initiative, choices=())

    return await deps.database.write(add)


def _check_text(text: str) -> None:
    if not text.strip():
        raise UserError("The note is empty. Type what you think after `/feedback`.", field="text")
    if len(text) > NOTE_LIMIT:
        raise UserError(
            f"A note has at most {NOTE_LIMIT:,} characters, and this one has {len(text):,}. Shorten it.",
            field="text",
        )
    refuse_code(text)


def at_home(session: Session, actor: Actor) -> tuple[Initiative | None, tuple[Initiative, ...]]:
    """Return the channel's only initiative, or None and those to choose from when it is home to several."""
    here = initiatives_at_home(session, actor.team_id, actor.channel_id)
    return (here[0], ()) if len(here) == 1 else (None, tuple(here))


def _add(session: Session, actor: Actor, text: str, now: datetime) -> SavedNote:
    only, choices = at_home(session, actor)
    note = notes.add_note(
        session,
        team_id=actor.team_id,
        channel_id=actor.channel_id,
        initiative_id=only.id if only else None,
        author_id=actor.user_id,
        text=text,
        now=now,
    )
    if only is not None:
        redraw_homes(session, actor.team_id, [only.owner_id], now)
    return SavedNote(note=note, initiative=only, choices=choices)


async def move_note(deps: Deps, actor: Actor, note_id: int, initiative_id: int) -> SavedNote:
    """Put one's own note on one of the initiatives of the channel it was typed in.

    Raises:
        UserError: the note was undone, or the initiative is closed.
    """

    def move(session: Session) -> SavedNote:
        note = notes.move_own_note(session, actor.team_id, actor.user_id, note_id, initiative_id)
        if note is None:
            raise UserError("That note was undone, so it can't be put anywhere.")
        here = initiatives_at_home(session, actor.team_id, note.channel_id)
        chosen = next((initiative for initiative in here if initiative.id == initiative_id), None)
        if chosen is None:
            raise UserError("That initiative is closed. Your note stays on the channel.")
        redraw_homes(session, actor.team_id, [chosen.owner_id], deps.now())
        return SavedNote(note=note, initiative=chosen, choices=())

    return await deps.database.write(move)


async def undo_note(deps: Deps, actor: Actor, note_id: int) -> Note:
    """Delete one's own note and return what it was.

    Raises:
        UserError: it is gone already.
    """

    def undo(session: Session) -> Note:
        note = notes.delete_own_note(session, actor.team_id, actor.user_id, note_id)
        if note is None:
            raise UserError("That note is gone already.")
        if note.ship_id is not None:
            noted(session, actor, note.ship_id, deps.now())
        if note.initiative_id is not None:
            about = find_initiative_by_id(session, actor.team_id, note.initiative_id)
            redraw_homes(session, actor.team_id, [about.owner_id] if about else [], deps.now())
        return note

    note = await deps.database.write(undo)
    deps.wake.set()
    return note
