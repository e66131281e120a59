"""Progress posts on schedule: a schedule whose run has come puts its messages into the outbox."""

from __future__ import annotations

from functools import partial

import structlog

from bot.deps import Deps
from bot.services.due_posts import due_schedules, post_due
from jobs.queue import Queue

log = structlog.get_logger(__name__)


async def tick(deps: Deps, queue: Queue) -> None:
    """Start the runs that have come, as far as the queue has room."""
    room = queue.room()
    if room <= 0:
        return
    for schedule_id in await due_schedules(deps, room):
        queue.put(f"post schedule {schedule_id}", partial(run, deps, schedule_id))


async def run(deps: Deps, schedule_id: int) -> None:
    """Write the messages of one schedule's run and plan the next; jobs/notify.py sends them."""
    added = await post_due(deps, schedule_id)
    log.debug("schedule posted", schedule_id=schedule_id, messages=added)
