"""When a person is asked for a value: once it is due, and never at night."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import Cadence, Elapsed
from bot.domain.reminding import EVENING, MORNING, by_day, value_due_at
from bot.domain.rhythms import parse_every
from bot.domain.wallclock import wall_at

BERLIN = "Europe/Berlin"
CREATED = datetime(2026, 11, 9, 10, 30, tzinfo=UTC)  # a Monday
WEEK = Elapsed(timedelta(days=7))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cadence", "starts_at", "value_at", "due_at"),
    [
        (WEEK, CREATED, None, "2026-11-16 10:30"),
        (WEEK, moment("2026-11-20 23:00"), None, "2026-11-27 23:00"),
        (WEEK, CREATED, moment("2026-11-12 08:00"), "2026-11-19 08:00"),
        (WEEK, moment("2026-11-20 23:00"), moment("2026-11-12 08:00"), "2026-11-27 23:00"),
        (parse_every("every Mon 09:00"), CREATED, None, "2026-11-16 08:00"),
        (parse_every("every Mon 09:00"), CREATED, moment("2026-11-16 07:59"), "2026-11-16 08:00"),
        (parse_every("every Mon 09:00"), CREATED, moment("2026-11-16 08:00"), "2026-11-23 08:00"),
    ],
    ids=[
        "a week after it was created", "a week after the start", "a week after the last value",
        "a week after the start with a value from before it", "the next Monday",
        "given just before it is expected", "given when it is expected",
    ],
)  # fmt: skip
def test_a_value_is_due_an_interval_after_the_last_one(
    cadence: Cadence, starts_at: datetime, value_at: datetime | None, due_at: str
) -> None:
    found = value_due_at(cadence, BERLIN, created_at=CREATED, starts_at=starts_at, value_at=value_at)
    assert found == moment(due_at)


@pytest.mark.parametrize(
    ("due", "asked"),
    [
        ("2026-11-16 02:00", "2026-11-16 08:00"),
        ("2026-11-16 07:59", "2026-11-16 08:00"),
        ("2026-11-16 08:00", "2026-11-16 08:00"),
        ("2026-11-16 18:59", "2026-11-16 18:59"),
        ("2026-11-16 19:00", "2026-11-17 08:00"),
        ("2026-11-16 23:30", "2026-11-17 08:00"),
    ],
    ids=["night", "early", "nine", "before the evening", "evening", "past midnight"],
)
def test_nobody_is_asked_in_their_evening_or_night(due: str, asked: str) -> None:
    assert by_day(moment(due), BERLIN) == moment(asked)


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001  (made aware below)
    st.sampled_from([BERLIN, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]),
)
def test_what_waits_for_the_morning_waits_for_the_next_one(naive: datetime, zone: str) -> None:
    due = naive.replace(tzinfo=UTC)
    asked = by_day(due, zone)
    assert asked >= due
    assert asked - due <= timedelta(hours=14)
    assert MORNING <= wall_at(asked, ZoneInfo(zone)).time() < EVENING
    if asked != due:
        assert wall_at(asked, ZoneInfo(zone)).time() == time(9)
