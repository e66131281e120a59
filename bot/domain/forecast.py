"""Forecast: when a criterion meets its target if its values go on as they did (product.md, "The forecast")."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from statistics import median

from bot.domain.criterion import Condition, Criterion, CriterionState, Kind
from bot.domain.evaluate import holds
from bot.domain.progress import Span, nearer_bound, span_of
from bot.domain.values import EXACT
from bot.domain.wallclock import day_at, show_day

MOST_BUCKETS = 60
FEWEST_BUCKETS = 5

_DAY = timedelta(days=1)
_QUANTILE = 1.959963984540054  # of the normal distribution, for 95 % between both ends
_FARTHEST = timedelta(days=3_650)
"""What lies further ahead is no forecast any more."""


class Trend(StrEnum):
    """What can be said of where the values go."""

    NAMED = "named"
    AWAY = "away"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the values so far say of the target.

    Attributes:
        trend: Whether a date can be named.
        about: When the target is met, aware UTC; None unless it can be named.
        earliest: Near end of the 95 % interval, never in the past; None as above.
        latest: Far end of it; None as above, or where it is more than ten years ahead.
    """

    trend: Trend
    about: datetime | None = None
    earliest: datetime | None = None
    latest: datetime | None = None


def buckets(criterion: Criterion, now: datetime) -> list[tuple[datetime, datetime]]:
    """Return the newest spans of time of each of which the last reading counts, oldest first.

    Each is a day long, or a twentieth of the criterion's life where that is shorter; there are at most 60, the newest
    of which ends now.

    Args:
        criterion: The criterion.
        now: Aware UTC.

    Returns:
        (start, end) of each, aware UTC; empty where there is nothing to forecast: a guardrail, no due date, or
        judging is over or has not begun.
    """
    span = span_of(criterion)
    if not _can_be_forecast(criterion, span, now):
        return []
    assert span.due_at is not None
    length = min(_DAY, (span.due_at - span.counts_from) / 20)
    count = min(MOST_BUCKETS, math.ceil((now - span.counts_from) / length))
    return [(now - length * (place + 1), now - length * place) for place in reversed(range(count))]


def forecast(
    criterion: Criterion, points: Sequence[tuple[datetime, Decimal]], now: datetime
) -> Forecast | None:
    """Return when a criterion meets its target at its pace so far.

    The pace is a Theil–Sen trend: the median of the slopes between any two points, with Sen's interval at 95 % (Sen
    1968, by Kendall's variance with ties). Values are made exact multiples of their own range first, so that adding a
    constant to them or measuring them in another unit changes nothing.

    Args:
        criterion: With a baseline or without.
        points: (moment, value) of the last reading of each bucket (`buckets`), ascending, aware UTC.
        now: Aware UTC.

    Returns:
        None where nothing can be said: fewer than 5 points, or together less than a tenth of the criterion's life,
        a guardrail, or the last value meets the target.
    """
    span = span_of(criterion)
    if not _can_be_forecast(criterion, span, now) or len(points) < FEWEST_BUCKETS:
        return None
    assert span.due_at is not None
    life = span.due_at - span.counts_from
    (first_at, first), (last_at, last) = points[0], points[-1]
    if last_at - first_at < life / 10 or holds(criterion.condition, last):
        return None
    spread = EXACT.subtract(max(value for _, value in points), min(value for _, value in points))
    if not spread:
        return Forecast(Trend.AWAY)
    wanted = _scaled(_wanted(criterion.condition, last), first, spread)
    line = [((at - now) / life, _scaled(value, first, spread)) for at, value in points]
    low, middle, high = _slopes(line)
    towards = 1 if wanted > line[-1][1] else -1
    if low <= 0 <= high:
        return Forecast(Trend.AWAY if middle * towards <= 0 else Trend.UNCLEAR)
    if middle * towards < 0:
        return Forecast(Trend.AWAY)
    about, *ends = (_reaches(line, slope, wanted, life) for slope in (middle, low, high))
    if about is None:
        return Forecast(Trend.AWAY)
    near = min((end for end in ends if end is not None), default=about)
    far = None if None in ends else max(end for end in ends if end is not None)
    return Forecast(
        Trend.NAMED,
        about=now + about,
        earliest=now + min(near, about),
        latest=None if far is None else now + max(far, about),
    )


def say_forecast(found: Forecast, zone: str, now: datetime) -> str:
    """Return ``meets the target about 4 Dec, between 28 Nov and 15 Dec``, or honestly that it does not."""
    if found.trend is Trend.AWAY:
        return "not at this pace"
    if found.trend is Trend.UNCLEAR:
        return "no clear trend yet"
    assert found.about is not None
    assert found.earliest is not None
    today = day_at(now, zone)
    about, earliest = (show_day(day_at(each, zone), today) for each in (found.about, found.earliest))
    if found.latest is None:
        return f"meets the target about {about}, not before {earliest}, perhaps much later"
    latest = show_day(day_at(found.latest, zone), today)
    return f"meets the target about {about}" + (
        "" if earliest == latest else f", between {earliest} and {latest}"
    )


def _can_be_forecast(criterion: Criterion, span: Span, now: datetime) -> bool:
    return (
        criterion.kind is Kind.SUCCESS
        and criterion.state is CriterionState.OPEN
        and span.due_at is not None
        and span.counts_from < now < span.due_at
    )


def _wanted(condition: Condition, last: Decimal) -> Decimal:
    """Return the value that meets the condition first: the target, or the bound of a band nearer the last value."""
    return nearer_bound(condition, last)


def _scaled(value: Decimal, first: Decimal, spread: Decimal) -> float:
    return float(EXACT.divide(EXACT.subtract(value, first), spread))


def _slopes(line: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """Return the low end of Sen's interval, the median slope, and the high end."""
    slopes = sorted(
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for place, earlier in enumerate(line)
        for later in line[place + 1 :]
    )
    count = len(line)
    ties: dict[float, int] = {}
    for _, value in line:
        ties[value] = ties.get(value, 0) + 1
    tied = sum(times * (times - 1) * (2 * times + 5) for times in ties.values())
    variance = (count * (count - 1) * (2 * count + 5) - tied) / 18
    reach = _QUANTILE * math.sqrt(variance)
    below = max(0, math.floor((len(slopes) - reach) / 2))
    above = min(len(slopes) - 1, math.ceil((len(slopes) + reach) / 2))
    return slopes[below], median(slopes), slopes[above]


def _reaches(
    line: Sequence[tuple[float, float]], slope: float, wanted: float, life: timedelta
) -> timedelta | None:
    """Return how long from now a trend takes to the target, at least nothing; None for more than ten years."""
    start = median(value - slope * at for at, value in line)
    lives = (wanted - start) / slope if slope else math.inf
    if not lives < _FARTHEST / life:
        return None
    return max(lives, 0.0) * life
