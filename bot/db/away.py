"""Who is away: until when people are not reminded of anything."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from bot.db.models import AwayRow


def away_until(session: Session, team_id: str, user_id: str) -> datetime | None:
    """Return until when somebody is or was away, aware UTC, or None when they never said so."""
    row = session.get(AwayRow, (team_id, user_id))
    return row.until if row else None


def save_away(session: Session, team_id: str, user_id: str, until: datetime) -> None:
    """Store until when somebody is away (aware UTC), over what they said before."""
    session.merge(AwayRow(team_id=team_id, user_id=user_id, until=until))
