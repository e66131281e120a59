"""What one poll costs in processor time, beside a bare fetch, and what the tick and storing cost.

Processor time is this process's, all threads, user and system; the metric server is a process of its own.
Rounds alternate between the floor and the polls, since the machine's speed changes while it runs.
"""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from statistics import median

import httpx
from httpx_aiohttp import AiohttpTransport
from sqlalchemy import update
from sqlmodel import Session

from benchmarks.fleet import TEAM, metric_server, open_fleet, utc_now
from benchmarks.metrics import BODIES
from bot.app import make_queues
from bot.db.models import Table
from bot.db.polls import anything_due
from bot.db.readings import add_readings
from bot.deps import Deps
from bot.domain.reading import Reading
from jobs.poll import Poller
from jobs.queue import LocalQueue


@dataclass(frozen=True, slots=True)
class PollCost:
    """What polls cost at one concurrency, each the median over the rounds.

    Attributes:
        concurrent: Reads at the same time.
        floor_ms: Processor time of a bare fetch and `json.loads`, in milliseconds.
        poll_ms: Of a whole poll, in milliseconds.
        ratio: The polls' beside the floor's of the same round.
    """

    concurrent: int
    floor_ms: float
    poll_ms: float
    ratio: float


async def measure_polls(*, concurrent: int, rounds: int, polls: int = BODIES) -> PollCost:
    """Return what a poll costs: claim, fetch, parse, extract, evaluate, store and plan the next.

    Args:
        concurrent: Reads at the same time.
        rounds: Rounds that count; one more goes before, to warm up.
        polls: Polls of a round, each of an address of its own.
    """
    floors, costs = [], []
    with metric_server() as port:
        async with (
            open_fleet(port, criteria=polls, every=timedelta(minutes=30), concurrent=concurrent) as deps,
            httpx.AsyncClient(transport=AiohttpTransport()) as client,
        ):
            queue, _ = make_queues(deps)
            poller = Poller(deps, queue)
            for _ in range(rounds + 1):
                gc.collect()
                gc.freeze()
                floors.append(await _cost_s(_fetch_all(client, port, polls, concurrent)))
                await deps.database.write(_make_due)
                costs.append(await _cost_s(_poll_all(deps, poller, queue)))
            gc.unfreeze()
    pairs = list(zip(floors, costs, strict=True))[1:]
    return PollCost(
        concurrent=concurrent,
        floor_ms=1000 * median(floor for floor, _ in pairs) / polls,
        poll_ms=1000 * median(cost for _, cost in pairs) / polls,
        ratio=median(cost / floor for floor, cost in pairs),
    )


async def measure_ticks(sizes: Iterable[int], *, ticks: int = 200) -> list[tuple[int, float]]:
    """Return for each number of stored criteria, none of them due, what a tick costs in milliseconds."""
    costs = []
    for size in sizes:
        async with open_fleet(1, criteria=size, every=timedelta(hours=23), concurrent=20) as deps:
            await deps.database.write(_make_due, utc_now() + timedelta(days=1))
            queue, _ = make_queues(deps)
            poller = Poller(deps, queue)
            await poller.tick()
            costs.append((size, 1000 * await _cost_s(_tick(poller, ticks)) / ticks))
    return costs


async def measure_storing(*, rows: int = 100_000, at_once: int = 1_000) -> float:
    """Return how many readings a second are stored by the one function that stores them."""
    async with open_fleet(1, criteria=100, every=timedelta(hours=1), concurrent=20) as deps:
        now = utc_now()
        readings = [(number % 100 + 1, Reading(now, Decimal(number))) for number in range(at_once)]
        started_s = time.perf_counter()
        for _ in range(rows // at_once):
            await deps.database.write(add_readings, TEAM, readings)
        return rows / (time.perf_counter() - started_s)


async def _cost_s(work: Awaitable[None]) -> float:
    before_s = time.process_time()
    await work
    return time.process_time() - before_s


async def _fetch_all(client: httpx.AsyncClient, port: int, fetches: int, concurrent: int) -> None:
    numbers = iter(range(fetches))

    async def fetch_some() -> None:
        for number in numbers:
            json.loads((await client.get(f"http://127.0.0.1:{port}/{number}")).content)

    await asyncio.gather(*(fetch_some() for _ in range(concurrent)))


async def _poll_all(deps: Deps, poller: Poller, queue: LocalQueue) -> None:
    while (await deps.database.read(anything_due, TEAM, utc_now()))[0]:
        deps.wake.clear()
        await poller.tick()
        # As the clock does: again when there is room for more, which the poller says.
        await _first(deps.wake.wait, queue.idle)


async def _first(*waits: Callable[[], Awaitable[object]]) -> None:
    tasks = [asyncio.ensure_future(wait()) for wait in waits]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _tick(poller: Poller, ticks: int) -> None:
    for _ in range(ticks):
        await poller.tick()


def _make_due(session: Session, due_at: object = None) -> None:
    criterion = Table.metadata.tables["criterion"]
    session.execute(
        update(criterion).values(
            due_at=due_at or utc_now(), lease_until=None, lease_token=None, judge_at=None
        )
    )
