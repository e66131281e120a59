"""Replays say what judging would have said, reading by reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.criterion import Criterion, Health, Status
from bot.domain.freshness import BROKEN_AFTER_FAILURES, stale_after
from bot.domain.progress import span_of
from bot.domain.reading import Reading
from bot.domain.replay import as_if_since, replay
from bot.domain.status import assess, due_end
from tests.domain.test_status import CRITERION, DAY, GUARDRAIL, HOUR, MANUAL, START, read

MICROSECOND = timedelta(microseconds=1)

criteria = st.builds(
    lambda criterion, needed, baseline: replace(criterion, readings_needed=needed, baseline=baseline),
    st.sampled_from([CRITERION, GUARDRAIL, MANUAL, replace(CRITERION, zone="America/New_York")]),
    st.integers(1, 3),
    st.none() | st.just(Decimal(500)),
)
half_hours = st.integers(-10, 300).map(lambda count: START + count * HOUR / 2)
readings_of = st.lists(
    st.builds(Reading, half_hours, st.sampled_from([250, 300, 310, 400, 480, 700, 900]).map(Decimal)),
    min_size=1,
    max_size=14,
).map(lambda readings: sorted(readings, key=lambda reading: reading.at))


def walk(
    criterion: Criterion, readings: Sequence[Reading], now: datetime, outages: Sequence[datetime]
) -> list[tuple[datetime, Status]]:
    """Assess a criterion at every moment at which anything can change, with all that was known then."""
    due_at = due_end(criterion)
    too_old = stale_after(criterion.every) + MICROSECOND
    events = sorted(
        # At one moment: the value gets old, the source breaks, a reading comes.
        [(reading.at + too_old, 0, None) for reading in readings]
        + [(at, 1, None) for at in outages]
        + [(reading.at, 2, reading) for reading in readings],
        key=lambda event: event[:2],
    )
    course: list[tuple[datetime, Status]] = []
    known: list[Reading] = []
    health = Health()
    for at, order, reading in events:
        if at > now or (due_at is not None and at >= due_at):
            break
        if reading is not None:
            known.append(reading)
            health = Health()
        if order == 1:
            health = Health(BROKEN_AFTER_FAILURES, at)
        if all(each.at < span_of(criterion).starts_at for each in known):
            continue  # the course begins with the first judged reading
        found = assess(criterion, known, at, health=health, outages=[each for each in outages if each <= at])
        if not course or course[-1][1] != found.status:
            course.append((at, found.status))
    return course


@given(
    criterion=criteria,
    readings=readings_of,
    outages=st.lists(half_hours, max_size=3, unique=True).map(sorted),
    later=st.integers(0, 100),
)
def test_a_replay_finds_the_statuses_that_assessing_at_every_moment_finds(
    criterion: Criterion, readings: list[Reading], outages: list[datetime], later: int
) -> None:
    now = readings[-1].at + later * HOUR
    expected = walk(criterion, readings, now, outages)
    found = replay(criterion, readings, now, outages=outages)
    assert [status for _, status in found] == [status for _, status in expected]
    assert found == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([700, 700], ["met"]),
        ([900, 900, 700, 700], ["missed", "met"]),
        ([700, 900, 700, 900], ["met"]),
        ([], []),
    ],
    ids=["never", "after two that agree", "never while they take turns", "no readings"],
)
def test_statuses_change_only_when_enough_readings_agree(values: list[int], expected: list[str]) -> None:
    readings = read(*values)
    now = START + 5 * DAY
    assert [status.value for _, status in replay(GUARDRAIL, readings, now)] == expected


def test_a_value_that_got_old_and_came_back_are_two_changes() -> None:
    readings = [Reading(START, Decimal(700)), Reading(START + 9 * HOUR, Decimal(700))]
    found = replay(GUARDRAIL, readings, START + 9 * HOUR)
    assert [status for _, status in found] == [Status.MET, Status.STALE, Status.MET]
    assert found[1][0] == START + 3 * HOUR + MICROSECOND


def test_readings_from_before_a_new_criterion_are_judged_as_if_it_had_been_there() -> None:
    new = replace(GUARDRAIL, created_at=START + 9 * DAY, starts_on=(START + 9 * DAY).date())
    readings = read(900, 900, 700, 700)
    assert replay(new, readings, START + 9 * DAY) == []
    earlier = as_if_since(new, readings[0].at)
    assert [status for _, status in replay(earlier, readings, readings[-1].at)] == [Status.MISSED, Status.MET]
    assert as_if_since(new, START + 20 * DAY) == new
