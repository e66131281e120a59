"""Days off: what people see of the team's calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.blocks.mrkdwn import person
from bot.blocks.parts import button, context, section
from bot.domain.cadence import Weekday
from bot.domain.days_off import DaysOff
from bot.domain.message import Block, Message
from bot.domain.wallclock import show_day

SHOWN = 30
"""Entries in one answer."""


def days_off_message(entries: Sequence[DaysOff], today: date) -> Message:
    """Return the team's days off from today on, each with [Remove]; of many the earliest ones."""
    if not entries:
        text = (
            "The team has no days off. `/loop days off 2026-12-24 to 2026-12-26` enters some: schedules then skip "
            "their runs on these days, or post on the next working day where they were set up with "
            "`moving days off`."
        )
        return Message(text=text, blocks=(section(text),))
    head = "The team's days off. Schedules skip their runs on them, or move them to the next working day."
    blocks: list[Block] = [section(head)]
    texts = [head]
    for entry in entries[:SHOWN]:
        text = f"*{_days(entry, today)}* · entered by {person(entry.by)}"
        texts.append(text)
        remove = button(
            "Remove",
            "remove_days_off",
            entry.first.isoformat(),
            label=f"Remove {_days(entry, today)}",
        )
        blocks.append(section(text, block_id=f"days_off:{entry.id}", accessory=remove))
    if len(entries) > SHOWN:
        texts.append(f"and {len(entries) - SHOWN} more")
        blocks.append(context(texts[-1]))
    return Message(text="\n".join(texts), blocks=tuple(blocks))


def _days(entry: DaysOff, today: date) -> str:
    first, last = _day(entry.first, today), _day(entry.last, today)
    return first if first == last else f"{first} to {last}"


def _day(day: date, today: date) -> str:
    # strftime's names of days follow the machine's locale.
    return f"{tuple(Weekday)[day.weekday()]} {show_day(day, today)}"
