"""When a cadence comes round, against a walk through the zone minute by minute."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.backoff import next_read, retry_after
from bot.domain.cadence import WORKDAYS, Cadence, Cron, Daily, Elapsed, LastWeekday, Weekday, Weekly
from bot.domain.schedule import longest_gap, next_after, next_runs, validate_cron
from bot.domain.wallclock import end_of_day, start_of_day
from bot.errors import UserError

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
CREATED = datetime(2026, 3, 18, 10, 7, tzinfo=UTC)

# Changes by an hour at 2:00 and 1:00, by half an hour, and at midnight.
CHANGES = {
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),
}
PLACES = [(zone, day) for zone, days in CHANGES.items() for day in days]


# The oracle: every minute of the days around a change, as the zone's clocks show it.


@lru_cache(maxsize=16)
def walk(zone: str, changes_on: date) -> list[tuple[datetime, datetime, bool]]:
    """Return (moment, wall, second pass of an overlap) for each minute of eleven days."""
    clock = ZoneInfo(zone)
    first = datetime.combine(changes_on - 3 * DAY, time(), UTC)
    locals_ = [(first + MINUTE * i, (first + MINUTE * i).astimezone(clock)) for i in range(11 * 24 * 60)]
    return [(moment, local.replace(tzinfo=None, fold=0), local.fold == 1) for moment, local in locals_]


def find_by_walking(
    matches: Callable[[datetime], bool], follows_clock: bool, zone: str, changes_on: date, after: datetime
) -> datetime | None:
    minutes = walk(zone, changes_on)
    start = int((after - minutes[0][0]) / MINUTE) + 1
    for (_, before, _), (moment, wall, again) in zip(minutes[start - 1 :], minutes[start:], strict=False):
        skipped = [before + MINUTE * i for i in range(1, int((wall - before) / MINUTE))]
        if follows_clock:
            if matches(wall):
                return moment
        elif (matches(wall) and not again) or any(matches(missing) for missing in skipped):
            return moment
    return None


def read_field(field: str, low: int, high: int) -> set[int]:
    """Return the numbers a cron field names; only the forms the strategies below draw."""
    numbers: set[int] = set()
    for term in field.split(","):
        span, _, step = term.partition("/")
        if span == "*":
            bounds = (low, high)
        else:
            first, _, last = span.partition("-")
            bounds = (int(first), int(last or first))
        numbers.update(range(bounds[0], bounds[1] + 1, int(step or 1)))
    return numbers


def cron_matches(line: str) -> Callable[[datetime], bool]:
    fields = line.split()
    minutes, hours = read_field(fields[0], 0, 59), read_field(fields[1], 0, 23)
    weekdays = {number % 7 for number in read_field(fields[4], 0, 6)}

    def matches(wall: datetime) -> bool:
        return wall.minute in minutes and wall.hour in hours and wall.isoweekday() % 7 in weekdays

    return matches


def is_last_weekday(day: date) -> bool:
    left = [day + DAY * i for i in range(1, 32) if (day + DAY * i).month == day.month]
    return day.weekday() < 5 and all(later.weekday() >= 5 for later in left)


def cadence_matches(cadence: Daily | Weekly | LastWeekday, created_on: date) -> Callable[[datetime], bool]:
    origin = created_on - DAY * created_on.weekday()

    def matches(wall: datetime) -> bool:
        if (wall.hour, wall.minute) != (cadence.at.hour, cadence.at.minute):
            return False
        if isinstance(cadence, Daily):
            return True
        if isinstance(cadence, LastWeekday):
            return is_last_weekday(wall.date())
        week = (wall.date() - origin).days // 7
        return week % cadence.weeks == 0 and tuple(Weekday)[wall.weekday()] in cadence.days

    return matches


# Most times drawn lie where the clocks change.
HOURS = st.one_of(st.integers(0, 3), st.integers(0, 23))
TIMES = st.builds(time, HOURS, st.integers(0, 59))
DAYS = st.sets(st.sampled_from(Weekday), min_size=1).map(
    lambda days: tuple(day for day in Weekday if day in days)
)
WALL_CADENCES = st.one_of(
    st.builds(Daily, TIMES),
    st.builds(Weekly, DAYS, TIMES, st.integers(1, 3)),
    st.builds(LastWeekday, TIMES),
)
AFTER = st.integers(0, 5 * 24 * 60 * 60)  # seconds from three days before the change


def field_of(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    # Never "3-3": with a step cronsim reads it as "3", that is from 3 to the end.
    span = st.sets(number, min_size=2, max_size=2).map(lambda pair: f"{min(pair)}-{max(pair)}")
    step = st.integers(1, max(high // 2, 1))
    return st.one_of(
        number.map(str),
        st.just("*"),
        step.map(lambda by: f"*/{by}"),
        span,
        st.tuples(span, step).map(lambda parts: f"{parts[0]}/{parts[1]}"),
        st.lists(number, min_size=2, max_size=4).map(lambda several: ",".join(map(str, several))),
    )


CRON_LINES = st.tuples(
    field_of(0, 59), st.one_of(field_of(0, 3), field_of(0, 23)), st.one_of(st.just("*"), field_of(0, 6))
).map(lambda fields: f"{fields[0]} {fields[1]} * * {fields[2]}")


@settings(max_examples=100)
@given(st.sampled_from(PLACES), WALL_CADENCES, AFTER)
def test_wall_times_come_round_as_a_walk_through_the_minutes_finds_them(
    place: tuple[str, date], cadence: Daily | Weekly | LastWeekday, offset_s: int
) -> None:
    zone, changes_on = place
    after = walk(zone, changes_on)[0][0] + timedelta(seconds=offset_s)
    created_on = CREATED.astimezone(ZoneInfo(zone)).date()
    expected = find_by_walking(cadence_matches(cadence, created_on), False, zone, changes_on, after)
    found = next_after(cadence, zone, after, CREATED)
    assert found == expected if expected else found > walk(zone, changes_on)[-1][0]


@settings(max_examples=100)
@given(st.sampled_from(PLACES), CRON_LINES, AFTER)
def test_cron_lines_come_round_as_a_walk_through_the_minutes_finds_them(
    place: tuple[str, date], line: str, offset_s: int
) -> None:
    zone, changes_on = place
    after = walk(zone, changes_on)[0][0] + timedelta(seconds=offset_s)
    follows_clock = "*" in (line.split()[0][0], line.split()[1][0])
    expected = find_by_walking(cron_matches(line), follows_clock, zone, changes_on, after)
    found = next_after(Cron(line), zone, after, CREATED)
    assert found == expected if expected else found > walk(zone, changes_on)[-1][0]


@given(
    st.sampled_from(sorted(CHANGES)),
    st.one_of(
        WALL_CADENCES,
        CRON_LINES.map(Cron),
        st.integers(1, 1439).map(lambda minutes: Elapsed(MINUTE * minutes)),
    ),
    st.integers(0, 366 * 24 * 3600),
)
def test_runs_come_strictly_later_and_no_further_apart_than_the_longest_gap(
    zone: str, cadence: Cadence, offset_s: int
) -> None:
    after = CREATED + timedelta(seconds=offset_s)
    runs = next_runs(cadence, zone, after, CREATED, 6)
    for earlier, later in zip((after, *runs), runs, strict=False):
        assert later > earlier
        assert later - earlier <= longest_gap(cadence) + timedelta(hours=1)
        between = earlier + (later - earlier) / 2
        assert next_after(cadence, zone, between, CREATED) == later


def show(moments: tuple[datetime, ...], zone: str) -> list[str]:
    return [f"{moment.astimezone(ZoneInfo(zone)):%a %d %b %H:%M %z}" for moment in moments]


@pytest.mark.parametrize(
    ("cadence", "zone", "after", "expected"),
    [
        pytest.param(
            Daily(time(2, 30)),
            "Europe/Berlin",
            datetime(2026, 3, 28, 12, tzinfo=UTC),
            ["Sun 29 Mar 03:00 +0200", "Mon 30 Mar 02:30 +0200"],
            id="in a gap, the first moment after it",
        ),
        pytest.param(
            Daily(time(2, 30)),
            "Europe/Berlin",
            datetime(2026, 10, 24, 12, tzinfo=UTC),
            ["Sun 25 Oct 02:30 +0200", "Mon 26 Oct 02:30 +0100"],
            id="in an overlap, the first occurrence only",
        ),
        pytest.param(
            Daily(time(2, 30)),
            "Europe/Berlin",
            datetime(2026, 10, 25, 1, 10, tzinfo=UTC),
            ["Mon 26 Oct 02:30 +0100"],
            id="asked in the second pass",
        ),
        pytest.param(
            Cron("0,30 2,3 * * *"),
            "Europe/Berlin",
            datetime(2026, 3, 28, 12, tzinfo=UTC),
            ["Sun 29 Mar 03:00 +0200", "Sun 29 Mar 03:30 +0200", "Mon 30 Mar 02:00 +0200"],
            id="several in one gap come round once",
        ),
        pytest.param(
            Cron("*/30 2 * * *"),
            "Europe/Berlin",
            datetime(2026, 10, 24, 12, tzinfo=UTC),
            [
                "Sun 25 Oct 02:00 +0200",
                "Sun 25 Oct 02:30 +0200",
                "Sun 25 Oct 02:00 +0100",
                "Sun 25 Oct 02:30 +0100",
            ],
            id="a line with a star runs in both passes",
        ),
        pytest.param(
            Cron("*/20 * * * *"),
            "Australia/Lord_Howe",
            datetime(2026, 10, 3, 15, 5, tzinfo=UTC),
            ["Sun 04 Oct 01:40 +1030", "Sun 04 Oct 02:40 +1100", "Sun 04 Oct 03:00 +1100"],
            id="a gap of half an hour",
        ),
        pytest.param(
            Weekly((Weekday.MON, Weekday.THU), time(9), weeks=2),
            "Europe/Berlin",
            CREATED,
            ["Thu 19 Mar 09:00 +0100", "Mon 30 Mar 09:00 +0200", "Thu 02 Apr 09:00 +0200"],
            id="every second week from the week of creation",
        ),
        pytest.param(
            Weekly(WORKDAYS, time(16)),
            "America/New_York",
            datetime(2026, 3, 20, 19, tzinfo=UTC),
            ["Fri 20 Mar 16:00 -0400", "Mon 23 Mar 16:00 -0400"],
            id="weekdays",
        ),
        pytest.param(
            LastWeekday(time(16)),
            "Europe/Berlin",
            datetime(2026, 2, 27, 15, tzinfo=UTC),
            ["Tue 31 Mar 16:00 +0200", "Thu 30 Apr 16:00 +0200", "Fri 29 May 16:00 +0200"],
            id="last weekday of the month",
        ),
        pytest.param(
            Elapsed(timedelta(minutes=30)),
            "Europe/Berlin",
            datetime(2026, 3, 29, 0, 10, tzinfo=UTC),
            ["Sun 29 Mar 01:37 +0100", "Sun 29 Mar 03:07 +0200"],
            id="elapsed time does not know gaps",
        ),
    ],
)
def test_a_cadence_comes_round(cadence: Cadence, zone: str, after: datetime, expected: list[str]) -> None:
    assert show(next_runs(cadence, zone, after, CREATED, len(expected)), zone) == expected


def test_elapsed_time_starts_with_one_interval_after_creation() -> None:
    half_hourly = Elapsed(timedelta(minutes=30))
    assert next_after(half_hourly, "UTC", CREATED, CREATED) == CREATED + timedelta(minutes=30)
    assert next_after(half_hourly, "UTC", CREATED - DAY, CREATED) == CREATED + timedelta(minutes=30)


def test_a_run_is_never_the_moment_it_was_asked_at() -> None:
    at_nine = datetime(2026, 11, 23, 9, tzinfo=UTC)
    for cadence in (Daily(time(9)), Cron("0 9 * * *"), Cron("* * * * *"), Weekly((Weekday.MON,), time(9))):
        assert next_after(cadence, "UTC", at_nine, CREATED) > at_nine
        assert next_after(cadence, "UTC", at_nine - timedelta(microseconds=1), CREATED) == at_nine


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("", id="empty"),
        pytest.param("0 9 * *", id="four fields"),
        pytest.param("0 0 9 * * 1", id="six fields"),
        pytest.param("60 9 * * *", id="minute 60"),
        pytest.param("0 9 31 2 *", id="31 February"),
        pytest.param("a b c d e", id="words"),
        pytest.param("*/0 * * * *", id="step nothing"),
        pytest.param("9" * 5000 + " * * * *", id="far too long"),
    ],
)
def test_a_cron_line_that_cannot_be_kept_is_refused(line: str) -> None:
    with pytest.raises(UserError, match="five fields") as caught:
        validate_cron(line)
    assert caught.value.field == "every"
    with pytest.raises(UserError):
        next_after(Cron(line), "UTC", CREATED, CREATED)
    with pytest.raises(UserError):
        longest_gap(Cron(line))


@settings(max_examples=100)
@given(st.text("0123456789*/-,#LWSUNMOabc \t", max_size=30))
def test_any_text_is_a_cron_line_or_refused(line: str) -> None:
    try:
        validate_cron(line)
    except UserError:
        return
    assert next_after(Cron(line), "Europe/Berlin", CREATED, CREATED) > CREATED


@pytest.mark.parametrize(
    ("cadence", "gap"),
    [
        pytest.param(Elapsed(timedelta(minutes=15)), timedelta(minutes=15), id="elapsed"),
        pytest.param(Daily(time(9)), DAY, id="daily"),
        pytest.param(Weekly((Weekday.MON,), time(9)), 7 * DAY, id="weekly"),
        pytest.param(Weekly((Weekday.MON, Weekday.THU), time(9)), 4 * DAY, id="twice a week"),
        pytest.param(Weekly(WORKDAYS, time(9)), 3 * DAY, id="over the weekend"),
        pytest.param(Weekly((Weekday.MON,), time(9), weeks=2), 14 * DAY, id="every second week"),
        pytest.param(Weekly((Weekday.MON, Weekday.THU), time(9), 2), 11 * DAY, id="twice every second week"),
        pytest.param(Cron("0 9 * * 1-5"), 3 * DAY, id="cron over the weekend"),
        pytest.param(
            Cron("*/15 9-17 * * *"),
            timedelta(hours=15, minutes=15),
            id="cron, from the evening to the morning",
        ),
        pytest.param(Cron("0 * * * *"), timedelta(hours=1), id="cron hourly"),
        pytest.param(Cron("0 0 29 2 *"), (366 + 3 * 365) * DAY, id="cron on leap days"),
        pytest.param(Cron("0 9 1 * *"), 31 * DAY, id="cron monthly"),
    ],
)
def test_staleness_counts_from_the_longest_planned_gap(cadence: Cadence, gap: timedelta) -> None:
    assert longest_gap(cadence) == gap


def test_the_longest_gap_between_last_weekdays_is_one_that_happens() -> None:
    days = [day for day in iterate_month_ends(date(2000, 1, 1), 28 * 366) if is_last_weekday(day)]
    longest = max(later - earlier for earlier, later in itertools.pairwise(days))
    assert longest_gap(LastWeekday(time(16))) == longest


def iterate_month_ends(first: date, count: int) -> Iterator[date]:
    return (first + DAY * i for i in range(count) if (first + DAY * i).day >= 26)


def test_a_day_starts_at_its_first_moment_where_midnight_does_not_exist() -> None:
    assert start_of_day(date(2026, 3, 8), "America/Havana") == datetime(2026, 3, 8, 5, tzinfo=UTC)
    assert end_of_day(date(2026, 3, 7), "America/Havana") == datetime(2026, 3, 8, 5, tzinfo=UTC)
    assert end_of_day(date(2026, 12, 12), "Europe/Berlin") == datetime(2026, 12, 12, 23, tzinfo=UTC)


def test_a_day_that_a_zone_left_out_is_over_when_it_would_have_begun() -> None:
    skipped = date(2011, 12, 30)
    assert start_of_day(skipped, "Pacific/Apia") == end_of_day(skipped, "Pacific/Apia")


# Back-off


@pytest.mark.parametrize(
    ("failures", "every", "middle"),
    [
        pytest.param(1, timedelta(hours=1), MINUTE, id="first"),
        pytest.param(2, timedelta(hours=1), 2 * MINUTE, id="second"),
        pytest.param(6, timedelta(hours=1), 32 * MINUTE, id="sixth"),
        pytest.param(9, timedelta(days=7), 256 * MINUTE, id="long interval"),
    ],
)
def test_the_wait_after_a_failed_read_doubles(failures: int, every: timedelta, middle: timedelta) -> None:
    assert retry_after(failures, every, 0.5) == middle
    assert retry_after(failures, every, 0) == middle * 0.9


@given(st.integers(1, 10_000), st.integers(1, 60 * 24 * 7), st.floats(0, 1, exclude_max=True))
def test_the_wait_never_leaves_its_bounds(failures: int, every_min: int, jitter: float) -> None:
    every = MINUTE * every_min
    wait = retry_after(failures, every, jitter)
    assert min(MINUTE, every) * 0.9 <= wait <= every
    assert retry_after(failures + 1, every, jitter) >= wait * 0.999


def test_the_next_read_is_the_planned_one_or_an_earlier_retry() -> None:
    now = CREATED + timedelta(minutes=50)
    hourly = Elapsed(timedelta(hours=1))

    def find(failures: int) -> datetime:
        return next_read(hourly, "UTC", CREATED, now, failures=failures, jitter=0.5)

    assert find(0) == CREATED + timedelta(hours=1)
    assert find(1) == now + MINUTE
    assert find(5) == CREATED + timedelta(hours=1)
