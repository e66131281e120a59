"""The poll job: as many reads as there is room for, few to one host, each at its moment, given back when stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.db.sqlite import SqliteDatabase
from jobs import poll
from jobs.queue import LocalQueue
from tests.poll_world import START, World


@pytest.fixture
async def world(sqlite_database: SqliteDatabase) -> AsyncIterator[World]:
    """Alice's initiative."""
    made = World(sqlite_database)
    await made.set_scene()
    yield made
    await made.aclose()


def poller(world: World, queue: LocalQueue, *, per_host: int, fetches: int = 50) -> poll.Poller:
    settings = world.deps.settings.model_copy(update={"fetches_per_host": per_host, "fetches": fetches})
    return poll.Poller(replace(world.deps, settings=settings), queue)


async def until(world: World, reads: int) -> None:
    while world.source.reads < reads:
        world.source.reading.clear()
        await asyncio.wait_for(world.source.reading.wait(), 5)


async def test_only_so_many_reads_go_to_one_host_and_the_others_wait_in_order(world: World) -> None:
    for number in range(5):
        await world.add(f"here {number}")
    await world.add("elsewhere", source_url="https://other.example.com/x")
    world.source.hold = asyncio.Event()
    queue = LocalQueue(20)
    await poller(world, queue, per_host=2).tick()
    await until(world, 3)
    # Whoever could run has run once more: nobody else got in.
    for _ in range(20):
        await asyncio.sleep(0)
    assert world.source.reads == 3
    world.source.hold.set()
    await queue.idle()
    assert world.source.reads == 6
    assert len(await world.values()) == 6


async def test_no_more_is_started_than_the_queue_has_room_for(world: World) -> None:
    for number in range(5):
        await world.add(f"criterion {number}")
    world.source.hold = asyncio.Event()
    queue = LocalQueue(2)
    reading = poller(world, queue, per_host=10)
    await reading.tick()
    await reading.tick()
    await until(world, 2)
    assert world.source.reads == 2
    assert queue.room() == 0
    world.source.hold.set()
    await queue.idle()
    assert len(await world.values()) == 2


async def test_a_read_that_is_cancelled_is_given_back_unread(world: World) -> None:
    criterion_id = await world.add()
    world.source.hold = asyncio.Event()
    queue = LocalQueue(2)
    await poller(world, queue, per_host=10).tick()
    await until(world, 1)
    await queue.drain(patience_s=0)
    row = await world.row(criterion_id)
    assert (row.lease_token, row.due_at) == (None, START)
    assert await world.values() == []


async def test_a_claim_that_waited_too_long_for_its_host_is_given_back(world: World) -> None:
    for number in range(2):
        await world.add(f"criterion {number}")
    world.source.hold = asyncio.Event()
    queue = LocalQueue(5)
    await poller(world, queue, per_host=1).tick()
    await until(world, 1)
    world.moment += timedelta(seconds=31)  # the lease is 40 s, a read may take 10 s
    world.source.hold.set()
    await queue.idle()
    assert world.source.reads == 1
    await poller(world, queue, per_host=1).tick()
    await queue.idle()
    assert len(await world.values()) == 2


async def test_a_quiet_tick_reads_nothing(world: World) -> None:
    await world.add(due_at=START + timedelta(hours=1))
    queue = LocalQueue(5)
    await poller(world, queue, per_host=1).tick()
    assert not queue.busy
    assert world.source.reads == 0


async def test_work_that_fails_is_logged_and_leaves_room(caplog: pytest.LogCaptureFixture) -> None:
    queue = LocalQueue(1)

    async def fail() -> None:
        raise RuntimeError("a bug")

    queue.put("broken job", fail)
    await queue.idle()
    assert queue.room() == 1
    assert "broken job" in caplog.text
