"""Quiet hours: which moments are in them, when they end whatever the clocks do, and when somebody may be asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.commands import parse
from bot.domain.quiet import LONGEST, QuietHours, check_quiet_hours, may_ask
from bot.domain.requests import KeepQuiet, ShowQuiet
from bot.domain.wallclock import wall_at
from bot.errors import UserError

BERLIN = "Europe/Berlin"
NIGHT = QuietHours(time(20), time(8))
NOON = QuietHours(time(12), time(13, 30))
NIGHT_SHIFT = QuietHours(time(8), time(21))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "zone", "at", "ends"),
    [
        pytest.param(NIGHT, BERLIN, "2026-11-23 18:59", None, id="a minute before"),
        pytest.param(NIGHT, BERLIN, "2026-11-23 19:00", "2026-11-24 07:00", id="they begin"),
        pytest.param(NIGHT, BERLIN, "2026-11-24 06:59", "2026-11-24 07:00", id="after midnight"),
        pytest.param(NIGHT, BERLIN, "2026-11-24 07:00", None, id="they are over"),
        pytest.param(NOON, BERLIN, "2026-11-24 11:30", "2026-11-24 12:30", id="by day"),
        # 29 Mar 2026: 02:00 becomes 03:00 (01:00 UTC).
        pytest.param(NIGHT, BERLIN, "2026-03-28 23:00", "2026-03-29 06:00", id="a night an hour shorter"),
        pytest.param(
            QuietHours(time(22), time(2, 30)), BERLIN, "2026-03-29 00:59", "2026-03-29 01:00",
            id="they end in the gap, which is its end",
        ),
        pytest.param(
            QuietHours(time(2, 30), time(8)), BERLIN, "2026-03-29 01:00", "2026-03-29 06:00",
            id="they begin in the gap, which is its end",
        ),
        pytest.param(
            QuietHours(time(2, 15), time(2, 45)), BERLIN, "2026-03-29 01:00", None, id="all of them in the gap"
        ),
        # 25 Oct 2026: 03:00 becomes 02:00 (01:00 UTC).
        pytest.param(NIGHT, BERLIN, "2026-10-24 23:00", "2026-10-25 07:00", id="a night an hour longer"),
        pytest.param(
            QuietHours(time(22), time(2, 30)), BERLIN, "2026-10-25 00:29", "2026-10-25 00:30",
            id="they end in the overlap, at its first time",
        ),
        pytest.param(
            QuietHours(time(22), time(2, 30)), BERLIN, "2026-10-25 01:15", None,
            id="they do not begin again when 02:15 comes again",
        ),
        pytest.param(
            QuietHours(time(2, 30), time(8)), BERLIN, "2026-10-25 01:15", "2026-10-25 07:00",
            id="they go on through 02:15 that comes again",
        ),
        pytest.param(NIGHT, "Asia/Kolkata", "2026-11-24 02:29", "2026-11-24 02:30", id="half an hour apart"),
    ],
)  # fmt: skip
def test_when_quiet_hours_run_and_end(hours: QuietHours, zone: str, at: str, ends: str | None) -> None:
    assert hours.end_of_running(moment(at), zone) == (None if ends is None else moment(ends))


@pytest.mark.parametrize(
    ("hours", "at", "ends"),
    [
        pytest.param(NIGHT, "2026-11-23 12:00", "2026-11-24 07:00", id="the next night"),
        pytest.param(NIGHT, "2026-11-24 07:00", "2026-11-25 07:00", id="just over"),
        pytest.param(NOON, "2026-11-24 13:00", "2026-11-25 12:30", id="tomorrow"),
        pytest.param(
            QuietHours(time(2, 15), time(2, 45)), "2026-03-28 12:00", "2026-03-30 00:45",
            id="not the day on which they fall into the gap",
        ),
    ],
)  # fmt: skip
def test_when_quiet_hours_end_next(hours: QuietHours, at: str, ends: str) -> None:
    assert hours.next_end(moment(at), BERLIN) == moment(ends)


@pytest.mark.parametrize(
    ("wanted", "quiet", "more", "asked"),
    [
        pytest.param("2026-11-23 10:00", None, {}, "2026-11-23 10:00", id="by day"),
        pytest.param("2026-11-23 21:00", None, {}, "2026-11-24 08:00", id="in the night"),
        pytest.param("2026-11-23 21:00", None, {"at_night": True}, "2026-11-23 21:00", id="of a person"),
        pytest.param("2026-11-23 21:00", NIGHT, {"at_night": True}, "2026-11-24 07:00", id="of a person, quiet"),
        pytest.param("2026-11-23 21:00", NIGHT, {}, "2026-11-24 08:00", id="the later of night and quiet hours"),
        pytest.param("2026-11-23 11:10", NOON, {}, "2026-11-23 12:30", id="at noon"),
        pytest.param("2026-11-23 21:00", NOON, {}, "2026-11-24 08:00", id="quiet at noon leaves the night"),
        pytest.param("2026-11-23 10:00", NIGHT_SHIFT, {}, "2026-11-23 20:00", id="whoever works at night"),
        pytest.param("2026-11-23 22:00", NIGHT_SHIFT, {}, "2026-11-23 22:00", id="in the night of their work"),
        pytest.param(
            "2026-11-23 10:00", NIGHT, {"days_off": {date(2026, 11, 23), date(2026, 11, 24)}},
            "2026-11-25 08:00", id="two days off",
        ),
        pytest.param(
            "2026-11-23 10:00", NIGHT_SHIFT, {"days_off": {date(2026, 11, 23)}},
            "2026-11-23 23:00", id="a day off at night work",
        ),
    ],
)  # fmt: skip
def test_when_somebody_may_be_asked(
    wanted: str, quiet: QuietHours | None, more: dict[str, object], asked: str
) -> None:
    assert may_ask(moment(wanted), BERLIN, quiet, **more) == moment(asked)  # type: ignore[arg-type]  # the table's


TIMES = st.integers(0, 24 * 60 - 1).map(lambda minutes: time(minutes // 60, minutes % 60))


@given(
    wanted=st.integers(0, 4 * 365 * 24 * 60).map(
        lambda minutes: moment("2024-01-01") + timedelta(minutes=minutes)
    ),
    zone=st.sampled_from([BERLIN, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]),
    starts=TIMES,
    hours=st.integers(1, 22 * 60),
    off=st.frozensets(st.integers(0, 9), max_size=4),
    at_night=st.booleans(),
)
def test_somebody_is_asked_outside_quiet_hours_by_day_on_no_day_off_and_never_much_later(
    wanted: datetime, zone: str, starts: time, hours: int, off: frozenset[int], at_night: bool
) -> None:
    ends = (datetime.combine(date(2026, 1, 1), starts) + timedelta(minutes=hours)).time()
    quiet = check_quiet_hours(QuietHours(starts, ends))
    days_off = {wanted.date() + timedelta(days=each) for each in off}
    at = may_ask(wanted, zone, quiet, days_off=days_off, at_night=at_night)
    assert at >= wanted
    assert quiet.end_of_running(at, zone) is None
    wall = wall_at(at, ZoneInfo(zone))
    assert wall.date() not in days_off
    if not at_night and not quiet.covers_the_day:
        assert time(9) <= wall.time() < time(20)
    # Each day has a time for it, but for those whose clocks change right then.
    assert at - wanted <= timedelta(days=len(off) + 4)
    assert quiet.next_end(at, zone) > at


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ShowQuiet()),
        ("off", KeepQuiet(None)),
        ("20:00 to 08:00", KeepQuiet(NIGHT)),
        ("from 8pm until 8am", KeepQuiet(NIGHT)),
        ("8 pm to 8 am", KeepQuiet(NIGHT)),
        ("20:00-8:00", KeepQuiet(NIGHT)),
        ("20:00 – 8:00", KeepQuiet(NIGHT)),
        ("12:00 to 1:30PM", KeepQuiet(NOON)),
        ("12:00\u00a0to\u00a013:30", KeepQuiet(NOON)),
    ],
)
def test_quiet_hours_as_they_are_typed(typed: str, expected: object) -> None:
    assert parse("loop", f"quiet {typed}") == expected


@pytest.mark.parametrize(
    ("typed", "because"),
    [
        ("20:00", "I can't read “20:00” as quiet hours"),
        ("20 to 8", "I can't read “20 to 8” as quiet hours"),
        ("25:00 to 8:00", "I can't read"),
        ("20:00 to 08:60", "I can't read"),
        ("13pm to 8am", "I can't read"),
        ("20:00 to 08:00 Europe/Berlin", "I can't read"),
        ("٢٠:٠٠ to 08:00", "I can't read"),
        ("at night", "I can't read"),
        ("on", "I can't read"),
        ("08:00 to 08:00", "begin and end at the same time"),
        ("08:00 to 07:00", "22 hours a day at most"),
        ("00:00 to 22:01", "22 hours a day at most"),
    ],
)
def test_what_is_no_quiet_hours_is_refused_with_an_example(typed: str, because: str) -> None:
    with pytest.raises(UserError, match=because) as refused:
        parse("loop", f"quiet {typed}")
    assert refused.value.field == "text"
    assert "quiet 20:00 to 08:00" in (refused.value.example or "")


def test_the_longest_quiet_hours_are_taken() -> None:
    assert check_quiet_hours(QuietHours(time(0), time(22))).ends == time(22)
    assert timedelta(hours=22) == LONGEST
