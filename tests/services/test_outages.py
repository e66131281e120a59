"""Outages: what breaks together is told together, once, and once more when it is back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from bot.db.engine import PostgresDatabase, SqliteDatabase
from bot.db.models import CriterionRow, OutageRow
from bot.domain.criterion import Status
from bot.domain.outage import Outage
from bot.errors import UserError
from bot.services.judging import judge_by_time
from bot.services.maintenance import keep_maintenance, show_maintenance
from bot.services.polling import claim_polls, poll_now, read_claimed, record
from bot.services.subjects import told_outage
from tests.poll_world import ALICE, CHARLIE, World

DOWN = "HTTP 401 from api.example.com"
HOST = "api.example.com"


@pytest.fixture
async def world(database: SqliteDatabase | PostgresDatabase) -> AsyncIterator[World]:
    """Alice's initiative, on both databases in turn."""
    made = World(database)
    await made.set_scene()
    yield made
    await made.aclose()


async def read_due(world: World) -> None:
    claims = await claim_polls(world.deps, 50)
    await record(world.deps, [await read_claimed(world.deps, claim) for claim in claims])


async def go_on(world: World, *, until: timedelta, step: timedelta = timedelta(minutes=1)) -> None:
    end = world.moment + until
    while world.moment < end:
        world.moment += step
        await read_due(world)


async def outages(world: World) -> list[Outage]:
    def load(session: Session) -> list[Outage]:
        rows = session.exec(select(OutageRow).order_by("id")).all()
        return [told_outage(session, row.id) for row in rows if row.id is not None]

    return await world.deps.database.read(load)


async def told(world: World) -> list[str]:
    return [kind for kind, _ in await world.outbox() if kind != "status_reply"]


async def test_what_breaks_for_the_same_reason_is_one_message_and_one_more_on_recovery(world: World) -> None:
    ids = [await world.add(f"criterion {number}") for number in range(5)]
    await read_due(world)
    at_first = len(await world.outbox())
    world.source.answers = [DOWN]
    await go_on(world, until=timedelta(hours=3))
    assert {(await world.row(one)).status for one in ids} == {Status.SOURCE_BROKEN}
    assert (await world.outbox())[at_first:] == [("outage", "outage:1")]
    [outage] = await outages(world)
    assert len(outage.changes) == 5
    assert (outage.failure, outage.lasted) == (DOWN, None)

    world.source.answers = [412]
    await go_on(world, until=timedelta(hours=3))
    assert {(await world.row(one)).status for one in ids} == {Status.MISSED}
    assert (await world.outbox())[at_first:] == [("outage", "outage:1"), ("outage_over", "outage:1:over")]
    [over] = await outages(world)
    assert over.lasted is not None
    assert over.otherwise == 0


async def test_what_broke_alone_is_told_like_every_status_change(world: World) -> None:
    await world.add()
    await read_due(world)
    world.source.answers = [DOWN]
    await go_on(world, until=timedelta(hours=3))
    world.source.answers = [412]
    await go_on(world, until=timedelta(hours=3))
    assert [kind for kind, _ in await world.outbox()] == ["status_reply", "outage", "status_reply"]


async def test_another_reason_is_another_outage(world: World) -> None:
    await world.add("one")
    await world.add("two")
    await read_due(world)
    world.source.answers = [DOWN, "HTTP 500 from api.example.com"] * 40
    await go_on(world, until=timedelta(hours=3))
    assert {outage.failure for outage in await outages(world)} == {DOWN, "HTTP 500 from api.example.com"}
    assert await told(world) == ["outage", "outage"]


async def test_what_breaks_more_than_ten_minutes_later_is_told_anew(world: World) -> None:
    await world.add("one")
    await read_due(world)
    world.source.answers = [DOWN]
    await go_on(world, until=timedelta(hours=3))
    await world.add("two", due_at=world.moment)
    world.source.answers = [412]
    [claim] = [each for each in await claim_polls(world.deps, 50) if each.criterion_id == 2]
    await record(world.deps, [await read_claimed(world.deps, claim)])
    world.source.answers = [DOWN]
    await go_on(world, until=timedelta(hours=3))
    assert await told(world) == ["outage", "outage"]


async def test_what_stands_otherwise_afterwards_is_told_by_itself_too(world: World) -> None:
    for name in ("one", "two"):
        await world.add(name, readings_needed=1)
    await read_due(world)
    world.source.answers = [DOWN]
    await go_on(world, until=timedelta(hours=3))
    so_far = len(await world.outbox())
    world.source.answers = [200]
    await go_on(world, until=timedelta(hours=3))
    kinds = [kind for kind, _ in (await world.outbox())[so_far:]]
    assert kinds.count("outage_over") == 1
    [over] = await outages(world)
    assert over.otherwise == kinds.count("status_reply") == 2


async def test_an_archived_criterion_keeps_no_outage_open(world: World) -> None:
    for name in ("one", "two", "three"):
        await world.add(name)
    await read_due(world)
    world.source.answers = [DOWN]
    await go_on(world, until=timedelta(hours=3))

    def archive(session: Session) -> None:
        row = session.get_one(CriterionRow, 3)
        row.state, row.due_at, row.judge_at = "archived", None, None

    await world.deps.database.write(archive)
    world.source.answers = [412]
    await go_on(world, until=timedelta(hours=3))
    assert await told(world) == ["outage", "outage_over"]


async def test_a_host_under_maintenance_is_neither_read_nor_judged_and_then_at_once(world: World) -> None:
    criterion_id = await world.add()
    await read_due(world)
    facts, reads = await world.outbox(), world.source.reads
    kept = await world.deps.database.write(keep_maintenance, ALICE, HOST, timedelta(days=2), world.moment)
    assert [(one.host, criteria) for one, criteria in kept.hosts] == [(HOST, 1)]
    world.source.answers = [DOWN]
    for _ in range(47):
        world.moment += timedelta(hours=1)
        await read_due(world)
        await judge_by_time(world.deps)
    assert world.source.reads == reads
    checked = await poll_now(world.deps, criterion_id)
    assert checked is not None
    assert checked.failure == DOWN
    assert (await world.row(criterion_id)).failures == 0
    assert await world.outbox() == facts
    world.source.answers = [412]
    await go_on(world, until=timedelta(hours=1, minutes=1))
    assert world.source.reads > reads + 1
    shown = await world.deps.database.read(show_maintenance, ALICE, world.moment)
    assert shown.hosts == ()


async def test_ending_a_maintenance_has_all_read_at_once(world: World) -> None:
    await world.add()
    await read_due(world)
    for length in (timedelta(hours=5), timedelta(hours=2)):
        await world.deps.database.write(keep_maintenance, ALICE, HOST, length, world.moment)
    reads = world.source.reads
    world.moment += timedelta(minutes=30)
    await world.deps.database.write(keep_maintenance, ALICE, HOST, None, world.moment)
    await read_due(world)
    assert world.source.reads == reads + 1
    with pytest.raises(UserError, match="is not under maintenance"):
        await world.deps.database.write(keep_maintenance, ALICE, HOST, None, world.moment)


async def test_a_host_no_criterion_reads_is_refused_with_those_that_are(world: World) -> None:
    with pytest.raises(
        UserError, match=r"No criterion reads grafana.example.com. No criterion you see reads"
    ):
        await world.deps.database.write(
            keep_maintenance, CHARLIE, "grafana.example.com", timedelta(hours=2), world.moment
        )
    await world.add()
    with pytest.raises(UserError, match=r"These are read: api.example.com."):
        await world.deps.database.write(
            keep_maintenance, ALICE, "grafana.example.com", timedelta(hours=2), world.moment
        )
