"""A year of schedules in five zones, against a walk through every one of its minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.cadence import WORKDAYS, Cadence, Cron, Daily, Elapsed, LastWeekday, Weekday, Weekly
from bot.domain.post_schedule import latest_run
from bot.domain.schedule import next_after
from tests.domain.test_schedule import cadence_matches, cron_matches

pytestmark = pytest.mark.soak

MINUTE = timedelta(minutes=1)
CREATED = datetime(2026, 1, 14, 10, 7, tzinfo=UTC)
YEAR = timedelta(days=365)

# An hour at night, an hour at midnight, half an hour in the south, and never.
ZONES = ["Europe/Berlin", "America/New_York", "America/Havana", "Australia/Lord_Howe", "Asia/Kolkata"]

CADENCES: dict[str, Cadence] = {
    "Monday at nine": Weekly((Weekday.MON,), time(9)),
    "every weekday": Weekly(WORKDAYS, time(16, 30)),
    "in the gap and the overlap": Daily(time(2, 15)),
    "at midnight": Daily(time(0, 0)),
    "every second week": Weekly((Weekday.THU, Weekday.SUN), time(1, 45), weeks=2),
    "last weekday": LastWeekday(time(9)),
    "cron at an hour": Cron("30 1,2 * * 0"),
    "cron with the clock": Cron("*/20 * * * *"),
}


def matcher(cadence: Cadence, created_on: date) -> tuple[Callable[[datetime], bool], bool]:
    """Return whether a wall time is a run's, and whether the cadence follows the clock as it runs."""
    if isinstance(cadence, Cron):
        return cron_matches(cadence.line), "*" in (cadence.line[0], cadence.line.split()[1][0])
    assert isinstance(cadence, Daily | Weekly | LastWeekday)
    return cadence_matches(cadence, created_on), False


def walk(zone: str, cadence: Cadence) -> list[datetime]:
    """Return a year's runs, found by looking at the zone's clock in every minute."""
    clock = ZoneInfo(zone)
    matches, follows_clock = matcher(cadence, CREATED.astimezone(clock).date())
    found = []
    moment = CREATED.replace(second=0)
    before = moment.astimezone(clock).replace(tzinfo=None, fold=0)
    while moment < CREATED + YEAR:
        moment += MINUTE
        local = moment.astimezone(clock)
        wall = local.replace(tzinfo=None, fold=0)
        skipped = [before + MINUTE * i for i in range(1, int((wall - before) / MINUTE))]
        before = wall
        if follows_clock:
            if matches(wall):
                found.append(moment)
        elif (matches(wall) and not local.fold) or any(map(matches, skipped)):
            found.append(moment)
    return found


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cadence", CADENCES.values(), ids=CADENCES)
def test_a_year_of_runs_is_what_a_walk_through_its_minutes_finds(cadence: Cadence, zone: str) -> None:
    expected = walk(zone, cadence)
    found = []
    run = CREATED
    while (run := next_after(cadence, zone, run, CREATED)) <= CREATED + YEAR:
        found.append(run)
    assert found == expected
    # An outage anywhere in the year ends with the latest of the runs it covered.
    for first, last in zip(expected[::7], expected[3::7], strict=False):
        assert latest_run(cadence, zone, CREATED, planned=first, now=last + MINUTE / 2) == last


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_of_half_hours_is_counted_from_creation(zone: str) -> None:
    cadence = Elapsed(timedelta(minutes=30))
    run, count = CREATED, 0
    while (run := next_after(cadence, zone, run, CREATED)) <= CREATED + YEAR:
        count += 1
        assert run == CREATED + cadence.every * count
    assert count == 365 * 48
