"""Where claimed work waits and runs. On one machine it is this process: bounded, drained when it stops."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

log = structlog.get_logger(__name__)


class Queue(Protocol):
    """Takes claimed work; never more than it has room for."""

    def room(self) -> int:
        """Return how many more pieces of work it takes now."""
        ...

    def put(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Start a piece of work; what it raises is logged, and the next tick finds its row again."""
        ...


class LocalQueue:
    """Runs work in this event loop, at most `size` pieces at a time."""

    def __init__(self, size: int) -> None:
        """Start empty.

        Args:
            size: Most pieces of work under way at once.
        """
        self._size = size
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """True while something is under way."""
        return bool(self._under_way)

    def room(self) -> int:
        """Return how many more pieces of work it takes now."""
        return self._size - len(self._under_way)

    def put(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Start a piece of work."""
        task = asyncio.create_task(_run(name, work), name=name)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def idle(self) -> None:
        """Return when nothing is under way; work that puts more work is waited for too."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def drain(self, *, patience_s: float) -> None:
        """Let work end for a while, then cancel what is left; cancelled work gives its claim back."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=patience_s)
        left = list(self._under_way)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def _run(name: str, work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except Exception:  # the edge: a bug in one job must neither vanish nor stop the others
        log.exception("job failed", job=name)
