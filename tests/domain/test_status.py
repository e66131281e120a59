"""What readings mean: walks through a criterion's life with the clock as an argument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.criterion import (
    Condition,
    Criterion,
    CriterionState,
    Direction,
    Health,
    Kind,
    SourceKind,
    SourceSpec,
    Status,
)
from bot.domain.reading import Origin, Reading
from bot.domain.settling import settle
from bot.domain.status import assess, due_end

# Ten days in UTC: 1 Dec 00:00 to the end of 10 Dec, so a day is a tenth of the time.
START = datetime(2026, 12, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)

CRITERION = Criterion(
    id=1,
    initiative_id=1,
    name="p95 latency",
    kind=Kind.SUCCESS,
    condition=Condition(Direction.AT_MOST, Decimal(300)),
    baseline=Decimal(500),
    baseline_typed=True,
    unit="ms",
    due_on=date(2026, 12, 10),
    owner_id="UALICE",
    source=SourceSpec(SourceKind.HTTP_JSON, "https://api.example.com/stats", "$.p95"),
    every=HOUR,
    readings_needed=2,
    state=CriterionState.OPEN,
    created_at=START - DAY,
    starts_on=date(2026, 12, 1),
    zone="UTC",
)
GUARDRAIL = replace(
    CRITERION,
    kind=Kind.GUARDRAIL,
    condition=Condition(Direction.AT_MOST, Decimal(800)),
    baseline=None,
    due_on=None,
)
MANUAL = replace(CRITERION, source=SourceSpec(SourceKind.MANUAL), every=7 * DAY, readings_needed=1)
DUE = START + 10 * DAY


def read(*values: int | str, until: datetime = START + 5 * DAY, step: timedelta = HOUR) -> list[Reading]:
    """Return readings a step apart, the last one at ``until``."""
    count = len(values)
    return [Reading(until - step * (count - 1 - i), Decimal(value)) for i, value in enumerate(values)]


def status_of(criterion: Criterion, readings: Sequence[Reading], now: datetime | None = None) -> Status:
    return assess(criterion, readings, now or readings[-1].at).status


def test_nothing_is_judged_before_the_start_date() -> None:
    report = assess(CRITERION, read(200, until=START - HOUR), START - timedelta(seconds=1))
    assert (report.status, report.sentence) == (Status.NOT_STARTED, "starts on 1 Dec")
    assert report.value == 200


def test_a_broken_source_does_not_show_before_the_start_date() -> None:
    assert assess(CRITERION, [], START - HOUR, health=Health(failures=9)).status is Status.NOT_STARTED


def test_the_start_is_the_first_moment_of_the_day_in_the_initiatives_zone() -> None:
    criterion = replace(CRITERION, zone="America/New_York")
    assert assess(criterion, [], START + timedelta(hours=4, minutes=59)).status is Status.NOT_STARTED
    assert assess(criterion, [], START + timedelta(hours=5)).status is Status.NO_DATA


def test_a_started_criterion_without_a_reading_has_no_data() -> None:
    report = assess(CRITERION, [], START + HOUR)
    assert (report.status, report.sentence, report.since) == (Status.NO_DATA, "no value yet", START)


def test_a_reading_from_before_the_start_is_kept_but_not_judged() -> None:
    report = assess(CRITERION, read(200, until=START - HOUR), START + HOUR)
    assert report.status is Status.NO_DATA
    assert report.sentence == "no value since the start on 1 Dec; before it 200 ms"
    assert report.value == 200


@pytest.mark.parametrize(
    ("value", "status", "sentence"),
    [
        pytest.param(
            "400",
            Status.ON_PACE,
            "400 ms is not at most 300 ms; 50 % of the way with 50 % of the time gone, on pace",
            id="on pace",
        ),
        pytest.param("420", Status.ON_PACE, None, id="exactly 0.1 under the pace"),
        pytest.param(
            "421",
            Status.BEHIND,
            "421 ms is not at most 300 ms; 39 % of the way with 50 % of the time gone, behind pace",
            id="behind",
        ),
        pytest.param(
            "550",
            Status.BEHIND,
            "550 ms is not at most 300 ms; "
            "25 % further away than at the start with 50 % of the time gone, behind pace",
            id="moving away",
        ),
        pytest.param("300", Status.MET, "300 ms is at most 300 ms", id="met"),
    ],
)
def test_one_reading_is_enough_to_leave_no_data(value: str, status: Status, sentence: str | None) -> None:
    report = assess(CRITERION, read(value), START + 5 * DAY)
    assert report.status is status
    assert sentence is None or report.sentence == sentence
    assert report.since == START + 5 * DAY


def test_nothing_is_behind_in_the_first_tenth() -> None:
    assert status_of(CRITERION, read(900, until=START + DAY - timedelta(seconds=1))) is Status.ON_PACE
    assert status_of(CRITERION, read(900, until=START + DAY)) is Status.BEHIND


def test_each_reading_is_judged_with_the_pace_at_its_own_moment() -> None:
    slow = replace(CRITERION, every=DAY)
    readings = read(400, until=START + 5 * DAY)
    assert assess(slow, readings, START + 8 * DAY).status is Status.ON_PACE


@pytest.mark.parametrize(
    ("values", "status"),
    [
        pytest.param((290, 400), Status.MET, id="one other reading changes nothing"),
        pytest.param((290, 400, 400), Status.ON_PACE, id="two in a row do"),
        pytest.param((290, 400, 290, 400), Status.MET, id="not two that are apart"),
        pytest.param((290, 400, 450), Status.MET, id="not two that disagree"),
        pytest.param((400, 290), Status.ON_PACE, id="one good reading is not met yet"),
        pytest.param((400, 290, 290), Status.MET, id="two are"),
        pytest.param((400, 290, 290, 290, 450), Status.MET, id="a longer row"),
        pytest.param((450, 400, 400), Status.ON_PACE, id="behind can be left"),
    ],
)
def test_a_change_between_judged_statuses_takes_two_readings_in_a_row(
    values: tuple[int, ...], status: Status
) -> None:
    assert status_of(CRITERION, read(*values)) is status


def test_a_reading_that_disagrees_is_explained() -> None:
    report = assess(CRITERION, read(290, 290, 400), START + 5 * DAY)
    assert report.sentence == (
        "400 ms is not at most 300 ms; 50 % of the way with 50 % of the time gone; "
        "still met until 1 more reading agrees"
    )
    patient = replace(CRITERION, readings_needed=4)
    report = assess(patient, read(400, 290), START + 5 * DAY)
    assert report.sentence == "290 ms is at most 300 ms; still on pace until 3 more readings agree"


def test_a_manual_criterion_changes_with_one_reading() -> None:
    assert status_of(MANUAL, read(290, 400)) is Status.ON_PACE


def test_a_status_holds_since_the_reading_that_settled_it() -> None:
    readings = read(290, 400, 400, 400)
    assert assess(CRITERION, readings, readings[-1].at).since == readings[2].at


def test_the_first_good_reading_is_the_baseline_where_none_was_given() -> None:
    report = assess(replace(CRITERION, baseline=None), read(400, 350), START + 5 * DAY)
    assert report.progress == Decimal("0.5")


def test_a_criterion_already_met_at_the_start_says_so() -> None:
    criterion = replace(CRITERION, baseline=Decimal(250))
    met = assess(criterion, read(260), START + 5 * DAY)
    assert (met.status, met.progress) == (Status.MET, 1)
    assert met.sentence == "260 ms is at most 300 ms; already met at the start"
    lost = assess(criterion, read(310), START + 5 * DAY)
    assert (lost.status, lost.progress) == (Status.BEHIND, 0)
    assert lost.sentence == (
        "310 ms is not at most 300 ms; already met at the start; 50 % of the time gone, behind pace"
    )
    assert lost.facts == ("already met at the start",)


def test_a_criterion_that_started_at_the_target_says_so() -> None:
    report = assess(replace(CRITERION, baseline=Decimal(300)), read(310), START + HOUR)
    assert report.facts == ("started at the target",)


# Guardrails


def test_a_guardrail_holds_or_is_breached_and_has_no_progress() -> None:
    good = assess(GUARDRAIL, read(780), START + 5 * DAY)
    assert (good.status, good.progress, good.sentence) == (Status.MET, None, "780 ms is at most 800 ms")
    bad = assess(GUARDRAIL, read(830), START + 5 * DAY)
    assert (bad.status, bad.progress, bad.sentence) == (Status.MISSED, None, "830 ms is not at most 800 ms")


def test_a_breached_guardrail_recovers_after_two_readings() -> None:
    assert status_of(GUARDRAIL, read(830, 830, 780)) is Status.MISSED
    assert status_of(GUARDRAIL, read(830, 830, 780, 780)) is Status.MET


def test_one_bad_reading_does_not_breach_a_guardrail_that_holds() -> None:
    report = assess(GUARDRAIL, read(780, 830), START + 5 * DAY)
    assert report.status is Status.MET
    assert report.sentence == "830 ms is not at most 800 ms; still holds until 1 more reading agrees"


# Stale and broken


def test_a_value_older_than_three_gaps_is_stale() -> None:
    readings = read(290)
    fresh = assess(CRITERION, readings, readings[-1].at + 3 * HOUR)
    stale = assess(CRITERION, readings, readings[-1].at + 3 * HOUR + timedelta(seconds=1))
    assert (fresh.status, stale.status) == (Status.MET, Status.STALE)
    assert stale.sentence == "no value for 3 h, one is expected every 1 h; last 290 ms"
    assert (stale.value, stale.value_at) == (290, readings[-1].at)
    assert stale.since == readings[-1].at + 3 * HOUR


def test_three_failed_reads_in_a_row_break_the_source() -> None:
    readings = read(290)
    now = readings[-1].at + timedelta(minutes=7)
    since = now - timedelta(minutes=4)
    two = assess(CRITERION, readings, now, health=Health(2, since, "HTTP 401 from api.example.com"))
    three = assess(CRITERION, readings, now, health=Health(3, since, "HTTP 401 from api.example.com"))
    assert (two.status, three.status) == (Status.MET, Status.SOURCE_BROKEN)
    assert three.sentence == (
        "source broken since 00:03 (HTTP 401 from api.example.com); last 290 ms, 7 min ago"
    )
    assert (three.value, three.since) == (290, since)


def test_a_source_can_be_broken_before_the_first_value() -> None:
    report = assess(CRITERION, [], START + HOUR, health=Health(3, START, "timeout"))
    assert report.status is Status.SOURCE_BROKEN
    assert report.sentence == "source broken since 00:00 (timeout); no value yet"


def test_a_broken_source_goes_before_a_stale_value() -> None:
    readings = read(290)
    now = readings[-1].at + DAY
    assert assess(CRITERION, readings, now, health=Health(30)).status is Status.SOURCE_BROKEN
    assert assess(CRITERION, readings, now, health=Health(2)).status is Status.STALE


def test_the_day_is_named_when_the_source_broke_on_another_one() -> None:
    report = assess(CRITERION, [], START + 2 * DAY, health=Health(9, START + 7 * HOUR, "timeout"))
    assert report.sentence == "source broken since 1 Dec 07:00 (timeout); no value yet"


def test_one_good_reading_brings_the_former_status_back_and_counts_as_one() -> None:
    before = read(290, 290, 400, until=START + 4 * DAY)
    back = read(400, until=START + 5 * DAY)
    assert status_of(CRITERION, [*before, *back]) is Status.MET
    assert status_of(CRITERION, [*before, *back, *read(400, until=START + 5 * DAY + HOUR)]) is Status.ON_PACE


def test_an_outage_shorter_than_staleness_ends_a_row_too() -> None:
    readings = read(290, 290, 400, 400)
    broken_at = readings[-1].at - timedelta(minutes=10)
    assert assess(CRITERION, readings, readings[-1].at).status is Status.ON_PACE
    assert assess(CRITERION, readings, readings[-1].at, outages=[broken_at]).status is Status.MET


# The due date


def test_a_criterion_past_its_due_date_is_missed() -> None:
    readings = read(310, until=DUE - HOUR)
    report = assess(CRITERION, readings, DUE)
    assert (report.status, report.frozen, report.since) == (Status.MISSED, True, DUE)
    assert report.sentence == "310 ms is not at most 300 ms on the due date, 10 Dec"


def test_due_means_the_end_of_the_day_in_the_initiatives_zone() -> None:
    criterion = replace(CRITERION, zone="America/New_York")
    assert due_end(criterion) == DUE + 5 * HOUR
    readings = read(310, until=DUE + 4 * HOUR)
    assert not assess(criterion, readings, DUE + 5 * HOUR - timedelta(seconds=1)).frozen
    assert assess(criterion, readings, DUE + 5 * HOUR).status is Status.MISSED


def test_the_verdict_is_taken_from_the_last_reading_before_due_alone() -> None:
    readings = read(400, 400, 400, 290, until=DUE - HOUR)
    assert status_of(CRITERION, readings) is Status.BEHIND
    assert status_of(CRITERION, readings, DUE) is Status.MET


@pytest.mark.parametrize(
    ("later", "health"),
    [
        pytest.param([], Health(), id="old"),
        pytest.param([], Health(9, DUE + HOUR, "timeout"), id="broken"),
        pytest.param(read(400, 400, until=DUE + 5 * HOUR), Health(), id="other values"),
        pytest.param(
            [Reading(DUE + HOUR, Decimal(400), Origin.MANUAL, "UALICE")], Health(), id="set by hand"
        ),
    ],
)
def test_what_happens_after_the_due_date_does_not_touch_the_verdict(
    later: list[Reading], health: Health
) -> None:
    readings = [*read(290, until=DUE - HOUR), *later]
    report = assess(CRITERION, readings, DUE + 30 * DAY, health=health)
    assert (report.status, report.frozen, report.value) == (Status.MET, True, 290)
    assert report.sentence == "290 ms is at most 300 ms on the due date, 10 Dec"


def test_a_reading_at_the_end_of_the_due_day_comes_too_late() -> None:
    readings = [*read(310, until=DUE - HOUR), *read(290, until=DUE)]
    assert status_of(CRITERION, readings, DUE) is Status.MISSED


def test_a_value_that_was_stale_on_the_due_date_gives_no_verdict() -> None:
    readings = read(290, until=DUE - 9 * DAY)
    report = assess(CRITERION, readings, DUE + DAY)
    assert (report.status, report.frozen, report.no_verdict) == (Status.STALE, False, True)
    assert report.sentence == "no verdict, last value 9 d old on the due date"
    assert report.value == 290


def test_a_criterion_never_read_gives_no_verdict() -> None:
    report = assess(CRITERION, [], DUE)
    assert (report.status, report.no_verdict) == (Status.NO_DATA, True)
    assert report.sentence == "no verdict, no value by the due date"


def test_a_source_broken_on_the_due_date_stays_broken_without_a_verdict() -> None:
    readings = read(290, until=DUE - 2 * DAY)
    broken = assess(CRITERION, readings, DUE, health=Health(9, DUE - DAY, "timeout"))
    assert (broken.status, broken.no_verdict) == (Status.SOURCE_BROKEN, True)
    recovered = [*readings, *read(290, 290, until=DUE + DAY)]
    later = assess(CRITERION, recovered, DUE + DAY, outages=[DUE - DAY])
    assert (later.status, later.sentence) == (broken.status, broken.sentence)


def test_a_source_that_comes_back_after_the_due_date_gives_no_verdict() -> None:
    readings = [*read(290, until=DUE - 2 * DAY), *read(290, 290, until=DUE + DAY)]
    report = assess(CRITERION, readings, DUE + DAY)
    assert (report.status, report.no_verdict) == (Status.STALE, True)


def test_the_owner_can_give_the_missing_verdict_by_hand() -> None:
    given_at = DUE + 2 * DAY
    readings = [
        *read(310, until=DUE - 2 * DAY),
        Reading(given_at, Decimal(290), Origin.MANUAL, "UALICE"),
        Reading(given_at + DAY, Decimal(310), Origin.MANUAL, "UALICE"),
    ]
    report = assess(CRITERION, readings, DUE + 4 * DAY)
    assert (report.status, report.frozen, report.no_verdict) == (Status.MET, True, False)
    assert report.since == given_at
    assert report.sentence == "290 ms is at most 300 ms as given after the due date, 10 Dec"


def test_a_guardrail_with_a_due_date_gets_a_verdict_too() -> None:
    guardrail = replace(GUARDRAIL, due_on=date(2026, 12, 10))
    assert assess(guardrail, read(830, until=DUE - HOUR), DUE).status is Status.MISSED


# Properties

VERDICTS = st.sampled_from([Status.ON_PACE, Status.BEHIND, Status.MET])


def settle_hourly(verdicts: Sequence[Status], needed: int, former: Status | None = None) -> Status | None:
    dated = [(START + HOUR * i, verdict) for i, verdict in enumerate(verdicts)]
    settled = settle(dated, needed, outage_after=3 * HOUR, former=former)
    return settled.status if settled else None


@given(st.lists(VERDICTS, max_size=30), st.integers(1, 4))
def test_a_status_never_flips_on_fewer_than_n_agreeing_readings(verdicts: list[Status], needed: int) -> None:
    for end in range(2, len(verdicts) + 1):
        before, after = settle_hourly(verdicts[: end - 1], needed), settle_hourly(verdicts[:end], needed)
        row = verdicts[max(0, end - needed) : end]
        agrees = len(row) == needed and set(row) == {verdicts[end - 1]}
        assert after is (verdicts[end - 1] if agrees else before)


@given(st.lists(VERDICTS, min_size=1, max_size=30), st.integers(1, 4), st.data())
def test_a_cut_row_with_its_former_status_settles_as_the_whole_one(
    verdicts: list[Status], needed: int, data: st.DataObject
) -> None:
    """The newest readings will do with the status found before the last of them, or after it."""
    kept = data.draw(st.integers(min(needed, len(verdicts)), len(verdicts)))
    whole = settle_hourly(verdicts, needed)
    for former in (settle_hourly(verdicts[:-1], needed), whole):
        assert settle_hourly(verdicts[-kept:], needed, former) is whole


def test_a_cut_row_keeps_since_when_its_former_status_held() -> None:
    readings = read(400, 400)
    report = assess(CRITERION, readings, readings[-1].at, former=Status.ON_PACE, former_since=START)
    assert (report.status, report.since) == (Status.ON_PACE, START)


def test_a_former_status_that_readings_cannot_speak_for_is_ignored() -> None:
    readings = read(400)
    assert assess(CRITERION, readings, readings[-1].at, former=Status.STALE).status is Status.ON_PACE


@given(
    st.sampled_from([CRITERION, GUARDRAIL, MANUAL, replace(CRITERION, baseline=None)]),
    st.lists(st.tuples(st.integers(-48, 400), st.integers(0, 1000)), max_size=12),
    st.integers(-48, 500),
    st.integers(0, 5),
)
def test_every_report_is_whole(
    criterion: Criterion, points: list[tuple[int, int]], now_h: int, failures: int
) -> None:
    now = START + HOUR * now_h
    readings = [
        Reading(START + HOUR * at_h, Decimal(value)) for at_h, value in sorted(points) if at_h <= now_h
    ]
    report = assess(criterion, readings, now, health=Health(failures, now if failures else None, "timeout"))
    assert report.sentence
    assert (report.value is None) == (report.value_at is None)
    assert (report.progress is not None) == (report.value is not None and criterion.kind is Kind.SUCCESS)
    assert report.since is None or report.since <= now
    if report.status in (Status.STALE, Status.SOURCE_BROKEN, Status.NO_DATA, Status.NOT_STARTED):
        assert not report.frozen
    else:
        assert not report.no_verdict
    if criterion.kind is Kind.SUCCESS and report.status is Status.MISSED:
        assert report.frozen


@given(st.lists(st.integers(250, 600), min_size=1, max_size=10), st.integers(0, 400))
def test_a_frozen_verdict_stays_the_same_for_ever(values: list[int], hours: int) -> None:
    readings = read(*values, until=DUE - HOUR)
    first, later = (
        assess(CRITERION, readings, DUE),
        assess(CRITERION, [*readings, *read(100, until=DUE + HOUR)], DUE + HOUR * (hours + 1)),
    )
    assert first.frozen
    assert first == later
