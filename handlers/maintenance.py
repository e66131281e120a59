"""`/loop maintenance`: hosts that are worked on."""

from __future__ import annotations

from bot.blocks.maintenance import ended_message, maintenance_message
from bot.domain.message import Message
from bot.domain.requests import KeepMaintenance, ShowMaintenance
from bot.services.maintenance import keep_maintenance, show_maintenance
from handlers.context import Click, Incoming, Redrawn


async def show(request: ShowMaintenance, at: Incoming) -> Message:
    """`/loop maintenance`: which hosts are worked on."""
    del request
    now = at.deps.now()
    maintained = await at.deps.database.read(show_maintenance, at.actor, now)
    return maintenance_message(maintained.hosts, now, maintained.zone)


async def keep(request: KeepMaintenance, at: Incoming) -> Message:
    """`/loop maintenance HOST 2h` and `/loop maintenance HOST off`."""
    now = at.deps.now()
    maintained = await at.deps.database.write(keep_maintenance, at.actor, request.host, request.length, now)
    at.deps.wake.set()
    if request.length is None:
        return ended_message(request.host)
    return maintenance_message(maintained.hosts, now, maintained.zone)


async def press_end(click: Click, at: Incoming) -> Redrawn:
    """[End it]."""
    return Redrawn(await keep(KeepMaintenance(click.value, None), at))
