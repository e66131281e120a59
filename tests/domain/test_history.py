"""Histories: periods as typed, gaps between readings, and the points of a chart."""

from __future__ import annotations

from calendar import isleap
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.commands import parse
from bot.domain.criterion import Health
from bot.domain.dates import DayMonth, EndOf, In, Iso, Period, Unit, resolve_past
from bot.domain.explain import broken_because, say_source_broken
from bot.domain.gaps import Gap, Tail, find_gaps
from bot.domain.history import thin_out
from bot.domain.period import Days, Last, resolve_period
from bot.domain.reading import Reading
from bot.domain.requests import ShowHistory
from bot.errors import UserError
from tests.domain.test_status import CRITERION

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
TODAY = NOW.date()
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ZONE = "America/New_York"  # where it is midnight


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Signups", ShowHistory("Signups")),
        ("Signups last 7d", ShowHistory("Signups", Last(7 * DAY))),
        ("Signups last 2 weeks", ShowHistory("Signups", Last(14 * DAY))),
        ("last last 1h30m", ShowHistory("last", Last(1.5 * HOUR))),
        ("The last mile", ShowHistory("The last mile")),
        ("Time from click to page", ShowHistory("Time from click to page")),
        ('"from 1 Nov"', ShowHistory("from 1 Nov")),
        ('"Sales last 7d" last 30d', ShowHistory("Sales last 7d", Last(30 * DAY))),
        ("a from b from 1 Nov", ShowHistory("a from b", Days(DayMonth(1, 11)))),
        ("a from 1 Nov to 2026-11-07", ShowHistory("a", Days(DayMonth(1, 11), Iso(TODAY.replace(day=7))))),
        ("a from today", ShowHistory("a", Days(In(0, Unit.DAY)))),
    ],
)
def test_what_is_no_period_belongs_to_the_name(text: str, expected: ShowHistory) -> None:
    assert parse("criteria", f"history {text}") == expected


@pytest.mark.parametrize(
    ("period", "start", "end", "words"),
    [
        (Last(7 * DAY), NOW - 7 * DAY, NOW, "the last 7 d"),
        (Days(DayMonth(1, 11)), datetime(2026, 11, 1, 4, tzinfo=UTC), NOW, "since 1 Nov"),
        (
            # Clocks go back on the first of them.
            Days(DayMonth(1, 11), DayMonth(2, 11)),
            datetime(2026, 11, 1, 4, tzinfo=UTC),
            datetime(2026, 11, 3, 5, tzinfo=UTC),
            "1 Nov to 2 Nov",
        ),
        (
            Days(DayMonth(20, 12), DayMonth(5, 1)),
            datetime(2025, 12, 20, 5, tzinfo=UTC),
            datetime(2026, 1, 6, 5, tzinfo=UTC),
            "20 Dec 2025 to 5 Jan",
        ),
        (Days(In(0, Unit.DAY), EndOf(Period.WEEK)), NOW, NOW, "24 Nov to 29 Nov"),
    ],
    ids=["elapsed", "from a day on", "whole days", "across the year", "today"],
)
def test_a_period_becomes_moments_in_the_readers_zone(
    period: Last | Days, start: datetime, end: datetime, words: str
) -> None:
    stretch = resolve_period(period, NOW, ZONE)
    now_included = timedelta(microseconds=1) if end == NOW else timedelta()
    assert (stretch.start, stretch.end, stretch.words) == (start, end + now_included, words)


@pytest.mark.parametrize(
    ("period", "says"),
    [
        (Days(In(1, Unit.DAY)), "25 Nov is still to come"),
        (Days(Iso(TODAY.replace(year=2027))), "24 Nov 2027 is still to come"),
        (Days(DayMonth(7, 11), DayMonth(1, 11)), "ends before it begins: 7 Nov 2026 to 1 Nov 2026"),
        (Days(In(99, Unit.YEAR)), "more than 50 years ahead"),
    ],
    ids=["tomorrow", "next year", "backwards", "far ahead"],
)
def test_a_period_that_cannot_be_is_refused_with_the_next_step(period: Days, says: str) -> None:
    with pytest.raises(UserError, match=says) as refused:
        resolve_period(period, NOW, ZONE)
    assert refused.value.field == "period"


@given(st.dates(date(2000, 1, 1), date(2000, 12, 31)), st.dates(date(10, 1, 1)))
def test_a_day_without_a_year_is_the_latest_such_day(day: date, today: date) -> None:
    found = resolve_past(DayMonth(day.day, day.month), today, field="period")
    assert (found.day, found.month) == (day.day, day.month)
    assert found <= today
    leap = 4 if (day.day, day.month) == (29, 2) else 1
    years = [year for year in range(found.year + 1, today.year + 1) if leap == 1 or isleap(year)]
    assert all(found.replace(year=year) > today for year in years)


def at(*hours: float) -> list[datetime]:
    return [NOW + hour * HOUR for hour in hours]


@pytest.mark.parametrize(
    ("moments", "more", "expected"),
    [
        ([0, 1, 4], {}, []),
        ([0, 1, 4.1], {}, [(1, 4.1, "")]),
        ([0, 1, 2], {"breaks": [(1.5, "HTTP 401")]}, [(1, 2, "HTTP 401")]),
        ([0, 1, 9], {"breaks": [(2, ""), (3, "HTTP 500")]}, [(1, 9, "HTTP 500")]),
        ([5], {"expected_from": 0}, [(0, 5, "")]),
        ([2], {"expected_from": 0}, []),
        ([2], {"expected_from": 3}, []),
        ([], {}, []),
        ([], {"expected_from": 0, "tail": (4, True, "")}, [(0, None, "")]),
        ([0], {"tail": (3, True, "")}, []),
        ([0], {"tail": (3.5, True, "")}, [(0, None, "")]),
        ([0], {"tail": (1, True, "no such host")}, [(0, None, "no such host")]),
        ([0], {"tail": (9, False, ""), "breaks": [(1, "HTTP 401")]}, [(0, 9, "HTTP 401")]),
        ([4], {"tail": (3, False, "")}, []),
    ],
    ids=[
        "as often as expected", "too long", "broken in between", "the first known cause", "none at first",
        "soon enough", "pushed for a time before", "nothing at all", "never one", "fresh", "stale now",
        "failing now", "broken until the due date", "set after the due date",
    ],
)  # fmt: skip
def test_gaps_are_where_the_value_was_stale_or_the_source_broken(
    moments: list[float], more: dict[str, object], expected: list[tuple[float, float | None, str]]
) -> None:
    given_more: dict[str, object] = {}
    for name, each in more.items():
        if name == "breaks":
            given_more[name] = [(NOW + hour * HOUR, cause) for hour, cause in each]  # type: ignore[attr-defined]  # a list
        elif name == "tail":
            given_more[name] = Tail(NOW + each[0] * HOUR, each[1], each[2])  # type: ignore[index]  # a tuple
        else:
            given_more[name] = NOW + each * HOUR  # type: ignore[operator]  # a number
    gaps = find_gaps(at(*moments), longest=3 * HOUR, **given_more)  # type: ignore[arg-type]  # made just above
    assert gaps == [
        Gap(NOW + start * HOUR, None if end is None else NOW + end * HOUR, cause)
        for start, end, cause in expected
    ]


@given(
    cause=st.text(max_size=30),
    value=st.none() | st.integers(),
    since=st.none() | st.integers(0, 10**6).map(lambda seconds: NOW - timedelta(seconds=seconds)),
)
def test_the_cause_of_a_break_is_read_back_from_its_sentence(
    cause: str, value: int | None, since: datetime | None
) -> None:
    last = None if value is None else Reading(NOW - DAY, Decimal(value))
    sentence = say_source_broken(CRITERION, last, Health(3, since, cause), NOW)
    assert broken_because(sentence) == cause


def test_another_sentence_names_no_cause_of_a_break() -> None:
    assert broken_because("no verdict, no value by the due date") == ""


@given(st.lists(st.integers(0, 500), max_size=120).map(sorted), st.integers(2, 20))
def test_a_thinned_course_keeps_its_end_and_its_order(minutes: list[int], most: int) -> None:
    readings = [
        Reading(NOW + timedelta(minutes=minute), Decimal(place)) for place, minute in enumerate(minutes)
    ]
    drawn = thin_out(readings, most)
    assert len(drawn) <= most
    assert drawn == tuple(sorted(drawn, key=lambda reading: reading.value))
    assert drawn[-1:] == tuple(readings[-1:])
    if len(readings) <= most:
        assert drawn == tuple(readings)
