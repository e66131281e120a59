"""Reminders: when the owner of a criterion is asked for its value next."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from bot.db.due import any_due, claim_rows
from bot.db.models import CriterionRow, ReminderRow


def plan_reminder(session: Session, team_id: str, criterion_id: int, due_at: datetime | None) -> None:
    """Store when a criterion's owner is asked for its value, over what was planned; None plans nothing."""
    if due_at is None:
        session.execute(delete(ReminderRow).where(col(ReminderRow.criterion_id) == criterion_id))
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(ReminderRow)
        .values(criterion_id=criterion_id, team_id=team_id, due_at=due_at)
        .on_conflict_do_update(index_elements=["criterion_id"], set_={"due_at": due_at})
    )


def look_again(session: Session, team_id: str, owner_id: str, now: datetime) -> None:
    """Make the reminders of somebody's criteria due, so that the next tick works out anew when they are asked."""
    own = select(CriterionRow.id).where(
        col(CriterionRow.team_id) == team_id, col(CriterionRow.owner_id) == owner_id
    )
    session.execute(
        update(ReminderRow).where(col(ReminderRow.criterion_id).in_(own)).values(due_at=now),
        execution_options={"synchronize_session": False},
    )


def planned_later(session: Session, criterion_ids: Collection[int], now: datetime) -> set[int]:
    """Return which of some criteria have a reminder after a moment (aware UTC), so that no value is due yet."""
    rows = session.exec(
        select(ReminderRow.criterion_id).where(
            col(ReminderRow.criterion_id).in_(criterion_ids), col(ReminderRow.due_at) > now
        )
    )
    return set(rows)


def any_reminder_due(session: Session, team_id: str, now: datetime) -> bool:
    """Say whether a reminder is due; a quiet tick is this look, and no write."""
    return any_due(session, ReminderRow, team_id, now)


def claim_reminders(
    session: Session, team_id: str, *, now: datetime, limit: int, lease_until: datetime
) -> list[int]:
    """Take reminders that are due, the longest due first, and return the row ids of their criteria.

    Until the lease ends nobody else takes them; whoever is done with one plans it anew or deletes it.
    """
    rows = claim_rows(session, ReminderRow, team_id, now=now, limit=limit, lease_until=lease_until)
    return [row.criterion_id for row in rows]
