"""Numbers and durations as people type them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.quantities import parse_duration, parse_number, read_amount
from bot.errors import UserError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1000", "1000"),
        ("1,000", "1000"),
        ("1,234,567.5", "1234567.5"),
        ("2.5k", "2500"),
        ("2K", "2000"),
        ("20 %", "20"),
        ("20%", "20"),
        ("-3.5", "-3.5"),
        ("−3.5", "-3.5"),
        ("+4", "4"),
        (".5", "0.5"),
        ("0", "0"),
        ("1e6", "1000000"),
        ("1E-3", "0.001"),
        (" 7\u00a0", "7"),
        ("1.000", "1"),
        ("0,500", "500"),
        ("9" * 40, "9" * 40),
        ("1e30", "1e30"),
        ("1e-30", "1e-30"),
        ("0." + "1" * 30, "0." + "1" * 30),
        ("1" * 38 + "k", "1" * 38 + "000"),
    ],
)
def test_a_number_is_read_exactly(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1,5", "1.5 or 15"),
        ("-1,50", "-1.50 or -150"),
        ("12,3456", "12.3456 or 123456"),
        ("1.000,5", "not a number I can read"),
        ("1,00,000", "not a number I can read"),
        ("1'000", "not a number I can read"),
        ("1_000", "not a number I can read"),
        ("1.2.3", "not a number"),
        ("1 000", "more than a number"),
        ("300 ms", "Type only 300"),
        ("300ms", "Type only 300"),
        ("1M", "1,000,000"),
        ("1bn", "1,000,000,000"),
        ("", "not a number"),
        ("soon", "not a number"),
        ("NaN", "not a number"),
        ("Infinity", "not a number"),
        ("1e999999", "out of bounds"),
        ("1e31", "out of bounds"),
        ("1e-31", "out of bounds"),
        ("1" * 41, "out of bounds"),
        ("1e" + "9" * 5000, "out of bounds"),
        ("1" * 5000, "out of bounds"),
        ("1e30k", "out of bounds"),
        ("1e29k", "out of bounds"),
        ("٣", "not a number"),
        ("5-9", "not a number I can read"),
        ("1.", "not a number I can read"),
        ("0x10", "Type only 0"),
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_number_or_reads_two_ways_is_refused(text: str, says: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_number(text, field="baseline")
    assert caught.value.field == "baseline"
    assert says in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("text", "unit", "end"),
    [
        ("5", "", 1),
        ("5ms", "ms", 3),
        ("5 ms", "", 1),
        ("5kg", "kg", 3),
        ("5k", "", 2),
        ("5k/s", "/s", 4),
        ("5%", "%", 2),
    ],
)
def test_a_unit_may_be_glued_to_a_number(text: str, unit: str, end: int) -> None:
    amount = read_amount(text)
    assert amount is not None
    assert amount[1:] == (unit, end)


@given(text=st.text(st.sampled_from("0123456789.,eE+-−kK%' _xM"), max_size=60) | st.text(max_size=20))
def test_whatever_is_typed_gives_a_number_within_bounds_or_an_error(text: str) -> None:
    try:
        value = parse_number(text)
    except UserError:
        return
    assert value.is_finite()
    assert value == 0 or -70 <= value.adjusted() <= 70


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("30m", timedelta(minutes=30)),
        ("4h", timedelta(hours=4)),
        ("2d", timedelta(days=2)),
        ("1w", timedelta(weeks=1)),
        ("1h30m", timedelta(minutes=90)),
        ("2D", timedelta(days=2)),
        ("90min", timedelta(minutes=90)),
        ("366d", timedelta(days=366)),
        (" 1m ", timedelta(minutes=1)),
    ],
)
def test_a_duration_is_one_token(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a duration"),
        ("2 d", "not a duration"),
        ("d", "not a duration"),
        ("2", "not a duration"),
        ("1.5h", "not a duration"),
        ("-2d", "not a duration"),
        ("2fortnights", "no unit of time"),
        ("30s", "no unit of time"),
        ("0m", "out of bounds"),
        ("367d", "out of bounds"),
        ("999999w", "out of bounds"),
        ("9999999d", "not a duration"),
        ("9d" * 3000, "out of bounds"),
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_duration_is_refused(text: str, says: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_duration(text)
    assert caught.value.field == "closes"
    assert says in str(caught.value)
    assert len(str(caught.value)) < 300
