"""Scales: where a chart's values and moments lie, and which of them are written on its axes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from bot.domain.values import EXACT
from bot.domain.wallclock import day_at, start_of_day

STEPS_DAYS = (1, 2, 7, 14, 28, 56, 91, 182, 364, 728, 1820, 3640)


@dataclass(frozen=True, slots=True)
class ValueScale:
    """The values from the lower to the upper edge of a chart.

    Attributes:
        low: At the lower edge, a multiple of the step.
        high: At the upper edge, more than that.
        ticks: What is written beside the axis, ascending, both ends included.
    """

    low: Decimal
    high: Decimal
    ticks: tuple[Decimal, ...]

    def part(self, value: Decimal) -> float:
        """Return how far up a value lies: 0 at the lower edge, 1 at the upper one."""
        return float(EXACT.divide(EXACT.subtract(value, self.low), EXACT.subtract(self.high, self.low)))


def value_scale(values: list[Decimal], most: int = 5) -> ValueScale:
    """Return the scale on which some values fit, with round numbers at its ticks.

    Args:
        values: At least one, finite.
        most: About how many steps there are, at least 1.
    """
    low, high = min(values), max(values)
    if low == high:
        room = EXACT.divide(EXACT.abs(low), Decimal(10)) or Decimal(1)
        low, high = EXACT.subtract(low, room), EXACT.add(high, room)
    wanted = EXACT.divide(EXACT.subtract(high, low), Decimal(most))
    step = next(
        step for times in (1, 2, 5, 10) if (step := Decimal(times).scaleb(wanted.adjusted(), EXACT)) >= wanted
    )
    # A tenth, a half or a fifth of a power of ten: these divisions are exact.
    first = EXACT.divide(low, step).to_integral_value(ROUND_FLOOR, EXACT)
    last = EXACT.divide(high, step).to_integral_value(ROUND_CEILING, EXACT)
    count = int(EXACT.subtract(last, first))
    ticks = tuple(EXACT.multiply(EXACT.add(first, Decimal(place)), step) for place in range(count + 1))
    return ValueScale(ticks[0], ticks[-1], ticks)


def day_ticks(starts_at: datetime, ends_at: datetime, zone: str, most: int) -> list[tuple[datetime, date]]:
    """Return the days that are written under an axis of time: (their first moment, the day), ascending.

    Args:
        starts_at: Where the axis begins, aware UTC.
        ends_at: Where it ends.
        zone: IANA zone whose days they are.
        most: How many there are at most; one at least, where a day begins on the axis at all.
    """
    first, last = day_at(starts_at, zone), day_at(ends_at, zone)
    if start_of_day(first, zone) < starts_at:
        first += timedelta(days=1)
    days = (last - first).days + 1
    step = next((step for step in STEPS_DAYS if days <= step * most), -(-days // max(most, 1)))
    found = [first + timedelta(days=step * place) for place in range(-(-days // step))]
    return [(start_of_day(day, zone), day) for day in found if start_of_day(day, zone) <= ends_at]
