"""`/loop away`: being away, and back."""

from __future__ import annotations

from bot.blocks.away import away_message
from bot.domain.message import Message
from bot.domain.requests import ShowAway, StayAway
from bot.services.away import show_away, stay_away
from handlers.context import Click, Incoming, Redrawn


async def show(request: ShowAway, at: Incoming) -> Message:
    """`/loop away`: whether one is away."""
    del request
    now = at.deps.now()
    away = await at.deps.database.read(show_away, at.actor, now)
    return away_message(away.until, now, away.zone)


async def stay(request: StayAway, at: Incoming) -> Message:
    """`/loop away 3d` and `/loop away off`."""
    now = at.deps.now()
    away = await at.deps.database.write(stay_away, at.actor, request.length, now)
    at.deps.wake.set()
    return away_message(away.until, now, away.zone)


async def press_back(click: Click, at: Incoming) -> Redrawn:
    """[I am back]."""
    del click
    return Redrawn(await stay(StayAway(None), at))
