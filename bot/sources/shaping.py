"""Shaping: from the numbers a source found to the one value of a reading (options `reduce`, `math`, `text`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_FLOOR, Context, Decimal, DecimalException, localcontext

from bot.domain.criterion import SourceSpec
from bot.errors import SourceError, UserError
from bot.sources.body import MOST_DIGITS, MOST_EXPONENT, shorten, to_decimal

SHAPE_OPTIONS = frozenset({"reduce", "math", "text"})
"""The options of every kind that finds numbers in what others wrote."""

MOST_STEPS = 4

_PRECISION = Context(prec=60)
_PLACES = Decimal("1e-12")
_STEP = re.compile(r"\s*([-+*/×÷])\s*([0-9]+(?:\.[0-9]+)?)\s*")
_SIGNS = {"×": "*", "÷": "/"}
_CURRENCY = r"[$€£¥₹₩₺₽₴฿]"
_SEPARATORS = " ,'’_\u00a0\u2009\u202f"
_NUMBER_IN_TEXT = re.compile(
    rf"(?P<sign>[-+−]?)\s*{_CURRENCY}?\s*(?P<whole>\d{{1,3}}(?:[{_SEPARATORS}]\d{{3}})+|\d+)(?P<rest>\.\d+)?"
    rf"\s*(?:[%‰]|{_CURRENCY}| [A-Za-zµ°/]{{2,12}})?"
)


def _average(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)


def _percentile(values: Sequence[Decimal], share: Decimal) -> Decimal:
    """Interpolate between the closest ranks, as numpy and spreadsheets do (Hyndman and Fan's type 7)."""
    ordered = sorted(values)
    rank = share * (len(ordered) - 1)
    below = int(rank.to_integral_value(ROUND_FLOOR))
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (rank - below) * (ordered[above] - ordered[below])


REDUCERS: dict[str, Callable[[Sequence[Decimal]], Decimal]] = {
    "count": lambda values: Decimal(len(values)),
    "sum": lambda values: sum(values, Decimal(0)),
    "avg": _average,
    "min": min,
    "max": max,
    "p50": lambda values: _percentile(values, Decimal("0.5")),
    "p95": lambda values: _percentile(values, Decimal("0.95")),
}
"""Name of a reducer → one value out of several; of none, only `count` and `sum` have one."""


def check_shape(spec: SourceSpec) -> None:
    """Do nothing when `reduce`, `math` and `text` can be understood.

    Raises:
        UserError: field ``source``.
    """
    reducer = spec.option("reduce")
    if reducer is not None and reducer not in REDUCERS:
        raise UserError(
            f"reduce is one of {', '.join(REDUCERS)}, not “{shorten(reducer, 40)}”.", field="source"
        )
    if spec.option("text") not in (None, "yes", "no"):
        raise UserError("text is yes or no: may the number stand in a text, such as “1,234”?", field="source")
    if (typed := spec.option("math")) is not None:
        _parse_steps(typed)


def shape(spec: SourceSpec, values: Sequence[Decimal], where: str) -> Decimal:
    """Return the one value of a reading: the number found, or several reduced, after the arithmetic.

    Args:
        spec: Whose options say how.
        values: What was found, in the metric's own unit.
        where: Where, for the errors: ``$.items[*].age``.

    Raises:
        SourceError: ``path_missing`` where there is nothing, or more than one and no reducer;
            ``not_a_number`` where the result is none that can be kept.
    """
    reducer = spec.option("reduce")
    if reducer is None and len(values) != 1:
        found = f"{len(values):,} numbers" if values else "nothing"
        more = f"; choose one, or add with reduce={'|'.join(REDUCERS)}" if values else ""
        raise SourceError(f"{found} at {shorten(where, 100)}{more}", cause="path_missing")
    if reducer is not None and not values and reducer not in ("count", "sum"):
        raise SourceError(f"nothing at {shorten(where, 100)}, so it has no {reducer}", cause="path_missing")
    if reducer is None and spec.option("math") is None:
        return values[0]
    with localcontext(_PRECISION):
        try:
            value = values[0] if reducer is None else REDUCERS[reducer](values)
            for sign, operand in _parse_steps(spec.option("math") or ""):
                value = _apply(sign, value, operand)
            return to_decimal(_rounded(value), where)
        except DecimalException:
            raise SourceError(
                f"the arithmetic on what stands at {shorten(where, 100)} leads beyond any number",
                cause="not_a_number",
            ) from None


def read_number(text: str) -> Decimal | None:
    """Return the number a text is, or None: ``1,234``, ``99.9 %``, ``€ 1.5``, ``12 ms``.

    Thousands may be parted by commas, blanks, apostrophes or underscores; the decimal sign is a point. A text
    that could mean two numbers (``1,5``) or holds more than one is none.
    """
    found = _NUMBER_IN_TEXT.fullmatch(text.strip()) if len(text) <= 100 else None
    if found is None:
        return None
    whole = re.sub(rf"[{_SEPARATORS}]", "", found["whole"])
    separators = {sign for sign in found["whole"] if not sign.isdigit()}
    if len(separators) > 1 or not whole.isascii():
        return None
    sign = "-" if found["sign"] in ("-", "−") else ""
    return Decimal(f"{sign}{whole}{found['rest'] or ''}")


def _parse_steps(typed: str) -> list[tuple[str, Decimal]]:
    steps: list[tuple[str, Decimal]] = []
    position = 0
    while position < len(typed):
        step = _STEP.match(typed, position)
        if step is None or len(steps) == MOST_STEPS:
            raise UserError(
                f"“{shorten(typed, 40)}” is no arithmetic: type up to {MOST_STEPS} steps of + - * / with a "
                'number each, done from left to right, such as math="* 100" or math="/ 1000".',
                field="source",
            )
        sign, operand = _SIGNS.get(step[1], step[1]), Decimal(step[2])
        if sign == "/" and not operand:
            raise UserError("Nothing can be divided by zero; change math.", field="source")
        steps.append((sign, operand))
        position = step.end()
    return steps


def _apply(sign: str, value: Decimal, operand: Decimal) -> Decimal:
    match sign:
        case "+":
            return value + operand
        case "-":
            return value - operand
        case "*":
            return value * operand
        case _:
            return value / operand


def _rounded(value: Decimal) -> Decimal:
    """Round what a division made endless to twelve places, or to twelve digits where it is smaller."""
    if len(value.as_tuple().digits) <= 28:
        return value
    if abs(value) >= 1:
        places = value.quantize(_PLACES) if value.adjusted() <= MOST_EXPONENT else value
        return Context(prec=MOST_DIGITS).plus(places).normalize()
    return Context(prec=12).plus(value).normalize()
