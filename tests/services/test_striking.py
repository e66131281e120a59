"""Striking on a real database: a struck reading counts nowhere, is seen, and may come back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session

from bot.db.goalposts import goalposts_since
from bot.db.history import count_within, first_moment_from, last_moment_before, readings_within
from bot.db.models import CriterionRow
from bot.db.readings import (
    add_readings,
    first_reading,
    last_reading_until,
    last_readings,
    last_readings_of,
    readings_around,
)
from bot.deps import Database
from bot.domain.period import DEFAULT_PERIOD
from bot.domain.reading import Origin, Reading
from bot.errors import NotAllowedError, UserError
from bot.services.history import load_history
from bot.services.judging import judge_due
from bot.services.polling import poll_now
from bot.services.striking import Strike, find_reading, offer_readings, restore_reading, strike_reading
from bot.sources.protocol import Observed, SourceContext, SourceRequest
from tests.poll_world import ALICE, BOB, START, TEAM, World

HOUR = timedelta(hours=1)
OWNER = replace(ALICE, chosen=(("criterion", 1),))


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    made = World(database)
    await made.set_scene()
    yield made
    await made.aclose()


async def give(world: World, *values: int) -> None:
    for value in values:
        world.source.answers = [value]
        assert await poll_now(world.deps, 1) is not None
        world.moment += timedelta(minutes=15)


async def strike(world: World, reading_id: int, reason: str = "the probe broke") -> Strike:
    return await world.deps.database.write(strike_reading, OWNER, reading_id, reason, world.moment)


async def test_a_struck_reading_is_in_no_answer_but_the_strikes(world: World) -> None:
    await world.add()
    await give(world, 250, 9_000, 260)
    await strike(world, 2)
    due_at, far = START + 2 * HOUR, START + 9 * HOUR

    def load(session: Session) -> list[list[Decimal]]:
        until = last_reading_until(session, 1, START + timedelta(minutes=20))
        first = first_reading(session, 1)
        assert until is not None
        assert first is not None
        answers = [
            last_readings(session, 1),
            last_readings_of(session, {1: 30})[1],
            readings_around(session, 1, due_at),
            readings_within(session, 1, START, far, most=9),
        ]
        assert count_within(session, 1, START, far) == 2
        assert last_moment_before(session, 1, START + timedelta(minutes=30)) == START
        assert first_moment_from(session, 1, START + timedelta(minutes=1)) == START + timedelta(minutes=30)
        assert (until.value, first.value) == (Decimal(250), Decimal(250))
        return [[reading.value for reading in answer] for answer in answers]

    for values in await world.deps.database.read(load):
        assert values == [Decimal(250), Decimal(260)]
    history = await world.deps.database.read(load_history, OWNER, "", DEFAULT_PERIOD, world.moment, size=9)
    assert [(each.reading.value, each.by, each.reason) for each in history.struck] == [
        (Decimal(9_000), "U0ALICE", "the probe broke")
    ]
    assert history.bounds == (Decimal(250), Decimal(260))


async def test_the_criterion_is_judged_by_what_is_left_and_the_restored_one_counts_again(
    world: World,
) -> None:
    await world.add()
    await give(world, 250, 400, 410)
    assert (await world.row(1)).status == "missed"
    outcome = await strike(world, 3)
    row = await world.row(1)
    assert (row.status, row.value, outcome.former) == ("met", Decimal(400), "missed")
    restored = await world.deps.database.write(restore_reading, OWNER, 3, world.moment)
    assert restored.report.status == "missed"
    assert await world.changes() == [
        ("no_data", "met"),
        ("met", "missed"),
        ("missed", "met"),
        ("met", "missed"),
    ]
    kinds = [kind for kind, _ in await world.outbox()]
    assert kinds == ["status_reply", "status_reply", "strike", "status_reply", "strike", "status_reply"]


async def test_without_any_reading_left_there_is_no_data(world: World) -> None:
    await world.add()
    await give(world, 250)
    await strike(world, 1)
    row = await world.row(1)
    assert (row.status, row.value, row.baseline, row.settled) == ("no_data", None, None, None)


async def test_a_baseline_that_nobody_typed_is_taken_anew_and_that_is_a_fact(world: World) -> None:
    await world.add(kind="success", due_on=date(2026, 12, 12))
    await give(world, 9_000, 250)
    assert (await world.row(1)).baseline == Decimal(9_000)
    await strike(world, 1)
    assert (await world.row(1)).baseline == Decimal(250)
    moved = await world.deps.database.read(goalposts_since, [1], START)
    assert [(each.move.before, each.move.after) for each in moved[1]] == [("9000", "250")]


async def test_a_verdict_taken_from_a_struck_reading_is_taken_anew(world: World) -> None:
    await world.add(
        kind="success",
        due_on=date(2026, 11, 24),
        source_kind="manual",
        every_typed="7d",
        longest_gap_s=7 * 86_400,
        readings_needed=1,
        due_at=None,
    )

    def store(session: Session) -> None:
        given = [
            Reading(START + n * HOUR, Decimal(value), Origin.MANUAL) for n, value in enumerate((250, 9_000))
        ]
        add_readings(session, TEAM, [(1, reading) for reading in given])
        session.get_one(CriterionRow, 1).judge_at = START

    await world.deps.database.write(store)
    world.moment = START + timedelta(days=2)
    await world.deps.database.write(judge_due, TEAM, world.moment)
    assert ((await world.row(1)).status, (await world.row(1)).frozen) == ("missed", True)
    await strike(world, 2)
    assert ((await world.row(1)).status, (await world.row(1)).frozen) == ("met", True)


class Dated:
    """A source whose value has a date of its own."""

    kind = "http_json"
    readable_by_schedule = True
    default_every = HOUR
    default_readings_needed = 2

    def check(self, spec: object) -> None:
        """Accept any spec."""

    async def read(self, request: SourceRequest, ctx: SourceContext) -> Observed:
        """Return a value of this morning."""
        del request, ctx
        return Observed(Decimal(9_000), START - HOUR, "api.example.com", "", 0.01)


async def test_a_struck_value_with_a_date_of_its_own_does_not_come_back(database: Database) -> None:
    world = World(database)
    world.deps = replace(world.deps, sources={"http_json": Dated()})
    await world.set_scene()
    await world.add()
    assert await poll_now(world.deps, 1) is not None
    await strike(world, 1)
    world.moment += HOUR
    assert await poll_now(world.deps, 1) is not None
    assert await world.values() == ["9000"]
    assert (await world.row(1)).value is None
    await world.aclose()


async def test_what_can_be_struck_is_offered_and_found_by_value(world: World) -> None:
    await world.add()
    await give(world, 250, 260, 250, 270, 280, 290)
    _, offered = await world.deps.database.read(offer_readings, ALICE, "p95 latency")
    assert [reading_id for reading_id, _ in offered] == [6, 5, 4, 3, 2]
    find = world.deps.database.read
    assert (await find(find_reading, ALICE, "p95 latency", None))[1] == 6
    assert (await find(find_reading, ALICE, "p95 latency", Decimal(250)))[1] == 3
    with pytest.raises(
        UserError, match=r"None of the last 6 readings of “p95 latency” is 7 ms; the last are 290 ms"
    ):
        await find(find_reading, ALICE, "p95 latency", Decimal(7))


async def test_what_cannot_be_struck_or_restored_is_said(world: World) -> None:
    await world.add()
    with pytest.raises(UserError, match="has no reading to strike"):
        await world.deps.database.read(offer_readings, ALICE, "p95 latency")
    await give(world, 250)
    with pytest.raises(NotAllowedError):
        await world.deps.database.read(offer_readings, BOB, "p95 latency")
    with pytest.raises(UserError, match="counts already"):
        await world.deps.database.write(restore_reading, OWNER, 1, world.moment)
    await strike(world, 1)
    with pytest.raises(UserError, match="is struck already"):
        await strike(world, 1)
    with pytest.raises(UserError, match="is gone"):
        await strike(world, 99)
