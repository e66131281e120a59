"""Load from a process of its own, so that neither the server nor the stand-in workspace waits for it.

Takes one job on each line of standard input and answers with one line, both JSON; ends when the input does.
"""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvloop

from benchmarks.load import Prepared, Slice, Span, press, press_once

ROOT = Path(__file__).resolve().parents[1]
LONGEST_LINE = 2**28
LONGEST_JOB_S = 90.0
"""After so long something was never answered."""
LONGEST_STOP_S = 10.0
ENCODING = "latin-1"
"""Every byte of a request is one character of it."""


class Loader:
    """The process, seen from the one that gives it its jobs."""

    def __init__(self, process: Process) -> None:
        """Keep the process."""
        self._process = process

    async def send(
        self,
        address: str,
        requests: Sequence[Prepared],
        *,
        concurrent: int,
        seconds: float | None = None,
    ) -> Slice:
        """Let it send requests over so many connections at once, and return how long the answers took.

        Args:
            address: Of the server.
            requests: Sent one after the other.
            concurrent: Connections.
            seconds: How long they are sent, again from the start when they run out; None sends each once.

        Raises:
            RuntimeError: it ended, most likely because an answer was wrong; why stands on standard error.
            TimeoutError: something was not answered.
        """
        parts = urlsplit(address)
        job = {
            "host": parts.hostname,
            "port": parts.port,
            "requests": [[each.wire.decode(ENCODING), each.marker.decode(ENCODING)] for each in requests],
            "concurrent": concurrent,
            "seconds": seconds,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(job).encode() + b"\n")
        await self._process.stdin.drain()
        async with asyncio.timeout(LONGEST_JOB_S):
            line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("the load's process ended")
        came_to = json.loads(line)
        return Slice(came_to["elapsed_s"], [Span(*each) for each in came_to["spans"]])


@asynccontextmanager
async def loading() -> AsyncIterator[Loader]:
    """Start the process; it ends with the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.loader"), cwd=ROOT, stdin=PIPE, stdout=PIPE, limit=LONGEST_LINE
    )
    try:
        yield Loader(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), LONGEST_STOP_S)
        except TimeoutError:
            process.kill()
            await process.wait()


def _do(job: dict[str, Any]) -> dict[str, Any]:
    address = (job["host"], job["port"])
    requests = [Prepared(wire.encode(ENCODING), marker.encode(ENCODING)) for wire, marker in job["requests"]]
    if job["seconds"] is None:
        work = press_once(address, requests, concurrent=job["concurrent"])
    else:
        work = press(address, requests, concurrent=job["concurrent"], seconds=job["seconds"])
    came_to = uvloop.run(work)
    return {
        "elapsed_s": came_to.elapsed_s,
        "spans": [[span.place, span.sent_s, span.answered_s] for span in came_to.spans],
    }


def main() -> None:
    """Do the jobs."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_do(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
