"""Loop time: the four stamps, against a slow and obvious oracle."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.decision import DecisionKind
from bot.domain.loop import (
    Answers,
    LoopFacts,
    LoopTime,
    Said,
    Stamp,
    Step,
    Watched,
    measure,
    say_deadline,
    say_lasted,
    say_loop,
    summarise,
)
from bot.domain.ship import Ship
from bot.domain.wallclock import end_of_day

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SHIP = Ship(1, 1, "New checkout form", AT, "U0ALICE")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

moments = st.integers(-72, 72).map(lambda hours: AT + hours * HOUR)
people = st.sampled_from(["U0ALICE", "U0BOB", "U0CHARLIE"])
days = st.integers(-3, 3).map(lambda back: AT.date() + back * DAY)
watched = st.builds(Watched, st.integers(1, 3), st.lists(moments, max_size=6).map(tuple))
said = st.builds(Said, moments, people)
answers = st.builds(
    Answers,
    moments,
    st.sampled_from(["UTC", "Pacific/Auckland", "America/Los_Angeles"]),
    st.lists(st.tuples(days, people), max_size=3).map(tuple),
    st.lists(days, max_size=3).map(tuple),
)
facts = st.builds(
    LoopFacts,
    st.lists(watched, max_size=3).map(tuple),
    st.lists(said, max_size=4).map(tuple),
    st.lists(answers, max_size=2).map(tuple),
    st.lists(st.tuples(moments, st.sampled_from(list(DecisionKind))), max_size=3).map(tuple),
)


@given(found=facts)
def test_no_step_is_reached_before_the_ship(found: LoopFacts) -> None:
    time = measure(SHIP, found)
    for step in Step:
        lasted = time.lasted(step)
        assert lasted is None or lasted >= timedelta()


@given(found=facts)
def test_a_signal_is_the_first_moment_at_which_a_criterion_has_enough_readings(found: LoopFacts) -> None:
    def enough(moment: datetime) -> bool:
        return any(
            sum(AT < reading <= moment for reading in each.moments) >= each.needed for each in found.watched
        )

    candidates = sorted(moment for each in found.watched for moment in each.moments if moment > AT)
    expected = next((moment for moment in candidates if enough(moment)), None)
    signal = measure(SHIP, found).signal
    assert (signal.at if signal else None) == expected


@given(found=facts, own=st.lists(moments, max_size=3), own_days=st.lists(days, max_size=3))
def test_what_the_shipper_says_changes_nothing(
    found: LoopFacts, own: list[datetime], own_days: list[date]
) -> None:
    more = LoopFacts(
        found.watched,
        (*found.said, *(Said(at, SHIP.by) for at in own)),
        (*found.answers, *(Answers(AT, "UTC", named=((day, SHIP.by),)) for day in own_days)),
        found.decisions,
    )
    assert measure(SHIP, more) == measure(SHIP, found)


@given(found=facts, later=st.builds(Said, moments, people))
def test_more_feedback_never_makes_a_loop_slower(found: LoopFacts, later: Said) -> None:
    more = LoopFacts(found.watched, (*found.said, later), found.answers, found.decisions)
    before, after = measure(SHIP, found).feedback, measure(SHIP, more).feedback
    assert before is None or (after is not None and after.at <= before.at)


@given(asked_at=moments, day=days)
def test_one_anonymous_answer_alone_never_counts(asked_at: datetime, day: date) -> None:
    alone = LoopFacts(answers=(Answers(asked_at, "UTC", anonymous=(day,)),) * 3)
    assert measure(SHIP, alone).feedback is None


@given(found=st.lists(said, max_size=5))
def test_exact_feedback_is_the_earliest_of_the_others(found: list[Said]) -> None:
    others = [each.at for each in found if each.by != SHIP.by and each.at >= AT]
    feedback = measure(SHIP, LoopFacts(said=tuple(found))).feedback
    assert (feedback.at if feedback else None) == min(others, default=None)


@pytest.mark.parametrize(
    ("day", "asked_after", "counts"),
    [
        pytest.param(date(2026, 11, 22), False, False, id="the day before"),
        pytest.param(date(2026, 11, 23), False, False, id="the same day, asked before the ship"),
        pytest.param(date(2026, 11, 23), True, True, id="the same day, asked after the ship"),
        pytest.param(date(2026, 11, 24), False, True, id="the day after"),
    ],
)
def test_an_answer_counts_by_day_where_the_day_says_it_came_after(
    day: date, asked_after: bool, counts: bool
) -> None:
    asked_at = AT + HOUR if asked_after else AT - 2 * DAY
    named = Answers(asked_at, "Europe/Berlin", named=((day, "U0BOB"),))
    anonymous = Answers(asked_at, "Europe/Berlin", anonymous=(day, day))
    expected = Stamp(end_of_day(day, "Europe/Berlin"), by_day=True) if counts else None
    assert measure(SHIP, LoopFacts(answers=(named,))).feedback == expected
    assert measure(SHIP, LoopFacts(answers=(anonymous,))).feedback == expected


def test_a_loop_reads_as_durations_and_what_is_open() -> None:
    now = AT + 2 * DAY
    time = LoopTime(SHIP, signal=Stamp(AT + 3 * HOUR), feedback=Stamp(AT + 26 * HOUR))
    assert say_loop(time, now, "UTC") == "3 h to signal · 1 d 2 h to feedback · decision open for 2 d"
    by = say_loop(time, now, "UTC", date(2026, 12, 11))
    assert by == "3 h to signal · 1 d 2 h to feedback · decide by Fri 11 Dec"
    by_day = LoopTime(SHIP, feedback=Stamp(end_of_day(date(2026, 11, 24), "UTC"), by_day=True))
    assert say_lasted(by_day, Step.FEEDBACK, now) == "within 2 d to feedback"
    assert say_lasted(by_day, Step.SIGNAL, now) == "signal open for 2 d"
    decided = LoopTime(SHIP, decision=Stamp(AT + DAY), decided=DecisionKind.STOP)
    assert say_lasted(decided, Step.DECISION, now) == "1 d to decision (stop)"
    assert say_deadline(date(2026, 11, 22), now, "UTC") == "decision due since Sun 22 Nov (3 d)"


@given(spans=st.lists(st.none() | st.integers(0, 500), max_size=9))
def test_a_summary_counts_every_ship_once_and_its_median_is_one_of_them(spans: list[int | None]) -> None:
    times = [LoopTime(SHIP, signal=None if span is None else Stamp(AT + span * HOUR)) for span in spans]
    [signal, *_] = summarise(times)
    reached = sorted(span * HOUR for span in spans if span is not None)
    assert (signal.reached, signal.open) == (len(reached), len(spans) - len(reached))
    assert signal.median == (reached[(len(reached) - 1) // 2] if reached else None)
    assert (signal.slowest.lasted(Step.SIGNAL) if signal.slowest else None) == (
        reached[-1] if reached else None
    )
