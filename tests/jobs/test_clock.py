"""The clock: every tick runs, one failing stops no other, and a wake-up fires at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlmodel import Session, func, select

from bot.db.drafts import add_draft
from bot.db.events import take_event
from bot.db.models import DraftRow, SeenEventRow
from bot.db.sqlite import SqliteDatabase
from jobs.cleanup import Cleanup
from jobs.clock import WOKEN_GAP_S, Clock
from tests.poll_world import ALICE, TEAM, World


@pytest.fixture
async def world(sqlite_database: SqliteDatabase) -> AsyncIterator[World]:
    """Alice's initiative."""
    made = World(sqlite_database)
    yield made
    await made.aclose()


async def test_a_failing_tick_is_logged_and_the_others_run(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    ran = []

    async def fail() -> None:
        raise RuntimeError("a bug")

    async def work() -> None:
        ran.append("work")

    await Clock(world.deps, {"broken": fail, "work": work}).tick()
    assert ran == ["work"]
    assert "broken" in caplog.text


async def test_a_wake_up_fires_at_once_and_nothing_fires_after_the_stop(world: World) -> None:
    fired = asyncio.Event()

    async def work() -> None:
        fired.set()

    clock = Clock(world.deps, {"work": work})
    clock.start()
    world.deps.wake.set()
    await asyncio.wait_for(fired.wait(), 5)
    await clock.stop()
    fired.clear()
    world.deps.wake.set()
    await asyncio.sleep(0)
    assert not fired.is_set()


async def test_a_crowd_that_wakes_the_clock_again_and_again_gets_a_tick_now_and_then(world: World) -> None:
    fired = asyncio.Queue[float]()

    async def work() -> None:
        fired.put_nowait(asyncio.get_running_loop().time())
        world.deps.wake.set()  # as an answer would that comes while it runs

    clock = Clock(world.deps, {"work": work})
    clock.start()
    world.deps.wake.set()
    async with asyncio.timeout(5):
        first, second = await fired.get(), await fired.get()
    await clock.stop()
    assert second - first >= WOKEN_GAP_S * 0.9


async def test_what_is_kept_for_a_time_only_is_forgotten(world: World) -> None:
    database = world.deps.database
    await database.write(add_draft, ALICE, "typed", {"text": "list"}, world.moment)
    await database.write(take_event, TEAM, "Ev1", world.moment)

    def counts(session: Session) -> tuple[int, int]:
        drafts = session.exec(select(func.count()).select_from(DraftRow)).one()
        return drafts, session.exec(select(func.count()).select_from(SeenEventRow)).one()

    cleanup = Cleanup()
    await cleanup.tick(world.deps)
    assert await database.read(counts) == (1, 1)
    world.moment += timedelta(hours=2)
    await cleanup.tick(world.deps)
    assert await database.read(counts) == (1, 0)
    world.moment += timedelta(hours=22)
    await cleanup.tick(world.deps)
    assert await database.read(counts) == (0, 0)
