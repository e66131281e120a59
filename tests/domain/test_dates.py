"""Dates are read without a clock and resolved with one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dates import DateSpec, DayMonth, EndOf, In, Iso, Period, Unit, parse_date, resolve
from bot.errors import UserError

TODAY = date(2026, 11, 23)  # a Monday


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("2026-12-31", Iso(date(2026, 12, 31))),
        ("2026-1-5", Iso(date(2026, 1, 5))),
        ("31 Dec", DayMonth(31, 12)),
        ("Dec 31", DayMonth(31, 12)),
        ("31 december", DayMonth(31, 12)),
        ("31st Dec.", DayMonth(31, 12)),
        ("Sept 3rd", DayMonth(3, 9)),
        ("3. May", DayMonth(3, 5)),
        ("29 Feb", DayMonth(29, 2)),
        ("31 Dec 2026", Iso(date(2026, 12, 31))),
        ("Dec 31, 2026", Iso(date(2026, 12, 31))),
        ("in 6 weeks", In(6, Unit.WEEK)),
        ("in 1 month", In(1, Unit.MONTH)),
        ("In 10 Days", In(10, Unit.DAY)),
        ("in 2 years", In(2, Unit.YEAR)),
        ("end of quarter", EndOf(Period.QUARTER)),
        ("end of the month", EndOf(Period.MONTH)),
        ("end of this year", EndOf(Period.YEAR)),
        ("end of week", EndOf(Period.WEEK)),
        ("today", In(0, Unit.DAY)),
        ("tomorrow", In(1, Unit.DAY)),
        ("31\u00a0Dec", DayMonth(31, 12)),
    ],
)
def test_a_date_is_read(text: str, spec: DateSpec) -> None:
    assert parse_date(text) == spec


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("12/11", "12 Nov or 11 Dec"),
        ("12/11/2026", "12 Nov 2026 or 11 Dec 2026"),
        ("12.11.", "12 Nov or 11 Dec"),
        ("1-2-26", "1 Feb or 2 Jan"),
        ("31/12", "31 Dec"),
        ("12/31", "31 Dec"),
        ("5/5", "5 May"),
        ("31/31", "no date I can read"),
        ("31 Feb", "no 31 Feb"),
        ("30 Feb 2026", "no 30 Feb"),
        ("29 Feb 2027", "no 29 Feb 2027"),
        ("2026-02-31", "no 31 Feb 2026"),
        ("2026-13-01", "month 13"),
        ("0000-01-01", "no 1 Jan 0"),
        ("31 Dec 26", "no date I can read"),
        ("someday", "“someday” is no date"),
        ("in 6 fortnights", "days, weeks, months"),
        ("in 6", "days, weeks"),
        ("in 99999 days", "no date"),
        ("end of sprint", "end of week, month, quarter"),
        ("end of the", "end of week"),
        ("Friday", "no date"),
        ("31 Decade", "no date"),
        ('"31 Dec"', "no date"),
        ("31 Dec at noon", "no date"),
        ("", "Type a date"),
    ],
)
def test_what_is_no_date_or_reads_two_ways_is_refused(text: str, says: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_date(text)
    assert caught.value.field == "due"
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "today", "day"),
    [
        ("31 Dec", TODAY, date(2026, 12, 31)),
        ("23 Nov", TODAY, TODAY),
        ("22 Nov", TODAY, date(2027, 11, 22)),
        ("29 Feb", TODAY, date(2028, 2, 29)),
        ("29 Feb", date(2096, 3, 1), date(2104, 2, 29)),
        ("2026-11-23", TODAY, TODAY),
        ("today", TODAY, TODAY),
        ("tomorrow", date(2026, 12, 31), date(2027, 1, 1)),
        ("in 6 weeks", TODAY, date(2027, 1, 4)),
        ("in 1 month", date(2027, 1, 31), date(2027, 2, 28)),
        ("in 1 month", date(2026, 12, 15), date(2027, 1, 15)),
        ("in 1 year", date(2028, 2, 29), date(2029, 2, 28)),
        ("end of week", TODAY, date(2026, 11, 29)),
        ("end of week", date(2026, 11, 29), date(2026, 11, 29)),
        ("end of month", date(2028, 2, 3), date(2028, 2, 29)),
        ("end of quarter", TODAY, date(2026, 12, 31)),
        ("end of quarter", date(2026, 7, 1), date(2026, 9, 30)),
        ("end of quarter", date(2026, 3, 31), date(2026, 3, 31)),
        ("end of year", TODAY, date(2026, 12, 31)),
    ],
)
def test_a_date_is_the_next_such_day_today_included(text: str, today: date, day: date) -> None:
    assert resolve(parse_date(text), today) == day


@pytest.mark.parametrize(
    ("text", "today", "says"),
    [
        ("2026-11-22", TODAY, "22 Nov 2026 is in the past"),
        ("1 Mar 2020", TODAY, "1 Mar 2020 is in the past"),
        ("2099-01-01", TODAY, "50 years"),
        ("in 9999 weeks", TODAY, "50 years"),
        ("in 9999 years", TODAY, "50 years"),
        ("in 9999 days", date(9990, 1, 1), "50 years"),
        ("9 Jan", date(9999, 1, 10), "50 years"),
    ],
)
def test_a_day_in_the_past_or_far_ahead_is_refused_as_it_was_read(text: str, today: date, says: str) -> None:
    with pytest.raises(UserError) as caught:
        resolve(parse_date(text), today, field="due")
    assert caught.value.field == "due"
    assert says in str(caught.value)


@given(today=st.dates(date(1970, 1, 1), date(2200, 1, 1)), day=st.dates(date(2000, 1, 1), date(2000, 12, 31)))
def test_a_day_and_month_is_at_most_eight_years_ahead_and_never_past(today: date, day: date) -> None:
    resolved = resolve(DayMonth(day.day, day.month), today)
    assert (resolved.day, resolved.month) == (day.day, day.month)
    leap_gap = timedelta(days=366 * 8) if (day.day, day.month) == (29, 2) else timedelta(days=365)
    assert timedelta() <= resolved - today <= leap_gap


@given(today=st.dates(date(1970, 1, 1), date(2200, 1, 1)), period=st.sampled_from(list(Period)))
def test_the_end_of_a_period_is_its_last_day(today: date, period: Period) -> None:
    end = resolve(EndOf(period), today)
    assert end >= today
    assert resolve(EndOf(period), end) == end
    assert resolve(EndOf(period), end + timedelta(days=1)) > end
