"""Trends: what waves came to, hidden ones said as hidden."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.feedback import suppress, tally
from bot.domain.prompt import ONLY, Option, Prompt, PromptKind, PromptState, Response, Tally
from bot.domain.trend import MOST_WAVES, say_trend, trend_of

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
SCALE = tuple(Option(str(step), str(step)) for step in range(1, 6))
SCORE = tuple(Option(str(step), str(step)) for step in range(11))
CHOICE = (Option("o1", "Yes"), Option("o2", "No"))


def wave(
    number: int, kind: PromptKind, options: tuple[Option, ...], answers: Sequence[str]
) -> tuple[Prompt, Tally]:
    prompt = Prompt(
        id=number, number=number, question="How?", kind=kind, options=options, anonymous=False, floor=5,
        channel_id="C0GENERAL", channel_name="general", initiative_id=None, asked_by="U0ALICE",
        state=PromptState.CLOSED, created_at=NOW, closes_at=None, closed_at=NOW + timedelta(weeks=number),
        zone="Europe/Berlin", ts=None, series_id=1,
    )  # fmt: skip
    return prompt, tally(
        prompt, {ONLY: [Response((answer,)) for answer in answers]}, len(answers), NOW, random.Random(0)
    )


def scale(number: int, *answers: str) -> tuple[Prompt, Tally]:
    return wave(number, PromptKind.SCALE, SCALE, answers)


def hidden(view: tuple[Prompt, Tally]) -> tuple[Prompt, Tally]:
    return replace(view[0], anonymous=True), suppress(view[1], 5)


@pytest.mark.parametrize(
    ("views", "said"),
    [
        pytest.param(
            [scale(1, "3"), scale(2, "3", "4"), scale(3, "4")], "Mean 4.0, was 3.5, 3.0.", id="means"
        ),
        pytest.param(
            [scale(1, "3"), hidden(scale(2, "3")), scale(3), scale(4, "4")],
            "Mean 4.0, was without answers, hidden, 3.0. 1 wave stays hidden, since the results could show who "
            "answered what.",
            id="hidden and unanswered ones are gaps",
        ),
        pytest.param(
            [
                wave(1, PromptKind.ENPS, SCORE, ["0", "5"]),
                wave(2, PromptKind.ENPS, SCORE, ["7"]),
                wave(3, PromptKind.ENPS, SCORE, ["10"]),
            ],
            "eNPS +100, was 0, −100.",
            id="eNPS",
        ),
        pytest.param(
            [
                wave(1, PromptKind.CHOICE, CHOICE, ["o2"]),
                wave(2, PromptKind.CHOICE, CHOICE, ["o1", "o1", "o2"]),
            ],
            "Share of “Yes” 67 %, was 0 %.",
            id="share of the top option",
        ),
        pytest.param(
            [
                wave(1, PromptKind.CHOICE, (Option("o1", "No"), Option("o2", "yes")), ["o2"]),
                wave(2, PromptKind.CHOICE, CHOICE, ["o1"]),
            ],
            "Share of “Yes” 100 %, was 100 %.",
            id="options are compared by their labels",
        ),
        pytest.param(
            [scale(number, "3") for number in range(1, 9)],
            "Mean 3.0, was 3.0, 3.0, 3.0, 3.0, 3.0 and 2 earlier.",
            id="many",
        ),
    ],
)
def test_a_trend_names_the_newest_first(views: list[tuple[Prompt, Tally]], said: str) -> None:
    trend = trend_of(views)
    assert trend is not None
    assert say_trend(trend) == said


@pytest.mark.parametrize(
    "views",
    [
        pytest.param([scale(1, "3")], id="one wave"),
        pytest.param([hidden(scale(1, "3")), hidden(scale(2, "3"))], id="all hidden"),
        pytest.param([scale(1), scale(2)], id="no answers"),
        pytest.param([wave(1, PromptKind.TEXT, (), []), wave(2, PromptKind.TEXT, (), [])], id="words"),
    ],
)
def test_where_nothing_can_be_compared_there_is_no_trend(views: list[tuple[Prompt, Tally]]) -> None:
    assert trend_of(views) is None


def test_a_trend_is_of_the_newest_twenty() -> None:
    trend = trend_of([scale(number, "3") for number in range(1, 40)])
    assert trend is not None
    assert [wave.number for wave in trend.waves] == list(range(40 - MOST_WAVES, 40))
