"""Putting a form together: as inputs, as lines, and from one to the other without losing a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.asking import AskValues
from bot.blocks.question_inputs import QuestionValues
from bot.domain.entities import read_line
from bot.domain.prompt import PromptKind
from bot.domain.requests import AskQuestion
from bot.errors import UserError
from handlers.building import (
    add_question,
    move_question,
    read_asked,
    to_inputs,
    to_lines,
    to_one,
    typed_questions,
)

FORM = AskValues(
    mode="blocks",
    title="Pulse",
    questions=(
        QuestionValues(4, "How clear?", "scale", comment=True),
        QuestionValues(2, "Which one?", "choice", "A\nB", optional=True),
        QuestionValues(7, "Why?", "text"),
    ),
    generation=8,
)
ASKED = (
    AskQuestion("How clear?", PromptKind.SCALE, comment=True),
    AskQuestion("Which one?", PromptKind.CHOICE, ("A", "B"), optional=True),
    AskQuestion("Why?", PromptKind.TEXT),
)


def test_a_form_asks_what_its_inputs_say() -> None:
    asked = read_asked(FORM)
    assert (asked.question, asked.kind, asked.questions) == ("Pulse", PromptKind.FORM, ASKED)


def test_inputs_become_lines_and_lines_inputs_without_a_loss() -> None:
    lines = to_lines(FORM)
    assert lines.lines == '"How clear?" scale comment\n"Which one?" choice "A" "B" optional\n"Why?" text'
    assert read_asked(lines).questions == ASKED
    again = to_inputs(lines)
    assert read_asked(again).questions == ASKED
    keys = {question.key for question in again.questions}
    assert keys.isdisjoint({4, 2, 7}), "Slack would keep what was typed into inputs of the same names"


def test_one_question_becomes_the_first_of_several_and_back() -> None:
    one = AskValues(question="How clear?", kind="choice", options="A\nB", comment=True)
    several = to_inputs(one)
    assert [question.text for question in several.questions] == ["How clear?"]
    back = to_one(several)
    assert (back.mode, back.question, back.kind, back.options, back.comment) == (
        "one", "How clear?", "choice", "A\nB", True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("move", "key", "order"),
    [
        ("up", 2, [2, 4, 7]),
        ("down", 4, [2, 4, 7]),
        ("remove", 2, [4, 7]),
        ("up", 4, [4, 2, 7]),
        ("up", 9, [4, 2, 7]),
    ],
)
def test_a_question_is_moved_with_its_name(move: str, key: int, order: list[int]) -> None:
    assert [question.key for question in move_question(FORM, move, key).questions] == order


def test_a_form_keeps_its_last_question_and_takes_ten() -> None:
    last = to_inputs(AskValues(question="How?"))
    assert move_question(last, "remove", last.questions[0].key) == last
    grown = last
    for _ in range(12):
        grown = add_question(grown)
    assert len({question.key for question in grown.questions}) == len(grown.questions) == 10


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        (AskValues(mode="text", title=" ", lines="How?"), "title", "Type the question"),
        (AskValues(mode="text", title="Pulse", lines=" "), "lines_1", "1 to 10 questions"),
        (AskValues(mode="text", title="Pulse", lines="How?\nHow?"), "lines_1", "the same"),
        (AskValues(mode="blocks", title="P", questions=(QuestionValues(3),)), "k3_text", "Type the question"),
        (
            AskValues(mode="blocks", title="P", questions=(QuestionValues(3, "A?", "choice", "B"),)),
            "k3_options",
            "needs 2 to 10",
        ),
        (
            AskValues(mode="blocks", title="P", questions=(QuestionValues(3, "A?", "text", comment=True),)),
            "k3_more",
            "needs no comment",
        ),
        (AskValues(kind="emoji", question="How?", options="smile :cry:"), "options", "no emoji"),
        (AskValues(kind="text", question="How?", comment=True), "comment", "needs no comment"),
    ],
)
def test_what_can_not_be_asked_is_said_under_its_input(values: AskValues, field: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as caught:
        read_asked(values)
    assert caught.value.field == field


@given(
    st.lists(st.text("abé日?-5 ", max_size=30), min_size=1, max_size=10),
    st.sampled_from([kind for kind in PromptKind if kind is not PromptKind.FORM]),
)
def test_nothing_typed_is_lost_on_the_way_to_lines(texts: list[str], kind: PromptKind) -> None:
    questions = tuple(QuestionValues(key, text, kind.value) for key, text in enumerate(texts))
    lines = to_lines(AskValues(mode="blocks", questions=questions)).lines
    for text in texts:
        assert "".join(text.replace('"', "").split()) in "".join(lines.replace('"', "").split())


def test_a_typed_form_is_opened_as_lines() -> None:
    line = read_line('ask "Pulse" question "How?" scale comment anonymous question "Why?" txt in <#C1|x>')
    assert typed_questions(line) == '"How?" scale comment\n"Why?" txt'
    assert typed_questions(read_line('ask "Which question?" scale')) == ""
