"""Quiet hours: what somebody is told of theirs."""

from __future__ import annotations

from datetime import datetime

from bot.blocks.parts import actions, button, section
from bot.domain.message import Message
from bot.domain.quiet import QuietHours
from bot.domain.wallclock import show_moment

USUAL = "20:00 to 08:00"
"""What the button offers to whoever has none."""


def quiet_message(
    hours: QuietHours | None, now: datetime, zone: str, *, runs: bool, ends: datetime | None
) -> Message:
    """Return what somebody's quiet hours are, in their zone, when they end next, and what they keep.

    Args:
        hours: Or None without any.
        now: Aware UTC.
        zone: IANA zone of whoever reads.
        runs: Whether they run now.
        ends: When they end next, aware UTC; None without any.
    """
    if hours is None or ends is None:
        text = (
            "You have no quiet hours. Reminders come between 09:00 and 20:00 of your day "
            f"({zone}), and what people ask you through Loopmark at once. `/loop quiet {USUAL}` keeps both from you "
            "in these hours."
        )
        offer = button(f"Quiet from {USUAL}", "quiet_hours", USUAL)
        return Message(text=text, blocks=(section(text), actions(offer)))
    when = show_moment(ends, now, zone)
    text = (
        f"Your quiet hours are {hours.starts:%H:%M} to {hours.ends:%H:%M} ({zone}). "
        f"{'They run now and end' if runs else 'They end next'} at {when}. Nothing is asked of you by direct message "
        "in them: it comes when they end. Answers to what you do, and what failed and needs you, come at once."
    )
    return Message(text=text, blocks=(section(text), actions(button("No quiet hours", "quiet_hours", "off"))))
