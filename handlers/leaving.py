"""Somebody has left, and the channel says who takes over."""

from __future__ import annotations

from bot.blocks.leaving import taken_over
from bot.services.leaving import take_over
from handlers.context import Click, Incoming, Redrawn


async def press_take_over(click: Click, at: Incoming) -> Redrawn:
    """Give an initiative to whoever was chosen; the question becomes the answer."""
    assert click.message_ts is not None, "it stands on a message"
    actor = at.actor
    taken = await take_over(at.deps, actor.team_id, actor.channel_id, click.message_ts, click.value)
    return Redrawn(taken_over(taken.initiative, taken.left, actor.user_id))
