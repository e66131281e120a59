"""Days off: days of the team's calendar on which nothing is posted, and what schedules do about them."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.cadence import Cadence
from bot.domain.schedule import longest_gap, next_after
from bot.domain.wallclock import day_at, end_of_day, moment_of, start_of_day, wall_at

LONGEST = 92
"""Days of one entry; what is longer is a typing error more often than a holiday."""

_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
_SATURDAY = 5


class OnDaysOff(StrEnum):
    """What a schedule does with a run that falls on a day off."""

    SKIP = "skip"
    """It is left out."""
    MOVE = "move"
    """It comes on the next working day (Mon–Fri, no day off) at the same wall time."""


@dataclass(frozen=True, slots=True)
class DaysOff:
    """An entry of the team's calendar.

    Attributes:
        id: Row id.
        first: The first day off.
        last: The last one; the same for a single day.
        by: Slack user id of whoever entered it.
    """

    id: int
    first: date
    last: date
    by: str

    def days(self) -> Set[date]:
        """Return each of its days."""
        return {self.first + _DAY * number for number in range((self.last - self.first).days + 1)}


@dataclass(frozen=True, slots=True)
class CalendarLink:
    """An address from which days off are read, each day.

    Attributes:
        id: Row id.
        host: All of the address that may be seen.
        by: Slack user id of whoever gave it.
        days: The days off it gave, ascending, from the day on that was asked for.
        read_at: When it was read with success last, aware UTC.
        failure: Why the last read failed, one plain sentence, or empty.
    """

    id: int
    host: str
    by: str
    days: tuple[date, ...]
    read_at: datetime
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days off as one schedule takes them.

    Attributes:
        days: The days off, read in the schedule's zone.
        rule: What happens to a run on one of them.
    """

    days: frozenset[date] = frozenset()
    rule: OnDaysOff = OnDaysOff.SKIP


EVERY_DAY = Calendar()
"""A calendar without days off."""


def next_run(
    cadence: Cadence, zone: str, after: datetime, created_at: datetime, calendar: Calendar = EVERY_DAY
) -> datetime:
    """Return the first moment later than another at which a schedule posts; see `schedule.next_after`.

    A cadence that comes round more than once on each day has nothing to make up for: its runs on days off are
    left out whatever the calendar's rule is.
    """
    if not calendar.days:
        return next_after(cadence, zone, after, created_at)
    if calendar.rule is OnDaysOff.MOVE and longest_gap(cadence) >= _DAY:
        return _next_moved(cadence, zone, after, created_at, calendar.days)
    run = next_after(cadence, zone, after, created_at)
    while (day := day_at(run, zone)) in calendar.days:
        # From the end of the day on, so that a week off costs seven looks whatever the cadence is.
        run = next_after(cadence, zone, end_of_day(day, zone) - _TICK, created_at)
    return run


def next_working_runs(
    cadence: Cadence, zone: str, after: datetime, created_at: datetime, count: int, calendar: Calendar
) -> tuple[datetime, ...]:
    """Return the next ``count`` moments at which a schedule posts, ascending (see `next_run`)."""
    runs: list[datetime] = []
    for _ in range(count):
        after = next_run(cadence, zone, after, created_at, calendar)
        runs.append(after)
    return tuple(runs)


def _next_moved(
    cadence: Cadence, zone: str, after: datetime, created_at: datetime, days: frozenset[date]
) -> datetime:
    # What moves to a day later than `after` stood in the unbroken days without work before it.
    first = day_at(after, zone)
    while not _is_working_day(first - _DAY, days):
        first -= _DAY
    run = start_of_day(first, zone) - _TICK
    best: datetime | None = None
    while best is None or run < best:
        run = next_after(cadence, zone, run, created_at)
        moved = _moved(run, zone, days)
        if moved > after and (best is None or moved < best):
            best = moved
    return best


def _moved(run: datetime, zone: str, days: frozenset[date]) -> datetime:
    """Return when a run on a day off comes instead; the run itself on any other day, weekends included."""
    clock = ZoneInfo(zone)
    wall = wall_at(run, clock)
    day = wall.date()
    if day not in days:
        return run
    while not _is_working_day(day, days):
        day += _DAY
    return moment_of(datetime.combine(day, wall.time()), clock)


def _is_working_day(day: date, days: frozenset[date]) -> bool:
    return day.weekday() < _SATURDAY and day not in days
