"""JSON bodies and the numbers in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.sources.body import MOST_DIGITS, MOST_EXPONENT, OverlongNumber, parse_body, shorten, to_decimal


def outcome(do: Callable[..., object], *arguments: object) -> object:
    try:
        return do(*arguments)
    except SourceError as error:
        return error


def refusal(body: bytes) -> SourceError:
    with pytest.raises(SourceError) as caught:
        parse_body(body, "api.example.com")
    return caught.value


def not_a_number(found: object) -> str:
    with pytest.raises(SourceError) as caught:
        to_decimal(found, "$.x")
    assert caught.value.cause == "not_a_number"
    return str(caught.value)


def test_fractions_stay_exact_and_whole_numbers_whole() -> None:
    parsed = parse_body(b'{"a": 0.1, "b": 3, "c": 1.10, "d": 2E5}')
    assert parsed == {"a": Decimal("0.1"), "b": 3, "c": Decimal("1.10"), "d": Decimal("2E+5")}
    assert isinstance(parsed, dict)
    assert [type(value) for value in parsed.values()] == [Decimal, int, Decimal, Decimal]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'\xef\xbb\xbf{"a": 1}', id="UTF-8 with a mark"),
        pytest.param('{"a": 1}'.encode("utf-16"), id="UTF-16"),
        pytest.param('{"a": 1}'.encode("utf-16-le"), id="UTF-16 without a mark"),
        pytest.param('{"a": 1}'.encode("utf-32"), id="UTF-32"),
        pytest.param(b' \r\n{"a": 1}\n', id="blanks around"),
    ],
)
def test_json_is_read_in_the_encodings_it_may_have(body: bytes) -> None:
    assert parse_body(body) == {"a": 1}


@pytest.mark.parametrize(
    ("body", "cause", "sentence"),
    [
        (b"", "not_json", "the answer from api.example.com is empty"),
        (b" \r\n", "not_json", "the answer from api.example.com is empty"),
        (b"\xef\xbb\xbf", "not_json", "the answer from api.example.com is empty"),
        (b"<html>", "not_json", "the answer from api.example.com is not JSON (it looks like a web page)"),
        (b"OK", "not_json", "the answer from api.example.com is not JSON (line 1, column 1)"),
        (b'{"a": 1,\n"b" 2}', "not_json", "the answer from api.example.com is not JSON (line 2, column 5)"),
        (b'{"a": 1} {"a": 2}', "not_json", "the answer from api.example.com is not JSON (line 1, column 10)"),
        (b'{"a": "\xff"}', "not_json", "the answer from api.example.com is not JSON (it is not text)"),
        (b"[" * 100_000, "not_json", "the answer from api.example.com is nested too deeply"),
        (b'{"a":' * 100_000, "not_json", "the answer from api.example.com is nested too deeply"),
        (b'{"a": NaN}', "not_a_number", "the answer from api.example.com holds NaN, which is not a number"),
        (
            b"[-Infinity]",
            "not_a_number",
            "the answer from api.example.com holds -Infinity, which is not a number",
        ),
    ],
)
def test_a_body_that_is_not_json_says_why(body: bytes, cause: str, sentence: str) -> None:
    error = refusal(body)
    assert (error.cause, str(error), error.host) == (cause, sentence, "api.example.com")


@pytest.mark.parametrize(
    "literal", ["9" * 4_900_000, "0." + "1" * 4_900_000, "1e99999999999999999999", "-" + "1" * 5_000]
)
def test_a_number_of_any_length_spoils_only_itself(literal: str) -> None:
    parsed = parse_body(f'{{"long": {literal}, "good": 1.5}}'.encode())
    assert isinstance(parsed, dict)
    assert parsed["good"] == Decimal("1.5")
    assert isinstance(parsed["long"], OverlongNumber)
    assert "characters" in not_a_number(parsed["long"])


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        ("12 %", 'found the text "12 %" at $.x, not a number'),
        ("412", 'found the text "412" at $.x, not a number'),
        ("a\nb\u202ec\ud800" + "d" * 500, 'found the text "a b c ' + "d" * 53 + '…" at $.x, not a number'),
        ("", 'found the text "" at $.x, not a number'),
        (True, "found true at $.x, not a number"),
        (None, "found null at $.x, not a number"),
        ([1, "b", {"c": 1}, 4], 'found a list at $.x, not a number: [1, "b", {"c": 1}, …]'),
        ([], "found a list at $.x, not a number: []"),
        ({"a": [1, 2]}, 'found an object at $.x, not a number: {"a": [1, 2]}'),
        ({"a": {"b": {"c": 1}}}, 'found an object at $.x, not a number: {"a": {"b": {…}}}'),
        ([[[1]], [[]]], "found a list at $.x, not a number: [[[…]], [[]]]"),
        (
            [None, False, OverlongNumber("123…", 999)],
            "found a list at $.x, not a number: [null, false, 123…]",
        ),
        (Decimal("1e999999"), "found 1E+999999 at $.x; it is too large (10^30 at most)"),
        (Decimal("-1e31"), "found -1E+31 at $.x; it is too large (10^30 at most)"),
        (Decimal("1e-31"), "found 1E-31 at $.x; it is too close to zero (10^-30 at least)"),
        (Decimal("0." + "1" * 41), "found 0." + "1" * 41 + " at $.x; at most 40 digits count"),
        (10**31, "found 1" + "0" * 31 + " at $.x; it is too large (10^30 at most)"),
        (Decimal("NaN"), "found NaN at $.x, not a number"),
        (Decimal("-Infinity"), "found -Infinity at $.x, not a number"),
        (1.5, "found something at $.x that is not a number"),
    ],
    ids=lambda case: ascii(case)[:30],
)
def test_what_is_no_value_is_shown_with_its_type(found: object, sentence: str) -> None:
    assert not_a_number(found) == sentence


@pytest.mark.parametrize(
    ("found", "value"),
    [
        (412, "412"),
        (-3, "-3"),
        (Decimal("1.10"), "1.10"),
        (Decimal("9.99e30"), "9.99E+30"),
        (Decimal("1e-30"), "1E-30"),
        (Decimal("2.220446049250313e-16"), "2.220446049250313E-16"),
        (0, "0"),
        (Decimal("-0.0"), "0"),
        (Decimal("0e999999"), "0"),
        (Decimal("-0e-999999"), "0"),
    ],
)
def test_a_number_within_the_limits_is_kept_as_it_is(found: object, value: str) -> None:
    assert str(to_decimal(found)) == value


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.decimals(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


@given(json_values)
def test_anything_found_is_a_bounded_value_or_one_short_sentence(found: object) -> None:
    value = outcome(to_decimal, found, "$.x")
    if isinstance(value, SourceError):
        assert value.cause == "not_a_number"
        assert "\n" not in str(value)
        assert len(str(value)) < 400
        str(value).encode()
    else:
        assert isinstance(value, Decimal)
        assert value.is_finite()
        assert len(value.as_tuple().digits) <= MOST_DIGITS
        assert value.is_zero() or -MOST_EXPONENT <= value.adjusted() <= MOST_EXPONENT
        assert value == found
        assert len(f"{value:f}") < 120


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, min_value=Decimal("-1e30"), max_value=Decimal("1e30"), places=9
    )
)
def test_a_value_survives_its_way_through_json(value: Decimal) -> None:
    assert to_decimal(parse_body(str(value).encode())) == value


@given(st.binary(max_size=300) | json_values.map(lambda value: json.dumps(value, default=str).encode()))
def test_any_body_is_parsed_or_refused_with_a_cause(body: bytes) -> None:
    parsed = outcome(parse_body, body, "h.example")
    assert not isinstance(parsed, SourceError) or parsed.cause in {"not_json", "not_a_number"}


@given(st.text(), st.integers(2, 80))
def test_a_shortened_text_is_one_clean_line(text: str, most: int) -> None:
    short = shorten(text, most)
    assert len(short) <= most
    assert "\n" not in short
    assert "\x00" not in short
    short.encode()
