"""Maintenance: what somebody is told of hosts that are worked on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.blocks.mrkdwn import escape, person
from bot.blocks.parts import actions, button, section
from bot.domain.maintenance import Maintenance
from bot.domain.message import Block, Message
from bot.domain.wallclock import show_moment

MOST_HOSTS = 20


def maintenance_message(hosts: Sequence[tuple[Maintenance, int]], now: datetime, zone: str) -> Message:
    """Return which hosts are worked on and until when (aware UTC) in a reader's zone, each with [End it].

    Args:
        hosts: Each with how many criteria read it.
        now: Aware UTC.
        zone: IANA zone of whoever reads it.
    """
    if not hosts:
        text = (
            "No host is under maintenance: every criterion is read and judged. "
            "`/loop maintenance grafana.example.com 2h` ends that for one host, for two hours."
        )
        return Message(text=text, blocks=(section(text),))
    blocks: list[Block] = []
    said = []
    for one, criteria in hosts[:MOST_HOSTS]:
        counted = "1 criterion is" if criteria == 1 else f"{criteria} criteria are"
        text = (
            f"*{escape(one.host)}* is under maintenance until {show_moment(one.until, now, zone)} ({zone}), "
            f"says {person(one.by_user_id)}: {counted} neither read nor judged till then."
        )
        said.append(text)
        blocks += [
            section(text),
            actions(
                button("End it", "end_maintenance", one.host, label=f"End the maintenance of {one.host}")
            ),
        ]
    if len(hosts) > MOST_HOSTS:
        said.append(f"and {len(hosts) - MOST_HOSTS} more")
        blocks.append(section(said[-1]))
    return Message(text="\n".join(said), blocks=tuple(blocks))


def ended_message(host: str) -> Message:
    """Return that a host is not worked on any more."""
    text = f"The maintenance of *{escape(host)}* is over: its criteria are read now, and judged."
    return Message(text=text, blocks=(section(text),))
