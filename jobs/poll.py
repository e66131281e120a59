"""Reading sources when they are due."""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import structlog

from bot.db.polls import Claim, anything_due
from bot.deps import Deps
from bot.services.judging import judge_by_time
from bot.services.polling import claim_polls, give_back, longest_read, read_claimed, record
from bot.services.recording import Outcome, Read
from jobs.queue import Queue

log = structlog.get_logger(__name__)

START_TOGETHER_S = 0.2
"""Reads that are due within this time start together, at its end: waking the loop for each costs as much again."""

RECORD_TOGETHER_S = 0.1
"""How long a result waits for others that are still being read, to be written down with them."""

RECORDED_TOGETHER = 100


class Poller:
    """Reads what is due: many at the same time, few of one host, and writes down together what ends together."""

    def __init__(self, deps: Deps, queue: Queue) -> None:
        """Start with nobody reading.

        Args:
            deps: The bundle; its settings say how many read at the same time.
            queue: Holds claims, of which most wait for their moment.
        """
        self._deps = deps
        self._queue = queue
        self._reading = asyncio.Semaphore(deps.settings.fetches)
        self._hosts: dict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(deps.settings.fetches_per_host)
        )
        self._starts: dict[int, asyncio.Future[None]] = {}
        self._recorder = _Recorder(deps)
        self._is_full = False
        # Claiming two when two have ended costs as much as claiming a hundred.
        self._worth_claiming = max(queue.room() // 4, 1)

    async def tick(self) -> None:
        """Judge what time alone changed, and start reading what is due, as far as the queue has room."""
        deps = self._deps
        to_read, to_judge = await deps.database.read(anything_due, deps.team_id, deps.now())
        if to_judge:
            await judge_by_time(deps)
        room = self._queue.room()
        if not to_read:
            return
        self._is_full = room < self._worth_claiming
        if self._is_full:
            return
        claims = await claim_polls(deps, room)
        self._is_full = len(claims) == room
        for claim in claims:
            self._queue.put(f"poll {claim.criterion_id}", partial(self._run, claim))

    async def _run(self, claim: Claim) -> None:
        """Read one claimed criterion at its own moment and write down what came of it.

        A claim that waited too long for its host, or is cancelled at shutdown, is given back unread.
        """
        try:
            await self._moment_of(claim)
            # The host first: who waits for a slow one must not keep the others from reading.
            async with self._hosts[claim.source.host], self._reading:
                if self._deps.now() + longest_read(self._deps) > claim.lease_until:
                    await give_back(self._deps, claim)
                    return
                with self._recorder.one_more():
                    read = await read_claimed(self._deps, claim)
            outcome = await self._recorder.record(read)
        except asyncio.CancelledError:
            await give_back(self._deps, claim)
            raise
        finally:
            if self._is_full and self._queue.room() + 1 >= self._worth_claiming:
                self._is_full = False
                self._deps.wake.set()  # there is room again, and more is due
        if outcome is None:
            log.info("claim lost, result thrown away", criterion_id=claim.criterion_id)
        elif outcome.failure:
            log.info("read failed", criterion_id=claim.criterion_id, cause=outcome.failure)

    async def _moment_of(self, claim: Claim) -> None:
        """Return when a claim is due, together with the others of the same moment."""
        early_s = (claim.due_at - self._deps.now()).total_seconds()
        if early_s <= 0:
            return
        loop = asyncio.get_running_loop()
        slot = math.ceil((loop.time() + early_s) / START_TOGETHER_S)
        if slot not in self._starts:
            self._starts[slot] = loop.create_future()
            loop.call_at(slot * START_TOGETHER_S, self._start, slot)
        await asyncio.shield(self._starts[slot])

    def _start(self, slot: int) -> None:
        self._starts.pop(slot).set_result(None)


class _Recorder:
    """Writes reads down in groups: what ends while others are still reading waits for them, for a moment."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._under_way = 0
        self._waiting: list[tuple[Read, asyncio.Future[Outcome | None]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._writes: set[asyncio.Task[None]] = set()

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Count a read as under way while the block runs."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    async def record(self, read: Read) -> Outcome | None:
        """Return what a read meant, once it is written down."""
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Outcome | None] = loop.create_future()
        self._waiting.append((read, outcome))
        if not self._under_way or len(self._waiting) >= RECORDED_TOGETHER:
            self._begin_write()
        elif self._timer is None:
            self._timer = loop.call_later(RECORD_TOGETHER_S, self._begin_write)
        return await outcome

    def _begin_write(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            group, self._waiting = self._waiting, []
            write = asyncio.create_task(self._write(group), name=f"write down {len(group)} reads")
            self._writes.add(write)
            write.add_done_callback(self._writes.discard)

    async def _write(self, group: list[tuple[Read, asyncio.Future[Outcome | None]]]) -> None:
        try:
            outcomes = await record(self._deps, [read for read, _ in group])
        except BaseException as error:  # handed on: each of those who wait has to hear of it
            for _, waiting in group:
                if not waiting.done():
                    waiting.set_exception(error)
            return
        for (_, waiting), outcome in zip(group, outcomes, strict=True):
            if not waiting.done():  # cancelled meanwhile
                waiting.set_result(outcome)
