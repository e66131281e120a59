"""When owners are reminded to check in, and which criteria they want to hear nothing of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from bot.db.due import any_due, claim_rows
from bot.db.models import CheckInMuteRow, CheckInPlanRow, CriterionRow
from bot.domain.criterion import CriterionState, Kind


def look_at_plans(session: Session, team_id: str, user_ids: Collection[str], now: datetime) -> None:
    """Have the next tick work out when some people are reminded; what came round before is kept."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for user_id in sorted(set(user_ids)):
        session.execute(
            insert(CheckInPlanRow)
            .values(team_id=team_id, user_id=user_id, since=now, due_at=now)
            .on_conflict_do_update(index_elements=["team_id", "user_id"], set_={"due_at": now})
        )


def look_again(session: Session, team_id: str, user_id: str, now: datetime) -> None:
    """Have the next tick work out anew when somebody is reminded, if they ever are."""
    session.execute(
        update(CheckInPlanRow)
        .where(col(CheckInPlanRow.team_id) == team_id, col(CheckInPlanRow.user_id) == user_id)
        .values(due_at=now),
        execution_options={"synchronize_session": False},
    )


def any_plan_due(session: Session, team_id: str, now: datetime) -> bool:
    """Say whether somebody's plan is due; a quiet tick is this look, and no write."""
    return any_due(session, CheckInPlanRow, team_id, now)


def claim_plans(
    session: Session, team_id: str, *, now: datetime, limit: int, lease_until: datetime
) -> list[str]:
    """Take plans that are due, the longest due first, and return whose they are; until the lease nobody else does."""
    rows = claim_rows(session, CheckInPlanRow, team_id, now=now, limit=limit, lease_until=lease_until)
    return [row.user_id for row in rows]


def lock_plan(session: Session, team_id: str, user_id: str) -> CheckInPlanRow | None:
    """Return somebody's plan, held until the transaction ends, or None without one."""
    return session.exec(
        select(CheckInPlanRow)
        .where(col(CheckInPlanRow.team_id) == team_id, col(CheckInPlanRow.user_id) == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def rows_to_check_in(session: Session, team_id: str, user_id: str) -> list[CriterionRow]:
    """Return somebody's open success criteria without a verdict, oldest first."""
    return list(
        session.exec(
            select(CriterionRow)
            .where(
                col(CriterionRow.team_id) == team_id,
                col(CriterionRow.owner_id) == user_id,
                col(CriterionRow.state) == CriterionState.OPEN,
                col(CriterionRow.kind) == Kind.SUCCESS,
                col(CriterionRow.frozen).is_(False),
            )
            .order_by(col(CriterionRow.id))
        )
    )


def owners_of(session: Session, initiative_id: int) -> list[str]:
    """Return who owns criteria of an initiative that are not archived, each once."""
    rows = session.exec(
        select(CriterionRow.owner_id)
        .where(
            col(CriterionRow.initiative_id) == initiative_id,
            col(CriterionRow.state) != CriterionState.ARCHIVED,
        )
        .distinct()
    )
    return list(rows)


def mute(
    session: Session, team_id: str, user_id: str, criterion_ids: Collection[int], until: datetime | None
) -> None:
    """Remind somebody of some criteria no more before a moment (aware UTC), or never for None."""
    for criterion_id in criterion_ids:
        session.merge(
            CheckInMuteRow(team_id=team_id, user_id=user_id, criterion_id=criterion_id, until=until)
        )


def unmute(session: Session, user_id: str, criterion_ids: Collection[int]) -> None:
    """Remind somebody of some criteria again."""
    session.execute(
        delete(CheckInMuteRow).where(
            col(CheckInMuteRow.user_id) == user_id, col(CheckInMuteRow.criterion_id).in_(criterion_ids)
        )
    )


def muted(session: Session, user_id: str, now: datetime) -> set[int]:
    """Return the row ids of the criteria somebody is not reminded of at a moment (aware UTC)."""
    rows = session.exec(
        select(CheckInMuteRow.criterion_id).where(
            col(CheckInMuteRow.user_id) == user_id,
            or_(col(CheckInMuteRow.until).is_(None), col(CheckInMuteRow.until) > now),
        )
    )
    return set(rows)
