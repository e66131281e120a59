"""Maintenances: which hosts are worked on, and the criteria that wait for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from bot.db.criteria import to_source
from bot.db.models import CriterionRow, MaintenanceRow, Table
from bot.domain.criterion import CriterionState
from bot.domain.maintenance import Maintenance

_CRITERION = Table.metadata.tables["criterion"].c


def maintenances(session: Session, team_id: str, now: datetime) -> dict[str, Maintenance]:
    """Return the hosts that are worked on at a moment (aware UTC), by host."""
    rows = session.scalars(
        select(MaintenanceRow)
        .where(col(MaintenanceRow.team_id) == team_id, col(MaintenanceRow.until) > now)
        .order_by(col(MaintenanceRow.host))
    )
    return {row.host: Maintenance(row.host, row.until, row.by_user_id) for row in rows}


def save_maintenance(session: Session, team_id: str, one: Maintenance) -> None:
    """Store that a host is worked on, over what was said of it before."""
    session.merge(MaintenanceRow(team_id=team_id, host=one.host, until=one.until, by_user_id=one.by_user_id))


def put_off_until(
    session: Session, team_id: str, host: str, until: datetime, *, former: datetime | None
) -> None:
    """Neither read nor judge the open criteria of a host before a moment, however often they are due.

    Args:
        session: The session.
        team_id: Slack workspace id.
        host: Lower case.
        until: When they are read and judged again, aware UTC.
        former: Until when they were put off before, aware UTC, or None; those are moved in either direction.
    """
    ids = _reading_from(session, team_id, host)
    for name in ("due_at", "judge_at"):
        at = _CRITERION[name]
        moved = at < until if former is None else or_(at < until, at == former)
        session.execute(
            update(CriterionRow).where(_CRITERION.id.in_(ids), moved).values({name: until}),
            execution_options={"synchronize_session": False},
        )


def end_maintenance(session: Session, team_id: str, one: Maintenance, now: datetime) -> None:
    """Forget that a host is worked on, and make what waited for it due now."""
    session.delete(session.get_one(MaintenanceRow, (team_id, one.host)))
    ids = _reading_from(session, team_id, one.host)
    for name in ("due_at", "judge_at"):
        session.execute(
            update(CriterionRow)
            .where(_CRITERION.id.in_(ids), _CRITERION[name] == one.until)
            .values({name: now}),
            execution_options={"synchronize_session": False},
        )


def _reading_from(session: Session, team_id: str, host: str) -> Sequence[int]:
    rows = session.execute(
        select(
            _CRITERION.id,
            _CRITERION.source_kind,
            _CRITERION.source_url,
            _CRITERION.source_path,
            _CRITERION.source_options,
        ).where(_CRITERION.team_id == team_id, _CRITERION.state == CriterionState.OPEN)
    )
    return [row.id for row in rows if to_source(row).host == host]
