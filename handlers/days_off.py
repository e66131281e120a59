"""`/loop days off`: the team's calendar, listed and changed."""

from __future__ import annotations

from datetime import date

from bot.blocks.days_off import days_off_message
from bot.domain.dates import Iso
from bot.domain.message import Message
from bot.domain.requests import GiveUpCalendar, GiveUpDaysOff, ShowDaysOff, TakeCalendar, TakeDaysOff
from bot.services.calendars import remove_calendar, remove_calendar_of, take_calendar
from bot.services.days_off import TeamCalendar, give_up_days_off, show_days_off, take_days_off
from handlers.context import Click, Incoming, Redrawn


async def show(request: ShowDaysOff, at: Incoming) -> Message:
    """`/loop days off`: the days off from today on."""
    del request
    return _message(await at.deps.database.read(show_days_off, at.actor, at.deps.now()), at)


async def take(request: TakeDaysOff, at: Incoming) -> Message:
    """`/loop days off 24 Dec to 26 Dec`."""
    now = at.deps.now()
    calendar = await at.deps.database.write(take_days_off, at.actor, request.first, request.last, now)
    return _message(calendar, at)


async def take_from(request: TakeCalendar, at: Incoming) -> Message:
    """`/loop days off from https://calendar.example.com/team.ics`."""
    return _message(await take_calendar(at.deps, at.actor, request.url), at)


async def give_up(request: GiveUpDaysOff, at: Incoming) -> Message:
    """`/loop days off remove 24 Dec`."""
    calendar = await at.deps.database.write(give_up_days_off, at.actor, request.day, at.deps.now())
    return _message(calendar, at)


async def give_up_from(request: GiveUpCalendar, at: Incoming) -> Message:
    """`/loop days off remove calendar.example.com`."""
    calendar = await at.deps.database.write(remove_calendar_of, at.actor, request.host, at.deps.now())
    return _message(calendar, at)


async def press_remove(click: Click, at: Incoming) -> Redrawn:
    """[Remove] beside an entry."""
    return Redrawn(await give_up(GiveUpDaysOff(Iso(date.fromisoformat(click.value))), at))


async def press_remove_calendar(click: Click, at: Incoming) -> Redrawn:
    """[Remove] beside a calendar, or on the notice that it can't be read."""
    calendar = await at.deps.database.write(remove_calendar, at.actor, int(click.value), at.deps.now())
    return Redrawn(_message(calendar, at))


def _message(calendar: TeamCalendar, at: Incoming) -> Message:
    return days_off_message(calendar.entries, calendar.today, calendar.links, at.deps.now())
