"""Being away: what somebody is told."""

from __future__ import annotations

from datetime import datetime

from bot.blocks.parts import actions, button, section
from bot.domain.message import Message
from bot.domain.wallclock import show_moment


def away_message(until: datetime | None, now: datetime, zone: str) -> Message:
    """Return whether somebody is away: until when (aware UTC) in their zone, with [I am back], or that they are not."""
    if until is None:
        text = (
            "You are here: you are reminded of values that are due. `/loop away 3d` ends that for three days."
        )
        return Message(text=text, blocks=(section(text),))
    text = (
        f"You are away until {show_moment(until, now, zone)} ({zone}) and are not reminded of anything. "
        "Your criteria are read, judged and posted as always."
    )
    return Message(text=text, blocks=(section(text), actions(button("I am back", "come_back"))))
