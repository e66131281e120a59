"""Days off: what people see of the team's calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.blocks.mrkdwn import code, escape, person
from bot.blocks.parts import actions, button, context, section
from bot.domain.cadence import Weekday
from bot.domain.days_off import CalendarLink, DaysOff
from bot.domain.durations import ago
from bot.domain.message import Block, Message
from bot.domain.wallclock import show_day

SHOWN = 30
"""Entries in one answer."""

NEXT_DAYS = 3
"""Days of a calendar that are named."""


def days_off_message(
    entries: Sequence[DaysOff],
    today: date,
    links: Sequence[CalendarLink] = (),
    now: datetime | None = None,
) -> Message:
    """Return the team's days off from today on, each with [Remove]; of many the earliest ones.

    Args:
        entries: What was entered, the earliest first.
        today: The day it is where the reader is.
        links: The calendars days off are read from.
        now: Aware UTC; None where there is no calendar.
    """
    if not entries and not links:
        text = (
            "The team has no days off. `/loop days off 2026-12-24 to 2026-12-26` enters some, and `/loop days off from "
            "https://calendar.example.com/team.ics` takes the whole days of a calendar: schedules then skip their runs "
            "on these days, or post on the next working day where they were set up with `moving days off`."
        )
        return Message(text=text, blocks=(section(text),))
    head = "The team's days off. Schedules skip their runs on them, or move them to the next working day."
    blocks: list[Block] = [section(head)]
    texts = [head]
    for link in links:
        assert now is not None
        text = _link(link, today, now)
        texts.append(text)
        remove = button(
            "Remove", "remove_calendar", str(link.id), label=f"Remove the calendar from {link.host}"
        )
        blocks.append(section(text, block_id=f"calendar:{link.id}", accessory=remove))
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


def calendar_failed(link: CalendarLink) -> Message:
    """Tell whoever gave a calendar that it can't be read, and what counts meanwhile."""
    known = (
        f"What it gave before counts on: {_count(link)}." if link.days else "It gives no days off any more."
    )
    text = (
        f"The calendar from {code(link.host)}, which you gave for the team's days off, can't be read: "
        f"{escape(link.failure)}. {known} I go on trying once a day. Give its new address with "
        f"{code('/loop days off from URL')}, and remove this one if it is gone."
    )
    label = f"Remove the calendar from {link.host}"
    return Message(
        text=text,
        blocks=(section(text), actions(button("Remove", "remove_calendar", str(link.id), label=label))),
    )


def _link(link: CalendarLink, today: date, now: datetime) -> str:
    named = ", ".join(_day(day, today) for day in link.days[:NEXT_DAYS])
    next_days = f", next {named}" if named else ""
    text = (
        f"*Calendar from {code(link.host)}* · {_count(link)}{next_days} · "
        f"read {ago(now - link.read_at)} ago · given by {person(link.by)}"
    )
    if link.failure:
        text += f"\n⚠️ The last read failed: {escape(link.failure)}. The days that were known count on."
    return text


def _count(link: CalendarLink) -> str:
    return f"{len(link.days)} day{'' if len(link.days) == 1 else 's'} off"


def _days(entry: DaysOff, today: date) -> str:
    first, last = _day(entry.first, today), _day(entry.last, today)
    return first if first == last else f"{first} to {last}"


def _day(day: date, today: date) -> str:
    # strftime's names of days follow the machine's locale.
    return f"{tuple(Weekday)[day.weekday()]} {show_day(day, today)}"
