"""Runs on days off: left out, or moved to the next working day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import WORKDAYS, Cadence, Cron, Daily, Elapsed, LastWeekday, Weekday, Weekly
from bot.domain.commands import parse
from bot.domain.dates import DayMonth, Iso
from bot.domain.days_off import EVERY_DAY, Calendar, DaysOff, OnDaysOff, next_run, next_working_runs
from bot.domain.post_schedule import latest_run, missed_runs
from bot.domain.requests import GiveUpCalendar, GiveUpDaysOff, TakeCalendar
from bot.domain.schedule import next_after
from bot.domain.wallclock import moment_of, wall_at
from bot.errors import UserError

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
CHRISTMAS = DaysOff(1, date(2026, 12, 24), date(2026, 12, 26), "U0ALICE")

CADENCES: list[Cadence] = [
    Daily(time(9, 30)),
    Weekly((Weekday.MON, Weekday.THU), time(9)),
    Weekly(WORKDAYS, time(23, 45)),
    Weekly((Weekday.FRI,), time(0, 15), weeks=2),
    LastWeekday(time(16)),
    Cron("0 8 * * 6"),
    Elapsed(timedelta(hours=7)),
    Cron("*/30 9-10 * * *"),
]

calendars = st.builds(
    Calendar,
    st.frozensets(st.integers(0, 60).map(lambda number: date(2026, 3, 15) + DAY * number), max_size=25),
    st.sampled_from(OnDaysOff),
)


def show(runs: tuple[datetime, ...], zone: str) -> list[str]:
    return [f"{wall_at(run, ZoneInfo(zone)):%d %b %H:%M}" for run in runs]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("cadence", "rule", "expected"),
    [
        pytest.param(
            Weekly((Weekday.THU,), time(9)), OnDaysOff.SKIP, ["17 Dec 09:00", "31 Dec 09:00"], id="skipped"
        ),
        pytest.param(
            Weekly((Weekday.THU,), time(9)),
            OnDaysOff.MOVE,
            ["17 Dec 09:00", "28 Dec 09:00", "31 Dec 09:00"],
            id="moved over the weekend",
        ),
        pytest.param(
            Weekly(WORKDAYS, time(9)),
            OnDaysOff.MOVE,
            ["23 Dec 09:00", "28 Dec 09:00", "29 Dec 09:00"],
            id="moved onto a run there is, once",
        ),
        pytest.param(
            Daily(time(9)),
            OnDaysOff.MOVE,
            ["23 Dec 09:00", "27 Dec 09:00", "28 Dec 09:00"],
            id="a Sunday of its own stays",
        ),
        pytest.param(
            Elapsed(timedelta(hours=12)),
            OnDaysOff.MOVE,
            ["23 Dec 22:00", "27 Dec 10:00"],
            id="nothing to make up",
        ),
    ],
)
def test_a_run_on_a_day_off_is_left_out_or_comes_on_the_next_working_day(
    cadence: Cadence, rule: OnDaysOff, expected: list[str], zone: str
) -> None:
    clock = ZoneInfo(zone)
    created = moment_of(datetime(2026, 12, 16, 10), clock)  # noqa: DTZ001 -- a wall time, read in the zone
    calendar = Calendar(frozenset(CHRISTMAS.days()), rule)
    first = moment_of(datetime.strptime(f"2026 {expected[0]}", "%Y %d %b %H:%M"), clock)  # noqa: DTZ007
    runs = next_working_runs(cadence, zone, first - timedelta(minutes=1), created, len(expected), calendar)
    assert show(runs, zone) == expected


@given(
    cadence=st.sampled_from(CADENCES),
    zone=st.sampled_from(ZONES),
    calendar=calendars,
    passed=st.timedeltas(timedelta(0), timedelta(days=90)),
)
def test_the_next_run_is_the_earliest_of_all_runs_each_put_where_it_belongs(
    cadence: Cadence, zone: str, calendar: Calendar, passed: timedelta
) -> None:
    after = START + passed
    clock = ZoneInfo(zone)
    often = isinstance(cadence, Elapsed) or (isinstance(cadence, Cron) and cadence.line[0] == "*")
    placed = []
    run = START - 10 * DAY
    while run < after + 70 * DAY:
        run = next_after(cadence, zone, run, START)
        wall = wall_at(run, clock)
        if wall.date() not in calendar.days:
            placed.append(run)
        elif calendar.rule is OnDaysOff.MOVE and not often:
            day = wall.date()
            while day.weekday() > 4 or day in calendar.days:
                day += DAY
            placed.append(moment_of(datetime.combine(day, wall.time()), clock))
    found = next_run(cadence, zone, after, START, calendar)
    assert found == min(moment for moment in placed if moment > after)


@given(cadence=st.sampled_from(CADENCES), zone=st.sampled_from(ZONES), calendar=calendars)
def test_after_an_outage_the_missed_runs_are_those_there_would_have_been(
    cadence: Cadence, zone: str, calendar: Calendar
) -> None:
    planned = next_run(cadence, zone, START + 20 * DAY, START, calendar)
    now = planned + 20 * DAY
    runs = [planned]
    while (run := next_run(cadence, zone, runs[-1], START, calendar)) <= now:
        runs.append(run)
    latest = latest_run(cadence, zone, START, planned=planned, now=now, calendar=calendar)
    assert latest == runs[-1]
    missed = missed_runs(cadence, zone, START, planned=planned, latest=latest, calendar=calendar)
    assert missed.runs == tuple(runs[:-1][::-1][:5])


def test_without_days_off_nothing_is_another_moment() -> None:
    for cadence in CADENCES:
        assert next_run(cadence, "UTC", START, START, EVERY_DAY) == next_after(cadence, "UTC", START, START)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("from https://calendar.example.com/a.ics", TakeCalendar("https://calendar.example.com/a.ics")),
        ("from <https://calendar.example.com/a.ics?k=1&amp;b=2>", TakeCalendar("https://calendar.example.com/a.ics?k=1&b=2")),
        ("from webcal://calendar.example.com/a.ics", TakeCalendar("https://calendar.example.com/a.ics")),
        ("from <webcal://calendar.example.com/a.ics>", TakeCalendar("https://calendar.example.com/a.ics")),
        ("from WEBCALS://calendar.example.com/a.ics", TakeCalendar("https://calendar.example.com/a.ics")),
        ("remove calendar.example.com", GiveUpCalendar("calendar.example.com")),
        ("remove <http://calendar.example.com|calendar.example.com>", GiveUpCalendar("calendar.example.com")),
        ("remove https://Calendar.example.com/a.ics", GiveUpCalendar("calendar.example.com")),
        ("remove 2026-12-24", GiveUpDaysOff(Iso(date(2026, 12, 24)))),
        ("remove 24 Dec", GiveUpDaysOff(DayMonth(24, 12))),
    ],
)  # fmt: skip
@pytest.mark.parametrize("words", ["days off", "days-off"])
def test_a_calendar_as_it_is_typed(words: str, typed: str, expected: object) -> None:
    assert parse("loop", f"{words} {typed}") == expected


@pytest.mark.parametrize(
    ("typed", "because"),
    [
        ("from", "Say from which address"),
        ("from calendar.example.com/a.ics", "Did you mean https://calendar.example.com/a.ics"),
        ("from ftp://calendar.example.com/a.ics", "not an http or https address"),
        ("from webcal://", "names no host"),
        ("from https://me:pw@calendar.example.com/a.ics", "user name or password"),
        ("from https://calendar.example.com/a.ics daily", "I can't read “daily” after that address"),
        ("from https://calendar.example.com/" + "a" * 2_000, "2,000 is the most"),
    ],
)
def test_what_is_no_address_of_a_calendar_is_refused(typed: str, because: str) -> None:
    with pytest.raises(UserError, match=because) as refused:
        parse("loop", f"days off {typed}")
    assert refused.value.field == "url"


def test_the_address_of_a_calendar_is_not_shown_by_accident() -> None:
    assert "5ecret" not in repr(TakeCalendar("https://calendar.example.com/5ecret.ics"))
