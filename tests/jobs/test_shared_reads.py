"""Reads over HTTP as the poller makes them: shared where they ask for the same, put off where the source asks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web

from bot.db.sqlite import SqliteDatabase
from bot.deps import Deps
from bot.sources.address import AllowedHosts
from bot.sources.http import Fetcher
from bot.sources.sharing import SharedFetches
from bot.sources.table import make_sources
from jobs.poll import Poller
from jobs.queue import LocalQueue
from tests.poll_world import START, World


class Metrics:
    """A server that counts who asks."""

    def __init__(self) -> None:
        self.asked = 0
        self.status = 200
        self.headers: dict[str, str] = {}
        self.url = ""

    async def answer(self, _: web.Request) -> web.Response:
        self.asked += 1
        return web.json_response({"p95": 412, "p50": 90}, status=self.status, headers=self.headers)


@pytest.fixture
async def metrics() -> AsyncIterator[Metrics]:
    metrics = Metrics()
    app = web.Application()
    app.router.add_get("/stats", metrics.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    metrics.url = f"http://127.0.0.1:{runner.addresses[0][1]}/stats"
    yield metrics
    await runner.cleanup()


@pytest.fixture
async def world(sqlite_database: SqliteDatabase) -> AsyncIterator[World]:
    made = World(sqlite_database)
    await made.set_scene()
    yield made
    await made.aclose()


@pytest.fixture
async def deps(world: World) -> AsyncIterator[Deps]:
    async with Fetcher(allowed=AllowedHosts.parse("127.0.0.1"), now=world.now) as fetcher:
        yield replace(world.deps, sources=make_sources(), http=SharedFetches(fetcher, now=world.now))


async def poll(deps: Deps) -> None:
    queue = LocalQueue(50)
    await Poller(deps, queue).tick()
    await queue.idle()


async def test_criteria_that_share_a_request_share_one_fetch(
    world: World, deps: Deps, metrics: Metrics
) -> None:
    slow = await world.add("p95", source_url=metrics.url, source_path="$.p95")
    fast = await world.add("p50", source_url=metrics.url, source_path="$.p50")
    later = await world.add(
        "again", source_url=metrics.url, source_path="$.p95", due_at=START + timedelta(minutes=1)
    )
    await poll(deps)
    assert ((await world.row(slow)).value, (await world.row(fast)).value) == (412, 90)
    assert metrics.asked == 1
    world.moment += timedelta(minutes=1)
    await poll(deps)
    row = await world.row(later)
    assert (row.value, row.value_at, metrics.asked) == (412, START, 1), "it says from when its value is"
    world.moment += timedelta(minutes=14)
    await poll(deps)
    assert metrics.asked == 2


async def test_a_source_that_asks_to_wait_is_not_asked_before(
    world: World, deps: Deps, metrics: Metrics
) -> None:
    metrics.status, metrics.headers = 429, {"retry-after": "3600"}
    limited = await world.add(source_url=metrics.url)
    await poll(deps)
    row = await world.row(limited)
    assert (row.failures, row.due_at) == (1, START + timedelta(hours=1))


async def test_a_source_cannot_silence_its_criterion_for_good(
    world: World, deps: Deps, metrics: Metrics
) -> None:
    metrics.status, metrics.headers = 503, {"retry-after": "Tue, 01 Jan 2041 00:00:00 GMT"}
    limited = await world.add(source_url=metrics.url)
    await poll(deps)
    assert (await world.row(limited)).due_at == START + timedelta(days=1)
