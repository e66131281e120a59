"""Calendars: each address of days off is read once a day."""

from __future__ import annotations

from functools import partial

from bot.deps import Deps
from bot.services.calendars import claim_calendars, read_again
from jobs.queue import Queue


async def tick(deps: Deps, queue: Queue) -> None:
    """Start reading the calendars that are due, as far as the queue has room; a quiet tick writes nothing."""
    room = queue.room()
    if room <= 0:
        return
    for link_id, sealed in await claim_calendars(deps, room):
        queue.put(f"read calendar {link_id}", partial(read_again, deps, link_id, sealed))
