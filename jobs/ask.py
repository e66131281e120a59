"""Asking people by direct message: invitations that waited, and reminders; jobs/notify.py sends them."""

from __future__ import annotations

from functools import partial

from bot.deps import Deps
from bot.services.inviting import ask_person, claim_people
from jobs.queue import Queue


async def tick(deps: Deps, queue: Queue) -> None:
    """Start asking whoever is to be asked, as far as the queue has room; a quiet tick writes nothing."""
    room = queue.room()
    if room <= 0:
        return
    for user_id in await claim_people(deps, room):
        queue.put(f"ask {user_id}", partial(ask_person, deps, user_id))
