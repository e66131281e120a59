"""Readings and status changes: facts that are added and never rewritten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, insert, select
from sqlmodel import Session, col

from bot.db.models import ReadingRow, StatusChangeRow
from bot.domain.criterion import Status
from bot.domain.reading import Origin, Reading

JUDGED = 30
"""Most readings of one criterion that are loaded to judge it; the settled status stands for older ones."""


def add_readings(session: Session, team_id: str, criterion_id: int, readings: Iterable[Reading]) -> None:
    """Store readings of a criterion."""
    session.execute(
        insert(ReadingRow),
        [
            {
                "team_id": team_id,
                "criterion_id": criterion_id,
                "at": reading.at,
                "value": reading.value,
                "origin": reading.origin.value,
                "by_user_id": reading.by,
                "note": reading.note,
            }
            for reading in readings
        ],
    )


def last_readings(session: Session, criterion_id: int, limit: int = JUDGED) -> list[Reading]:
    """Return the last readings of a criterion, oldest first."""
    return _newest(session, limit, col(ReadingRow.criterion_id) == criterion_id)


def readings_around(session: Session, criterion_id: int, due_at: datetime) -> list[Reading]:
    """Return what the verdict of a due date is taken from, oldest first.

    These are the last readings before it and the ones people set after it.
    """
    of_criterion = col(ReadingRow.criterion_id) == criterion_id
    before = _newest(session, JUDGED, of_criterion, col(ReadingRow.at) < due_at)
    after = _newest(
        session, JUDGED, of_criterion, col(ReadingRow.at) >= due_at, col(ReadingRow.origin) == Origin.MANUAL
    )
    return [*before, *after]


def _newest(session: Session, limit: int, *conditions: ColumnElement[bool]) -> list[Reading]:
    rows = session.execute(
        select(
            col(ReadingRow.at),
            col(ReadingRow.value),
            col(ReadingRow.origin),
            col(ReadingRow.by_user_id),
            col(ReadingRow.note),
        )
        .where(*conditions)
        .order_by(col(ReadingRow.at).desc(), col(ReadingRow.id).desc())
        .limit(limit)
    ).all()
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


def breaks_since(session: Session, criterion_id: int, since: datetime) -> list[datetime]:
    """Return the moments at which a source was found broken, from a moment on, oldest first."""
    return list(
        session.scalars(
            select(col(StatusChangeRow.at))
            .where(
                col(StatusChangeRow.criterion_id) == criterion_id,
                col(StatusChangeRow.to_status) == Status.SOURCE_BROKEN,
                col(StatusChangeRow.at) >= since,
            )
            .order_by(col(StatusChangeRow.at))
        )
    )


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
