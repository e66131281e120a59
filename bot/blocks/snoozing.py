"""Snoozes: what somebody is told who left an initiative out of a channel's posts."""

from __future__ import annotations

from datetime import datetime

from bot.blocks.mrkdwn import channel, escape
from bot.blocks.parts import actions, button, section
from bot.domain.initiative import Initiative
from bot.domain.message import Message
from bot.domain.wallclock import show_moment


def snoozed_message(
    initiative: Initiative, channel_id: str, until: datetime, now: datetime, zone: str
) -> Message:
    """Return the answer to a snooze, with [Post it again]."""
    text = (
        f"Schedules leave *{escape(initiative.name)}* out of {channel(channel_id)} until "
        f"{show_moment(until, now, zone)} ({zone}). Status changes are still told."
    )
    again = button("Post it again", "wake_posts", str(initiative.id), label=f"Post {initiative.name} again")
    return Message(text=text, blocks=(section(text), actions(again)))


def woken_message(initiative: Initiative, channel_id: str) -> Message:
    """Return the answer when a snooze was ended."""
    text = f"Schedules post *{escape(initiative.name)}* in {channel(channel_id)} again."
    return Message(text=text, blocks=(section(text),))
