"""How criteria add up to an initiative."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.criterion import CriterionState, Kind, Status
from bot.domain.durations import ago, spell
from bot.domain.initiative import Initiative, InitiativeState
from bot.domain.standing import Standing, headline, mark, week_of, word, worst

STANDINGS = st.builds(
    Standing, st.sampled_from(Kind), st.sampled_from(Status), st.sampled_from(CriterionState)
)


def test_an_initiative_shows_the_worst_of_its_criteria() -> None:
    ranked = [
        Standing(Kind.GUARDRAIL, Status.MISSED),
        Standing(Kind.SUCCESS, Status.MISSED),
        Standing(Kind.SUCCESS, Status.BEHIND),
        Standing(Kind.SUCCESS, Status.SOURCE_BROKEN),
        Standing(Kind.GUARDRAIL, Status.STALE),
        Standing(Kind.SUCCESS, Status.NO_DATA),
        Standing(Kind.GUARDRAIL, Status.NOT_STARTED),
        Standing(Kind.SUCCESS, Status.ON_PACE),
        Standing(Kind.SUCCESS, Status.MET),
    ]
    for worse, better in itertools.pairwise(ranked):
        assert worst([better, worse, better]) == worse


def test_target_met_and_guardrail_breached_is_never_green() -> None:
    standing = worst([Standing(Kind.SUCCESS, Status.MET), Standing(Kind.GUARDRAIL, Status.MISSED)])
    assert headline(standing) == "guardrail breached"
    assert standing is not None
    assert mark(standing.status) == "❌"


def test_paused_and_archived_criteria_do_not_count() -> None:
    met = Standing(Kind.SUCCESS, Status.MET)
    paused = Standing(Kind.SUCCESS, Status.MISSED, CriterionState.PAUSED)
    archived = Standing(Kind.GUARDRAIL, Status.MISSED, CriterionState.ARCHIVED)
    assert worst([paused, met, archived]) == met
    assert worst([paused, archived]) is None
    assert headline(worst([])) == "no criteria"


def test_a_stale_guardrail_is_worse_than_a_met_target() -> None:
    assert (
        headline(worst([Standing(Kind.SUCCESS, Status.MET), Standing(Kind.GUARDRAIL, Status.STALE)]))
        == "stale"
    )


@given(st.lists(STANDINGS, max_size=8), STANDINGS)
def test_one_more_criterion_never_makes_an_initiative_look_better(
    standings: list[Standing], more: Standing
) -> None:
    before, after = worst(standings), worst([*standings, more])
    if before is not None:
        assert after is not None
        assert after.rank <= before.rank


@given(st.permutations([Standing(kind, status) for kind in Kind for status in Status]))
def test_the_order_of_criteria_does_not_matter(standings: list[Standing]) -> None:
    assert worst(standings) == Standing(Kind.GUARDRAIL, Status.MISSED)


@pytest.mark.parametrize(
    ("status", "kind", "expected"),
    [
        pytest.param(Status.MET, Kind.GUARDRAIL, "holds", id="guardrail holds"),
        pytest.param(Status.MISSED, Kind.GUARDRAIL, "breached", id="guardrail breached"),
        pytest.param(Status.MET, Kind.SUCCESS, "met", id="met"),
        pytest.param(Status.MISSED, Kind.SUCCESS, "missed", id="missed"),
        pytest.param(Status.ON_PACE, Kind.SUCCESS, "on pace", id="on pace"),
        pytest.param(Status.SOURCE_BROKEN, Kind.GUARDRAIL, "source broken", id="source broken"),
    ],
)
def test_a_status_has_its_word(status: Status, kind: Kind, expected: str) -> None:
    assert word(status, kind) == expected


@pytest.mark.parametrize("status", Status)
def test_only_met_has_the_mark_of_met(status: Status) -> None:
    assert (mark(status) == mark(Status.MET)) is (status is Status.MET)
    assert (mark(status) == mark(Status.MISSED)) is (status is Status.MISSED)


INITIATIVE = Initiative(
    id=1,
    name="Checkout rewrite",
    outcome="",
    owner_id="UALICE",
    channel_id="C1",
    channel_name="general",
    private=False,
    zone="Europe/Berlin",
    starts_on=date(2026, 11, 9),
    ends_on=date(2026, 12, 18),
    state=InitiativeState.OPEN,
    created_at=datetime(2026, 11, 9, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(date(2026, 11, 8), "starts 9 Nov", id="the day before"),
        pytest.param(date(2026, 11, 9), "week 1 of 6", id="first day"),
        pytest.param(date(2026, 11, 15), "week 1 of 6", id="seventh day"),
        pytest.param(date(2026, 11, 23), "week 3 of 6", id="third week"),
        pytest.param(date(2026, 12, 18), "week 6 of 6", id="last day"),
        pytest.param(date(2026, 12, 19), "ended 18 Dec", id="the day after"),
        pytest.param(date(2027, 1, 4), "ended 18 Dec 2026", id="another year"),
    ],
)
def test_an_initiative_says_which_week_it_is_in(today: date, expected: str) -> None:
    assert week_of(INITIATIVE, today) == expected


@pytest.mark.parametrize(
    ("delta", "age", "full"),
    [
        pytest.param(timedelta(seconds=-5), "under 1 min", "0 s", id="clocks disagree"),
        pytest.param(timedelta(seconds=59), "under 1 min", "59 s", id="seconds"),
        pytest.param(timedelta(minutes=5, seconds=59), "5 min", "5 min", id="minutes"),
        pytest.param(timedelta(hours=1, minutes=5), "1 h 5 min", "1 h 5 min", id="an hour"),
        pytest.param(timedelta(hours=9, minutes=59), "9 h", "9 h 59 min", id="hours"),
        pytest.param(timedelta(days=1, hours=2), "1 d 2 h", "1 d 2 h", id="a day"),
        pytest.param(timedelta(days=2, minutes=3), "2 d", "2 d 3 min", id="days and minutes"),
        pytest.param(timedelta(days=9, hours=23), "9 d", "9 d 23 h", id="days"),
    ],
)
def test_durations_read_as_people_say_them(delta: timedelta, age: str, full: str) -> None:
    assert ago(delta) == age
    assert spell(delta) == full
