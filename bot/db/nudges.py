"""When criteria nobody checked in on are looked at next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from bot.db.due import any_due, claim_rows
from bot.db.models import CheckInMuteRow, NudgePlanRow, OutboxRow


def save_nudge(session: Session, team_id: str, criterion_id: int, due_at: datetime | None) -> None:
    """Store when a criterion is looked at next, over what was planned; None plans nothing."""
    if due_at is None:
        session.execute(delete(NudgePlanRow).where(col(NudgePlanRow.criterion_id) == criterion_id))
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(NudgePlanRow)
        .values(criterion_id=criterion_id, team_id=team_id, due_at=due_at)
        .on_conflict_do_update(index_elements=["criterion_id"], set_={"due_at": due_at})
    )


def any_nudge_due(session: Session, team_id: str, now: datetime) -> bool:
    """Say whether a criterion is to be looked at; a quiet tick is this look, and no write."""
    return any_due(session, NudgePlanRow, team_id, now)


def claim_nudges(
    session: Session, team_id: str, *, now: datetime, limit: int, lease_until: datetime
) -> list[int]:
    """Take criteria that are to be looked at, the longest due first; until the lease ends nobody else does."""
    rows = claim_rows(session, NudgePlanRow, team_id, now=now, limit=limit, lease_until=lease_until)
    return [row.criterion_id for row in rows]


def was_added(session: Session, key: str) -> bool:
    """Say whether the outbox has a message under a key, whatever became of it."""
    return session.exec(select(OutboxRow.id).where(col(OutboxRow.key) == key)).first() is not None


def muted_until(session: Session, user_id: str, criterion_id: int) -> tuple[bool, datetime | None]:
    """Return whether somebody asked for no reminders of a criterion, and until when (aware UTC, None for good)."""
    row = session.get(CheckInMuteRow, (user_id, criterion_id))
    return (False, None) if row is None else (True, row.until)
