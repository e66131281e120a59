"""What people see of progress: every message and form as JSON, reviewed as UI, within Slack's rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from bot.blocks.charts import line_chart, moment_labels, sparkline
from bot.blocks.notices import held_decided, held_message, not_posted, verdict_asked
from bot.blocks.progress import (
    Laid,
    lines_page,
    more_initiatives,
    more_message,
    posted_here,
    preview_message,
    progress_message,
    status_reply,
    test_message,
)
from bot.blocks.refused import move_form, run_posted_again, runs_already, schedule_paused
from bot.blocks.schedules import (
    answer_view,
    next_runs_text,
    private_warning,
    schedule_changed,
    schedule_form,
    scheduled_message,
    schedules_list,
)
from bot.blocks.why import why_message
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
    StatusReport,
)
from bot.domain.initiative import Initiative, InitiativeState
from bot.domain.line import line_of
from bot.domain.message import Message
from bot.domain.post import PostLine, ProgressPost, StatusChange
from bot.domain.post_schedule import Schedule, ScheduleState
from bot.domain.reading import Reading
from bot.domain.requests import ScheduleChange
from bot.domain.rhythms import parse_stored_cadence
from bot.domain.standing import worst
from bot.sandbox.blockkit import check_view, find_mass_mentions
from tests.slack_double import accept

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
NASTY = "<!channel> & <https://evil.example|click> *bold* `code` 🎉 مرحبا “smart”"

CHECKOUT = Initiative(
    id=1,
    name="Checkout rewrite",
    outcome="",
    owner_id="U0ALICE",
    channel_id="C0GENERAL",
    channel_name="general",
    private=False,
    zone="Europe/Berlin",
    starts_on=date(2026, 11, 9),
    ends_on=date(2026, 12, 20),
    state=InitiativeState.OPEN,
    created_at=NOW - timedelta(days=14),
)
P95 = Criterion(
    id=1,
    initiative_id=1,
    name="p95 latency",
    kind=Kind.GUARDRAIL,
    condition=Condition(Direction.AT_MOST, Decimal(800), typed="≤"),
    baseline=None,
    baseline_typed=False,
    unit="ms",
    due_on=None,
    owner_id="U0ALICE",
    source=SourceSpec(SourceKind.HTTP_JSON, "https://api.example.com/stats", "$.p95"),
    every=timedelta(minutes=15),
    readings_needed=2,
    state=CriterionState.OPEN,
    created_at=NOW - timedelta(days=14),
    starts_on=CHECKOUT.starts_on,
    zone=CHECKOUT.zone,
)
REFUNDS = replace(
    P95,
    id=2,
    name="Refunds",
    condition=Condition(Direction.AT_MOST, Decimal("1.5"), typed="≤"),
    unit="%",
)
CONVERSION = replace(
    P95,
    id=3,
    name="Conversion",
    kind=Kind.SUCCESS,
    condition=Condition(Direction.AT_LEAST, Decimal("3.2"), typed="≥"),
    baseline=Decimal("2.9"),
    unit="%",
    due_on=date(2026, 12, 12),
)
BAND = replace(
    P95,
    id=4,
    name="Error budget",
    kind=Kind.SUCCESS,
    condition=Condition(Direction.BETWEEN, Decimal(5), Decimal(9), typed="between"),
    unit="",
    due_on=date(2026, 12, 12),
    readings_needed=1,
    source=SourceSpec(SourceKind.MANUAL),
    every=timedelta(days=7),
)


def readings(*values: str, gap: timedelta = timedelta(hours=1), last: datetime = NOW) -> tuple[Reading, ...]:
    at = [last - gap * (len(values) - 1 - place) for place in range(len(values))]
    return tuple(Reading(moment, Decimal(value)) for moment, value in zip(at, values, strict=True))


def line(
    criterion: Criterion,
    status: Status,
    *values: str,
    age: timedelta = timedelta(),
    since: timedelta | None = None,
    health: Health = Health(),  # noqa: B008 -- frozen
    sentence: str = "",
) -> PostLine:
    read = readings(*values, last=NOW - age)
    report = StatusReport(
        status,
        sentence,
        value=read[-1].value if read else None,
        value_at=read[-1].at if read else None,
        since=NOW - since if since else None,
        no_verdict=sentence.startswith("no verdict"),
    )
    return PostLine(line_of(criterion, report, health, NOW), criterion.condition, criterion.unit, read)


BREACHED = line(
    P95,
    Status.MISSED,
    *("640", "655", "700", "690", "790", "830"),
    age=timedelta(minutes=5),
    since=timedelta(days=2),
    sentence="830 ms is not at most 800 ms",
)
BROKEN = line(
    REFUNDS,
    Status.SOURCE_BROKEN,
    "1.1",
    age=timedelta(hours=9),
    since=timedelta(hours=8, minutes=50),
    health=Health(5, datetime(2026, 11, 23, 6, 10, tzinfo=UTC), "HTTP 401"),
)
MET = line(
    CONVERSION, Status.MET, "2.9", "3.1", "3.4", age=timedelta(hours=2), sentence="3.4 % is at least 3.2 %"
)
OVERDUE = line(
    CONVERSION,
    Status.STALE,
    "3.1",
    sentence="no verdict, last value 9 d old on the due date",
    age=timedelta(days=9),
)
EMPTY = line(BAND, Status.NO_DATA, sentence="no value yet")
POST = ProgressPost(
    CHECKOUT, (BREACHED, BROKEN, MET), worst([each.line.standing for each in (BREACHED, BROKEN, MET)]), NOW
)
PRIVATE = replace(CHECKOUT, name="Pricing", channel_id="C0SECRET", private=True)
SCHEDULE = Schedule(
    id=5,
    number=3,
    channel_id="C0LEADS",
    cadence=parse_stored_cadence("every Mon 09:00"),
    cadence_text="every Mon 09:00",
    zone="Europe/Berlin",
    state=ScheduleState.ACTIVE,
    paused_because="",
    created_by="U0ALICE",
    created_at=NOW,
    due_at=datetime(2026, 11, 30, 8, 0, tzinfo=UTC),
    initiative_ids=(1,),
)
PAUSED = replace(SCHEDULE, state=ScheduleState.PAUSED, due_at=None)
CHANGE = StatusChange(
    CHECKOUT, "p95 latency", Kind.SUCCESS, Status.ON_PACE, Status.BEHIND, "412 ms is not at most 300 ms"
)


def numbered(count: int) -> ProgressPost:
    lines = [
        line(replace(MET_LIKE, id=place, name=f"Criterion {place}"), Status.ON_PACE, "1", "2")
        for place in range(count)
    ]
    return replace(POST, lines=tuple(lines))


MET_LIKE = replace(CONVERSION, baseline=None)

MESSAGES: dict[str, Message] = {
    "a progress post": progress_message(POST).message,
    "a late post": progress_message(replace(POST, late_by=timedelta(hours=2))).message,
    "a post without criteria": progress_message(ProgressPost(CHECKOUT, (), None, NOW)).message,
    "a post with no data and a band": progress_message(
        replace(POST, lines=(EMPTY, line(replace(BAND, id=5), Status.ON_PACE, "4", "6", "6")))
    ).message,
    "a post with more than fits": progress_message(numbered(23)).message,
    "the rest in the thread": more_message(replace(POST, lines=numbered(23).lines[20:])).message,
    "a preview": preview_message(POST, press="0123456789abcdef", channel_id="C0GENERAL"),
    "a preview of a private one elsewhere": preview_message(
        replace(POST, initiative=PRIVATE), press="0123456789abcdef", channel_id="C0LEADS"
    ),
    "a preview with more than fits": preview_message(numbered(34), press="0123", channel_id="C0GENERAL"),
    "the next lines": lines_page(numbered(34), 20),
    "more initiatives": more_initiatives(3, "preview:4"),
    "a schedule's test": test_message(POST, number=3, channel_id="C0LEADS"),
    "posted here": posted_here("C0GENERAL", added=True),
    "posted before": posted_here("C0GENERAL", added=False),
    "a status reply": status_reply(CHANGE, starts_thread=False),
    "a status change that starts a thread": status_reply(CHANGE, starts_thread=True),
    "why": why_message(
        CHECKOUT,
        [
            (P95, BREACHED, "15m"),
            (REFUNDS, BROKEN, "15m"),
            (CONVERSION, MET, "day 09:30"),
            (BAND, EMPTY, "7d"),
        ],
        offset=0,
        now=NOW,
        zone="America/New_York",
    ),
    "why without criteria": why_message(CHECKOUT, [], offset=0, now=NOW, zone="UTC"),
    "scheduled": scheduled_message(SCHEDULE, [CHECKOUT], NOW),
    "scheduled at home": scheduled_message(replace(SCHEDULE, initiative_ids=()), [CHECKOUT, PRIVATE], NOW),
    "schedules": schedules_list(
        [
            (SCHEDULE, [CHECKOUT], 1),
            (
                replace(PAUSED, id=6, number=4, paused_because="That channel is archived: unarchive it."),
                [],
                0,
            ),
        ],
        NOW,
    ),
    "no schedules": schedules_list([], NOW),
    "many schedules": schedules_list([(replace(SCHEDULE, id=n), [CHECKOUT], 0) for n in range(14)], NOW),
    "paused": schedule_changed(PAUSED, ScheduleChange.PAUSE, NOW),
    "resumed": schedule_changed(SCHEDULE, ScheduleChange.RESUME, NOW),
    "removed": schedule_changed(SCHEDULE, ScheduleChange.REMOVE, NOW),
    "a warning": private_warning([PRIVATE], "C0LEADS", "d1:1"),
    "verdict asked": verdict_asked(CHECKOUT, OVERDUE.line),
    "verdict asked of a private one": verdict_asked(PRIVATE, OVERDUE.line),
    "schedule paused": schedule_paused(
        SCHEDULE, "That channel is archived: unarchive it or choose another one.", refused=True
    ),
    "schedule paused, nothing to post": schedule_paused(
        SCHEDULE, "every initiative is closed", refused=False
    ),
    "tried again": run_posted_again(SCHEDULE, [CHECKOUT], NOW, messages=1, moved=False),
    "moved": run_posted_again(SCHEDULE, [CHECKOUT], NOW, messages=2, moved=True),
    "moved, nothing left": run_posted_again(SCHEDULE, [CHECKOUT], NOW, messages=0, moved=True),
    "runs already": runs_already(SCHEDULE, NOW),
    "held": held_message("the progress post of “Checkout rewrite”", "C0GENERAL", 7),
    "held, posted again": held_decided(again=True, decided=True),
    "held, it is there": held_decided(again=False, decided=True),
    "held, decided before": held_decided(again=True, decided=False),
    "not posted": not_posted("the prompt “How clear is it?”", "C0GENERAL", "That channel is archived."),
}

VIEWS = {
    "where to move": move_form(
        SCHEDULE,
        [PRIVATE],
        told={"channel": "D0ALICE", "ts": "1.2"},
        filled="C0LEADS",
        problem="#leads is archived.",
    ),
    "the form": schedule_form([CHECKOUT, PRIVATE], zone="Europe/Berlin", channel_id="C0GENERAL"),
    "the form, filled in": schedule_form(
        [CHECKOUT],
        zone="Europe/Berlin",
        channel_id="D0ALICE",
        filled={"every": "every Mon", "channel": "C0LEADS", "initiatives": "1,9", "zone": "UTC"},
        problem="“Mon” needs a time: every Mon 09:00.",
    ),
    "the form without initiatives": schedule_form([], zone="UTC", channel_id=""),
    "an answer": answer_view(scheduled_message(SCHEDULE, [CHECKOUT], NOW, in_modal=True), "C0GENERAL"),
    "a warning": answer_view(MESSAGES["a warning"], "C0GENERAL"),
}


@pytest.fixture
def json_snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_looks_as_it_was_reviewed(name: str, json_snapshot: SnapshotAssertion) -> None:
    message = MESSAGES[name]
    accept(message)
    shown: dict[str, Any] = {"text": message.text, "blocks": list(message.blocks)}
    if message.fallback is not None:
        kept = [block for block in message.blocks if block["type"] != "data_visualization"]
        assert list(message.fallback) == kept, "the fallback is the same without the charts"
    assert shown == json_snapshot


@pytest.mark.parametrize("name", VIEWS)
def test_a_form_looks_as_it_was_reviewed(name: str, json_snapshot: SnapshotAssertion) -> None:
    view: Mapping[str, Any] = VIEWS[name]
    assert check_view(view) == []
    assert find_mass_mentions(view) == []
    assert dict(view) == json_snapshot


def test_lines_read_as_in_the_picture() -> None:
    blocks = progress_message(POST).message.blocks
    texts = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    assert texts == [
        "*Checkout rewrite* · week 3 of 6 · ❌ *guardrail breached*",
        "❌ *p95 latency*  *830 ms*  guardrail ≤ 800 ms\n      breached for 2 d, 5 min ago   ▁▁▃▂▆█",
        "⚠️ *Refunds*  source broken since 07:10 (HTTP 401); last 1.1 %, 9 h ago",
        "✅ *Conversion*  *3.4 %*  target ≥ 3.2 %  (was 2.9 %)\n      met, 2 h ago   ▁▃█",
    ]


def test_the_text_alone_says_it_all() -> None:
    assert progress_message(POST).message.text.splitlines() == [
        "Checkout rewrite, week 3 of 6, guardrail breached",
        "p95 latency: breached for 2 d, 830 ms, guardrail ≤ 800 ms",
        "Refunds: source broken for 8 h, 1.1 %, guardrail ≤ 1.5 %",
        "Conversion: met, 3.4 %, target ≥ 3.2 %",
    ]


def test_only_criteria_with_two_readings_get_a_chart_and_only_two_of_them() -> None:
    other = replace(MET, line=replace(MET.line, criterion_id=9, name="Third"))
    post = replace(POST, lines=(BREACHED, BROKEN, MET, other))
    titles = [b["title"] for b in progress_message(post).message.blocks if b["type"] == "data_visualization"]
    assert titles == ["p95 latency", "Conversion"]


def test_a_chart_shows_the_last_twenty_readings_beside_the_target() -> None:
    chart = line_chart(replace(BREACHED, readings=readings(*map(str, range(30)))), "Europe/Berlin")
    assert chart is not None
    values, target = chart["chart"]["series"]
    assert [point["value"] for point in values["data"]] == list(range(10, 30))
    assert target["name"] == "guardrail ≤ 800 ms"
    assert {point["value"] for point in target["data"]} == {800}
    assert chart["chart"]["axis_config"]["categories"] == [point["label"] for point in values["data"]]


@pytest.mark.parametrize(
    ("moments", "labels"),
    [
        pytest.param(["2026-11-22T08:00", "2026-11-23T08:00"], ["22 Nov", "23 Nov"], id="days"),
        pytest.param(
            ["2026-11-23T08:00", "2026-11-23T09:00"], ["23 Nov 09:00", "23 Nov 10:00"], id="hours of a day"
        ),
        pytest.param(
            ["2026-11-23T08:00:01", "2026-11-23T08:00:02"],
            ["23 Nov 09:00:01", "23 Nov 09:00:02"],
            id="seconds",
        ),
        pytest.param(
            ["2026-10-25T00:30", "2026-10-25T01:30"],
            ["25 Oct 02:30:00", "25 Oct 02:30:00 (2)"],
            id="the hour the clocks go back over",
        ),
        pytest.param(["2025-11-23T08:00", "2026-11-24T08:00"], ["23 Nov", "24 Nov"], id="two years"),
    ],
)
def test_labels_are_as_short_as_they_can_be_and_never_alike(moments: list[str], labels: list[str]) -> None:
    at = [datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in moments]
    assert moment_labels(at, "Europe/Berlin") == labels


@pytest.mark.parametrize(
    ("values", "bars"),
    [
        pytest.param([], "", id="none"),
        pytest.param(["5"], "", id="one"),
        pytest.param(["5", "5", "5"], "▄▄▄", id="flat"),
        pytest.param(["0", "50", "100"], "▁▄█", id="rising"),
        pytest.param(["-1", "1e-30", "1"], "▁▄█", id="through zero"),
        pytest.param(["9" * 40, "9" * 39 + "8"], "█▁", id="forty digits"),
    ],
)
def test_a_sparkline_runs_from_the_lowest_to_the_highest(values: list[str], bars: str) -> None:
    assert sparkline(readings(*values)) == bars


@pytest.mark.parametrize(
    ("cadence", "zone", "now", "text"),
    [
        pytest.param(
            "every Mon 09:00",
            "Europe/Berlin",
            NOW,
            "next: Mon 30 Nov 09:00, Mon 7 Dec 09:00 (Europe/Berlin)",
            id="weekly",
        ),
        pytest.param(
            "every day 02:30",
            "Europe/Berlin",
            datetime(2027, 3, 27, 3, 0, tzinfo=UTC),
            "next: Sun 28 Mar 03:00, Mon 29 Mar 02:30 (Europe/Berlin)",
            id="the hour that is skipped",
        ),
        pytest.param(
            "every day 02:30",
            "Europe/Berlin",
            datetime(2026, 10, 24, 3, 0, tzinfo=UTC),
            "next: Sun 25 Oct 02:30, Mon 26 Oct 02:30 (Europe/Berlin)",
            id="the hour that comes twice",
        ),
        pytest.param(
            "every Mon 09:00",
            "America/New_York",
            datetime(2026, 12, 27, tzinfo=UTC),
            "next: Mon 28 Dec 09:00, Mon 4 Jan 2027 09:00 (America/New_York)",
            id="another year",
        ),
        pytest.param(
            "every 30m",
            "UTC",
            NOW + timedelta(minutes=7),
            "next: Mon 23 Nov 15:30, Mon 23 Nov 16:00 (UTC)",
            id="30m",
        ),
    ],
)
def test_the_next_runs_are_named_with_their_zone(cadence: str, zone: str, now: datetime, text: str) -> None:
    schedule = replace(
        SCHEDULE, cadence=parse_stored_cadence(cadence), cadence_text=cadence, zone=zone, created_at=NOW
    )
    assert next_runs_text(schedule, now) == text


any_text = st.text(min_size=1, max_size=120) | st.just(NASTY) | st.just("&" * 120)
any_value = st.decimals(
    allow_nan=False, allow_infinity=False, places=4, min_value=-(10**30), max_value=10**30
)


@st.composite
def any_post(draw: st.DrawFn) -> ProgressPost:
    lines = []
    for place in range(draw(st.integers(0, 60))):
        criterion = replace(
            draw(st.sampled_from([P95, CONVERSION, BAND])),
            id=place,
            name=draw(any_text),
            unit=draw(st.just("") | st.text(min_size=1, max_size=30)),
            state=draw(st.sampled_from([CriterionState.OPEN, CriterionState.PAUSED])),
        )
        values = [str(value) for value in draw(st.lists(any_value, max_size=4))]
        health = Health(3, NOW, draw(st.text(max_size=400)))
        status = draw(st.sampled_from(Status))
        lines.append(line(criterion, status, *values, health=health, sentence=draw(st.text(max_size=400))))
    initiative = replace(CHECKOUT, name=draw(any_text), private=draw(st.booleans()))
    standing = worst(each.line.standing for each in lines)
    return ProgressPost(initiative, tuple(lines), standing, NOW, timedelta(hours=draw(st.integers(0, 3))))


@settings(max_examples=60)
@given(any_post())
def test_whatever_is_in_it_a_post_fits_and_nothing_is_lost(post: ProgressPost) -> None:
    accept(preview_message(post, press="0" * 16, channel_id="C0LEADS"))
    accept(test_message(post, number=3, channel_id="C0LEADS"))
    laid = progress_message(post)
    shown = _shown_in(laid)
    while laid.left:
        rest = [each for each in post.lines if each.line.criterion_id in laid.left]
        assert [each.line.criterion_id for each in rest] == list(laid.left), "the order is kept"
        laid = more_message(replace(post, lines=tuple(rest)))
        shown += _shown_in(laid)
    assert shown == [each.line.criterion_id for each in post.lines]


def _shown_in(laid: Laid) -> list[int]:
    accept(laid.message)
    ids = [str(block.get("block_id", "")) for block in laid.message.blocks]
    return [int(each.removeprefix("criterion:")) for each in ids if each.startswith("criterion:")]


@settings(max_examples=30)
@given(any_post(), st.integers(0, 3))
def test_private_pages_fit_and_end(post: ProgressPost, page: int) -> None:
    accept(lines_page(post, page * 12))
    explained = [(replace(P95, name=each.line.name), each, "15m") for each in post.lines]
    accept(why_message(post.initiative, explained, offset=page * 6, now=NOW, zone="UTC"))


@settings(max_examples=30)
@given(st.lists(any_text, max_size=14), st.text(max_size=500))
def test_whatever_things_are_called_lists_and_notices_fit(names: list[str], because: str) -> None:
    initiatives = [replace(CHECKOUT, id=place, name=name) for place, name in enumerate(names)]
    schedule = replace(PAUSED, paused_because=because, cadence_text='cron "' + "&" * 94)
    accept(schedules_list([(replace(schedule, id=n), initiatives, 2) for n in range(14)], NOW))
    accept(scheduled_message(schedule, initiatives, NOW))
    accept(schedule_paused(schedule, because, refused=bool(names)))
    accept(not_posted(because, "C0GENERAL", because))
    accept(status_reply(replace(CHANGE, sentence=because, name=NASTY), starts_thread=True))
    if initiatives:
        accept(private_warning(initiatives, "C0LEADS", "d:1"))
    assert check_view(schedule_form(initiatives, zone="UTC", channel_id="C0GENERAL", problem=because)) == []
