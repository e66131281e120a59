"""Progress and pace."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.domain.criterion import Condition, Criterion, CriterionState, Direction, Kind, SourceKind, SourceSpec
from bot.domain.progress import (
    default_baseline,
    is_behind,
    no_scale,
    progress,
    progress_towards,
    refuse_flat_baseline,
    span_of,
)
from bot.domain.reading import Reading
from bot.errors import UserError

VALUES = st.decimals(-(10**6), 10**6, places=3, allow_nan=False)
AT_MOST_300 = Condition(Direction.AT_MOST, Decimal(300))
BETWEEN_5_AND_9 = Condition(Direction.BETWEEN, Decimal(5), Decimal(9))


@pytest.mark.parametrize(
    ("baseline", "target", "value", "expected"),
    [
        pytest.param("500", "300", "500", "0", id="at the baseline"),
        pytest.param("500", "300", "300", "1", id="at the target"),
        pytest.param("500", "300", "400", "0.5", id="halfway down"),
        pytest.param("320", "500", "410", "0.5", id="halfway up"),
        pytest.param("500", "300", "600", "-0.5", id="moving away"),
        pytest.param("500", "300", "200", "1.5", id="past the target"),
        pytest.param("1e30", "-1e30", "0", "0.5", id="as large as values get"),
        pytest.param("0", "3", "1", "0.3333333333333333333333333333", id="rounded once"),
    ],
)
def test_progress_is_the_part_of_the_way_that_is_done(
    baseline: str, target: str, value: str, expected: str
) -> None:
    assert progress(Decimal(baseline), Decimal(target), Decimal(value)) == Decimal(expected)


def test_progress_needs_a_way_to_go() -> None:
    with pytest.raises(UserError, match="equals the value it starts from") as caught:
        progress(Decimal(3), Decimal("3.0"), Decimal(1))
    assert caught.value.field == "target"


def test_progress_keeps_differences_in_the_fortieth_digit() -> None:
    start, value, target = (Decimal("123456789012345678901234567890123456789" + end) for end in "015")
    assert progress(start, target, value) == Decimal("0.2")


@given(VALUES, VALUES, VALUES, VALUES, VALUES)
def test_progress_does_not_depend_on_the_unit(
    baseline: Decimal, target: Decimal, value: Decimal, factor: Decimal, shift: Decimal
) -> None:
    assume(baseline != target and factor != 0)
    moved = [factor * number + shift for number in (baseline, target, value)]
    assert progress(*moved) == progress(baseline, target, value)


@pytest.mark.parametrize(
    ("baseline", "value", "expected"),
    [
        pytest.param("1", "3", "0.5", id="from below, the lower bound counts"),
        pytest.param("13", "11", "0.5", id="from above, the upper bound counts"),
        pytest.param("1", "5", "1", id="on the bound"),
        pytest.param("1", "8", "1", id="inside the band, never more than 1"),
        pytest.param("1", "-3", "-1", id="moving away"),
        pytest.param("1", "13", "3", id="through the band and out again"),
    ],
)
def test_progress_towards_a_band_goes_to_the_bound_nearer_the_baseline(
    baseline: str, value: str, expected: str
) -> None:
    assert progress_towards(BETWEEN_5_AND_9, Decimal(baseline), Decimal(value)) == Decimal(expected)


@pytest.mark.parametrize(
    ("condition", "baseline", "words", "good", "bad"),
    [
        pytest.param(AT_MOST_300, "300", "started at the target", "299", "301", id="at the target"),
        pytest.param(AT_MOST_300, "250", "already met at the start", "300", "301", id="already met"),
        pytest.param(
            Condition(Direction.ABOVE, Decimal(10)),
            "10",
            "started at the target",
            "11",
            "10",
            id="at a strict target",
        ),
        pytest.param(BETWEEN_5_AND_9, "7", "already met at the start", "9", "10", id="inside the band"),
    ],
)
def test_a_baseline_without_a_scale_leaves_one_or_nothing(
    condition: Condition, baseline: str, words: str, good: str, bad: str
) -> None:
    start = Decimal(baseline)
    assert no_scale(condition, start) == words
    assert progress_towards(condition, start, Decimal(good)) == 1
    assert progress_towards(condition, start, Decimal(bad)) == 0


@given(st.sampled_from(Direction), VALUES, VALUES, VALUES, VALUES)
def test_progress_towards_a_condition_exists_for_every_baseline(
    direction: Direction, first: Decimal, second: Decimal, baseline: Decimal, value: Decimal
) -> None:
    low, high = sorted((first, second))
    condition = Condition(direction, low, high if direction is Direction.BETWEEN else None)
    assert progress_towards(condition, baseline, value).is_finite()


def test_a_typed_baseline_equal_to_the_target_is_refused() -> None:
    with pytest.raises(UserError, match="start from 300 ms and the target is 300 ms too") as caught:
        refuse_flat_baseline(AT_MOST_300, Decimal("300.0"), "ms")
    assert caught.value.field == "baseline"


def test_a_typed_baseline_that_already_meets_the_target_is_kept() -> None:
    refuse_flat_baseline(AT_MOST_300, Decimal(250))


def test_the_first_good_reading_is_the_baseline_where_none_was_typed() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    readings = [Reading(at, Decimal(500)), Reading(at + timedelta(hours=1), Decimal(400))]
    assert default_baseline(readings) == 500
    assert default_baseline([]) is None


@pytest.mark.parametrize(
    ("moved", "gone", "behind"),
    [
        pytest.param("0.4", "1/2", False, id="exactly 0.1 under"),
        pytest.param("0.3999", "1/2", True, id="more than 0.1 under"),
        pytest.param("-5", "99/1000", False, id="first tenth"),
        pytest.param("-0.001", "1/10", True, id="first tenth is over"),
        pytest.param("0", "1/10", False, id="nothing done, a tenth gone"),
        pytest.param("0.95", "1", False, id="nearly there at the end"),
    ],
)
def test_behind_is_more_than_a_tenth_under_the_time_gone(moved: str, gone: str, behind: bool) -> None:
    assert is_behind(Decimal(moved), Fraction(gone)) is behind


def make_criterion(created_at: datetime, starts_on: date, due_on: date | None, zone: str) -> Criterion:
    return Criterion(
        id=1,
        initiative_id=1,
        name="p95 latency",
        kind=Kind.SUCCESS,
        condition=AT_MOST_300,
        baseline=Decimal(500),
        baseline_typed=True,
        unit="ms",
        due_on=due_on,
        owner_id="UALICE",
        source=SourceSpec(SourceKind.MANUAL),
        every=timedelta(days=7),
        readings_needed=1,
        state=CriterionState.OPEN,
        created_at=created_at,
        starts_on=starts_on,
        zone=zone,
    )


def test_time_counts_from_the_later_of_creation_and_start_to_the_end_of_the_due_day() -> None:
    created = datetime(2026, 11, 20, 12, tzinfo=UTC)
    later_start = span_of(make_criterion(created, date(2026, 11, 30), date(2026, 12, 9), "Europe/Berlin"))
    assert later_start.counts_from == datetime(2026, 11, 29, 23, tzinfo=UTC)
    assert later_start.due_at == datetime(2026, 12, 9, 23, tzinfo=UTC)
    assert later_start.time_gone(datetime(2026, 12, 4, 23, tzinfo=UTC)) == Fraction(1, 2)
    earlier_start = span_of(make_criterion(created, date(2026, 11, 1), date(2026, 12, 9), "Europe/Berlin"))
    assert earlier_start.counts_from == created


def test_time_gone_stays_between_0_and_1() -> None:
    created = datetime(2026, 11, 20, 12, tzinfo=UTC)
    span = span_of(make_criterion(created, date(2026, 11, 1), date(2026, 12, 9), "UTC"))
    assert span.time_gone(created - timedelta(days=9)) == 0
    assert span.time_gone(created + timedelta(days=90)) == 1
    created_late = span_of(make_criterion(created, date(2026, 11, 1), date(2026, 11, 2), "UTC"))
    assert created_late.time_gone(created) == 1
    endless = span_of(make_criterion(created, date(2026, 11, 1), None, "UTC"))
    assert endless.time_gone(created) is None
