"""Pool: a few processes that evaluate paths, each killed when it takes too long."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from pathlib import Path

from bot.errors import SourceError
from bot.sources.worker import ANSWER_HEADER, JOB_HEADER

_ROOT = Path(__file__).resolve().parents[2]
# What a Python may need to start at all; Loopmark's tokens are none of the worker's business.
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")

_START_S = 20.0
_WAIT_S = 20.0


class WorkerPool:
    """Runs jobs in processes of its own, started when the first job comes.

    Each worker is a fresh interpreter (``python -m bot.sources.worker``) and not a `multiprocessing` child: a
    spawned child would import the program that started it again, with all of Slack and the database, and
    `concurrent.futures` can't kill one that hangs.
    """

    def __init__(self, *, workers: int, timeout_s: float, memory_bytes: int) -> None:
        """Prepare.

        Args:
            workers: Most processes at the same time; further jobs wait, at most 20 s.
            timeout_s: After this time a job's worker is killed, in seconds.
            memory_bytes: Address space of one worker.
        """
        self._timeout_s = timeout_s
        self._memory_bytes = memory_bytes
        self._free = asyncio.Semaphore(workers)
        self._idle: list[Process] = []
        self._living: set[Process] = set()
        self._closed = False
        self.started = 0
        """How many workers were ever started."""

    async def run(self, head: Mapping[str, str | None], body: bytes) -> object:
        """Return a worker's answer to one job.

        Raises:
            SourceError: The worker's own, ``timeout`` when it had to be killed or none came free, or
                ``too_large`` when it died.
        """
        try:
            # Not wait_for: Python 3.11's loses a cancellation that comes together with the result.
            async with asyncio.timeout(_WAIT_S):
                await self._free.acquire()
        except TimeoutError:
            raise SourceError("too many answers are waiting to be evaluated", cause="timeout") from None
        try:
            return await self._run_now(head, body)
        finally:
            self._free.release()

    async def _run_now(self, head: Mapping[str, str | None], body: bytes) -> object:
        worker = await self._take()
        keep = False
        try:
            async with asyncio.timeout(self._timeout_s):
                answer = await _exchange(worker, head, body)
            keep = not answer.get("last")
        except TimeoutError:
            raise SourceError(
                f"evaluating the answer took longer than {self._timeout_s:g} s", cause="timeout"
            ) from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise SourceError("the answer needs too much memory to evaluate", cause="too_large") from None
        finally:
            # Also when cancelled: an answer still to come would be taken for the next job's.
            if keep and not self._closed:
                self._idle.append(worker)
            else:
                _kill(worker)
        if "error" in answer:
            raise SourceError(
                str(answer["error"]), cause=str(answer["cause"]), permanent=bool(answer.get("permanent"))
            )
        return answer["ok"]

    async def aclose(self) -> None:
        """End all workers and wait until they are gone."""
        self._closed = True
        for worker in self._living:
            _kill(worker)
        for worker in tuple(self._living):
            await worker.wait()
        self._living.clear()
        self._idle.clear()

    async def _take(self) -> Process:
        if self._closed:
            raise SourceError("Loopmark is stopping", cause="timeout")
        self._living = {worker for worker in self._living if worker.returncode is None}
        while self._idle:
            worker = self._idle.pop()
            if worker.returncode is None:
                return worker
        return await self._start()

    async def _start(self) -> Process:
        self.started += 1
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # the working directory's modules are not for it
            "-m",
            "bot.sources.worker",
            str(self._memory_bytes),
            str(self._timeout_s * 3),
            stdin=PIPE,
            stdout=PIPE,
            env={
                **{name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
                "PYTHONPATH": str(_ROOT),
                "PYTHONUTF8": "1",
            },
            start_new_session=True,  # Ctrl-C in the terminal is for the bot, which then ends its workers
        )
        self._living.add(worker)
        if self._closed:  # meanwhile
            _kill(worker)
        try:
            async with asyncio.timeout(_START_S):
                await _read_answer(worker)
        except (TimeoutError, asyncio.IncompleteReadError):
            _kill(worker)
            raise SourceError("the process that evaluates answers did not start", cause="timeout") from None
        except asyncio.CancelledError:
            _kill(worker)
            raise
        return worker


async def _exchange(worker: Process, head: Mapping[str, str | None], body: bytes) -> dict[str, object]:
    assert worker.stdin is not None
    encoded = json.dumps(head).encode()
    worker.stdin.write(JOB_HEADER.pack(len(encoded), len(body)) + encoded)
    worker.stdin.write(body)
    await worker.stdin.drain()
    return await _read_answer(worker)


async def _read_answer(worker: Process) -> dict[str, object]:
    assert worker.stdout is not None
    (length,) = ANSWER_HEADER.unpack(await worker.stdout.readexactly(ANSWER_HEADER.size))
    answer: dict[str, object] = json.loads(await worker.stdout.readexactly(length))
    return answer


def _kill(worker: Process) -> None:
    if worker.stdin is not None:
        worker.stdin.close()
    with contextlib.suppress(ProcessLookupError):  # it is gone already
        worker.kill()
