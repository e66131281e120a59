"""Strikes: the readings that count nowhere, which the other queries leave out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from bot.db.models import ReadingRow
from bot.domain.reading import Origin, Reading
from bot.domain.strike import Struck


def newest_standing(session: Session, criterion_id: int, *, limit: int) -> list[ReadingRow]:
    """Return the newest readings of a criterion that were not struck, newest first."""
    rows = session.exec(
        select(ReadingRow)
        .where(col(ReadingRow.criterion_id) == criterion_id, col(ReadingRow.struck_at).is_(None))
        .order_by(col(ReadingRow.at).desc(), col(ReadingRow.id).desc())
        .limit(limit)
    )
    return list(rows)


def reading_by_id(session: Session, criterion_id: int, reading_id: int) -> ReadingRow | None:
    """Return a criterion's reading, struck or not, or None when it has no such reading."""
    return session.exec(
        select(ReadingRow)
        .where(col(ReadingRow.id) == reading_id, col(ReadingRow.criterion_id) == criterion_id)
        .execution_options(populate_existing=True)
    ).first()


def struck_within(
    session: Session, criterion_id: int, start: datetime, end: datetime, *, most: int
) -> list[Struck]:
    """Return the newest struck readings of a criterion from one moment up to another, newest first."""
    rows = session.exec(
        select(ReadingRow)
        .where(
            col(ReadingRow.criterion_id) == criterion_id,
            col(ReadingRow.struck_at).is_not(None),
            col(ReadingRow.at) >= start,
            col(ReadingRow.at) < end,
        )
        .order_by(col(ReadingRow.at).desc(), col(ReadingRow.id).desc())
        .limit(most)
    )
    return [to_struck(row) for row in rows]


def struck_moments(
    session: Session, criterion_ids: Collection[int], moments: Collection[datetime]
) -> set[tuple[int, datetime]]:
    """Return which readings of some criteria at some moments were struck: (criterion's row id, when)."""
    rows = session.exec(
        select(ReadingRow.criterion_id, ReadingRow.at).where(
            col(ReadingRow.criterion_id).in_(criterion_ids),
            col(ReadingRow.at).in_(moments),
            col(ReadingRow.struck_at).is_not(None),
        )
    )
    return set(rows)


def to_reading(row: ReadingRow) -> Reading:
    """Make the domain value of a row."""
    return Reading(at=row.at, value=row.value, origin=Origin(row.origin), by=row.by_user_id, note=row.note)


def to_struck(row: ReadingRow) -> Struck:
    """Make the domain value of the row of a struck reading."""
    assert row.id is not None
    assert row.struck_at is not None
    return Struck(row.id, to_reading(row), row.struck_at, row.struck_by or "", row.struck_reason)
