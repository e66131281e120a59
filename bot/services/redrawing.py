"""Redrawing: what posted messages say now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.db.initiatives import find_initiative_by_id
from bot.db.models import OutageRow, PostRow
from bot.db.posts import drawn_since
from bot.domain.initiative import InitiativeState
from bot.domain.outage import Outage
from bot.domain.post import ProgressPost
from bot.services.progress import post_of
from bot.services.subjects import told_outage


@dataclass(frozen=True, slots=True)
class PostToDraw:
    """A posted message and what it says now.

    Attributes:
        channel_id: Where it stands.
        ts: Slack's ts.
        post: What it says now.
    """

    channel_id: str
    ts: str
    post: ProgressPost


@dataclass(frozen=True, slots=True)
class OutageToDraw:
    """An outage's message and what it says now.

    Attributes:
        channel_id: Where it stands.
        ts: Slack's ts.
        in_thread: Whether it is a reply.
        outage: What it says now.
    """

    channel_id: str
    ts: str
    in_thread: bool
    outage: Outage


def outage_to_draw(session: Session, outage_id: int) -> OutageToDraw:
    """Return an outage's message, which was posted, as it should look now."""
    row = session.get_one(OutageRow, outage_id)
    assert row.ts is not None, "only posted messages are claimed to be drawn again"
    return OutageToDraw(row.channel_id, row.ts, row.thread_ts != row.ts, told_outage(session, outage_id))


def post_to_draw(session: Session, initiative_id: int, channel_id: str, now: datetime) -> PostToDraw | None:
    """Return the last post of an initiative in a channel as it should look now.

    None when it may not be drawn any more: the initiative is closed, or its home became private and this is another
    channel.
    """
    row = session.get(PostRow, (initiative_id, channel_id))
    if row is None:
        return None
    initiative = find_initiative_by_id(session, row.team_id, initiative_id)
    if initiative is None or initiative.state is not InitiativeState.OPEN:
        return None
    if initiative.private and channel_id != initiative.channel_id:
        return None
    post = post_of(session, initiative, now, since=drawn_since(session, initiative_id, channel_id))
    # How late it went out stays true of it, whatever its numbers say now.
    return PostToDraw(
        channel_id, row.ts, replace(post, late_by=timedelta(seconds=row.late_s), missed=row.missed)
    )
