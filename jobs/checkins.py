"""Check-ins: owners are reminded of them, and nudged when there is none; jobs/notify.py sends it."""

from __future__ import annotations

from functools import partial

from bot.deps import Deps
from bot.services.checkin_reminders import claim_check_ins, remind_to_check_in
from bot.services.nudging import claim_nudges, nudge_of
from jobs.queue import Queue


async def tick(deps: Deps, queue: Queue) -> None:
    """Start reminding and nudging whoever is due, as far as the queue has room; a quiet tick writes nothing."""
    room = queue.room()
    if room <= 0:
        return
    for user_id in await claim_check_ins(deps, room):
        queue.put(f"check-ins of {user_id}", partial(remind_to_check_in, deps, user_id))
    room = queue.room()
    if room <= 0:
        return
    for criterion_id in await claim_nudges(deps, room):
        queue.put(f"nudge of criterion {criterion_id}", partial(nudge_of, deps, criterion_id))
