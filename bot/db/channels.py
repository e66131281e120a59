"""Channels: what is known of them, kept by id."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from bot.db.models import ChannelRow
from bot.domain.actor import Channel


def find_channel(session: Session, team_id: str, channel_id: str) -> Channel | None:
    """Return what is stored of a channel, or None when Slack was never asked."""
    row = session.get(ChannelRow, (team_id, channel_id))
    if row is None:
        return None
    return Channel(
        channel_id=row.channel_id,
        name=row.name,
        is_private=row.is_private,
        is_archived=row.is_archived,
        is_member=row.is_member,
    )


def save_channel(session: Session, team_id: str, channel: Channel, now: datetime) -> None:
    """Store what Slack said of a channel, over what was known before."""
    session.merge(
        ChannelRow(
            team_id=team_id,
            channel_id=channel.channel_id,
            name=channel.name,
            is_private=channel.is_private,
            is_archived=channel.is_archived,
            is_member=channel.is_member,
            checked_at=now,
        )
    )


def change_channel(
    session: Session,
    team_id: str,
    channel_id: str,
    *,
    name: str | None = None,
    is_archived: bool | None = None,
    is_member: bool | None = None,
) -> None:
    """Keep what an event said of a channel that is known; an unknown one is asked for when it is named."""
    row = session.get(ChannelRow, (team_id, channel_id))
    if row is None:
        return
    if name is not None:
        row.name = name
    if is_archived is not None:
        row.is_archived = is_archived
    if is_member is not None:
        row.is_member = is_member
    session.add(row)
