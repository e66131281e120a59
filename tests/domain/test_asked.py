"""When a direct message asks somebody to answer, and how often in a week."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.asked import AskKind, LeftOut, Turn, check_remind, remind_at, take_turn, week_start
from bot.domain.quiet import QuietHours
from bot.errors import UserError

MONDAY = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 15:00 in Berlin
NEXT_MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)  # 09:00 in Berlin
AFTERNOON = QuietHours(time(14), time(17))
INVITATION, REMINDER = AskKind.INVITATION, AskKind.REMINDER


def turn(kind: AskKind, now: datetime = MONDAY, **changed: object) -> Turn:
    given_: dict[str, object] = {
        "zone": "Europe/Berlin", "away_until": None, "quiet": None, "days_off": frozenset(),
        "asked_this_week": 0, "cap": 3, "closes_at": None,
    }  # fmt: skip
    return take_turn(kind, now, **{**given_, **changed})  # type: ignore[arg-type]  # the table's own values


@pytest.mark.parametrize(
    ("kind", "changed", "expected"),
    [
        pytest.param(REMINDER, {}, Turn(MONDAY), id="by day"),
        pytest.param(REMINDER, {"asked_this_week": 2}, Turn(MONDAY), id="the third of three"),
        pytest.param(REMINDER, {"asked_this_week": 3}, Turn(NEXT_MONDAY, LeftOut.CAP), id="over the cap"),
        pytest.param(
            INVITATION, {"asked_this_week": 3}, Turn(NEXT_MONDAY, LeftOut.CAP), id="invited over it"
        ),
        pytest.param(
            REMINDER,
            {"asked_this_week": 3, "closes_at": NEXT_MONDAY + timedelta(minutes=59)},
            Turn(None, LeftOut.CAP),
            id="over the cap and closing before",
        ),
        pytest.param(
            INVITATION,
            {"asked_this_week": 3, "closes_at": NEXT_MONDAY + timedelta(minutes=59)},
            Turn(NEXT_MONDAY, LeftOut.CAP),
            id="an invitation may come in the last hour",
        ),
        pytest.param(
            REMINDER,
            {"asked_this_week": 3, "days_off": {date(2026, 11, 30)}},
            Turn(NEXT_MONDAY + timedelta(days=1), LeftOut.CAP),
            id="over the cap, and Monday is off",
        ),
        pytest.param(
            REMINDER,
            {"days_off": {date(2026, 11, 23), date(2026, 11, 24)}},
            Turn(datetime(2026, 11, 25, 8, tzinfo=UTC), LeftOut.TIME),
            id="two days off",
        ),
        pytest.param(
            REMINDER,
            {"away_until": MONDAY + timedelta(hours=6)},
            Turn(datetime(2026, 11, 24, 8, tzinfo=UTC), LeftOut.TIME),
            id="back in the evening",
        ),
        pytest.param(
            REMINDER,
            {"away_until": MONDAY + timedelta(days=7), "asked_this_week": 3},
            Turn(MONDAY + timedelta(days=7), LeftOut.TIME),
            id="away until the cap is over",
        ),
        pytest.param(
            REMINDER,
            {"zone": "Asia/Kolkata", "closes_at": MONDAY + timedelta(hours=8)},
            Turn(MONDAY),
            id="19:30 there",
        ),
        pytest.param(
            REMINDER,
            {"zone": "Asia/Tokyo", "closes_at": MONDAY + timedelta(hours=8)},
            Turn(None, LeftOut.TIME),
            id="night there until it closes",
        ),
        pytest.param(
            REMINDER, {"closes_at": MONDAY + timedelta(hours=1)}, Turn(None, LeftOut.TIME), id="last hour"
        ),
        pytest.param(INVITATION, {"zone": "Asia/Tokyo"}, Turn(MONDAY), id="invitations come at once"),
        pytest.param(
            INVITATION,
            {"quiet": AFTERNOON},
            Turn(MONDAY + timedelta(hours=2), LeftOut.TIME),
            id="invited in quiet hours",
        ),
        pytest.param(
            REMINDER,
            {"quiet": AFTERNOON, "closes_at": MONDAY + timedelta(hours=3)},
            Turn(None, LeftOut.TIME),
            id="quiet until its last hour",
        ),
        pytest.param(
            INVITATION,
            {"quiet": QuietHours(time(8), time(10)), "asked_this_week": 3},
            Turn(NEXT_MONDAY + timedelta(hours=1), LeftOut.CAP),
            id="over the cap, and quiet on Monday morning",
        ),
    ],
)
def test_when_somebody_is_asked(kind: AskKind, changed: dict[str, object], expected: Turn) -> None:
    assert turn(kind, **changed) == expected


ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC"])
MOMENTS = st.integers(-500_000, 500_000).map(lambda minutes: MONDAY + timedelta(minutes=minutes))


@given(
    kind=st.sampled_from(list(AskKind)),
    now=MOMENTS,
    zone=ZONES,
    away=st.none() | st.integers(1, 400).map(lambda hours: timedelta(hours=hours)),
    off=st.frozensets(st.integers(0, 9), max_size=4),
    asked=st.integers(0, 5),
    cap=st.integers(1, 4),
    open_for=st.none() | st.integers(1, 400).map(lambda hours: timedelta(hours=hours)),
)
def test_nobody_is_asked_over_the_cap_at_night_on_a_day_off_while_away_or_too_late(
    kind: AskKind,
    now: datetime,
    zone: str,
    away: timedelta | None,
    off: frozenset[int],
    asked: int,
    cap: int,
    open_for: timedelta | None,
) -> None:
    days_off = {now.date() + timedelta(days=each) for each in off}
    away_until = None if away is None else now + away
    closes_at = None if open_for is None else now + open_for
    given_ = {
        "zone": zone,
        "away_until": away_until,
        "days_off": days_off,
        "closes_at": closes_at,
        "cap": cap,
    }
    got = turn(kind, now, asked_this_week=asked, **given_)
    if got.at is None:
        assert closes_at is not None
        assert got.because is not None
        return
    assert got.at >= now
    wall = got.at.astimezone(ZoneInfo(zone))
    if asked >= cap:
        assert week_start(got.at, zone) > week_start(now, zone)
    if kind is REMINDER:
        assert time(9) <= wall.time() < time(20)
        assert wall.date() not in days_off
        assert away_until is None or got.at >= away_until
    assert closes_at is None or got.at < closes_at - (timedelta(hours=1) if kind is REMINDER else timedelta())


@pytest.mark.parametrize(
    ("open_for", "expected"),
    [
        pytest.param(timedelta(days=2), timedelta(days=1), id="half of two days"),
        pytest.param(timedelta(hours=5), timedelta(hours=4), id="four hours at least"),
    ],
)
def test_a_reminder_comes_when_half_of_the_time_is_gone(open_for: timedelta, expected: timedelta) -> None:
    check_remind(True, open_for)
    assert remind_at(MONDAY, MONDAY + open_for) == MONDAY + expected


@pytest.mark.parametrize("open_for", [None, timedelta(hours=5) - timedelta(minutes=1)], ids=["none", "short"])
def test_a_reminder_without_a_time_for_it_is_refused(open_for: timedelta | None) -> None:
    check_remind(False, open_for)
    with pytest.raises(UserError) as refused:
        check_remind(True, open_for)
    assert refused.value.field == "remind"


def test_a_week_begins_on_the_monday_of_the_persons_zone() -> None:
    sunday_night = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    assert week_start(sunday_night, "UTC") == datetime(2026, 11, 23, tzinfo=UTC)
    assert week_start(sunday_night, "Europe/Berlin") == datetime(2026, 11, 29, 23, tzinfo=UTC)
