"""Goalposts: which fields moved, how they read, and what held before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.criterion import (
    Condition,
    Criterion,
    CriterionState,
    Direction,
    Kind,
    SourceKind,
    SourceSpec,
    Status,
)
from bot.domain.goalpost import (
    Goalpost,
    GoalpostField,
    Move,
    changes_measure,
    conditions_at,
    find_moves,
    say_move,
    tell_goalposts,
)
from bot.domain.reading import Reading
from bot.domain.status import assess

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://api.example.com/stats"

BEFORE = Criterion(
    id=1,
    initiative_id=1,
    name="Conversion",
    kind=Kind.SUCCESS,
    condition=Condition(Direction.AT_LEAST, Decimal("3.5"), typed=">="),
    baseline=Decimal("2.9"),
    baseline_typed=True,
    unit="%",
    due_on=date(2026, 12, 12),
    owner_id="U0ALICE",
    source=SourceSpec(SourceKind.HTTP_JSON, URL, "$.conversion"),
    every=timedelta(hours=1),
    readings_needed=2,
    state=CriterionState.OPEN,
    created_at=NOW - timedelta(days=9),
    starts_on=date(2026, 11, 9),
    zone="Europe/Berlin",
)

MOVED = {
    "a lower target": (
        {"condition": Condition(Direction.AT_LEAST, Decimal("3.2"))},
        ["target 3.5 → 3.2"],
        False,
    ),
    "a band": (
        {"condition": Condition(Direction.BETWEEN, Decimal(3), Decimal("4.5"))},
        ["target 3.5 → 3 and 4.5", "direction at least → between"],
        False,
    ),
    "another baseline": ({"baseline": Decimal("1000000")}, ["baseline 2.9 → 1,000,000"], False),
    "no baseline": ({"baseline": None}, ["baseline 2.9 → none"], False),
    "a unit put right": ({"unit": "percent"}, ["unit % → percent"], False),
    "another unit": (
        {"unit": "‰", "condition": Condition(Direction.AT_LEAST, Decimal(35))},
        ["target 3.5 → 35", "unit % → ‰"],
        True,
    ),
    "a later due date": ({"due_on": date(2027, 1, 8)}, ["due 12 Dec → 8 Jan 2027"], False),
    "a guardrail": (
        {"kind": Kind.GUARDRAIL, "due_on": None},
        ["due 12 Dec → none", "kind success → guardrail"],
        False,
    ),
    "another address": (
        {"source": SourceSpec(SourceKind.HTTP_JSON, "https://user:pw@b.example.com/s?key=1", "$.conversion")},
        [f"source {URL} → https://b.example.com/s"],
        True,
    ),
    "another query": (
        {"source": SourceSpec(SourceKind.HTTP_JSON, f"{URL}?q=1", "$.conversion")},
        [f"source changed ({URL})"],
        True,
    ),
    "by hand": (
        {"source": SourceSpec(SourceKind.MANUAL)},
        [f"source {URL} → manual", "path $.conversion → none"],
        True,
    ),
    "another path": (
        {"source": SourceSpec(SourceKind.HTTP_JSON, URL, "$.rate")},
        ["path $.conversion → $.rate"],
        True,
    ),
    "nothing but words": (
        {"name": "CR", "owner_id": "U0BOB", "condition": replace(BEFORE.condition, typed="at least")},
        [],
        False,
    ),
    "the same number in other digits": (
        {"condition": Condition(Direction.AT_LEAST, Decimal("3.50"))},
        [],
        False,
    ),
}


@pytest.mark.parametrize(("changes", "said", "measures"), MOVED.values(), ids=MOVED)
def test_a_move_says_what_it_was_and_is(changes: dict[str, object], said: list[str], measures: bool) -> None:
    moves = find_moves(BEFORE, replace(BEFORE, **changes))  # type: ignore[arg-type]  # fields by name
    assert [say_move(move, NOW, "Europe/Berlin") for move in moves] == said
    assert changes_measure(moves) is measures


def test_the_baseline_of_a_guardrail_is_no_goalpost() -> None:
    guardrail = replace(BEFORE, kind=Kind.GUARDRAIL)
    assert find_moves(guardrail, replace(guardrail, baseline=Decimal(9))) == []


def goalpost(hours_ago: int, field: GoalpostField, before: str, after: str, by: str = "U0ALICE") -> Goalpost:
    return Goalpost(Move(field, before, after), NOW - hours_ago * HOUR, by)


def test_each_moment_has_the_condition_that_held_then() -> None:
    now = Condition(Direction.BETWEEN, Decimal(3), Decimal("4.5"), "between")
    goalposts = [
        goalpost(5, GoalpostField.TARGET, "4", "3.5"),
        goalpost(2, GoalpostField.TARGET, "3.5", "3 and 4.5"),
        goalpost(2, GoalpostField.DIRECTION, "at_least", "between"),
        goalpost(1, GoalpostField.BASELINE, "1", "2"),
    ]
    held = conditions_at(now, goalposts, [NOW - hours * HOUR for hours in (6, 5, 3, 2, 0)])
    assert [(each.direction, each.target, each.target_high) for each in held] == [
        (Direction.AT_LEAST, Decimal(4), None),
        (Direction.AT_LEAST, Decimal("3.5"), None),
        (Direction.AT_LEAST, Decimal("3.5"), None),
        (Direction.BETWEEN, Decimal(3), Decimal("4.5")),
        (Direction.BETWEEN, Decimal(3), Decimal("4.5")),
    ]
    assert conditions_at(now, (), [NOW]) == [now]


def test_moves_of_one_edit_are_told_together_and_those_of_two_apart() -> None:
    told = tell_goalposts(
        [
            goalpost(30, GoalpostField.TARGET, "4", "3.5"),
            goalpost(30, GoalpostField.DUE, "2026-12-12", "2026-12-18"),
            goalpost(1, GoalpostField.TARGET, "3.5", "3.2", "U0BOB"),
        ],
        NOW,
        "Europe/Berlin",
    )
    assert [(each.words, each.by, each.day) for each in told] == [
        ("target 4 → 3.5, due 12 Dec → 18 Dec", "U0ALICE", "22 Nov"),
        ("target 3.5 → 3.2", "U0BOB", "23 Nov"),
    ]


def test_readings_of_a_former_source_are_shown_but_not_judged() -> None:
    readings = [Reading(NOW - hours * HOUR, Decimal(9)) for hours in (3, 2)]
    moved = replace(BEFORE, judged_from=NOW - HOUR)
    report = assess(moved, readings, NOW, former=Status.MET)
    assert report.status is Status.NO_DATA
    assert report.value == 9
    assert report.sentence == "no value of its new source yet; of the former one 9 %"
    report = assess(moved, [*readings, Reading(NOW, Decimal(1))], NOW, former=Status.MET)
    assert report.status is Status.MET
    assert "still met until 1 more reading agrees" in report.sentence
