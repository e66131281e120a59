"""Readings and status changes: facts that are added and never rewritten.

A reading that was struck stays where it is and is in no answer here; bot/db/strikes.py has those.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, insert, select
from sqlmodel import Session, col

from bot.db.models import StatusChangeRow, Table
from bot.domain.criterion import Status
from bot.domain.reading import Origin, Reading

JUDGED = 30
"""Most readings of one criterion that are loaded to judge it; the settled status stands for older ones."""

_READING = Table.metadata.tables["reading"].c
_CHANGE = Table.metadata.tables["status_change"].c

# Statements are built once: building one takes longer than SQLite takes to answer it.
_ADD = insert(Table.metadata.tables["reading"])
_NEWEST = (
    select(_READING.at, _READING.value, _READING.origin, _READING.by_user_id, _READING.note)
    .where(_READING.criterion_id == bindparam("criterion_id"), _READING.struck_at.is_(None))
    .order_by(_READING.at.desc(), _READING.id.desc())
    .limit(bindparam("most"))
)
_NEWEST_BEFORE = _NEWEST.where(_READING.at < bindparam("moment"))
_NEWEST_UNTIL = _NEWEST.where(_READING.at <= bindparam("moment"))
_NEWEST_SET_AFTER = _NEWEST.where(_READING.at >= bindparam("moment"), _READING.origin == Origin.MANUAL)
_FIRST = (
    select(_READING.at, _READING.value, _READING.origin, _READING.by_user_id, _READING.note)
    .where(_READING.criterion_id == bindparam("criterion_id"), _READING.struck_at.is_(None))
    .order_by(_READING.at, _READING.id)
    .limit(1)
)
_CRITERION = Table.metadata.tables["criterion"].c
_ONE_OF_MANY = Table.metadata.tables["reading"].alias("one")
_NEWEST_OF_MANY = (
    # For each criterion one look into the index, which a ranking over all readings would read whole.
    select(
        _READING.criterion_id,
        _READING.at,
        _READING.value,
        _READING.origin,
        _READING.by_user_id,
        _READING.note,
    )
    .join_from(
        Table.metadata.tables["criterion"],
        Table.metadata.tables["reading"],
        _READING.id.in_(
            select(_ONE_OF_MANY.c.id)
            .where(_ONE_OF_MANY.c.criterion_id == _CRITERION.id, _ONE_OF_MANY.c.struck_at.is_(None))
            .order_by(_ONE_OF_MANY.c.at.desc(), _ONE_OF_MANY.c.id.desc())
            .limit(bindparam("most"))
            .correlate(Table.metadata.tables["criterion"])
        ),
    )
    .where(_CRITERION.id.in_(bindparam("criterion_ids", expanding=True)))
    .order_by(_READING.criterion_id, _READING.at, _READING.id)
)
_BREAKS_OF_MANY = (
    select(_CHANGE.criterion_id, _CHANGE.at)
    .where(
        _CHANGE.criterion_id.in_(bindparam("criterion_ids", expanding=True)),
        _CHANGE.to_status == Status.SOURCE_BROKEN,
        _CHANGE.at >= bindparam("moment"),
    )
    .order_by(_CHANGE.at)
)


def add_readings(session: Session, team_id: str, readings: Iterable[tuple[int, Reading]]) -> None:
    """Store readings, each with the row id of its criterion; nothing where there are none."""
    rows = [
        {
            "team_id": team_id,
            "criterion_id": criterion_id,
            "at": reading.at,
            "value": reading.value,
            "origin": reading.origin.value,
            "by_user_id": reading.by,
            "note": reading.note,
        }
        for criterion_id, reading in readings
    ]
    if rows:
        session.execute(_ADD, rows)


def last_readings(session: Session, criterion_id: int, limit: int = JUDGED) -> list[Reading]:
    """Return the last readings of a criterion, oldest first."""
    return _newest(session, _NEWEST, criterion_id=criterion_id, most=limit)


def last_readings_of(session: Session, limits: Mapping[int, int]) -> dict[int, list[Reading]]:
    """Return the last readings of several criteria, oldest first.

    Args:
        session: The session.
        limits: Row id of a criterion → how many of its readings at most.

    Returns:
        Row id → its readings, for every criterion asked for.
    """
    found: dict[int, list[Reading]] = {criterion_id: [] for criterion_id in limits}
    for most in set(limits.values()):
        ids = [criterion_id for criterion_id, limit in limits.items() if limit == most]
        rows = session.execute(_NEWEST_OF_MANY, {"criterion_ids": ids, "most": most})
        for criterion_id, at, value, origin, by, note in rows:
            found[criterion_id].append(Reading(at=at, value=value, origin=Origin(origin), by=by, note=note))
    return found


def readings_around(session: Session, criterion_id: int, due_at: datetime) -> list[Reading]:
    """Return what the verdict of a due date is taken from, oldest first.

    These are the last readings before it and the ones people set after it.
    """
    before = _newest(session, _NEWEST_BEFORE, criterion_id=criterion_id, moment=due_at, most=JUDGED)
    after = _newest(session, _NEWEST_SET_AFTER, criterion_id=criterion_id, moment=due_at, most=JUDGED)
    return [*before, *after]


def last_reading_until(session: Session, criterion_id: int, moment: datetime) -> Reading | None:
    """Return the last reading of a criterion up to and including a moment, or None."""
    found = _newest(session, _NEWEST_UNTIL, criterion_id=criterion_id, moment=moment, most=1)
    return found[0] if found else None


def first_reading(session: Session, criterion_id: int) -> Reading | None:
    """Return the first reading of a criterion, whose value is the baseline where none was given, or None."""
    found = _newest(session, _FIRST, criterion_id=criterion_id)
    return found[0] if found else None


def _newest(session: Session, statement: Select[Any], **parameters: object) -> list[Reading]:
    rows = session.execute(statement, parameters).all()
    return [
        Reading(at=at, value=value, origin=Origin(origin), by=by, note=note)
        for at, value, origin, by, note in reversed(rows)
    ]


def add_status_change(session: Session, change: StatusChangeRow) -> int:
    """Store that a status became another one and return the fact's row id."""
    session.add(change)
    session.flush()
    assert change.id is not None
    return change.id


def breaks_of(session: Session, since: Mapping[int, datetime]) -> dict[int, list[datetime]]:
    """Return the moments at which sources were found broken, oldest first; criteria without one are left out.

    Args:
        session: The session.
        since: Row id of a criterion → the moment from which on, aware UTC.
    """
    found: dict[int, list[datetime]] = {}
    if since:
        moment = min(since.values())
        for criterion_id, at in session.execute(
            _BREAKS_OF_MANY, {"criterion_ids": list(since), "moment": moment}
        ):
            if at >= since[criterion_id]:
                found.setdefault(criterion_id, []).append(at)
    return found


def last_status_changes(session: Session, criterion_id: int, *, limit: int = 20) -> list[StatusChangeRow]:
    """Return the last status changes of a criterion, newest first."""
    return list(
        session.scalars(
            select(StatusChangeRow)
            .where(col(StatusChangeRow.criterion_id) == criterion_id)
            .order_by(col(StatusChangeRow.at).desc(), col(StatusChangeRow.id).desc())
            .limit(limit)
        )
    )


def change_before(session: Session, change: StatusChangeRow) -> StatusChangeRow | None:
    """Return the status change before another one of the same criterion, or None when that was its first."""
    return session.scalars(
        select(StatusChangeRow)
        .where(col(StatusChangeRow.criterion_id) == change.criterion_id, col(StatusChangeRow.id) < change.id)
        .order_by(col(StatusChangeRow.id).desc())
        .limit(1)
    ).first()


def status_changes_since(
    session: Session, criterion_ids: list[int], since: datetime
) -> list[StatusChangeRow]:
    """Return the status changes of some criteria after a moment, oldest first."""
    return list(
        session.scalars(
            select(StatusChangeRow)
            .where(col(StatusChangeRow.criterion_id).in_(criterion_ids), col(StatusChangeRow.at) > since)
            .order_by(col(StatusChangeRow.at), col(StatusChangeRow.id))
        )
    )
