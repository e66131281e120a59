"""Home tabs: who looks at theirs, and when it is published next."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bot.db.models import HomeRow
from bot.db.redraws import ask_redraw

LOOKED_LATELY = timedelta(days=30)
"""Who has not opened their Home for longer gets it when they open it next, and not before."""


def home_opened(session: Session, team_id: str, user_id: str, now: datetime) -> None:
    """Note that somebody looks at their Home, and make it due now: they are waiting for it."""
    row = session.get(HomeRow, (team_id, user_id)) or HomeRow(team_id=team_id, user_id=user_id, opened_at=now)
    row.opened_at = row.redraw_at = now
    session.add(row)


def redraw_homes(session: Session, team_id: str, user_ids: Collection[str], now: datetime) -> None:
    """Make the Home tabs of some people due, of those who looked lately."""
    homes = select(HomeRow).where(
        col(HomeRow.team_id) == team_id,
        col(HomeRow.user_id).in_(set(user_ids)),
        col(HomeRow.opened_at) > now - LOOKED_LATELY,
    )
    for row in session.exec(homes):
        ask_redraw(row, now)
