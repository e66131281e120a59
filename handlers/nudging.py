"""`/loop nudge NAME` and [Nudge]: a criterion's owner is asked for a check-in."""

from __future__ import annotations

from bot.blocks.nudges import nudged_message
from bot.domain.message import Message
from bot.domain.requests import NudgeOwner
from bot.services.nudging import nudge_owner
from handlers.context import Click, Incoming
from handlers.criteria import chosen


async def nudge(request: NudgeOwner, at: Incoming) -> Message:
    """Nudge the owner of the criterion that was named."""
    done = await at.deps.database.write(nudge_owner, at.actor, request.name, at.deps.now())
    at.deps.wake.set()
    return nudged_message(done.name, done.asked, done.later)


async def press_nudge(click: Click, at: Incoming) -> Message:
    """Nudge the owner of the criterion whose button was pressed."""
    return await nudge(NudgeOwner(name=""), chosen(at, click.value))
