"""Work that goes on after an acknowledgement: tracked, and drained when the bot stops."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class TrackedTasks:
    """Keeps a reference to every task until it ends; a task nobody holds may be collected half-way."""

    def __init__(self) -> None:
        """Start with nothing under way."""
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None], *, name: str) -> None:
        """Start it and keep a reference until it ends; what it raises is logged."""
        task = asyncio.create_task(_run(work, name), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def busy(self) -> bool:
        """True while something is under way."""
        return bool(self._tasks)

    async def idle(self) -> None:
        """Return when nothing is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def drain(self, *, patience_s: float) -> None:
        """Let the tasks end for a while, then cancel what is left."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience_s)
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def _run(work: Coroutine[Any, Any, None], name: str) -> None:
    try:
        await work
    except Exception:  # the edge: a bug after the acknowledgement must not vanish
        log.exception("task failed", task=name)
