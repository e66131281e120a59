"""Notes: free feedback people gave unasked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from bot.db.models import InitiativeRow, NoteRow
from bot.domain.initiative import InitiativeState
from bot.domain.note import CLOSED, Note, NoteState


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


def keep_message(
    session: Session,
    *,
    team_id: str,
    channel_id: str,
    initiative_id: int | None,
    author_id: str,
    text: str,
    now: datetime,
    message_ts: str,
    said_by: str | None,
) -> tuple[Note, bool]:
    """Store a message as a note; False and the note there is when its author kept the message before."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    unique = ["team_id", "channel_id", "message_ts", "author_id"]
    values = {
        "team_id": team_id,
        "channel_id": channel_id,
        "initiative_id": initiative_id,
        "author_id": author_id,
        "text": text,
        "state": NoteState.NEW.value,
        "created_at": now,
        "message_ts": message_ts,
        "said_by": said_by,
    }
    added = session.execute(
        insert(NoteRow)
        .values(**values)
        .on_conflict_do_nothing(index_elements=unique)
        .returning(col(NoteRow.id))
    ).first()
    row = session.exec(
        select(NoteRow).where(
            col(NoteRow.team_id) == team_id,
            col(NoteRow.channel_id) == channel_id,
            col(NoteRow.message_ts) == message_ts,
            col(NoteRow.author_id) == author_id,
        )
    ).one()
    return _to_note(row), added is not None


def link_note(session: Session, note_id: int, permalink: str) -> None:
    """Store where the message that a note keeps stands; nothing when the note was undone."""
    row = session.get(NoteRow, note_id, with_for_update=True)
    if row is not None:
        row.permalink = permalink


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


def find_note(session: Session, team_id: str, note_id: int) -> Note | None:
    """Return a note of the workspace, or None when it is gone."""
    row = session.get(NoteRow, note_id)
    return _to_note(row) if row is not None and row.team_id == team_id else None


def set_note_state(
    session: Session, note_id: int, state: NoteState, *, reason: str, by: str, now: datetime
) -> Note:
    """Store what became of a note that is there, and return it."""
    row = session.get_one(NoteRow, note_id, with_for_update=True)
    row.state, row.reason, row.moved_by, row.moved_at = state.value, reason, by, now
    session.add(row)
    return _to_note(row)


def closing_times(session: Session, initiative_ids: Iterable[int], since: datetime) -> list[timedelta]:
    """Return how long each note on some initiatives waited that was acted on or turned down after a moment."""
    rows = session.exec(
        select(NoteRow.created_at, NoteRow.moved_at).where(
            col(NoteRow.initiative_id).in_(list(initiative_ids)),
            col(NoteRow.state).in_([state.value for state in CLOSED]),
            col(NoteRow.moved_at) > since,
        )
    )
    return [moved_at - created_at for created_at, moved_at in rows if moved_at is not None]


def count_new_notes(session: Session, team_id: str, owner_id: str) -> list[tuple[int, str, int]]:
    """Return how many new notes others gave on each open initiative somebody owns: row id, name, notes."""
    rows = session.exec(
        select(InitiativeRow.id, InitiativeRow.name, func.count())
        .join(NoteRow, col(NoteRow.initiative_id) == col(InitiativeRow.id))
        .where(
            col(InitiativeRow.team_id) == team_id,
            col(InitiativeRow.owner_id) == owner_id,
            col(InitiativeRow.state) == InitiativeState.OPEN.value,
            *_waiting_for(owner_id),
        )
        .group_by(col(InitiativeRow.id), col(InitiativeRow.name))
        .order_by(func.max(col(NoteRow.created_at)).desc())
    )
    return [(initiative_id, name, count) for initiative_id, name, count in rows if initiative_id is not None]


def new_notes(session: Session, initiative_id: int, owner_id: str, *, limit: int, offset: int) -> list[Note]:
    """Return new notes others gave on an initiative of somebody's, newest first."""
    rows = session.exec(
        select(NoteRow)
        .where(col(NoteRow.initiative_id) == initiative_id, *_waiting_for(owner_id))
        .order_by(col(NoteRow.created_at).desc(), col(NoteRow.id).desc())
        .offset(offset)
        .limit(limit)
    )
    return [_to_note(row) for row in rows]


def _waiting_for(owner_id: str) -> list[ColumnElement[bool]]:
    return [col(NoteRow.state) == NoteState.NEW.value, col(NoteRow.author_id) != owner_id]


def notes_in_channel(
    session: Session,
    team_id: str,
    channel_id: str,
    *,
    limit: int,
    state: NoteState | None = None,
    offset: int = 0,
) -> list[Note]:
    """Return the latest notes typed in a channel, newest first; of one state, or of all."""
    rows = session.exec(
        select(NoteRow)
        .where(*_in_channel(team_id, channel_id, state))
        .order_by(col(NoteRow.created_at).desc(), col(NoteRow.id).desc())
        .offset(offset)
        .limit(limit)
    )
    return [_to_note(row) for row in rows]


def count_notes_in_channel(
    session: Session, team_id: str, channel_id: str, *, state: NoteState | None = None
) -> int:
    """Return how many notes were typed in a channel; of one state, or of all."""
    return session.exec(select(func.count()).where(*_in_channel(team_id, channel_id, state))).one()


def _in_channel(team_id: str, channel_id: str, state: NoteState | None) -> list[ColumnElement[bool]]:
    conditions = [col(NoteRow.team_id) == team_id, col(NoteRow.channel_id) == channel_id]
    return conditions if state is None else [*conditions, col(NoteRow.state) == state.value]


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
        state=NoteState(row.state),
        moved_by=row.moved_by,
        reason=row.reason,
        said_by=row.said_by,
        message_ts=row.message_ts,
        permalink=row.permalink,
    )
