"""Posts: the last progress post of each initiative in each channel, whose thread takes the replies."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from bot.db.models import PostRow
from bot.db.redraws import ask_redraw


def last_post_ts(session: Session, initiative_id: int, channel_id: str) -> str | None:
    """Return Slack's ts of an initiative's last post in a channel, or None when there is none."""
    row = session.get(PostRow, (initiative_id, channel_id))
    return row.ts if row else None


def save_last_post(
    session: Session,
    *,
    team_id: str,
    initiative_id: int,
    channel_id: str,
    ts: str,
    now: datetime,
    is_post: bool,
    late_s: int = 0,
    missed: str = "",
) -> None:
    """Make a message the last post of an initiative in a channel.

    A redraw that was asked for while it was sent is kept: the message may show what was before.

    Args:
        session: The session.
        team_id: Slack workspace id.
        initiative_id: Row id.
        channel_id: Slack id.
        ts: The message's.
        now: Aware UTC.
        is_post: False for a status change that starts a thread because there was no post.
        late_s: How late it went out, in seconds, as far as it says so.
        missed: The runs it stands for besides its own, in its words.
    """
    before = session.get(PostRow, (initiative_id, channel_id))
    row = PostRow(
        team_id=team_id,
        initiative_id=initiative_id,
        channel_id=channel_id,
        ts=ts,
        posted_at=now,
        former_at=None if before is None else before.posted_at if before.is_post else before.former_at,
        is_post=is_post,
        late_s=late_s,
        missed=missed,
        redraw_at=before.redraw_at if before is not None and is_post else None,
    )
    session.merge(row)


def said_until(session: Session, initiative_id: int, channel_id: str) -> datetime | None:
    """Return until when a channel's posts tell what changed, aware UTC: its last one's moment, or None."""
    row = session.get(PostRow, (initiative_id, channel_id))
    if row is None:
        return None
    return row.posted_at if row.is_post else row.former_at


def drawn_since(session: Session, initiative_id: int, channel_id: str) -> datetime | None:
    """Return from when on a channel's last post tells what changed, aware UTC, or None without a post."""
    row = session.get(PostRow, (initiative_id, channel_id))
    return None if row is None else row.former_at or row.posted_at


def redraw_posts(session: Session, initiative_id: int, now: datetime) -> None:
    """Make the last posts of an initiative, in all channels, due to be drawn again."""
    posts = select(PostRow).where(col(PostRow.initiative_id) == initiative_id, col(PostRow.is_post))
    for row in session.exec(posts):
        ask_redraw(row, now)
