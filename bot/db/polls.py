"""Which criteria are due to be read, and who reads them: claims with leases.

The outer condition of the claim repeats the inner one: without it two PostgreSQL workers were seen to take
the same rows, because the sub-query may be answered from before the other one's commit. The inner one is a
common table expression: PostgreSQL may run a plain sub-query once for each outer row, and was then seen to
take more rows than the limit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, and_, bindparam, or_, select, update
from sqlmodel import Session

from bot.db.criteria import to_source
from bot.db.models import Table
from bot.db.types import UTCDateTime
from bot.domain.criterion import CriterionState, SourceSpec

LOOK_AHEAD = timedelta(seconds=1)
"""Claims look this far ahead, and each read starts at its own moment."""


_CRITERION = Table.metadata.tables["criterion"]
_INITIATIVE = Table.metadata.tables["initiative"]
_JUDGED = (
    "baseline",
    "status",
    "status_since",
    "settled",
    "settled_since",
    "sentence",
    "progress",
    "value",
    "value_at",
    "frozen",
    "no_verdict_asked",
    "judge_at",
    "failures",
    "failing_since",
    "last_failure",
    "due_at",
)
"""The columns a read may change."""

# Statements are built once: building one takes longer than SQLite takes to answer it. Columns of the tables:
# through the object mapper a read and a write of each row cost twice as much. Locked in order, so that two
# writers do not wait for each other.
_UNREAD = {"name_key", "created_by", "archived_at", "public_key", "sentence", "progress", "frozen"}
_TO_FINISH = (
    select(
        *(column for column in _CRITERION.c if column.name not in _UNREAD),
        _INITIATIVE.c.starts_on,
        _INITIATIVE.c.zone,
        _INITIATIVE.c.channel_id,
    )
    .join_from(_CRITERION, _INITIATIVE, _INITIATIVE.c.id == _CRITERION.c.initiative_id)
    .where(_CRITERION.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_CRITERION.c.id)
    .with_for_update(of=_CRITERION)
)
_FINISH = (
    update(_CRITERION)
    .where(_CRITERION.c.id == bindparam("criterion_id"))
    .values(
        {name: bindparam(name) for name in _JUDGED}
        | {"requested_at": None, "lease_until": None, "lease_token": None}
    )
)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to read one criterion until the lease ends.

    Attributes:
        team_id: Slack workspace id.
        criterion_id: Row id.
        source: What to read.
        every: The longest planned time between two reads.
        due_at: When the read should start, aware UTC.
        lease_until: When others may take it, aware UTC.
        lease_token: Proves the claim when the result is written.
    """

    team_id: str
    criterion_id: int
    source: SourceSpec
    every: timedelta
    due_at: datetime
    lease_until: datetime
    lease_token: str


def changed_by_time(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition for criteria whose status time alone may have changed.

    One that is due to be read is left to that read: after the bot was away for a while its values are old
    through no fault of their sources, and calling them all stale first would only make noise.
    """
    return and_(
        _CRITERION.c.judge_at <= now,
        _CRITERION.c.state == CriterionState.OPEN,
        or_(_CRITERION.c.due_at.is_(None), _CRITERION.c.due_at > now),
    )


def anything_due(session: Session, team_id: str, now: datetime) -> tuple[bool, bool]:
    """Say whether there is a criterion to read within a second, and one that time alone may have changed.

    A quiet tick is then one look at two indexes, and no write.
    """
    asked = {"of_team": team_id, "now": now, "horizon": now + LOOK_AHEAD}
    return (
        session.execute(_ANY_TO_READ, asked).first() is not None,
        session.execute(_ANY_TO_JUDGE, asked).first() is not None,
    )


def claim_due(
    session: Session, team_id: str, *, now: datetime, limit: int, lease_until: datetime, lease_token: str
) -> list[Claim]:
    """Take up to `limit` criteria that are due within a second, earliest first, for this worker alone."""
    asked = {"of_team": team_id, "now": now, "horizon": now + LOOK_AHEAD, "most": limit}
    claimed = session.execute(_CLAIM_DUE, asked | {"until": lease_until, "token": lease_token})
    return _to_claims(claimed.all(), lease_until, lease_token)


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
        _CRITERION.c.team_id == team_id,
        _CRITERION.c.id == criterion_id,
        _CRITERION.c.state != CriterionState.ARCHIVED,
    )
    claimed = session.execute(
        update(_CRITERION)
        .where(wanted, _not_leased(now))
        .values(lease_until=lease_until, lease_token=lease_token)
        .returning(*_OF_CLAIM)
    )
    claims = _to_claims(claimed.all(), lease_until, lease_token, due_at=now)
    if claims:
        return claims[0]
    session.execute(update(_CRITERION).where(wanted).values(requested_at=now))
    return None


def retry_reads_with(
    session: Session, team_id: str, is_meant: Callable[[SourceSpec], bool], now: datetime
) -> None:
    """Make criteria whose reads fail due now, where their source is meant."""
    failing = session.execute(_FAILING, {"of_team": team_id}).all()
    ids = [row.id for row in failing if is_meant(to_source(row))]
    if ids:
        session.execute(update(_CRITERION).where(_CRITERION.c.id.in_(ids)).values(due_at=now))


def release_claims(session: Session, lease_token: str, criterion_ids: list[int]) -> None:
    """Give claimed criteria back unread; they are due as before."""
    session.execute(
        update(_CRITERION)
        .where(_CRITERION.c.id.in_(criterion_ids), _CRITERION.c.lease_token == lease_token)
        .values(lease_until=None, lease_token=None)
    )


def claimed_rows(session: Session, claims: Sequence[Claim]) -> dict[int, Row[Any]]:
    """Return the criteria that claims still hold, locked for writing, by row id; those of lost claims are left out.

    Each has the columns of its row, and `starts_on`, `zone` and `channel_id` of its initiative.
    """
    tokens = {claim.criterion_id: claim.lease_token for claim in claims}
    rows = session.execute(_TO_FINISH, {"ids": sorted(tokens)})
    return {row.id: row for row in rows if row.lease_token == tokens[row.id]}


def finish_claims(session: Session, finished: Sequence[Mapping[str, object]]) -> None:
    """Write what reads came to, each with `criterion_id` and every column of `_JUDGED`, and end their claims."""
    session.execute(_FINISH, list(finished))


def postpone_claim(session: Session, criterion_id: int, until: datetime) -> None:
    """End a claim that is held, and read the criterion again at a moment (aware UTC), as if it had not been."""
    session.execute(
        update(_CRITERION)
        .where(_CRITERION.c.id == criterion_id)
        .values(due_at=until, requested_at=None, lease_until=None, lease_token=None)
    )


def _not_leased(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return or_(_CRITERION.c.lease_until.is_(None), _CRITERION.c.lease_until < now)


def _to_claims(
    rows: Sequence[Row[Any]], lease_until: datetime, lease_token: str, *, due_at: datetime | None = None
) -> list[Claim]:
    claims = [
        Claim(
            team_id=row.team_id,
            criterion_id=row.id,
            source=to_source(row),
            every=timedelta(seconds=row.longest_gap_s),
            due_at=due_at or row.due_at,
            lease_until=lease_until,
            lease_token=lease_token,
        )
        for row in rows
    ]
    return sorted(claims, key=lambda claim: claim.due_at)


# Built once, as above.
_NOW: BindParameter[datetime] = bindparam("now", type_=UTCDateTime())
_DUE = and_(
    _CRITERION.c.team_id == bindparam("of_team"),
    _CRITERION.c.due_at <= bindparam("horizon", type_=UTCDateTime()),
)
_FREE = and_(_DUE, _not_leased(_NOW))
_ANY_TO_READ = select(_CRITERION.c.id).where(_DUE).limit(1)
_ANY_TO_JUDGE = (
    select(_CRITERION.c.id)
    .where(_CRITERION.c.team_id == bindparam("of_team"), changed_by_time(_NOW))
    .limit(1)
)
_OF_CLAIM = (
    _CRITERION.c.team_id,
    _CRITERION.c.id,
    _CRITERION.c.source_kind,
    _CRITERION.c.source_url,
    _CRITERION.c.source_path,
    _CRITERION.c.source_options,
    _CRITERION.c.longest_gap_s,
    _CRITERION.c.due_at,
)
_FAILING = select(*_OF_CLAIM).where(
    _CRITERION.c.team_id == bindparam("of_team"),
    _CRITERION.c.failures > 0,
    _CRITERION.c.due_at.is_not(None),
    _CRITERION.c.source_options.is_not(None),
)
_CHOSEN = (
    select(_CRITERION.c.id)
    .where(_FREE)
    .order_by(_CRITERION.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("chosen")
)
_CLAIM_DUE = (
    update(_CRITERION)
    .where(_FREE, _CRITERION.c.id.in_(select(_CHOSEN.c.id)))
    .values(
        lease_until=bindparam("until", type_=UTCDateTime()),
        lease_token=bindparam("token"),
    )
    .returning(*_OF_CLAIM)
)
