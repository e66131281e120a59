"""Verdicts: whether a condition holds for a value."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.domain.criterion import Condition, Direction
from bot.domain.values import show_apart, show_value

_WORDS = {
    Direction.AT_LEAST: "at least",
    Direction.AT_MOST: "at most",
    Direction.ABOVE: "above",
    Direction.BELOW: "below",
    Direction.BETWEEN: "between",
}
_SIGNS = {
    Direction.AT_LEAST: "≥",
    Direction.AT_MOST: "≤",
    Direction.ABOVE: ">",
    Direction.BELOW: "<",
    Direction.BETWEEN: "between",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a condition holds, and what was seen.

    Attributes:
        holds: True when the value is on the good side.
        saw: Plain text, not escaped: ``412 ms is not at most 300 ms``.
    """

    holds: bool
    saw: str


def judge(condition: Condition, value: Decimal, unit: str = "") -> Verdict:
    """Return the verdict on one value, with what it saw in words.

    Args:
        condition: Direction and bounds.
        value: In the metric's own unit, finite.
        unit: As typed; it follows every number in ``saw``.
    """
    good = holds(condition, value)
    seen = show_apart(value, bounds_of(condition), unit)
    return Verdict(good, f"{seen} is {'' if good else 'not '}{describe(condition, unit)}")


def holds(condition: Condition, value: Decimal) -> bool:
    """Say whether a value is on the good side; both bounds of ``between`` belong to it."""
    match condition.direction:
        case Direction.AT_LEAST:
            return value >= condition.target
        case Direction.AT_MOST:
            return value <= condition.target
        case Direction.ABOVE:
            return value > condition.target
        case Direction.BELOW:
            return value < condition.target
        case Direction.BETWEEN:
            low, high = bounds_of(condition)
            return low <= value <= high


def bounds_of(condition: Condition) -> tuple[Decimal, ...]:
    """Return the one bound, or the lower and the upper one of ``between``."""
    if condition.direction is not Direction.BETWEEN:
        return (condition.target,)
    high = condition.target if condition.target_high is None else condition.target_high
    return (condition.target, high)


def describe(condition: Condition, unit: str = "") -> str:
    """Return the condition in words, whatever was typed: ``at most 300 ms``, ``between 5 and 9 ms``."""
    return _say(_WORDS[condition.direction], condition, unit)


def show_condition(condition: Condition, unit: str = "") -> str:
    """Return the condition for a line, with the operator as it was typed (a sign when nothing was)."""
    return _say(condition.typed or _SIGNS[condition.direction], condition, unit)


def _say(operator: str, condition: Condition, unit: str) -> str:
    *low, last = bounds_of(condition)
    first = "".join(f"{show_value(bound, digits=None)} and " for bound in low)
    return f"{operator} {first}{show_value(last, unit, digits=None)}"
