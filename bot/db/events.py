"""Events of Slack's that were taken; Slack delivers some twice, and not in order."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete

from bot.db.models import SeenEventRow

REMEMBERED_FOR = timedelta(hours=1)
"""Slack repeats within about six minutes; an hour is safe."""


def take_event(session: Session, team_id: str, event_id: str, now: datetime) -> bool:
    """Remember an event; False when it was taken before, in the same transaction as its effect."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    result = session.execute(
        insert(SeenEventRow)
        .values(event_id=event_id, team_id=team_id, at=now)
        .on_conflict_do_nothing(index_elements=["event_id"])
        .returning(col(SeenEventRow.event_id))
    )
    return result.first() is not None


def forget_old_events(session: Session, now: datetime) -> None:
    """Forget events that can no longer be repeated."""
    session.exec(delete(SeenEventRow).where(col(SeenEventRow.at) < now - REMEMBERED_FOR))
