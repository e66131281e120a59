"""The latest of several missed runs."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import Cadence, Cron, Daily, Elapsed, LastWeekday, Weekday, Weekly
from bot.domain.post_schedule import TOLD_RUNS, MissedRuns, latest_run, missed_runs, say_missed
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


ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
CREATED_AT = st.timedeltas(timedelta(0), timedelta(days=270)).map(lambda passed: SPRING + passed)


@given(
    cadence=st.sampled_from(CADENCES),
    zone=ZONES,
    created_at=CREATED_AT,
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


@given(
    cadence=st.sampled_from(CADENCES),
    zone=ZONES,
    created_at=CREATED_AT,
    away=st.timedeltas(timedelta(0), timedelta(days=20)),
)
def test_the_missed_runs_are_the_newest_of_all_those_before_the_latest(
    cadence: Cadence, zone: str, created_at: datetime, away: timedelta
) -> None:
    planned = next_after(cadence, zone, created_at, created_at)
    latest = latest_run(cadence, zone, created_at, planned=planned, now=planned + away)
    every = [planned]
    while (later := next_after(cadence, zone, every[-1], created_at)) <= latest:
        every.append(later)
    before = every[:-1][::-1]
    expected = MissedRuns(tuple(before[:TOLD_RUNS]), earlier=len(before) > TOLD_RUNS)
    assert missed_runs(cadence, zone, created_at, planned=planned, latest=latest) == expected


def test_missed_runs_are_said_in_the_zone_of_the_schedule() -> None:
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    runs = (datetime(2026, 11, 16, 8, tzinfo=UTC), datetime(2026, 11, 9, 8, tzinfo=UTC))
    assert say_missed(MissedRuns(), now, "Europe/Berlin") == ""
    assert say_missed(MissedRuns(runs), now, "Europe/Berlin") == "also missed: 16 Nov 09:00, 9 Nov 09:00"
    assert say_missed(MissedRuns(runs, earlier=True), now, "Europe/Berlin").endswith(" and earlier ones")
