"""Quiet hours: in which hours of the day people are asked for nothing by direct message."""

from __future__ import annotations

from sqlmodel import Session

from bot.db.models import QuietHoursRow
from bot.domain.quiet import QuietHours


def quiet_hours_of(session: Session, team_id: str, user_id: str) -> QuietHours | None:
    """Return somebody's quiet hours, or None without any."""
    row = session.get(QuietHoursRow, (team_id, user_id))
    return None if row is None else QuietHours(row.starts, row.ends)


def save_quiet_hours(session: Session, team_id: str, user_id: str, hours: QuietHours | None) -> None:
    """Store somebody's quiet hours over what they said before, or that they have none."""
    row = session.get(QuietHoursRow, (team_id, user_id))
    if hours is not None:
        session.merge(QuietHoursRow(team_id=team_id, user_id=user_id, starts=hours.starts, ends=hours.ends))
    elif row is not None:
        session.delete(row)
    session.flush()
