"""`/criteria history`: a criterion's readings, gaps and status changes in a period."""

from __future__ import annotations

from datetime import datetime

from bot.blocks.history import SIZE, history_message
from bot.domain.message import Message
from bot.domain.period import DEFAULT_PERIOD, Period, Stretch
from bot.domain.requests import ShowHistory
from bot.domain.wallclock import show_moment
from bot.services.history import load_history
from bot.services.people import known_person
from handlers.context import Click, Incoming, Redrawn
from handlers.criteria import chosen


async def show(request: ShowHistory, at: Incoming) -> Message:
    """Answer with a criterion's history in the period asked for."""
    return await _history(at, request.name, request.period)


async def press_show(click: Click, at: Incoming) -> Message:
    """Show the history of the criterion whose button was pressed."""
    return await _history(chosen(at, click.value), "", DEFAULT_PERIOD)


async def press_older(click: Click, at: Incoming) -> Redrawn:
    """Replace a history by what was before its oldest reading, as far back as its period goes."""
    criterion_id, start, end = click.value.split("|")
    before = datetime.fromisoformat(end)
    person = await at.deps.database.read(known_person, at.actor)
    words = f"the time up to {show_moment(before, at.deps.now(), person.zone)}"
    stretch = Stretch(datetime.fromisoformat(start), before, words)
    return Redrawn(await _history(chosen(at, criterion_id), "", stretch))


async def _history(at: Incoming, name: str, period: Period | Stretch) -> Message:
    history = await at.deps.database.read(load_history, at.actor, name, period, at.deps.now(), size=SIZE)
    return history_message(history)
