"""Progress: how far a value has come, and how far it should be by now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache

from bot.domain.criterion import Condition, Criterion, Direction
from bot.domain.evaluate import bounds_of, holds
from bot.domain.reading import Reading
from bot.domain.values import EXACT, show_value
from bot.domain.wallclock import end_of_day, start_of_day
from bot.errors import UserError

SLACK = Fraction(1, 10)
"""How far progress may lie under the fraction of time gone before a criterion is behind."""

FIRST_TENTH = Fraction(1, 10)
"""Part of the time in which nothing is behind yet."""

_MICROSECOND = timedelta(microseconds=1)
_SHOWN = Context(prec=28)


def progress(baseline: Decimal, target: Decimal, value: Decimal) -> Decimal:
    """Say how far a value has moved from its baseline to its target.

    Args:
        baseline: Value when the criterion was set, in the metric's own unit.
        target: Value that counts as done, same unit; may lie below the baseline.
        value: Latest reading, same unit.

    Returns:
        0 at the baseline and 1 at the target; negative when moving away, above 1 when past it. No unit.
        Exact but for one rounding to 28 digits, so that the unit of the values does not matter.

    Raises:
        UserError: baseline equals target (field ``target``).
    """
    if baseline == target:
        raise UserError(
            f"The target {show_value(target, digits=None)} equals the value it starts from, "
            "so there is no way to go. Give another target or another `from`.",
            field="target",
        )
    # Values may have 40 digits, so the default context would round the differences first.
    return _SHOWN.divide(EXACT.subtract(value, baseline), EXACT.subtract(target, baseline))


@lru_cache(maxsize=4096)
def progress_towards(condition: Condition, baseline: Decimal, value: Decimal) -> Decimal:
    """Return a value's progress towards a condition, from a baseline, on whichever scale there is.

    For ``between`` the target is the bound nearer the baseline, and progress inside the band is 1.
    A baseline that gives no scale (`no_scale`) leaves 1 while the condition holds and 0 while it does not.
    """
    # Judging asks for the same reading's several times, and most readings are the same as the one before.
    if no_scale(condition, baseline):
        return Decimal(1 if holds(condition, value) else 0)
    if condition.direction is Direction.BETWEEN and holds(condition, value):
        return Decimal(1)
    return progress(baseline, nearer_bound(condition, baseline), value)


def nearer_bound(condition: Condition, baseline: Decimal) -> Decimal:
    """Return the value progress is measured to: the target, or the bound of a band nearer the baseline."""
    bounds = bounds_of(condition)
    return min(bounds, key=lambda bound: EXACT.abs(EXACT.subtract(bound, baseline)))


def no_scale(condition: Condition, baseline: Decimal) -> str:
    """Return why progress has no scale from this baseline, in the words of the line, or empty when it has."""
    if baseline in bounds_of(condition):
        return "started at the target"
    if holds(condition, baseline):
        return "already met at the start"
    return ""


def refuse_flat_baseline(condition: Condition, baseline: Decimal, unit: str = "") -> None:
    """Raise when a typed ``from`` equals the target; one that already meets it is fine.

    Raises:
        UserError: with the value and what to do (field ``baseline``).
    """
    if baseline in bounds_of(condition):
        value = show_value(baseline, unit, digits=None)
        raise UserError(
            f"It would start from {value} and the target is {value} too, so there is no progress to show. "
            "Give the value of today after `from`, or leave `from` out and the first reading is used.",
            field="baseline",
        )


def default_baseline(readings: Sequence[Reading]) -> Decimal | None:
    """Return the baseline where none was given: the first good reading's value, or None without readings."""
    return readings[0].value if readings else None


@dataclass(frozen=True, slots=True)
class Span:
    """The time a criterion has: from its start to the end of its due day, aware UTC.

    Attributes:
        starts_at: The initiative's first moment; earlier readings are not judged.
        counts_from: Where time begins to count: the later of ``starts_at`` and the criterion's creation.
        due_at: End of the due day in the initiative's zone, or None without a due date.
    """

    starts_at: datetime
    counts_from: datetime
    due_at: datetime | None

    def time_gone(self, at: datetime) -> Fraction | None:
        """Return the fraction of time gone at a moment, 0 to 1, or None without a due date."""
        if self.due_at is None:
            return None
        whole = self.due_at - self.counts_from
        if whole.total_seconds() <= 0:
            return Fraction(1)
        gone = min(max(at - self.counts_from, timedelta(0)), whole)
        return Fraction(gone // _MICROSECOND, whole // _MICROSECOND)


def span_of(criterion: Criterion) -> Span:
    """Return the time a criterion has."""
    starts_at = start_of_day(criterion.starts_on, criterion.zone)
    due_at = None if criterion.due_on is None else end_of_day(criterion.due_on, criterion.zone)
    return Span(starts_at, max(starts_at, criterion.created_at), due_at)


def is_behind(moved: Decimal, time_gone: Fraction) -> bool:
    """Say whether progress lies more than 0.1 under the fraction of time gone; never in the first tenth."""
    # Multiplied out: exact, and several times cheaper than reckoning in Fractions for every reading.
    gone, whole = time_gone.as_integer_ratio()
    if gone * FIRST_TENTH.denominator < whole * FIRST_TENTH.numerator:
        return False
    latest = gone * SLACK.denominator - whole * SLACK.numerator
    return EXACT.multiply(moved, Decimal(whole * SLACK.denominator)) < latest
