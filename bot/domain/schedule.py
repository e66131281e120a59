"""Schedules: the moments at which a cadence comes round."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from bot.domain.cadence import Cadence, Cron, Daily, Elapsed, LastWeekday, Weekday, Weekly
from bot.domain.wallclock import moment_of, next_offset_change, offset_at, wall_at
from bot.errors import UserError

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)
_WEEKDAYS = tuple(Weekday)
_ANCHOR = datetime(2024, 1, 1)  # noqa: DTZ001 -- a wall time in no zone: only distances are taken
_YEARS_LOOKED_AT = 8
_LONGEST_LINE = 200


def next_after(cadence: Cadence, zone: str, after: datetime, created_at: datetime) -> datetime:
    """Return the first moment later than another at which a cadence comes round.

    In a spring gap that is the first moment after the gap, in an autumn overlap the first occurrence
    only. A cron line whose minute or hour starts with ``*`` follows the clock as it runs instead: it
    comes round in both passes of an overlap and has nothing to make up for after a gap.

    Args:
        cadence: Its wall times are read in ``zone``; `Elapsed` ignores the zone.
        zone: IANA zone.
        after: Aware; the result is strictly later.
        created_at: Aware; `Elapsed` counts from it and `Weekly` counts weeks from its Monday in ``zone``.

    Returns:
        Aware UTC, on a whole minute except for `Elapsed`.

    Raises:
        UserError: a cron line that can't be read or never comes round (field ``every``).
    """
    after = after.astimezone(UTC)
    created_at = created_at.astimezone(UTC)
    if isinstance(cadence, Elapsed):
        return created_at + cadence.every * max((after - created_at) // cadence.every + 1, 1)
    clock = ZoneInfo(zone)
    if isinstance(cadence, Cron):
        validate_cron(cadence.line)
        if _follows_clock(cadence.line):
            return _next_as_clock_runs(cadence.line, clock, after)
        walls = _cron_walls(cadence.line, wall_at(after, clock))
    else:
        today = wall_at(after, clock).date()
        walls = _walls(cadence, today, wall_at(created_at, clock).date())
    # Moments never decrease along the walls, so the first one that is later is the next one; walls
    # that fall into the same gap give the same moment and so come round once.
    return next(moment for moment in (moment_of(wall, clock) for wall in walls) if moment > after)


def next_runs(
    cadence: Cadence, zone: str, after: datetime, created_at: datetime, count: int
) -> tuple[datetime, ...]:
    """Return the next ``count`` moments at which a cadence comes round, ascending (see `next_after`)."""
    runs: list[datetime] = []
    for _ in range(count):
        after = next_after(cadence, zone, after, created_at)
        runs.append(after)
    return tuple(runs)


def validate_cron(line: str) -> None:
    """Raise unless a text is a five-field cron line that comes round at all.

    Raises:
        UserError: with the line and what is wrong with it (field ``every``).
    """
    problem = _find_problem(line)
    if problem:
        raise UserError(
            f"The cron line `{line[:_LONGEST_LINE]}` {problem}. It needs five fields: "
            "minute, hour, day of the month, month, day of the week.",
            field="every",
            example='cron "0 9 * * 1"',
        )


def longest_gap(cadence: Cadence) -> timedelta:
    """Return the longest planned time between two moments of a cadence, from which staleness is counted.

    Days count as 24 hours. For a cron line eight years are looked at, two leap years among them.

    Raises:
        UserError: a cron line that can't be read or never comes round (field ``every``).
    """
    match cadence:
        case Elapsed():
            return cadence.every
        case Daily():
            return _DAY
        case Weekly():
            days = [_WEEKDAYS.index(day) for day in cadence.days]
            around = [*days, days[0] + 7 * cadence.weeks]
            return _DAY * max(later - earlier for earlier, later in itertools.pairwise(around))
        case LastWeekday():
            # Two days of weekend at the end of one month, and all 31 days of the next.
            return timedelta(days=33)
        case Cron():
            validate_cron(cadence.line)
            return _longest_cron_gap(cadence.line)


def _walls(cadence: Daily | Weekly | LastWeekday, first: date, created_on: date) -> Iterator[datetime]:
    """Yield the wall times of a cadence, ascending, from a day on."""
    match cadence:
        case Daily():
            days = _days_from(first)
        case Weekly():
            days = _weekly_days(cadence, first, created_on)
        case LastWeekday():
            days = _last_weekdays(first)
    for day in days:
        yield datetime.combine(day, cadence.at)


def _days_from(first: date) -> Iterator[date]:
    return (first + _DAY * offset for offset in itertools.count())


def _weekly_days(cadence: Weekly, first: date, created_on: date) -> Iterator[date]:
    origin, monday = _monday_of(created_on), _monday_of(first)
    # Step to the first week that counts: a whole number of periods from the week of creation.
    monday += _WEEK * (-((monday - origin).days // 7) % cadence.weeks)
    for number in itertools.count():
        for weekday in cadence.days:
            day = monday + _WEEK * cadence.weeks * number + _DAY * _WEEKDAYS.index(weekday)
            if day >= first:
                yield day


def _last_weekdays(first: date) -> Iterator[date]:
    next_month = first.replace(day=1)
    while True:
        next_month = (next_month + timedelta(days=32)).replace(day=1)
        last = next_month - _DAY
        last -= _DAY * max(last.weekday() - 4, 0)
        if last >= first:
            yield last


def _monday_of(day: date) -> date:
    return day - _DAY * day.weekday()


def _follows_clock(line: str) -> bool:
    minute, hour, *_ = line.split()
    return minute.startswith("*") or hour.startswith("*")


def _cron_walls(line: str, after: datetime) -> Iterator[datetime]:
    """Return a cron line's wall times later than a naive one, ascending."""
    # Always naive: given a zone, cronsim steps whole hours and so loses runs where clocks change by
    # half an hour (Australia/Lord_Howe).
    return iter(CronSim(line, after))


def _next_as_clock_runs(line: str, zone: ZoneInfo, after: datetime) -> datetime:
    """Return the next moment at which the clock shows a wall time of the line, in whichever pass."""
    start = after
    while True:
        offset = offset_at(start, zone)
        wall = next(_cron_walls(line, (start + offset).replace(tzinfo=None)))
        moment = wall.replace(tzinfo=UTC) - offset
        change = next_offset_change(start, moment, zone)
        if change is None:
            return moment
        # The clocks change before it: look again from there, the moment of the change included.
        shown = wall_at(change, zone)
        if next(_cron_walls(line, shown - timedelta(seconds=1))) == shown:
            return change
        start = change


@lru_cache(maxsize=256)
def _find_problem(line: str) -> str:
    if len(line) > _LONGEST_LINE:
        return f"is longer than {_LONGEST_LINE} characters"
    if len(line.split()) != 5:
        return f"has {len(line.split())} fields"
    try:
        next(_cron_walls(line, _ANCHOR))
    except CronSimError as error:
        return f"can't be read: {str(error).lower()}"
    except StopIteration:
        return "never comes round"
    return ""


@lru_cache(maxsize=256)
def _longest_cron_gap(line: str) -> timedelta:
    minute, hour, *days = line.split()
    # The times of a day are the same on every day that counts, so days and times are looked at apart.
    times = [wall - _ANCHOR for wall in _walls_until(f"{minute} {hour} * * *", _ANCHOR + _DAY)]
    end = _ANCHOR.replace(year=_ANCHOR.year + _YEARS_LOOKED_AT)
    dates = list(_walls_until(f"0 0 {' '.join(days)}", end))
    within = max((later - earlier for earlier, later in itertools.pairwise(times)), default=timedelta())
    if len(dates) < 2:
        return end - _ANCHOR
    between = max(later - earlier for earlier, later in itertools.pairwise(dates))
    return max(within, between - (times[-1] - times[0]))


def _walls_until(line: str, end: datetime) -> Iterator[datetime]:
    walls = _cron_walls(line, _ANCHOR - timedelta(seconds=1))
    return itertools.takewhile(lambda wall: wall < end, walls)
