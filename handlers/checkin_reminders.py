"""Reminders to check in: their rhythm, and the menu under each."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from bot.blocks.checkin_reminders import reminders_back, reminders_stopped, rhythm_set
from bot.domain.message import Message
from bot.domain.requests import SetCheckIns
from bot.services.checkin_reminders import remind_again, set_check_ins, stop_reminding
from bot.services.people import known_person
from handlers.context import Click, Incoming, Redrawn


async def set_rhythm(request: SetCheckIns, at: Incoming) -> Message:
    """`/initiative check-ins every Mon 09:30` and `off`."""
    initiative = await at.deps.database.write(set_check_ins, at.actor, request, at.deps.now())
    at.deps.wake.set()
    return rhythm_set(initiative)


async def press_menu(click: Click, at: Incoming) -> Message:
    """Snooze a week, or Stop reminding."""
    what, _, row_id = click.value.partition(":")
    now = at.deps.now()

    def stop(session: Session) -> tuple[datetime | None, str]:
        zone = known_person(session, at.actor).zone
        return stop_reminding(session, at.actor, int(row_id), now, for_good=what == "stop"), zone

    until, zone = await at.deps.database.write(stop)
    return reminders_stopped(int(row_id), until, now, zone)


async def press_again(click: Click, at: Incoming) -> Redrawn:
    """[Remind me again]."""
    await at.deps.database.write(remind_again, at.actor, int(click.value))
    return Redrawn(reminders_back())
