"""Waves by themselves: a series whose run has come asks its prompt anew."""

from __future__ import annotations

from functools import partial

import structlog

from bot.deps import Deps
from bot.services.waves import ask_wave, due_series
from jobs.queue import Queue

log = structlog.get_logger(__name__)


async def tick(deps: Deps, queue: Queue) -> None:
    """Start the waves whose time has come, as far as the queue has room; a quiet tick writes nothing."""
    room = queue.room()
    if room <= 0:
        return
    for series_id in await due_series(deps, room):
        queue.put(f"ask wave {series_id}", partial(run, deps, series_id))


async def run(deps: Deps, series_id: int) -> None:
    """Write one wave and close the one before; jobs/notify.py posts it."""
    asked = await ask_wave(deps, series_id)
    log.debug("wave", series_id=series_id, asked=asked)
