"""The demo's clock: moved, run faster, never back; and where a jump stops on its way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.clock import DemoClock
from bot.demo.control import MOST_STRIDES, RUN_UP, stops
from bot.demo.week import opening

START = datetime(2026, 11, 16, 7, 30, tzinfo=UTC)


class Wall:
    """Real seconds, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def clock(wall: Wall) -> DemoClock:
    return DemoClock(START, monotonic=wall)


def test_it_runs_in_real_time_at_first(clock: DemoClock, wall: Wall) -> None:
    wall.seconds += 90
    assert clock.now() == START + timedelta(seconds=90)


def test_another_rate_counts_from_the_moment_it_is_set(clock: DemoClock, wall: Wall) -> None:
    wall.seconds += 10
    clock.set_rate(60)
    wall.seconds += 2
    assert clock.now() == START + timedelta(seconds=10 + 120)
    clock.set_rate(1)
    wall.seconds += 5
    assert clock.now() == START + timedelta(seconds=10 + 120 + 5)


def test_moved_it_goes_on_from_there_at_its_rate(clock: DemoClock, wall: Wall) -> None:
    clock.set_rate(60)
    wall.seconds += 1
    clock.move_to(START + timedelta(days=1))
    assert clock.now() == START + timedelta(days=1)
    wall.seconds += 1
    assert clock.now() == START + timedelta(days=1, minutes=1)


def test_it_never_goes_back(clock: DemoClock, wall: Wall) -> None:
    wall.seconds += 10
    clock.move_to(START)
    assert clock.now() == START + timedelta(seconds=10)


def test_the_pace_of_calls_is_real_and_counts_what_was_skipped(clock: DemoClock, wall: Wall) -> None:
    began = clock.pace()
    clock.set_rate(60)
    wall.seconds += 3
    assert clock.pace() - began == 3
    clock.move_to(clock.now() + timedelta(hours=1))
    assert clock.pace() - began == 3 + 3600


@given(before=st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_jump_stops_in_order_shortly_before_its_end_and_at_it(before: timedelta) -> None:
    until = START + before
    found = stops(START, until)
    assert found == sorted(set(found))
    assert all(START < moment <= until for moment in found)
    assert len(found) <= MOST_STRIDES + len(RUN_UP) + 1
    if before:
        assert found[-1] == until
    if before > RUN_UP[0]:
        assert found[-4:-1] == [until - lead for lead in RUN_UP]


@pytest.mark.parametrize("day", range(14))
@pytest.mark.parametrize("month", [3, 10], ids=["spring forward", "fall back"])
def test_a_mondays_post_lies_in_the_week_whenever_the_visitor_comes(day: int, month: int) -> None:
    for hour in range(0, 24, 3):
        now = datetime(2026, month, 20, hour, 10, tzinfo=UTC) + timedelta(days=day)
        opened = opening(now)
        assert timedelta(days=7) < now - opened < timedelta(days=9)
        set_up = opened + timedelta(minutes=20)
        berlin = ZoneInfo("Europe/Berlin")
        days = [(set_up.astimezone(berlin) + timedelta(days=n)).date() for n in range(10)]
        posts = [datetime(d.year, d.month, d.day, 9, tzinfo=berlin) for d in days if d.weekday() == 0]
        assert any(set_up < post < now for post in posts)
