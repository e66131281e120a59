"""Follow-ups: kept, found by who may see them, listed by their day, and claimed when their owner is told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, or_, update
from sqlmodel import Session, col, select

from bot.db.initiatives import SEEN_IDS, initiatives_by_ids, seen_by
from bot.db.models import FollowUpRow, InitiativeRow
from bot.domain.actor import Actor
from bot.domain.follow_up import FollowUp, FollowUpState, FollowUpView

_OPEN = col(FollowUpRow.state) == FollowUpState.OPEN.value


def to_follow_up(row: FollowUpRow) -> FollowUp:
    """Make the domain value of a row."""
    assert row.id is not None
    return FollowUp(
        id=row.id,
        text=row.text,
        owner_id=row.owner_id,
        due_on=row.due_on,
        state=FollowUpState(row.state),
        reason=row.reason,
        snoozed_until=row.snoozed_until,
        created_by=row.created_by,
        closed_by=row.closed_by,
        closed_at=row.closed_at,
    )


def find_follow_up_row(
    session: Session, team_id: str, follow_up_id: int, *, for_update: bool = False
) -> FollowUpRow | None:
    """Return a follow-up's row, or None when it was taken back."""
    row = session.get(FollowUpRow, follow_up_id, with_for_update=for_update, populate_existing=for_update)
    return row if row is not None and row.team_id == team_id else None


def list_open(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    offset: int,
    limit: int,
    channel_id: str | None = None,
    owner_id: str | None = None,
    initiative_id: int | None = None,
) -> list[FollowUpView]:
    """Return a page of the open follow-ups somebody sees, the longest overdue first and snoozed ones last.

    Args:
        session: An open session.
        actor: Who looks, and from where.
        now: Aware UTC.
        offset: How many come before the page.
        limit: Most on the page.
        channel_id: Only those of initiatives at home there, or None.
        owner_id: Only those of one person, or None.
        initiative_id: Only those of one initiative, or None.
    """
    wanted = _wanted(channel_id, owner_id, initiative_id)
    is_snoozed = case((col(FollowUpRow.snoozed_until) > now, 1), else_=0)
    rows = session.execute(
        select(FollowUpRow)
        .where(*wanted)
        .order_by(is_snoozed, col(FollowUpRow.due_on), col(FollowUpRow.id))
        .offset(offset)
        .limit(limit),
        seen_by(actor),
    ).scalars()
    return with_initiatives(session, actor.team_id, rows.all())


def count_open(
    session: Session,
    actor: Actor,
    *,
    channel_id: str | None = None,
    owner_id: str | None = None,
    initiative_id: int | None = None,
) -> int:
    """Return how many `list_open` has in all."""
    wanted = _wanted(channel_id, owner_id, initiative_id)
    counted = select(func.count()).select_from(FollowUpRow).where(*wanted)
    return int(session.execute(counted, seen_by(actor)).scalar_one())


def due_rows(session: Session, initiative_id: int, until: date, now: datetime) -> list[FollowUpRow]:
    """Return an initiative's open follow-ups due on a day or before, the earliest first, without snoozed ones."""
    return list(
        session.exec(
            select(FollowUpRow)
            .where(
                col(FollowUpRow.initiative_id) == initiative_id,
                _OPEN,
                col(FollowUpRow.due_on) <= until,
                or_(col(FollowUpRow.snoozed_until).is_(None), col(FollowUpRow.snoozed_until) <= now),
            )
            .order_by(col(FollowUpRow.due_on), col(FollowUpRow.id))
        )
    )


def last_closed(session: Session, initiative_id: int, limit: int) -> list[FollowUp]:
    """Return an initiative's follow-ups that were closed last, newest first."""
    rows = session.exec(
        select(FollowUpRow)
        .where(col(FollowUpRow.initiative_id) == initiative_id, col(FollowUpRow.state) != FollowUpState.OPEN)
        .order_by(col(FollowUpRow.closed_at).desc(), col(FollowUpRow.id).desc())
        .limit(limit)
    )
    return [to_follow_up(row) for row in rows]


def open_rows_of(
    session: Session, team_id: str, owner_ids: Collection[str], *, initiative_id: int | None = None
) -> list[FollowUpRow]:
    """Return the open follow-ups of some people, or those of one initiative, oldest first."""
    wanted = select(FollowUpRow).where(
        col(FollowUpRow.team_id) == team_id, col(FollowUpRow.owner_id).in_(owner_ids), _OPEN
    )
    if initiative_id is not None:
        wanted = wanted.where(col(FollowUpRow.initiative_id) == initiative_id)
    return list(session.exec(wanted.order_by(col(FollowUpRow.id))))


def owners_of_open(session: Session, initiative_id: int) -> list[str]:
    """Return who owns open follow-ups of an initiative, each once."""
    owners = select(FollowUpRow.owner_id).where(col(FollowUpRow.initiative_id) == initiative_id, _OPEN)
    return list(session.exec(owners.distinct()))


def with_initiatives(session: Session, team_id: str, rows: Sequence[FollowUpRow]) -> list[FollowUpView]:
    """Return rows with their initiatives, in their order."""
    found = initiatives_by_ids(session, team_id, {row.initiative_id for row in rows})
    initiatives = {initiative.id: initiative for initiative in found}
    return [FollowUpView(to_follow_up(row), initiatives[row.initiative_id]) for row in rows]


def look_again(session: Session, team_id: str, owner_id: str, now: datetime) -> None:
    """Have the next tick work out anew when somebody is told of what they were not told of yet."""
    session.execute(
        update(FollowUpRow)
        .where(
            col(FollowUpRow.team_id) == team_id,
            col(FollowUpRow.owner_id) == owner_id,
            col(FollowUpRow.remind_at).is_not(None),
        )
        .values(remind_at=now),
        execution_options={"synchronize_session": False},
    )


def any_to_remind(session: Session, team_id: str, now: datetime) -> bool:
    """Say whether somebody is to be told of a follow-up; a quiet tick is this look, and no write."""
    due = select(FollowUpRow.id).where(col(FollowUpRow.team_id) == team_id, col(FollowUpRow.remind_at) <= now)
    return session.exec(due.limit(1)).first() is not None


def claim_to_remind(
    session: Session, team_id: str, *, now: datetime, limit: int, lease_until: datetime
) -> list[int]:
    """Take follow-ups whose owner is to be told, the longest due first; until the lease ends nobody else does."""
    rows = session.exec(
        select(FollowUpRow)
        .where(col(FollowUpRow.team_id) == team_id, col(FollowUpRow.remind_at) <= now)
        .order_by(col(FollowUpRow.remind_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.remind_at = lease_until
        session.add(row)
    return [row.id for row in rows if row.id is not None]


def _wanted(
    channel_id: str | None, owner_id: str | None, initiative_id: int | None
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [_OPEN, col(FollowUpRow.initiative_id).in_(SEEN_IDS)]
    if channel_id is not None:
        at_home = select(InitiativeRow.id).where(col(InitiativeRow.channel_id) == channel_id)
        wanted.append(col(FollowUpRow.initiative_id).in_(at_home))
    if owner_id is not None:
        wanted.append(col(FollowUpRow.owner_id) == owner_id)
    if initiative_id is not None:
        wanted.append(col(FollowUpRow.initiative_id) == initiative_id)
    return wanted
