"""Token waits: while Slack does not take the bot's token, every message waits, and one at a time tries it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlmodel import Session, col

from bot.db.models import OutboxRow
from bot.errors import LOST_TOKEN


def token_tried_at(session: Session, team_id: str) -> datetime | None:
    """Return when the token is to be tried again, aware UTC; None while nothing waits for it."""
    return session.execute(select(func.max(col(OutboxRow.due_at))).where(_waiting(team_id))).scalar()


def end_token_wait(session: Session, team_id: str, now: datetime) -> int:
    """Make what waits for the token due now, since Slack takes it; returns how many there are."""
    ended = session.execute(
        update(OutboxRow)
        .where(_waiting(team_id))
        .values(due_at=now, last_error="")
        .returning(col(OutboxRow.id)),
        execution_options={"synchronize_session": False},
    )
    return len(ended.all())


def _waiting(team_id: str) -> ColumnElement[bool]:
    return and_(
        col(OutboxRow.team_id) == team_id,
        col(OutboxRow.due_at).is_not(None),
        col(OutboxRow.last_error).in_(LOST_TOKEN),
    )
