"""Shaping: reducers, arithmetic and numbers in texts, each beside a second way to compute it."""

from __future__ import annotations

import statistics
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.domain.criterion import SourceKind, SourceSpec
from bot.errors import SourceError, UserError
from bot.sources.extraction import MOST_MATCHES, extract
from bot.sources.http_json import HttpJson
from bot.sources.jsonpath import Evaluator
from bot.sources.path import WIDE_LIMIT_BYTES
from bot.sources.shaping import REDUCERS, check_shape, read_number, shape

numbers = st.decimals(-1_000_000, 1_000_000, places=3, allow_nan=False, allow_infinity=False)


def spec(**options: str) -> SourceSpec:
    return SourceSpec(SourceKind.HTTP_JSON, "https://example.com/", "$.a", tuple(sorted(options.items())))


def shaped(values: list[Decimal], **options: str) -> Decimal:
    return shape(spec(**options), values, "$.a[*]")


def reduce_exactly(name: str, values: list[Fraction]) -> Fraction:
    match name:
        case "count":
            return Fraction(len(values))
        case "sum":
            return sum(values, Fraction(0))
        case "avg":
            return statistics.mean(values)
        case "min":
            return sorted(values)[0]
        case "max":
            return sorted(values)[-1]
        case _:
            # The inclusive method wants two values at least; of one each percentile is that one.
            cuts = statistics.quantiles(values * 2 if len(values) == 1 else values, n=100, method="inclusive")
            return cuts[int(name.removeprefix("p")) - 1]


@given(st.sampled_from(sorted(REDUCERS)), st.lists(numbers, min_size=1, max_size=30))
def test_a_reducer_gives_what_fractions_give(name: str, values: list[Decimal]) -> None:
    expected = reduce_exactly(name, [Fraction(value) for value in values])
    assert abs(Fraction(shaped(values, reduce=name)) - expected) <= Fraction(1, 10**12)


steps = st.lists(
    st.tuples(st.sampled_from("+-*/"), st.decimals(0, 1_000, places=2, allow_nan=False)), max_size=4
)


@given(numbers, steps)
def test_arithmetic_gives_what_fractions_give(value: Decimal, typed: list[tuple[str, Decimal]]) -> None:
    assume(all(sign != "/" or operand for sign, operand in typed))
    expected = Fraction(value)
    for sign, operand in typed:
        exact = Fraction(operand)
        expected = {
            "+": expected + exact,
            "-": expected - exact,
            "*": expected * exact,
            "/": expected / exact if operand else expected,
        }[sign]
    got = Fraction(shaped([value], math=" ".join(f"{sign} {operand}" for sign, operand in typed)))
    assert abs(got - expected) <= max(abs(expected), Fraction(1)) / 10**11


@pytest.mark.parametrize(
    ("value", "math", "result"),
    [
        ("0.034", "* 100", "3.4"),
        ("1234", "/ 1000", "1.234"),
        ("1", "/3", "0.333333333333"),
        ("10", "/ 3", "3.333333333333"),
        ("100", "- 32 * 5 / 9", "37.777777777778"),
        ("2", "×3÷2", "3"),
        ("5", "", "5"),
        ("1e30", "/ 3", "333333333333333333333333333333.3333333333"),
        ("0", "/ 7", "0"),
    ],
)
def test_arithmetic_goes_from_left_to_right_and_ends(value: str, math: str, result: str) -> None:
    assert shaped([Decimal(value)], math=math) == Decimal(result)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"reduce": "median"}, "reduce is one of count, sum, avg, min, max, p50, p95, not “median”."),
        ({"text": "maybe"}, "text is yes or no"),
        ({"math": "100 *"}, "is no arithmetic"),
        ({"math": "* 2 * 2 * 2 * 2 * 2"}, "up to 4 steps"),
        ({"math": "* x"}, "is no arithmetic"),
        ({"math": "/ 0.0"}, "divided by zero"),
        ({"math": "** 2"}, "is no arithmetic"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_shape_is_one_sentence(options: dict[str, str], sentence: str) -> None:
    for check in (check_shape, HttpJson().check):
        with pytest.raises(UserError, match=sentence.replace("*", r"\*")) as caught:
            check(spec(**options))
        assert caught.value.field == "source"


@given(st.text("+-*/×÷. 0123456789e", max_size=20))
def test_any_arithmetic_is_understood_or_refused(typed: str) -> None:
    try:
        check_shape(spec(math=typed))
    except UserError:
        return
    try:
        value = shaped([Decimal(7)], math=typed)
    except SourceError as error:
        value = error.cause  # type: ignore[assignment]  # a number that can't be kept
    assert value == "not_a_number" or Decimal(value).is_finite()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234", "1234"),
        ("1,234,567.5", "1234567.5"),
        ("99.9 %", "99.9"),
        ("99.9%", "99.9"),
        ("€ 1.5", "1.5"),
        ("$1,000", "1000"),
        ("12 ms", "12"),
        ("12 °C", "12"),
        ("-3", "-3"),
        ("−3", "-3"),
        ("+3", "3"),
        ("1 234", "1234"),
        ("1\u202f234", "1234"),
        ("1’234", "1234"),
        ("  7 ", "7"),
        ("007", "7"),
        ("1,5", None),
        ("1,23,456", None),
        ("1,234 567", None),
        ("1.2.3", None),
        ("12 34", None),
        ("1e5", None),
        ("NaN", None),
        ("Infinity", None),
        ("", None),
        ("%", None),
        ("a1", None),
        ("1/2", None),
        ("10:30", None),
        ("2026-03-02", None),
        ("٣", None),
        ("1" * 101, None),
    ],
)  # fmt: skip
def test_a_text_is_one_number_or_none(text: str, number: str | None) -> None:
    assert read_number(text) == (None if number is None else Decimal(number))


@given(
    st.decimals(0, 10**15, places=2, allow_nan=False),
    st.sampled_from(["", "-", "+"]),
    st.sampled_from([",", "", "_"]),
    st.sampled_from(["{}{}", "{}{} %", "{}€{}", "{}{} ms", "{}{}$", " {} {} "]),
)
def test_a_number_that_was_written_out_is_read_back(
    number: Decimal, sign: str, separator: str, form: str
) -> None:
    text = f"{number:,}".replace(",", separator)
    read = read_number(form.format(sign, text))
    assert read == (-number if sign == "-" else number)


@given(st.text(max_size=40))
def test_any_text_is_a_finite_number_or_none(text: str) -> None:
    number = read_number(text)
    assert number is None or number.is_finite()


# In a body


def test_a_number_in_a_text_says_how_it_can_be_read() -> None:
    with pytest.raises(SourceError) as caught:
        extract(b'{"a": "99.9 %"}', "$.a")
    assert str(caught.value) == (
        'found the text "99.9 %" at $.a, not a number; add with text=yes to read it as one'
    )
    assert extract(b'{"a": "99.9 %"}', "$.a", None, {"text": "yes"}) == Decimal("99.9")


@pytest.mark.parametrize(
    ("body", "path", "value"),
    [
        pytest.param(b"[1, 2, 3]", "$", "6", id="a plain path to a list takes its items"),
        pytest.param(b"[[1, 2]]", "$[*]", None, id="one match of several that is a list is no number"),
        pytest.param(b"[]", "$", "0", id="nothing has a sum"),
        pytest.param(b"5", "$", "5", id="one number alone"),
        pytest.param(b"[1, null]", "$", None, id="null is no number"),
    ],
)
def test_what_a_reducer_is_given(body: bytes, path: str, value: str | None) -> None:
    if value is None:
        with pytest.raises(SourceError) as caught:
            extract(body, path, None, {"reduce": "sum"})
        assert caught.value.cause == "not_a_number"
    else:
        assert extract(body, path, None, {"reduce": "sum"}) == Decimal(value)


def test_more_matches_than_are_bounded_are_refused() -> None:
    body = b"[" + b"1," * MOST_MATCHES + b"1]"
    for path in ("$", "$[*]"):
        with pytest.raises(SourceError, match="more than 100,000 values") as caught:
            extract(body, path, None, {"reduce": "count"})
        assert caught.value.cause == "too_large"


async def test_many_numbers_are_reduced_off_the_loop(paths: Evaluator) -> None:
    small, large = b"[" + b"1," * 100 + b"1]", b"[" + b"1," * WIDE_LIMIT_BYTES + b"1]"
    assert await paths.extract(small, "$", shaping={"reduce": "sum"}) == 101
    assert await paths.extract(large, "$[0]") == 1
    assert paths.processes_started == 0
    shaping = {"reduce": "avg", "math": "* 3"}
    assert await paths.extract(large, "$", shaping=shaping) == 3
    assert paths.processes_started == 1
