"""Follow-ups: their owners are told on the day; jobs/notify.py sends it."""

from __future__ import annotations

from functools import partial

from bot.deps import Deps
from bot.services.follow_up_reminders import claim_follow_ups, remind_of_follow_up
from jobs.queue import Queue


async def tick(deps: Deps, queue: Queue) -> None:
    """Start reminding of the follow-ups that are due, as far as the queue has room; a quiet tick writes nothing."""
    room = queue.room()
    if room <= 0:
        return
    for follow_up_id in await claim_follow_ups(deps, room):
        queue.put(f"follow-up {follow_up_id}", partial(remind_of_follow_up, deps, follow_up_id))
