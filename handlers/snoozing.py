"""Snooze and Undo: an initiative is left out of a channel's scheduled posts for a week."""

from __future__ import annotations

from bot.blocks.snoozing import snoozed_message, woken_message
from bot.domain.message import Message
from bot.services.snoozing import snooze_posts, wake_posts
from handlers.context import Click, Incoming, Redrawn


async def snooze(initiative_id: int, at: Incoming) -> Message:
    """Leave an initiative out for a week, chosen in the menu of a post."""
    now = at.deps.now()
    done = await at.deps.database.write(snooze_posts, at.actor, initiative_id, now)
    assert done.until is not None
    return snoozed_message(done.initiative, at.actor.channel_id, done.until, now, done.zone)


async def press_wake(click: Click, at: Incoming) -> Redrawn:
    """[Post it again] under the answer to a snooze."""
    done = await at.deps.database.write(wake_posts, at.actor, int(click.value))
    return Redrawn(woken_message(done.initiative, at.actor.channel_id))
