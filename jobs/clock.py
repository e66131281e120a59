"""The clock: a handful of ticks, in memory. What is due is a column; nothing is scheduled per criterion.

APScheduler fires the tick (one job, coalesced, one at a time, never too late to run); a column write that
makes something due now sets `deps.wake`, which fires it at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.deps import Deps

log = structlog.get_logger(__name__)

Tick = Callable[[], Awaitable[None]]

WOKEN_GAP_S = 0.1
"""Least time between ticks that somebody woke: a crowd wakes the clock with every answer."""


class Clock:
    """Fires every tick at a fixed pace, and whenever something was made due, at most ten times a second."""

    def __init__(self, deps: Deps, ticks: Mapping[str, Tick]) -> None:
        """Keep the ticks; nothing runs before `start`.

        Args:
            deps: For the pace and the wake-up event.
            ticks: Name → tick, run one after the other, in this order.
        """
        self._deps = deps
        self._ticks = ticks
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._waker: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._started = False

    def start(self) -> None:
        """Begin to fire."""
        self._scheduler.add_job(
            self.tick,
            "interval",
            seconds=self._deps.settings.tick_s,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        self._scheduler.start()
        self._waker = asyncio.create_task(self._fire_when_woken(), name="clock waker")
        self._started = True

    async def stop(self) -> None:
        """Fire no more; a tick that runs is waited for, so that nothing is claimed afterwards."""
        if not self._started:
            return
        self._started = False
        assert self._waker is not None
        self._scheduler.pause()
        # A tick that was just fired gets into the line before us. Shutting the scheduler down cancels what
        # runs, and a tick cut off half-way would leave claims behind that nobody works on until they end.
        await asyncio.sleep(0)
        async with self._one_at_a_time:
            self._waker.cancel()
        await asyncio.gather(self._waker, return_exceptions=True)
        self._scheduler.shutdown(wait=False)

    async def tick(self) -> None:
        """Run every tick once; what one raises is logged and the others run."""
        async with self._one_at_a_time:
            self._deps.wake.clear()
            for name, tick in self._ticks.items():
                try:
                    await tick()
                except Exception:  # the edge: a failing tick must not stop the clock
                    log.exception("tick failed", tick=name)

    async def _fire_when_woken(self) -> None:
        while True:
            await self._deps.wake.wait()
            await self.tick()
            await asyncio.sleep(WOKEN_GAP_S)
