"""Reminding: when a person is asked for a value that only people can give."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.cadence import Cadence, Elapsed
from bot.domain.schedule import next_after
from bot.domain.wallclock import moment_of, wall_at

MORNING = time(9)
"""Nobody is reminded earlier in their day."""

EVENING = time(20)
"""From here on a reminder waits for the next morning."""


def value_due_at(
    cadence: Cadence, zone: str, *, created_at: datetime, starts_at: datetime, value_at: datetime | None
) -> datetime:
    """Return when the next value is due that a person gives.

    That is an interval after the last value or, of days and times, the first such moment after it. Without
    a value it counts from the criterion's creation or the initiative's start, whichever is later.

    Args:
        cadence: The rhythm in which a value is expected.
        zone: IANA zone its wall times are read in.
        created_at: When the criterion was created, aware UTC.
        starts_at: The initiative's first moment, aware UTC.
        value_at: When the last value was given, aware UTC, or None.

    Returns:
        Aware UTC.
    """
    since = max(created_at, starts_at) if value_at is None else max(value_at, starts_at)
    if isinstance(cadence, Elapsed):
        return since + cadence.every
    return next_after(cadence, zone, since, created_at)


def by_day(moment: datetime, zone: str) -> datetime:
    """Return a moment, or the next morning of a person's zone where it lies in the evening or the night.

    Args:
        moment: Aware UTC.
        zone: The person's IANA zone.
    """
    clock = ZoneInfo(zone)
    wall = wall_at(moment, clock)
    if MORNING <= wall.time() < EVENING:
        return moment
    day = wall.date() if wall.time() < MORNING else wall.date() + timedelta(days=1)
    return moment_of(datetime.combine(day, MORNING), clock)
