"""Wall time: what a zone's clocks show, and which moment that is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment at which something planned for a wall time happens.

    Never decreases as ``wall`` grows, which the schedule's search relies on.

    Args:
        wall: Naive; its ``fold`` is ignored.
        zone: Whose clocks show it.

    Returns:
        Aware UTC. In a spring gap the first moment after the gap; in an autumn overlap the first
        occurrence (product.md, "Time").
    """
    moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if wall_at(moment, zone) == wall.replace(fold=0):
        return moment
    # Inside a gap PEP 495 reads fold=1 with the later offset, which lands before the gap, and fold=0
    # after it; the change itself lies between the two.
    return next_offset_change(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), moment, zone) or moment


def wall_at(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return what the zone's clocks show at an aware moment: naive, fold 0."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def offset_at(moment: datetime, zone: ZoneInfo) -> timedelta:
    """Return how far the zone's clocks are ahead of UTC at an aware moment."""
    return moment.astimezone(zone).utcoffset() or timedelta()


def next_offset_change(after: datetime, until: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first moment with a new UTC offset, later than one moment and not later than another.

    Args:
        after: Aware UTC.
        until: Aware UTC.
        zone: Two changes less than a day apart that cancel out are not seen; no zone has had them.

    Returns:
        Aware UTC to the second, or None when the offset stays the same.
    """
    offset = offset_at(after, zone)
    low = after
    while low < until:
        high = min(low + timedelta(days=1), until)
        if offset_at(high, zone) == offset:
            low = high
            continue
        while high - low > timedelta(seconds=1):
            middle = low + (high - low) / 2
            if offset_at(middle, zone) == offset:
                low = middle
            else:
                high = middle
        return high.replace(microsecond=0)
    return None


@lru_cache(maxsize=4096)
def start_of_day(day: date, zone: str) -> datetime:
    """Return the first moment of a day in an IANA zone, aware UTC (not always midnight)."""
    # Every judging asks for the same few days.
    return moment_of(datetime.combine(day, time()), ZoneInfo(zone))


def end_of_day(day: date, zone: str) -> datetime:
    """Return the moment a day is over in an IANA zone, aware UTC: the next day's first moment."""
    return start_of_day(day + timedelta(days=1), zone)


def day_at(moment: datetime, zone: str) -> date:
    """Return the day it is in an IANA zone at an aware moment."""
    return _day_at(moment, zone)


@lru_cache(maxsize=128)
def _day_at(moment: datetime, zone: str) -> date:
    # Every line of a list asks for the same moment.
    return wall_at(moment, ZoneInfo(zone)).date()


def show_day(day: date, today: date) -> str:
    """Return ``12 Dec``, with the year when it is not this year's (English whatever the locale)."""
    text = f"{day.day} {_MONTHS[day.month - 1]}"
    return text if day.year == today.year else f"{text} {day.year}"


def show_moment(moment: datetime, now: datetime, zone: str) -> str:
    """Return ``07:10`` for a moment of today in an IANA zone, ``12 Dec 07:10`` for another day's."""
    wall, today = wall_at(moment, ZoneInfo(zone)), day_at(now, zone)
    clock = f"{wall:%H:%M}"
    return clock if wall.date() == today else f"{show_day(wall.date(), today)} {clock}"
