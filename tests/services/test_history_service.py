"""Histories out of a real database: bounds, counts and gaps at a period's edges."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session

from bot.db.models import CriterionRow, StatusChangeRow
from bot.db.readings import add_readings, add_status_change
from bot.deps import Database
from bot.domain.criterion import Status
from bot.domain.gaps import Gap
from bot.domain.history import History
from bot.domain.period import DEFAULT_PERIOD, Last, Period, Stretch
from bot.domain.reading import Reading
from bot.services.history import LOOKED_AT, load_history
from tests.progress_world import BOB, MONDAY, TEAM, World

HOUR = timedelta(hours=1)


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    await made.add(source_kind="http_json", every_typed="1h", longest_gap_s=3600)
    return made


async def read_at(world: World, *hours_ago: float) -> None:
    readings = [(1, Reading(MONDAY - ago * HOUR, Decimal(str(ago)))) for ago in hours_ago]
    await world.deps.database.write(add_readings, TEAM, readings)


async def load(world: World, period: Period | Stretch = DEFAULT_PERIOD, size: int = 100) -> History:
    return await world.deps.database.read(load_history, BOB, "P95 latency", period, world.moment, size=size)


async def test_the_newest_readings_are_listed_and_the_others_counted(world: World) -> None:
    await read_at(world, 50, 3, 2, 1, 0)
    history = await load(world, Last(24 * HOUR), size=2)
    assert [reading.value for reading in history.readings] == [1, 0]
    assert history.older == 2
    assert history.bounds == (Decimal(0), Decimal(3))
    assert len(history.post_line.readings) == 4
    page = await load(world, Stretch(MONDAY - 24 * HOUR, history.readings[0].at, "before"), size=2)
    assert [reading.value for reading in page.readings] == [3, 2]
    assert page.older == 0


async def test_readings_of_one_moment_stay_on_one_page(world: World) -> None:
    await read_at(world, 3, 2, 2, 1)
    newest = await load(world, size=2)
    assert [reading.value for reading in newest.readings] == [1]
    page = await load(world, Stretch(MONDAY - 24 * HOUR, newest.readings[0].at, "before"), size=2)
    assert [reading.value for reading in page.readings] == [2, 2]


async def test_too_many_readings_are_counted_but_not_all_looked_at(world: World) -> None:
    def store(session: Session) -> None:
        start = MONDAY - timedelta(minutes=LOOKED_AT + 9)
        add_readings(
            session,
            TEAM,
            [(1, Reading(start + timedelta(minutes=n), Decimal(n))) for n in range(LOOKED_AT + 10)],
        )

    await world.deps.database.write(store)
    history = await load(world)
    assert history.older == LOOKED_AT + 10 - 100
    assert history.looked_from == MONDAY - timedelta(minutes=LOOKED_AT - 1)
    assert history.bounds == (Decimal(10), Decimal(LOOKED_AT + 9))


async def test_gaps_reach_over_the_edges_of_a_period_and_name_their_cause(world: World) -> None:
    await read_at(world, 30, 20, 19, 10, 9)

    def store(session: Session) -> None:
        sentence = "source broken since 22:00 (HTTP 401 from api.example.com); last 19 ms, 1 h ago"
        add_status_change(
            session,
            StatusChangeRow(
                team_id=TEAM,
                criterion_id=1,
                at=MONDAY - 18 * HOUR,
                from_status=Status.MET,
                to_status=Status.SOURCE_BROKEN,
                sentence=sentence,
            ),
        )

    await world.deps.database.write(store)
    history = await load(world, Last(24 * HOUR))
    assert history.gaps == (
        Gap(MONDAY - 30 * HOUR, MONDAY - 20 * HOUR),
        Gap(MONDAY - 19 * HOUR, MONDAY - 10 * HOUR, "HTTP 401 from api.example.com"),
        Gap(MONDAY - 9 * HOUR, None),
    )
    assert [(before, after) for _, before, after in history.changes] == [(Status.MET, Status.SOURCE_BROKEN)]
    within = await load(world, Stretch(MONDAY - 15 * HOUR, MONDAY - 12 * HOUR, "between"))
    assert within.readings == ()
    assert [gap.cause for gap in within.gaps] == ["HTTP 401 from api.example.com"]
    assert within.last_at == MONDAY - 19 * HOUR


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, [None, ""]),
        ({"state": "paused"}, [None, "paused"]),
        ({"failures": 1, "last_failure": "no such host"}, [None, "no such host"]),
        ({"due_on": (MONDAY - timedelta(days=1)).date()}, [MONDAY - 9 * HOUR, ""]),
    ],
    ids=["open", "paused", "failing", "past its due date"],
)
async def test_what_lasts_says_why(world: World, columns: dict[str, object], expected: list[object]) -> None:
    await read_at(world, 30)
    await world.change(CriterionRow, 1, **columns)
    [gap] = (await load(world)).gaps[-1:]
    assert gap.start == MONDAY - 30 * HOUR
    assert [gap.end, gap.cause] == expected


async def test_without_a_reading_the_gap_begins_with_the_criterion(world: World) -> None:
    history = await load(world)
    assert history.gaps == (Gap(MONDAY - timedelta(days=14), None),)
    assert (history.readings, history.bounds, history.last_at) == ((), None, None)
