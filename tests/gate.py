"""A gate that holds a database thread until the test lets it go on."""

from __future__ import annotations

import asyncio
import threading


class Gate:
    """Stands in a unit of work; the test knows when somebody waits there and when they go on."""

    def __init__(self) -> None:
        """Start shut."""
        self._reached = threading.Event()
        self._open = threading.Event()

    def pass_through(self, *_: object) -> None:
        """Wait, on the database thread, until the test opens the gate."""
        self._reached.set()
        assert self._open.wait(30), "nobody opened the gate"

    async def reached(self) -> None:
        """Wait, in the test, until somebody stands at the gate."""
        assert await asyncio.to_thread(self._reached.wait, 30), "nobody came to the gate"

    def open(self) -> None:
        """Let everyone through from now on."""
        self._open.set()
