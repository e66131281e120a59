"""Targets as people type them: an operator, a number or two, and a unit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

from bot.domain.criterion import Condition, Direction
from bot.domain.entities import Line, clean, collapse, cut, tokenize
from bot.domain.keywords import path_end
from bot.domain.options import opens_option, read_options
from bot.domain.quantities import NUMBER_LIKE, parse_number, read_amount
from bot.errors import UserError

UNIT_LIMIT = 24

WORDS = {
    Direction.AT_LEAST: "at least",
    Direction.AT_MOST: "at most",
    Direction.ABOVE: "above",
    Direction.BELOW: "below",
    Direction.BETWEEN: "between",
}
"""Each direction in words, as a form shows it."""

OPERATORS = {
    ">=": Direction.AT_LEAST,
    "≥": Direction.AT_LEAST,
    "<=": Direction.AT_MOST,
    "≤": Direction.AT_MOST,
    ">": Direction.ABOVE,
    "<": Direction.BELOW,
    **{word: direction for direction, word in WORDS.items()},
}
"""Every operator as it can be typed, in lower case."""

# `->` and `=>` are arrows in names; `between` needs both its numbers, so that one number is seen to lack.
_OPERATOR = re.compile(
    rf"(?:(?P<sign>>=|<=|≥|≤|(?<![-=<>])>|<(?![=<>]))\s*|(?<!\S)(?P<word>at\s+least|at\s+most|above|below)\s+)(?={NUMBER_LIKE})"
    rf"|(?<!\S)(?P<between>between)\s+(?={NUMBER_LIKE}\S*(?:\s+\S+)?\s+and\s+{NUMBER_LIKE})",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?P<unit>\S*?)\s*(?<!\S)and\s+", re.IGNORECASE)
_BOUNDS = re.compile(r"(?P<low>.+?)\s*(?:\band\b|\bto\b|–|(?<=\s)-(?=\s))\s*(?P<high>.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """A condition found in a line.

    Attributes:
        condition: With the operator as typed.
        unit: Unit glued to the number, or empty.
        start: Where the operator begins.
        end: Where the number (or the unit glued to it) ends.
    """

    condition: Condition
    unit: str
    start: int
    end: int


def find_target(line: Line, start: int, keywords: Collection[str]) -> Target | None:
    """Return the first operator followed by a number, outside quotes and paths; None when there is none.

    Raises:
        UserError: the number can't be read (field ``target``), or bounds in the wrong order.
    """
    match = _first_operator(line, start, keywords)
    if match is None:
        return None
    typed = collapse(match["sign"] or match["word"] or match["between"])
    first = read_amount(line.text, match.end())
    assert first is not None, "the pattern saw a number"
    target, unit, end = first
    direction = OPERATORS[typed.casefold()]
    if direction != Direction.BETWEEN:
        return Target(Condition(direction, target, typed=typed), unit, match.start(), end)
    joint = _AND.match(line.text, end)
    second = None if joint is None else read_amount(line.text, joint.end())
    if joint is None or second is None:
        raise UserError("Between which two numbers? Type it like between 5 and 9.", field="target")
    high, high_unit, end = second
    low_unit = unit or joint["unit"]
    if low_unit and high_unit and low_unit != high_unit:
        raise UserError(
            f"The bounds have two units, {cut(low_unit)} and {cut(high_unit)}. Use one.", field="unit"
        )
    condition = check_bounds(Condition(direction, target, high, typed))
    return Target(condition, low_unit or high_unit, match.start(), end)


def parse_target(text: str, direction: Direction, *, field: str = "target") -> Condition:
    """Return a form's target as a condition: one number, or for ``between`` two (`5 and 9`).

    Raises:
        UserError: no number, one that can't be read, or bounds in the wrong order.
    """
    typed = WORDS[direction]
    if direction != Direction.BETWEEN:
        return Condition(direction, parse_number(text, field=field), typed=typed)
    bounds = _BOUNDS.fullmatch(clean(text))
    if bounds is None:
        raise UserError("Between needs two numbers. Type them like 5 and 9.", field=field)
    low, high = (parse_number(bounds[name], field=field) for name in ("low", "high"))
    return check_bounds(Condition(direction, low, high, typed), field=field)


def check_bounds(condition: Condition, *, field: str = "target") -> Condition:
    """Return the condition unchanged.

    Raises:
        UserError: the upper bound is not above the lower one.
    """
    if condition.target_high is not None and condition.target_high <= condition.target:
        raise UserError(
            "The first bound has to be below the second. Type it like between 5 and 9.", field=field
        )
    return condition


def check_baseline(
    baseline: Decimal | None, condition: Condition, *, field: str = "baseline"
) -> Decimal | None:
    """Return the baseline unchanged.

    Raises:
        UserError: it equals a bound, so that there is no way to go.
    """
    if baseline is not None and baseline in (condition.target, condition.target_high):
        raise UserError(
            "The baseline equals the target, so there is no way to go. Change one, or leave the baseline "
            "out: then the first reading is taken.",
            field=field,
        )
    return baseline


def parse_unit(text: str, *, field: str = "unit") -> str:
    """Return a unit on one line, possibly empty.

    Raises:
        UserError: longer than 24 characters.
    """
    unit = collapse(clean(text))
    if len(unit) > UNIT_LIMIT:
        raise UserError(
            f"“{cut(unit)}” is too long for a unit; {UNIT_LIMIT} characters are the most.", field=field
        )
    return unit


def _first_operator(line: Line, start: int, keywords: Collection[str]) -> re.Match[str] | None:
    passed = _passed_over(line, start, keywords)
    begin, end = next(passed, (len(line.text), len(line.text)))
    for match in _OPERATOR.finditer(line.text, start):
        while end <= match.start():
            begin, end = next(passed, (len(line.text), len(line.text) + 1))
        if match.start() < begin:
            return match
    return None


def _passed_over(line: Line, start: int, keywords: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield where quoted texts and paths stand, in order: an operator in there is none."""
    tokens = tokenize(line, start)
    passed = start
    for token, follows in zip_longest(tokens, tokens[1:]):
        if token.start < passed:
            continue
        if token.quoted:
            yield token.start, token.end
        elif token.key == "path" and follows is not None and follows.key.startswith("$"):
            passed = path_end(line, follows.start, keywords)
            yield follows.start, passed
        elif token.key == "with" and follows is not None and opens_option(follows.text):
            _, passed = read_options(line, follows.start)
            yield follows.start, passed
