"""Verdicts and how values read."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.criterion import Condition, Direction
from bot.domain.evaluate import describe, holds, judge, show_condition
from bot.domain.values import show_value

VALUES = st.decimals(-(10**9), 10**9, places=6, allow_nan=False)


def make(direction: Direction, target: str, high: str | None = None, typed: str = "") -> Condition:
    return Condition(direction, Decimal(target), None if high is None else Decimal(high), typed)


@pytest.mark.parametrize(
    ("condition", "below", "at", "above"),
    [
        pytest.param(make(Direction.AT_LEAST, "300"), False, True, True, id="at least"),
        pytest.param(make(Direction.AT_MOST, "300"), True, True, False, id="at most"),
        pytest.param(make(Direction.ABOVE, "300"), False, False, True, id="above"),
        pytest.param(make(Direction.BELOW, "300"), True, False, False, id="below"),
        pytest.param(make(Direction.BETWEEN, "300", "300"), False, True, False, id="between"),
    ],
)
def test_a_condition_holds_on_its_good_side_only(
    condition: Condition, below: bool, at: bool, above: bool
) -> None:
    seen = [holds(condition, Decimal(text)) for text in ("299.999", "300.0", "300.001")]
    assert seen == [below, at, above]


@pytest.mark.parametrize(
    ("condition", "value", "saw"),
    [
        pytest.param(make(Direction.AT_MOST, "300"), "412", "412 ms is not at most 300 ms", id="at most"),
        pytest.param(
            make(Direction.AT_LEAST, "1000"), "1234", "1,234 ms is at least 1,000 ms", id="at least"
        ),
        pytest.param(make(Direction.ABOVE, "3"), "3", "3 ms is not above 3 ms", id="above"),
        pytest.param(make(Direction.BELOW, "3.20"), "3.1", "3.1 ms is below 3.2 ms", id="below"),
        pytest.param(make(Direction.BETWEEN, "5", "9"), "4", "4 ms is not between 5 and 9 ms", id="between"),
        pytest.param(
            make(Direction.AT_MOST, "300", typed="<="),
            "3",
            "3 ms is at most 300 ms",
            id="words, not the operator",
        ),
    ],
)
def test_a_verdict_says_what_it_saw(condition: Condition, value: str, saw: str) -> None:
    assert judge(condition, Decimal(value), "ms").saw == saw


def test_a_value_just_past_the_target_is_shown_with_enough_digits_to_see_it() -> None:
    verdict = judge(make(Direction.AT_MOST, "300"), Decimal("300.0000000004"), "ms")
    assert verdict.saw == "300.0000000004 ms is not at most 300 ms"


@pytest.mark.parametrize(
    ("condition", "line"),
    [
        pytest.param(make(Direction.AT_MOST, "300", typed="<="), "<= 300 ms", id="sign as typed"),
        pytest.param(make(Direction.AT_MOST, "300", typed="at most"), "at most 300 ms", id="words as typed"),
        pytest.param(make(Direction.AT_MOST, "300"), "≤ 300 ms", id="nothing typed"),
        pytest.param(make(Direction.BETWEEN, "5", "9", "between"), "between 5 and 9 ms", id="between"),
    ],
)
def test_a_line_shows_the_operator_as_it_was_typed(condition: Condition, line: str) -> None:
    assert show_condition(condition, "ms") == line


@given(st.sampled_from(Direction), VALUES, VALUES, VALUES)
def test_what_was_seen_always_agrees_with_the_verdict(
    direction: Direction, first: Decimal, second: Decimal, value: Decimal
) -> None:
    low, high = sorted((first, second))
    condition = Condition(direction, low, high if direction is Direction.BETWEEN else None)
    verdict = judge(condition, value, "ms")
    assert verdict.holds is holds(condition, value)
    assert (" is not " in verdict.saw) is not verdict.holds
    shown = Decimal(verdict.saw.split(" ms is ")[0].replace(",", ""))
    assert holds(condition, shown) is verdict.holds
    assert verdict.saw.endswith(describe(condition, "ms"))


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        pytest.param("412", "ms", "412 ms", id="integer"),
        pytest.param("3.40", "%", "3.4 %", id="idle zeros"),
        pytest.param("4E+2", "", "400", id="exponent typed"),
        pytest.param("1234567", "", "1,234,567", id="separators"),
        pytest.param("-1234.5", "$", "-1,234.5 $", id="negative"),
        pytest.param("0.33333333333333333333", "%", "0.333333 %", id="endless fraction"),
        pytest.param("1234567.891", "", "1,234,568", id="every digit before the point"),
        pytest.param("0E-9", "ms", "0 ms", id="zero"),
        pytest.param("-0.0", "ms", "0 ms", id="minus zero"),
        pytest.param("1.5e30", "", "1.5e30", id="huge"),
        pytest.param("-1e-30", "", "-1e-30", id="tiny"),
        pytest.param("999999999999999", "", "999,999,999,999,999", id="largest written out"),
    ],
)
def test_a_value_reads_as_people_write_it(value: str, unit: str, shown: str) -> None:
    assert show_value(Decimal(value), unit) == shown


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e30"), max_value=Decimal("1e30"))
)
def test_all_digits_shown_give_the_value_back(value: Decimal) -> None:
    assert Decimal(show_value(value, digits=None).replace(",", "")) == value
