"""Reminders: who gives a criterion's values by hand is asked when one is due; jobs/notify.py sends it."""

from __future__ import annotations

from functools import partial

from bot.deps import Deps
from bot.services.reminding import claim_reminders, remind
from jobs.queue import Queue


async def tick(deps: Deps, queue: Queue) -> None:
    """Start the reminders that are due, as far as the queue has room; a quiet tick writes nothing."""
    room = queue.room()
    if room <= 0:
        return
    for criterion_id in await claim_reminders(deps, room):
        queue.put(f"remind of criterion {criterion_id}", partial(remind, deps, criterion_id))
