"""What the form of a prompt says about its audience, and what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.blocks.asking import AskValues
from bot.domain.audience import Reach, Shown
from bot.domain.entities import UserRef
from bot.domain.prompt import PromptKind
from bot.domain.requests import AskPrompt
from bot.errors import UserError
from handlers.asking import read_request, read_typed

SCALE = AskValues(question="Clear?", channel="C1")
CHOICE = replace(SCALE, kind="choice", options="A\nB")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(SCALE, {}, id="as usual"),
        pytest.param(replace(SCALE, reach="everyone"), {"reach": Reach.EVERYONE}, id="everyone"),
        pytest.param(
            replace(SCALE, people="U1,U2", results="shared"),
            {"reach": Reach.NAMED, "people": (UserRef("U1"), UserRef("U2")), "results": Shown.SHARED},
            id="people and shared",
        ),
        pytest.param(
            replace(SCALE, closes="5h", remind=True),
            {"closes_in": timedelta(hours=5), "remind": True},
            id="remind",
        ),
        pytest.param(replace(SCALE, reactions=True), {"reactions": True}, id="reactions"),
        pytest.param(
            replace(CHOICE, open_options=True),
            {"kind": PromptKind.CHOICE, "options": ("A", "B"), "open_options": True},
            id="open options",
        ),
    ],
)
def test_a_form_asks_what_it_says(values: AskValues, expected: dict[str, object]) -> None:
    asked = read_request(values)
    plain = AskPrompt("Clear?", PromptKind.SCALE, channel=asked.channel)
    assert asked == replace(plain, **expected)  # type: ignore[arg-type]  # the table's own values


@pytest.mark.parametrize(
    ("values", "words", "field"),
    [
        pytest.param(
            replace(SCALE, people="U1", anonymous=True), "1 person can't reach", "people", id="floor"
        ),
        pytest.param(replace(SCALE, people="U1", reach="everyone"), "not both", "people", id="both"),
        pytest.param(replace(SCALE, anonymous=True, results="live"), "can't be live", "results", id="live"),
        pytest.param(replace(SCALE, open_options=True), "answered by scale", "open_options", id="no choice"),
        pytest.param(replace(SCALE, remind=True), "Add closes in 2d", "remind", id="no close"),
        pytest.param(
            replace(SCALE, reactions=True, anonymous=True), "an anonymous prompt", "reactions", id="anonymous"
        ),
    ],
)
def test_what_is_wrong_is_said_under_its_input(values: AskValues, words: str, field: str) -> None:
    with pytest.raises(UserError, match=words) as refused:
        read_request(values)
    assert refused.value.field == field


def test_reactions_are_ticked_in_the_form_of_a_typed_line() -> None:
    values = read_typed('ask "Clear?" scale every Fri 15:00 reactions', "C1")
    assert (values.reactions, values.every) == (True, "every Fri 15:00")


def test_a_typed_line_opens_as_a_form_with_its_audience() -> None:
    typed = 'ask "Clear?" choice "A" "B" to <@U1|alice> <@U2> results shared open options remind closes in 2d'
    values = read_typed(typed, "C1")
    assert (values.people, values.results, values.open_options, values.remind) == (
        "U1,U2",
        "shared",
        True,
        True,
    )
    assert read_typed('ask "Clear?" scale to everyone', "C1").reach == "everyone"
