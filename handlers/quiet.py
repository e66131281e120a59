"""`/loop quiet`: the hours in which nothing is asked of one by direct message."""

from __future__ import annotations

from bot.blocks.quiet import quiet_message
from bot.domain.commands import parse
from bot.domain.message import Message
from bot.domain.requests import KeepQuiet, ShowQuiet
from bot.services.quiet import keep_quiet, show_quiet
from handlers.context import Click, Incoming, Redrawn


async def show(request: ShowQuiet, at: Incoming) -> Message:
    """`/loop quiet`: one's quiet hours."""
    del request
    now = at.deps.now()
    quiet = await at.deps.database.read(show_quiet, at.actor, now)
    return quiet_message(quiet.hours, now, quiet.zone, runs=quiet.runs, ends=quiet.ends)


async def keep(request: KeepQuiet, at: Incoming) -> Message:
    """`/loop quiet 20:00 to 08:00` and `/loop quiet off`."""
    now = at.deps.now()
    quiet = await at.deps.database.write(keep_quiet, at.actor, request.hours, now)
    at.deps.wake.set()
    return quiet_message(quiet.hours, now, quiet.zone, runs=quiet.runs, ends=quiet.ends)


async def press(click: Click, at: Incoming) -> Redrawn:
    """[Quiet from 20:00 to 08:00] and [No quiet hours]."""
    request = parse("loop", f"quiet {click.value}")
    assert isinstance(request, KeepQuiet)
    return Redrawn(await keep(request, at))
