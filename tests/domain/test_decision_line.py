"""Decision lines: what they allow, and how they are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from bot.domain.commands import parse
from bot.domain.criterion import Condition, Direction
from bot.domain.dates import DayMonth
from bot.domain.decision import DecisionKind, DecisionLine, LineCondition, parse_decision_reason
from bot.domain.line_text import parse_half
from bot.domain.requests import LineHalf, WriteLine
from bot.errors import UserError

KEEP, CHANGE, STOP = DecisionKind


def half(holds: bool | None) -> LineCondition:
    value = {True: Decimal(5), False: Decimal(3), None: None}[holds]
    return LineCondition(1, "Conversion", Condition(Direction.AT_LEAST, Decimal(4)), "%", value)


def line(keep: LineCondition | None, stop: LineCondition | None) -> DecisionLine:
    return DecisionLine(1, keep, stop, date(2026, 12, 12), "U0ALICE")


@pytest.mark.parametrize(
    ("keep", "stop", "allowed"),
    [
        pytest.param(half(True), None, {KEEP}, id="keep holds"),
        pytest.param(half(False), None, {CHANGE, STOP}, id="keep does not hold"),
        pytest.param(None, half(True), {STOP}, id="stop holds"),
        pytest.param(None, half(False), {KEEP, CHANGE}, id="stop does not hold"),
        pytest.param(half(True), half(True), {STOP}, id="both hold"),
        pytest.param(half(True), half(False), {KEEP}, id="keep holds, stop does not"),
        pytest.param(half(False), half(False), {CHANGE}, id="neither holds"),
        pytest.param(half(None), half(False), {KEEP, CHANGE}, id="no value to keep by"),
        pytest.param(half(None), None, {KEEP, CHANGE, STOP}, id="nothing known"),
    ],
)
def test_a_line_allows(
    keep: LineCondition | None, stop: LineCondition | None, allowed: set[DecisionKind]
) -> None:
    assert line(keep, stop).allows() == allowed


def test_every_line_allows_something_and_a_missing_value_never_forbids_more() -> None:
    for keep, stop in product((True, False, None), repeat=2):
        allowed = line(half(keep), half(stop)).allows()
        assert allowed
        assert line(half(None), half(None)).allows() >= allowed
        assert line(half(keep), half(None)).allows() or stop is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "keep if Conversion >= 3.2 % stop if p95 latency > 900 decide by 12 Dec for Checkout rewrite",
            WriteLine(
                LineHalf("Conversion", Condition(Direction.AT_LEAST, Decimal("3.2"), typed=">="), "%"),
                LineHalf("p95 latency", Condition(Direction.ABOVE, Decimal(900), typed=">")),
                DayMonth(12, 12),
                "Checkout rewrite",
            ),
        ),
        (
            "decide by 12 Dec keep if “Time for checkout” below 5 min for Checkout rewrite",
            WriteLine(
                LineHalf("Time for checkout", Condition(Direction.BELOW, Decimal(5), typed="below"), "min"),
                None,
                DayMonth(12, 12),
                "Checkout rewrite",
            ),
        ),
    ],
    ids=["both halves", "the day first"],
)
def test_a_line_reads_as(text: str, expected: WriteLine) -> None:
    assert parse("loop", f"line {text}") == expected


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("hello", "text"),
        ("hello keep if x > 5 decide by 12 Dec", "text"),
        ("keep if x > 5", "decide_by"),
        ("decide by 12 Dec", "keep"),
        ("keep if happy decide by 12 Dec", "keep"),
        ("keep if x > 5 keep if y > 5 decide by 12 Dec", "keep"),
        ("keep if x > 5 decide by someday", "decide_by"),
        ("keep if x > 5 decide by 12 Dec or so", None),
        ("keep if x > 5 for A decide by 12 Dec for B", "initiative"),
    ],
)
def test_a_line_that_can_t_be_read_says_which_part(text: str, field: str | None) -> None:
    with pytest.raises(UserError) as refused:
        parse("loop", f"line {text}")
    assert field is None or refused.value.field == field


def test_a_form_s_half_may_be_empty_and_nothing_may_follow_it() -> None:
    assert parse_half(" ", "keep") is None
    with pytest.raises(UserError, match="after that"):
        parse_half("Conversion >= 3 % for ever", "keep")


@pytest.mark.parametrize("text", ["decide maybe", "decide keep because", "decide keep because " + "x" * 301])
def test_a_decision_that_can_t_be_read_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        parse("loop", text)
    assert parse_decision_reason("  two\n lines ") == "two lines"
