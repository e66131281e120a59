"""Snoozes: which initiatives schedules leave out of a channel, and until when."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from bot.db.models import SnoozeRow


def snooze(
    session: Session, team_id: str, initiative_id: int, channel_id: str, *, until: datetime, by: str
) -> None:
    """Leave an initiative out of a channel until a moment (aware UTC), over what was said before."""
    session.merge(
        SnoozeRow(
            team_id=team_id, initiative_id=initiative_id, channel_id=channel_id, until=until, by_user_id=by
        )
    )


def end_snooze(session: Session, initiative_id: int, channel_id: str) -> bool:
    """Post an initiative in a channel again; False when it was not left out."""
    row = session.get(SnoozeRow, (initiative_id, channel_id))
    if row is None:
        return False
    session.delete(row)
    return True


def snoozed(session: Session, team_id: str, channel_id: str, now: datetime) -> dict[int, datetime]:
    """Return the initiatives that are left out of a channel now: row id → until when, aware UTC."""
    rows = session.exec(
        select(SnoozeRow).where(
            col(SnoozeRow.team_id) == team_id,
            col(SnoozeRow.channel_id) == channel_id,
            col(SnoozeRow.until) > now,
        )
    )
    return {row.initiative_id: row.until for row in rows}
