"""When a target is met at this pace: Theil and Sen's trend, honest where there is none."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.criterion import (
    Condition,
    Criterion,
    CriterionState,
    Direction,
    Kind,
    SourceKind,
    SourceSpec,
)
from bot.domain.forecast import MOST_BUCKETS, Trend, buckets, forecast, say_forecast

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
START = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def criterion(target: str = "100", direction: Direction = Direction.AT_LEAST, **fields: object) -> Criterion:
    made = Criterion(
        id=1,
        initiative_id=1,
        name="Signups",
        kind=Kind.SUCCESS,
        condition=Condition(direction, Decimal(target), None, ">="),
        baseline=Decimal(0),
        baseline_typed=True,
        unit="",
        due_on=date(2026, 12, 23),
        owner_id="U0ALICE",
        source=SourceSpec(SourceKind.MANUAL),
        every=DAY,
        readings_needed=1,
        state=CriterionState.OPEN,
        created_at=START,
        starts_on=date(2026, 11, 1),
        zone="Europe/Berlin",
    )
    return replace(made, **fields)  # type: ignore[arg-type]  # fields of the dataclass


def daily(values: list[Decimal]) -> list[tuple[datetime, Decimal]]:
    """Return one value a day, the last one now."""
    return [(NOW - DAY * back, value) for back, value in zip(range(len(values))[::-1], values, strict=True)]


def test_a_clean_line_is_found_exactly() -> None:
    found = forecast(criterion(), daily([Decimal(4 * day) for day in range(21)]), NOW)
    assert found is not None
    assert found.trend is Trend.NAMED
    assert found.about is not None
    assert abs(found.about - (NOW + 5 * DAY)) < timedelta(seconds=1)
    assert say_forecast(found, "Europe/Berlin", NOW) == "meets the target about 29 Nov"


def test_a_noisy_line_has_an_interval_around_its_date() -> None:
    noise = random.Random(1)
    values = [Decimal(3 * day) + Decimal(noise.randrange(-60, 60)) / 10 for day in range(21)]
    found = forecast(criterion(), daily(values), NOW)
    assert found is not None
    assert found.earliest is not None
    assert found.about is not None
    assert found.latest is not None
    assert NOW < found.earliest < found.about < found.latest
    assert "between" in say_forecast(found, "Europe/Berlin", NOW)


@pytest.mark.parametrize(
    ("values", "trend"),
    [
        pytest.param([Decimal(50)] * 20, Trend.AWAY, id="flat"),
        pytest.param([Decimal(60 - day) for day in range(20)], Trend.AWAY, id="away"),
        pytest.param(
            [Decimal(50 + 9 * (day % 2) + day // 9) for day in range(20)], Trend.UNCLEAR, id="unclear"
        ),
    ],
)
def test_without_a_pace_no_date_is_named(values: list[Decimal], trend: Trend) -> None:
    found = forecast(criterion(), daily(values), NOW)
    assert found is not None
    assert (found.trend, found.about) == (trend, None)
    assert say_forecast(found, "UTC", NOW) in ("not at this pace", "no clear trend yet")


@pytest.mark.parametrize(
    ("fields", "values"),
    [
        pytest.param({}, [Decimal(day) for day in range(4)], id="four buckets"),
        pytest.param({"kind": Kind.GUARDRAIL}, [Decimal(day) for day in range(20)], id="a guardrail"),
        pytest.param({"due_on": None}, [Decimal(day) for day in range(20)], id="no due date"),
        pytest.param({"due_on": date(2026, 11, 23)}, [Decimal(day) for day in range(20)], id="past due"),
        pytest.param({"state": CriterionState.PAUSED}, [Decimal(day) for day in range(20)], id="paused"),
        pytest.param({}, [Decimal(100 + day) for day in range(20)], id="met already"),
    ],
)
def test_where_nothing_can_be_said_nothing_is(fields: dict[str, object], values: list[Decimal]) -> None:
    assert forecast(criterion(**fields), daily(values), NOW) is None


def test_points_that_cover_too_little_of_the_life_say_nothing() -> None:
    points = [(NOW - timedelta(hours=hours), Decimal(10 - hours)) for hours in range(10)[::-1]]
    assert forecast(criterion(), points, NOW) is None


def test_a_decrease_to_a_target_is_forecast_too() -> None:
    falling = criterion("10", Direction.AT_MOST)
    found = forecast(falling, daily([Decimal(70 - 2 * day) for day in range(21)]), NOW)
    assert found is not None
    assert found.about is not None
    assert abs(found.about - (NOW + 10 * DAY)) < timedelta(seconds=1)


@settings(max_examples=150)
@given(
    st.lists(st.integers(-1000, 1000), min_size=5, max_size=40),
    st.integers(-(10**6), 10**6),
    st.sampled_from([Decimal("0.001"), Decimal("0.5"), Decimal(3), Decimal(10**6)]),
)
def test_another_zero_or_another_unit_changes_nothing(values: list[int], added: int, factor: Decimal) -> None:
    plain = forecast(criterion("1500"), daily([Decimal(value) for value in values]), NOW)
    moved = forecast(
        criterion(str(1500 * factor + added)), daily([value * factor + added for value in values]), NOW
    )
    assert (plain is None) == (moved is None)
    if plain is not None and moved is not None:
        assert plain.trend is moved.trend
        for one, other in ((plain.about, moved.about), (plain.latest, moved.latest)):
            assert (one is None) == (other is None)
            assert one is None or other is None or abs(one - other) < timedelta(seconds=1)


@settings(max_examples=150)
@given(st.lists(st.integers(-50, 50), min_size=5, max_size=60), st.sampled_from(list(Direction)[:2]))
def test_no_date_lies_in_the_past(values: list[int], direction: Direction) -> None:
    found = forecast(criterion("60", direction), daily([Decimal(value) for value in values]), NOW)
    if found is not None and found.trend is Trend.NAMED:
        assert found.earliest is not None
        assert found.about is not None
        assert NOW <= found.earliest <= found.about
        assert found.latest is None or found.about <= found.latest


def test_on_pure_noise_a_date_is_named_in_under_five_percent_of_runs() -> None:
    noise = random.Random(20261124)
    named = 0
    for _ in range(2_000):
        values = [Decimal(noise.randrange(0, 1000)) for _ in range(20)]
        found = forecast(criterion("1001"), daily(values), NOW)
        named += found is not None and found.trend is Trend.NAMED
    assert named < 100


@given(st.integers(1, 400), st.integers(0, 399))
def test_buckets_are_bounded_and_end_now(life_days: int, gone_days: int) -> None:
    made = criterion(due_on=(START + DAY * life_days).date())
    now = START + DAY * min(gone_days, life_days) - timedelta(hours=11)
    found = buckets(made, now)
    assert len(found) <= MOST_BUCKETS
    if found:
        assert found[-1][1] == now
        assert all(end - start <= DAY for start, end in found)
        assert all(end == later for (_, end), (later, _) in itertools.pairwise(found))
