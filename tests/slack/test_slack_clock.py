"""Slack's clock, by the Date header of its answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.slack.clock import SlackClock
from tests.slack.conftest import FakeClock

OURS = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HEARD = "Mon, 23 Nov 2026 09:02:30 GMT"


@pytest.fixture
def time_s() -> FakeClock:
    return FakeClock()


@pytest.fixture
def slacks(time_s: FakeClock) -> SlackClock:
    return SlackClock(now=lambda: OURS, monotonic=time_s.monotonic)


def test_before_slack_answered_this_machines_clock_counts(slacks: SlackClock) -> None:
    assert slacks.now() == OURS
    assert slacks.skew == timedelta()


async def test_the_date_of_the_last_answer_goes_on_with_the_time_that_passes(
    slacks: SlackClock, time_s: FakeClock
) -> None:
    slacks.hear(HEARD)
    await time_s.advance(20)

    assert slacks.now() == datetime(2026, 11, 23, 9, 2, 50, tzinfo=UTC)
    assert slacks.skew == timedelta(minutes=2, seconds=50)


@pytest.mark.parametrize(
    "date", [None, "", "yesterday", "Mon, 99 Nov 2026 09:02:30 GMT"], ids=["none", "empty", "words", "day 99"]
)
def test_a_date_that_cannot_be_read_is_passed_over(slacks: SlackClock, date: str | None) -> None:
    slacks.hear(HEARD)
    slacks.hear(date)

    assert slacks.now() == datetime(2026, 11, 23, 9, 2, 30, tzinfo=UTC)
    assert slacks.now().tzinfo is UTC


def test_a_date_without_a_zone_is_utc(slacks: SlackClock) -> None:
    slacks.hear("Mon, 23 Nov 2026 09:02:30 -0000")

    assert slacks.now() == datetime(2026, 11, 23, 9, 2, 30, tzinfo=UTC)
