"""The latest of several missed runs."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import Cadence, Cron, Daily, Elapsed, LastWeekday, Weekday, Weekly
from bot.domain.post_schedule import latest_run
from bot.domain.schedule import next_after

SPRING = datetime(2026, 3, 1, tzinfo=UTC)

CADENCES: list[Cadence] = [
    Elapsed(timedelta(minutes=30)),
    Elapsed(timedelta(hours=7)),
    Daily(time(2, 30)),
    Weekly((Weekday.MON, Weekday.THU), time(9)),
    Weekly((Weekday.MON,), time(9), weeks=2),
    LastWeekday(time(16)),
    Cron("*/20 9-10 * * 1-5"),
    Cron("30 2 * * *"),
]


@given(
    cadence=st.sampled_from(CADENCES),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    created_at=st.timedeltas(timedelta(0), timedelta(days=270)).map(lambda passed: SPRING + passed),
    away=st.timedeltas(timedelta(0), timedelta(days=40)),
)
def test_the_latest_run_is_the_one_after_which_the_next_has_not_come(
    cadence: Cadence, zone: str, created_at: datetime, away: timedelta
) -> None:
    planned = next_after(cadence, zone, created_at, created_at)
    now = planned + away
    run = latest_run(cadence, zone, created_at, planned=planned, now=now)
    assert planned <= run <= now < next_after(cadence, zone, run, created_at)
    assert run == planned or next_after(cadence, zone, run - timedelta(seconds=1), created_at) == run
