"""Which criteria are due to be read, and who reads them: claims with leases.

The outer condition of the claim repeats the inner one: without it two PostgreSQL workers were seen to take
the same rows, because the sub-query may be answered from before the other one's commit. The inner one is a
common table expression: PostgreSQL may run a plain sub-query once for each outer row, and was then seen to
take more rows than the limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, update
from sqlalchemy import select as sqlalchemy_select
from sqlmodel import Session, col, select

from bot.db.criteria import to_source
from bot.db.models import CriterionRow
from bot.domain.criterion import CriterionState, SourceSpec

LOOK_AHEAD = timedelta(seconds=1)
"""Claims look this far ahead, and each read starts at its own moment."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to read one criterion until the lease ends.

    Attributes:
        team_id: Slack workspace id.
        criterion_id: Row id.
        source: What to read.
        due_at: When the read should start, aware UTC.
        lease_until: When others may take it, aware UTC.
        lease_token: Proves the claim when the result is written.
    """

    team_id: str
    criterion_id: int
    source: SourceSpec
    due_at: datetime
    lease_until: datetime
    lease_token: str


def changed_by_time(now: datetime) -> ColumnElement[bool]:
    """Return the condition for criteria whose status time alone may have changed.

    One that is due to be read is left to that read: after the bot was away for a while its values are old
    through no fault of their sources, and calling them all stale first would only make noise.
    """
    return and_(
        col(CriterionRow.judge_at) <= now,
        col(CriterionRow.state) == CriterionState.OPEN,
        or_(col(CriterionRow.due_at).is_(None), col(CriterionRow.due_at) > now),
    )


def anything_due(session: Session, team_id: str, now: datetime) -> tuple[bool, bool]:
    """Say whether there is a criterion to read within a second, and one that time alone may have changed.

    A quiet tick is then one look at two indexes, and no write.
    """
    of_team = col(CriterionRow.team_id) == team_id
    to_read = select(CriterionRow.id).where(of_team, col(CriterionRow.due_at) <= now + LOOK_AHEAD)
    to_judge = select(CriterionRow.id).where(of_team, changed_by_time(now))
    return (
        session.exec(to_read.limit(1)).first() is not None,
        session.exec(to_judge.limit(1)).first() is not None,
    )


def claim_due(
    session: Session, team_id: str, *, now: datetime, limit: int, lease_until: datetime, lease_token: str
) -> list[Claim]:
    """Take up to `limit` criteria that are due within a second, earliest first, for this worker alone."""
    free = and_(
        col(CriterionRow.team_id) == team_id,
        col(CriterionRow.due_at) <= now + LOOK_AHEAD,
        _not_leased(now),
    )
    chosen = (
        select(CriterionRow.id)
        .where(free)
        .order_by(col(CriterionRow.due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    wanted = and_(free, col(CriterionRow.id).in_(sqlalchemy_select(chosen.c.id)))
    return _claim(session, wanted, lease_until, lease_token)


def claim_one(
    session: Session,
    team_id: str,
    criterion_id: int,
    *,
    now: datetime,
    lease_until: datetime,
    lease_token: str,
) -> Claim | None:
    """Take one criterion now; None when somebody is reading it at this moment.

    Then its `requested_at` is set instead, so that it is read again as soon as that read ends.
    """
    wanted = and_(
        col(CriterionRow.team_id) == team_id,
        col(CriterionRow.id) == criterion_id,
        col(CriterionRow.state) != CriterionState.ARCHIVED,
    )
    claims = _claim(session, and_(wanted, _not_leased(now)), lease_until, lease_token, due_at=now)
    if claims:
        return claims[0]
    session.execute(update(CriterionRow).where(wanted).values(requested_at=now))
    return None


def release_claims(session: Session, lease_token: str, criterion_ids: list[int]) -> None:
    """Give claimed criteria back unread; they are due as before."""
    session.execute(
        update(CriterionRow)
        .where(col(CriterionRow.id).in_(criterion_ids), col(CriterionRow.lease_token) == lease_token)
        .values(lease_until=None, lease_token=None)
    )


def claimed_row(session: Session, claim: Claim) -> CriterionRow | None:
    """Return the criterion a claim still holds, locked for writing, or None when the claim was lost."""
    return session.exec(
        select(CriterionRow)
        .where(
            col(CriterionRow.id) == claim.criterion_id,
            col(CriterionRow.lease_token) == claim.lease_token,
        )
        .with_for_update()
    ).first()


def _not_leased(now: datetime) -> ColumnElement[bool]:
    return or_(col(CriterionRow.lease_until).is_(None), col(CriterionRow.lease_until) < now)


def _claim(
    session: Session,
    condition: ColumnElement[bool],
    lease_until: datetime,
    lease_token: str,
    *,
    due_at: datetime | None = None,
) -> list[Claim]:
    rows = session.execute(
        update(CriterionRow)
        .where(condition)
        .values(lease_until=lease_until, lease_token=lease_token)
        .returning(
            col(CriterionRow.team_id),
            col(CriterionRow.id),
            col(CriterionRow.source_kind),
            col(CriterionRow.source_url),
            col(CriterionRow.source_path),
            col(CriterionRow.source_options),
            col(CriterionRow.due_at),
        ),
        execution_options={"synchronize_session": False},
    )
    claims = [
        Claim(
            team_id=row.team_id,
            criterion_id=row.id,
            source=to_source(row),
            due_at=due_at or row.due_at,
            lease_until=lease_until,
            lease_token=lease_token,
        )
        for row in rows
    ]
    return sorted(claims, key=lambda claim: claim.due_at)
