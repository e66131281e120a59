"""Answers: which ones count, and what is said of those that do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.answer import (
    TEXT_LIMIT,
    check_answers,
    label_of,
    read_answers,
    salvage_answers,
    say_changed,
)
from bot.domain.prompt import ONLY, Prompt, PromptKind, Question, Response
from bot.errors import UserError
from bot.examples.world import World

WORLD = World()


def asks(kind: PromptKind, *, comment: bool = False) -> Prompt:
    return replace(WORLD.prompt(kind), comment=comment)


def form(*questions: Question) -> Prompt:
    return replace(WORLD.prompt(PromptKind.FORM), form=questions)


CLEAR = Question("q1", "How clear?", PromptKind.SCALE, WORLD.prompt(PromptKind.SCALE).options, comment=True)
WHY = Question("q2", "Why?", PromptKind.TEXT, optional=True)
PULSE = form(CLEAR, WHY)


@pytest.mark.parametrize(
    ("kind", "typed", "answer"),
    [
        pytest.param(PromptKind.SCALE, "4", Response(("4",)), id="a scale"),
        pytest.param(PromptKind.SEVERAL, "3,1", Response(("1", "3")), id="several, in the question's order"),
        pytest.param(PromptKind.NUMBER, "1,250.50", Response(value="1250.50"), id="a number with separators"),
        pytest.param(PromptKind.NUMBER, "2.5k", Response(value="2500"), id="a number of thousands"),
        pytest.param(PromptKind.NUMBER, "-0.75", Response(value="-0.75"), id="a number below zero"),
        pytest.param(PromptKind.DATE, "2026-12-31", Response(value="2026-12-31"), id="a day"),
        pytest.param(PromptKind.TEXT, "  a back button ", Response(text="a back button"), id="words"),
    ],
)
def test_a_filled_in_form_is_read_as_it_was_meant(kind: PromptKind, typed: str, answer: Response) -> None:
    prompt = asks(kind)
    assert check_answers(prompt, read_answers(prompt, {"answer_q": typed})) == {ONLY: answer}


@pytest.mark.parametrize(
    ("prompt", "values", "field", "sentence"),
    [
        pytest.param(asks(PromptKind.NUMBER), {"answer_q": "1,5"}, "answer_q", "reads two ways", id="comma"),
        pytest.param(asks(PromptKind.NUMBER), {"answer_q": "many"}, "answer_q", "not a number", id="words"),
        pytest.param(
            asks(PromptKind.NUMBER), {"answer_q": "1e99"}, "answer_q", "out of bounds", id="beyond bounds"
        ),
        pytest.param(asks(PromptKind.DATE), {"answer_q": "soon"}, "answer_q", "is no day", id="no day"),
        pytest.param(asks(PromptKind.DATE), {"answer_q": "2026-02-30"}, "answer_q", "is no day", id="30 Feb"),
        pytest.param(asks(PromptKind.SCALE), {"answer_q": "6"}, "answer_q", "no option", id="no option"),
        pytest.param(asks(PromptKind.SEVERAL), {"answer_q": "1,9"}, "answer_q", "no option", id="one of two"),
        pytest.param(asks(PromptKind.SCALE), {"answer_q": "1,2"}, "answer_q", "takes one answer", id="two"),
        pytest.param(asks(PromptKind.SCALE), {}, "answer_q", "Answer this", id="nothing"),
        pytest.param(asks(PromptKind.TEXT), {"answer_q": " "}, "answer_q", "Type your answer", id="blanks"),
        pytest.param(
            asks(PromptKind.TEXT), {"answer_q": "x" * (TEXT_LIMIT + 1)}, "answer_q", "2,000", id="too long"
        ),
        pytest.param(
            asks(PromptKind.SCALE, comment=True),
            {"answer_q": "1", "comment_q": "x" * (TEXT_LIMIT + 1)},
            "comment_q",
            "2,000",
            id="a comment that is too long",
        ),
        pytest.param(
            asks(PromptKind.SCALE, comment=True),
            {"comment_q": "no idea"},
            "answer_q",
            "leave its comment empty",
            id="a comment alone",
        ),
        pytest.param(
            PULSE, {"answer_q2": "words"}, "answer_q1", "Answer this", id="the question that counts"
        ),
        pytest.param(form(WHY), {}, "answer_q2", "at least one question", id="an empty form"),
    ],
)
def test_what_can_not_count_is_refused_where_it_was_typed(
    prompt: Prompt, values: dict[str, str], field: str, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence) as caught:
        check_answers(prompt, read_answers(prompt, values))
    assert caught.value.field == field


def test_an_optional_question_may_be_left_out() -> None:
    answers = check_answers(PULSE, read_answers(PULSE, {"answer_q1": "4", "comment_q1": "better"}))
    assert answers == {"q1": Response(("4",), None, "better")}


def test_a_comment_nobody_asked_for_is_not_kept() -> None:
    prompt = asks(PromptKind.SCALE)
    assert check_answers(prompt, {ONLY: Response(("4",), None, "unasked")}) == {ONLY: Response(("4",))}


@pytest.mark.parametrize(
    ("kind", "answer", "label"),
    [
        (PromptKind.CHOICE, "1", "Keep it"),
        (PromptKind.CHOICE, "gone", "an option that was removed"),
        (PromptKind.DATE, "2026-12-04", "4 Dec 2026"),
        (PromptKind.NUMBER, "12.5", "12.5"),
    ],
)
def test_an_answer_is_shown_as_people_read_it(kind: PromptKind, answer: str, label: str) -> None:
    assert label_of(asks(kind), answer) == label


HOURS = Question("q3", "How many hours?", PromptKind.NUMBER)


def test_what_was_filled_in_before_an_edit_is_kept_where_it_fits() -> None:
    # As it was opened: with a question that is gone, without one that is new, and with a number that reads two ways.
    values = {"answer_q1": "4", "comment_q1": "better", "answer_q9": "gone", "answer_q3": "1,5"}
    assert salvage_answers(form(CLEAR, HOURS, WHY), values) == {
        "q1": Response(("4",), None, "better"),
        "q3": Response(),
        "q2": Response(),
    }


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        pytest.param(
            "answer_q3", "New: “How many hours?”. Look through it and send it again.", id="a new one"
        ),
        pytest.param("answer_q1", "New: “How many hours?”. Choose another one.", id="one they had"),
    ],
)
def test_a_form_that_was_overtaken_by_an_edit_says_what_is_new(field: str, expected: str) -> None:
    values = {"answer_q1": "7", "comment_q1": "", "answer_q2": ""}
    said = say_changed(form(CLEAR, WHY, HOURS), values, UserError("Choose another one.", field=field))
    assert said.startswith("This was edited while you filled it in, so nothing was counted yet;")
    assert said.endswith(expected)
