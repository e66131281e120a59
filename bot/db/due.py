"""Due rows: looked for on every tick, and taken for one worker by moving their time to the end of a lease."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import inspect
from sqlmodel import Session, col, select

from bot.db.models import AskingRow, CalendarLinkRow, CheckInPlanRow, NudgePlanRow, ReminderRow

R = TypeVar("R", AskingRow, CalendarLinkRow, CheckInPlanRow, NudgePlanRow, ReminderRow)


def any_due(session: Session, table: type[R], team_id: str, now: datetime) -> bool:
    """Say whether a row is due at a moment (aware UTC); a quiet tick is this look, and no write."""
    due = select(table.team_id).where(col(table.team_id) == team_id, col(table.due_at) <= now)
    return session.exec(due.limit(1)).first() is not None


def claim_rows(
    session: Session, table: type[R], team_id: str, *, now: datetime, limit: int, lease_until: datetime
) -> Sequence[R]:
    """Take rows that are due, the longest due first; until the lease ends nobody else takes them.

    Whoever is done with one plans it anew or deletes it.
    """
    rows = session.exec(
        select(table)
        .where(col(table.team_id) == team_id, col(table.due_at) <= now)
        .order_by(col(table.due_at), *inspect(table).primary_key)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.due_at = lease_until
        session.add(row)
    return rows
