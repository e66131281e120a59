"""`/loop days off`: the team's calendar, listed and changed."""

from __future__ import annotations

from datetime import date

from bot.blocks.days_off import days_off_message
from bot.domain.dates import Iso
from bot.domain.message import Message
from bot.domain.requests import GiveUpDaysOff, ShowDaysOff, TakeDaysOff
from bot.services.days_off import give_up_days_off, show_days_off, take_days_off
from handlers.context import Click, Incoming, Redrawn


async def show(request: ShowDaysOff, at: Incoming) -> Message:
    """`/loop days off`: the days off from today on."""
    del request
    calendar = await at.deps.database.read(show_days_off, at.actor, at.deps.now())
    return days_off_message(calendar.entries, calendar.today)


async def take(request: TakeDaysOff, at: Incoming) -> Message:
    """`/loop days off 24 Dec to 26 Dec`."""
    now = at.deps.now()
    calendar = await at.deps.database.write(take_days_off, at.actor, request.first, request.last, now)
    return days_off_message(calendar.entries, calendar.today)


async def give_up(request: GiveUpDaysOff, at: Incoming) -> Message:
    """`/loop days off remove 24 Dec`."""
    calendar = await at.deps.database.write(give_up_days_off, at.actor, request.day, at.deps.now())
    return days_off_message(calendar.entries, calendar.today)


async def press_remove(click: Click, at: Incoming) -> Redrawn:
    """[Remove] beside an entry."""
    return Redrawn(await give_up(GiveUpDaysOff(Iso(date.fromisoformat(click.value))), at))
