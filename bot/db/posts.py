"""Posts: the last progress post of each initiative in each channel, whose thread takes the replies."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from bot.db.models import PostRow


def last_post_ts(session: Session, initiative_id: int, channel_id: str) -> str | None:
    """Return Slack's ts of an initiative's last post in a channel, or None when there is none."""
    row = session.get(PostRow, (initiative_id, channel_id))
    return row.ts if row else None


def save_last_post(
    session: Session, *, team_id: str, initiative_id: int, channel_id: str, ts: str, now: datetime
) -> None:
    """Make a message the last post of an initiative in a channel."""
    session.merge(
        PostRow(team_id=team_id, initiative_id=initiative_id, channel_id=channel_id, ts=ts, posted_at=now)
    )
