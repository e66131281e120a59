"""Notes: free feedback people gave unasked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.db.models import NoteRow
from bot.domain.note import Note


def add_note(
    session: Session,
    *,
    team_id: str,
    channel_id: str,
    initiative_id: int | None,
    author_id: str,
    text: str,
    now: datetime,
    ship_id: int | None = None,
) -> Note:
    """Store a note and return it."""
    row = NoteRow(
        team_id=team_id,
        channel_id=channel_id,
        initiative_id=initiative_id,
        author_id=author_id,
        text=text,
        created_at=now,
        ship_id=ship_id,
    )
    session.add(row)
    session.flush()
    return _to_note(row)


def find_own_note(session: Session, team_id: str, author_id: str, note_id: int) -> Note | None:
    """Return a person's own note, or None when it is gone or somebody else's."""
    row = _own(session, team_id, author_id, note_id)
    return _to_note(row) if row else None


def move_own_note(
    session: Session, team_id: str, author_id: str, note_id: int, initiative_id: int
) -> Note | None:
    """Put a person's own note on an initiative; None when it is gone or somebody else's."""
    row = _own(session, team_id, author_id, note_id)
    if row is None:
        return None
    row.initiative_id = initiative_id
    session.add(row)
    return _to_note(row)


def delete_own_note(session: Session, team_id: str, author_id: str, note_id: int) -> Note | None:
    """Delete a person's own note and return what it was; None when it is gone or somebody else's."""
    row = _own(session, team_id, author_id, note_id)
    if row is None:
        return None
    note = _to_note(row)
    session.delete(row)
    return note


def notes_in_channel(session: Session, team_id: str, channel_id: str, *, limit: int) -> list[Note]:
    """Return the latest notes typed in a channel, newest first."""
    rows = session.exec(
        select(NoteRow)
        .where(col(NoteRow.team_id) == team_id, col(NoteRow.channel_id) == channel_id)
        .order_by(col(NoteRow.created_at).desc(), col(NoteRow.id).desc())
        .limit(limit)
    )
    return [_to_note(row) for row in rows]


def count_notes_in_channel(session: Session, team_id: str, channel_id: str) -> int:
    """Return how many notes were typed in a channel."""
    return session.exec(
        select(func.count()).where(col(NoteRow.team_id) == team_id, col(NoteRow.channel_id) == channel_id)
    ).one()


def _own(session: Session, team_id: str, author_id: str, note_id: int) -> NoteRow | None:
    row = session.get(NoteRow, note_id, with_for_update=True)
    return row if row is not None and (row.team_id, row.author_id) == (team_id, author_id) else None


def _to_note(row: NoteRow) -> Note:
    assert row.id is not None
    return Note(
        id=row.id,
        text=row.text,
        author_id=row.author_id,
        channel_id=row.channel_id,
        initiative_id=row.initiative_id,
        created_at=row.created_at,
        ship_id=row.ship_id,
    )
