"""History: a criterion's readings and status changes in a period."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, bindparam, func, select
from sqlmodel import Session

from bot.db.criteria import to_source
from bot.db.models import Table
from bot.domain.criterion import SourceSpec, Status
from bot.domain.reading import Origin, Reading

_READING = Table.metadata.tables["reading"].c
_CHANGE = Table.metadata.tables["status_change"].c

_OF = and_(_READING.criterion_id == bindparam("criterion_id"), _READING.struck_at.is_(None))
_WITHIN = (_OF, _READING.at >= bindparam("start"), _READING.at < bindparam("end"))
_NEWEST_WITHIN = (
    select(_READING.at, _READING.value, _READING.origin, _READING.by_user_id, _READING.note)
    .where(*_WITHIN)
    .order_by(_READING.at.desc(), _READING.id.desc())
    .limit(bindparam("most"))
)
_COUNT_WITHIN = select(func.count()).where(*_WITHIN)
_LAST_BEFORE = select(func.max(_READING.at)).where(_OF, _READING.at < bindparam("moment"))
_FIRST_FROM = select(func.min(_READING.at)).where(_OF, _READING.at >= bindparam("moment"))
_CRITERION = Table.metadata.tables["criterion"].c
_OF_INITIATIVE = (
    select(
        _CRITERION.id,
        _CRITERION.source_kind,
        _CRITERION.source_url,
        _CRITERION.source_path,
        _CRITERION.source_options,
    )
    .where(_CRITERION.team_id == bindparam("team_id"), _CRITERION.initiative_id == bindparam("initiative_id"))
    .order_by(_CRITERION.id.desc())
)
_CHANGES = (
    select(_CHANGE.at, _CHANGE.from_status, _CHANGE.to_status, _CHANGE.sentence)
    .where(_CHANGE.criterion_id == bindparam("criterion_id"), _CHANGE.at >= bindparam("start"))
    .where(_CHANGE.at < bindparam("end"))
    .order_by(_CHANGE.at.desc(), _CHANGE.id.desc())
    .limit(bindparam("most"))
)


def readings_within(
    session: Session, criterion_id: int, start: datetime, end: datetime, *, most: int
) -> list[Reading]:
    """Return the newest readings of a criterion from one moment up to another, oldest first."""
    rows = session.execute(
        _NEWEST_WITHIN, {"criterion_id": criterion_id, "start": start, "end": end, "most": most}
    ).all()
    return [
        Reading(at=at, value=value, origin=Origin(origin), by=by, note=note)
        for at, value, origin, by, note in reversed(rows)
    ]


def count_within(session: Session, criterion_id: int, start: datetime, end: datetime) -> int:
    """Return how many readings a criterion has from one moment up to another."""
    found = session.scalar(_COUNT_WITHIN, {"criterion_id": criterion_id, "start": start, "end": end})
    return int(found or 0)


def last_moment_before(session: Session, criterion_id: int, moment: datetime) -> datetime | None:
    """Return when a criterion's last reading before a moment was, aware UTC, or None."""
    found: datetime | None = session.scalar(_LAST_BEFORE, {"criterion_id": criterion_id, "moment": moment})
    return found


def first_moment_from(session: Session, criterion_id: int, moment: datetime) -> datetime | None:
    """Return when a criterion's first reading from a moment on was, aware UTC, or None."""
    found: datetime | None = session.scalar(_FIRST_FROM, {"criterion_id": criterion_id, "moment": moment})
    return found


def changes_within(
    session: Session, criterion_id: int, start: datetime, end: datetime, *, most: int
) -> list[tuple[datetime, Status, Status, str]]:
    """Return a criterion's newest status changes, newest first: (when, from, to, sentence)."""
    rows = session.execute(
        _CHANGES, {"criterion_id": criterion_id, "start": start, "end": end, "most": most}
    ).all()
    return [(row.at, Status(row.from_status), Status(row.to_status), row.sentence) for row in rows]


def criteria_with_source(session: Session, team_id: str, initiative_id: int, source: SourceSpec) -> list[int]:
    """Return the row ids of an initiative's criteria with the same source, archived ones too, newest first."""
    rows = session.execute(_OF_INITIATIVE, {"team_id": team_id, "initiative_id": initiative_id}).all()
    return [row.id for row in rows if to_source(row) == source]
