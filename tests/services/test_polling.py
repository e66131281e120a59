"""Polling: claimed by one worker alone, read with no transaction open, written down once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.db.engine import PostgresDatabase, SqliteDatabase, open_database
from bot.db.polls import Claim
from bot.deps import Deps
from bot.domain.requests import SetReading
from bot.services.criteria import set_reading
from bot.services.judging import judge_by_time
from bot.services.polling import claim_polls, give_back, poll_now, read_claimed, record
from bot.services.recording import Outcome
from tests.poll_world import ALICE, START, World


@pytest.fixture
async def world(database: SqliteDatabase | PostgresDatabase) -> AsyncIterator[World]:
    """Alice's initiative, on both databases in turn."""
    made = World(database)
    await made.set_scene()
    yield made
    await made.aclose()


async def poll_claimed(deps: Deps, claim: Claim) -> Outcome | None:
    [outcome] = await record(deps, [await read_claimed(deps, claim)])
    return outcome


async def poll_all(world: World) -> int:
    claims = await claim_polls(world.deps, 50)
    for claim in claims:
        await poll_claimed(world.deps, claim)
    return len(claims)


async def test_a_due_criterion_is_read_judged_and_planned_anew(world: World) -> None:
    criterion_id = await world.add()
    assert await poll_all(world) == 1
    row = await world.row(criterion_id)
    assert await world.values() == ["412"]
    assert (row.status, row.sentence) == ("missed", "412 ms is not at most 300 ms")
    assert row.due_at == START + timedelta(minutes=15)
    assert (row.lease_until, row.lease_token) == (None, None)


async def test_a_status_change_is_a_fact_with_its_message(world: World) -> None:
    await world.add()
    await poll_all(world)
    assert await world.changes() == [("no_data", "missed")]
    assert await world.outbox() == [("status_reply", "change:1")]


async def test_a_criterion_that_is_not_due_is_left_alone(world: World) -> None:
    await world.add(due_at=START + timedelta(minutes=5))
    assert await claim_polls(world.deps, 50) == []


async def test_a_claim_looks_one_second_ahead(world: World) -> None:
    await world.add(due_at=START + timedelta(seconds=1))
    [claim] = await claim_polls(world.deps, 50)
    assert claim.due_at == START + timedelta(seconds=1)


async def test_no_more_is_claimed_than_there_is_room_for_and_the_longest_due_come_first(world: World) -> None:
    for minute in range(5):
        await world.add(f"criterion {minute}", due_at=START - timedelta(minutes=minute))
    claims = await claim_polls(world.deps, 2)
    assert [claim.due_at for claim in claims] == [START - timedelta(minutes=4), START - timedelta(minutes=3)]


async def test_two_workers_at_once_never_take_the_same_criterion(world: World, database_url: str) -> None:
    for number in range(40):
        await world.add(f"criterion {number}")
    other_database = open_database(database_url)
    other = World(other_database)
    try:
        taken: list[int] = []
        while True:
            batches = await asyncio.gather(*(claim_polls(each.deps, 3) for each in (world, other) * 2))
            claims = [claim for batch in batches for claim in batch]
            taken += [claim.criterion_id for claim in claims]
            if not claims:
                break
        assert sorted(taken) == sorted(set(taken))
        assert len(taken) == 40
    finally:
        await other.aclose()
        await other_database.close()


async def test_a_lease_that_ran_out_is_taken_again_and_the_late_result_is_thrown_away(world: World) -> None:
    criterion_id = await world.add()
    [late] = await claim_polls(world.deps, 1)
    assert await claim_polls(world.deps, 1) == []
    world.moment += timedelta(seconds=41)
    [fresh] = await claim_polls(world.deps, 1)
    assert await poll_claimed(world.deps, late) is None
    assert await world.values() == []
    assert await poll_claimed(world.deps, fresh) is not None
    assert await world.values() == ["412"]
    assert (await world.row(criterion_id)).due_at == START + timedelta(minutes=15)


async def test_a_claim_given_back_is_due_as_before(world: World) -> None:
    await world.add()
    [claim] = await claim_polls(world.deps, 1)
    await give_back(world.deps, claim)
    assert len(await claim_polls(world.deps, 1)) == 1


async def test_failed_reads_are_tried_again_sooner_and_break_the_source_after_three(world: World) -> None:
    criterion_id = await world.add()
    await poll_all(world)
    world.source.answers = ["HTTP 401 from api.example.com"]
    waits = []
    for _ in range(4):
        row = await world.row(criterion_id)
        assert row.due_at is not None
        world.moment = row.due_at
        await poll_all(world)
        row = await world.row(criterion_id)
        assert row.due_at is not None
        waits.append((row.due_at - world.moment).total_seconds())
    assert [round(wait / 60) for wait in waits[:3]] == [1, 2, 4]
    row = await world.row(criterion_id)
    assert row.status == "source_broken"
    assert "HTTP 401 from api.example.com" in row.sentence
    assert str(row.value) == "412"

    world.source.answers = [412]
    assert row.due_at is not None
    world.moment = row.due_at
    await poll_all(world)
    row = await world.row(criterion_id)
    assert (row.status, row.failures, row.failing_since) == ("missed", 0, None)
    assert await world.changes() == [
        ("no_data", "missed"),
        ("missed", "source_broken"),
        ("source_broken", "missed"),
    ]


async def test_one_reading_that_disagrees_changes_nothing_and_the_second_does(world: World) -> None:
    criterion_id = await world.add()
    world.source.answers = [412, 250, 412, 250, 250]
    seen = []
    for _ in range(5):
        await poll_all(world)
        seen.append((await world.row(criterion_id)).status)
        world.moment += timedelta(minutes=15)
    assert seen == ["missed", "missed", "missed", "missed", "met"]


async def test_time_alone_makes_a_value_stale_and_says_so_once(world: World) -> None:
    criterion_id = await world.add(source_kind="manual", due_at=None)
    await world.deps.database.write(set_reading, ALICE, SetReading("p95 latency", Decimal(412)), world.moment)
    world.moment += timedelta(minutes=45)
    assert await judge_by_time(world.deps) == 0
    world.moment += timedelta(seconds=1)
    assert await judge_by_time(world.deps) == 1
    assert (await world.row(criterion_id)).status == "stale"
    assert await judge_by_time(world.deps) == 0
    assert (await world.changes())[-1] == ("missed", "stale")


async def test_a_criterion_that_is_about_to_be_read_is_not_called_stale_first(world: World) -> None:
    criterion_id = await world.add()
    await poll_all(world)
    world.moment += timedelta(hours=9)
    assert await judge_by_time(world.deps) == 0
    await poll_all(world)
    assert (await world.row(criterion_id)).status == "missed"
    assert ("missed", "stale") not in await world.changes()


async def test_the_due_date_takes_the_verdict_and_ends_the_reads(world: World) -> None:
    criterion_id = await world.add(kind="success", due_on=START.date())
    world.source.answers = [250]
    await poll_all(world)
    while (await world.row(criterion_id)).due_at is not None and world.moment < START + timedelta(days=2):
        row = await world.row(criterion_id)
        assert row.due_at is not None
        world.moment = row.due_at
        await poll_all(world)
    await judge_by_time(world.deps)
    row = await world.row(criterion_id)
    assert (row.status, row.frozen, row.due_at) == ("met", True, None)
    with pytest.raises(Exception, match="verdict"):
        await world.deps.database.write(
            set_reading, ALICE, SetReading("p95 latency", Decimal(999)), world.moment
        )


async def test_without_a_fresh_value_the_owner_is_asked_once_and_can_give_it(world: World) -> None:
    criterion_id = await world.add(kind="success", due_on=START.date())
    await poll_all(world)
    world.source.answers = ["HTTP 500 from api.example.com"]
    world.moment += timedelta(days=1)
    await judge_by_time(world.deps)
    world.moment += timedelta(hours=5)
    await poll_all(world)
    row = await world.row(criterion_id)
    assert not row.frozen
    assert "no verdict" in row.sentence
    assert [key for kind, key in await world.outbox() if kind == "verdict_asked"] == [
        f"verdict:{criterion_id}:{row.due_on}"
    ]
    await world.deps.database.write(set_reading, ALICE, SetReading("p95 latency", Decimal(290)), world.moment)
    row = await world.row(criterion_id)
    assert (row.status, row.frozen) == ("met", True)


async def test_asking_while_it_is_read_reads_it_again_right_after(world: World) -> None:
    criterion_id = await world.add()
    [claim] = await claim_polls(world.deps, 1)
    world.source.hold = asyncio.Event()
    reading = asyncio.create_task(poll_claimed(world.deps, claim))
    await world.source.reading.wait()
    world.moment += timedelta(seconds=2)
    assert await poll_now(world.deps, criterion_id) is None
    world.source.hold.set()
    await reading
    assert (await world.row(criterion_id)).due_at == world.moment


async def test_checking_now_reads_a_paused_criterion_without_planning_it(world: World) -> None:
    criterion_id = await world.add(state="paused", due_at=None)
    outcome = await poll_now(world.deps, criterion_id)
    assert outcome is not None
    assert outcome.observed is not None
    assert (await world.row(criterion_id)).due_at is None


async def test_a_cancelled_write_still_tells_the_truth(world: World) -> None:
    await world.add()
    [claim] = await claim_polls(world.deps, 1)
    task = asyncio.create_task(poll_claimed(world.deps, claim))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await give_back(world.deps, claim)
    row = await world.row(claim.criterion_id)
    # Either it was written down whole or not at all.
    assert (await world.values() == ["412"]) == (row.status == "missed")
    assert row.lease_token is None
