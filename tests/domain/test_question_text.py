"""Questions as text: one on each line, and each kind with its options."""

from __future__ import annotations

import pytest

from bot.domain.commands import parse
from bot.domain.prompt import PromptKind
from bot.domain.question_text import EMOJI, is_emoji, parse_questions
from bot.domain.requests import AskPrompt, AskQuestion
from bot.errors import UserError

SCALE, TEXT = PromptKind.SCALE, PromptKind.TEXT


@pytest.mark.parametrize(
    ("line", "question"),
    [
        pytest.param("How clear is it? scale", AskQuestion("How clear is it?", SCALE), id="plain"),
        pytest.param("- How clear? scale", AskQuestion("How clear?", SCALE), id="a bullet"),
        pytest.param("2) How clear? SCALE", AskQuestion("How clear?", SCALE), id="a number, capitals"),
        pytest.param(
            "How clear? scale comment optional",
            AskQuestion("How clear?", SCALE, comment=True, optional=True),
            id="both flags",
        ),
        pytest.param("What should change?", AskQuestion("What should change?", TEXT), id="in words"),
        pytest.param("“What should change?”", AskQuestion("What should change?", TEXT), id="smart quotes"),
        pytest.param(
            '"How clear is the scale" text', AskQuestion("How clear is the scale", TEXT), id="a kind in it"
        ),
        pytest.param(
            "On which scale do you see the date? date",
            AskQuestion("On which scale do you see the date?", PromptKind.DATE),
            id="two kinds in it",
        ),
        pytest.param(
            'Pick one: choice "A", "B" optional',
            AskQuestion("Pick one:", PromptKind.CHOICE, ("A", "B"), optional=True),
            id="a choice",
        ),
        pytest.param("Mood emoji :a: :b:", AskQuestion("Mood", PromptKind.EMOJI, (":a:", ":b:")), id="emoji"),
        pytest.param("Mood? emoji", AskQuestion("Mood?", PromptKind.EMOJI, EMOJI), id="five faces"),
    ],
)
def test_a_line_is_a_question(line: str, question: AskQuestion) -> None:
    assert parse_questions(f"\n{line}\n\n") == (question,)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("", "1 to 10 questions", id="none"),
        pytest.param("\n".join(f"Question {n}?" for n in range(11)), "found: 11", id="eleven"),
        pytest.param("How?\nHow clear is the scale", "Question 2: .*reads two ways", id="two readings"),
        pytest.param('How clear? choice "A"', "Question 1: A choice needs 2 to 10", id="one option"),
        pytest.param('"How clear?" scale please', "Question 1: I can't read “please”", id="more words"),
        pytest.param('"How clear?" please', "Question 1: Say how", id="no kind"),
        pytest.param('"Why?" text comment', "needs no comment", id="a comment on words"),
        pytest.param("x" * 501, "500 is the most", id="too long"),
    ],
)
def test_a_line_that_can_not_be_read_is_named(text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as caught:
        parse_questions(text)
    assert caught.value.field == "questions"


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        pytest.param('"A" scale question "B?" text', "kind", "A form says of each question", id="two ways"),
        pytest.param('"A" question "B?" text comment', "comment", "needs no comment", id="comment on words"),
        pytest.param('"A" comment question "B?" scale', "comment", "right after a question", id="too early"),
        pytest.param('"A" question B scale', "question", "its text in quotes", id="no quotes"),
        pytest.param('"A" question "B?"', "kind", "Say how “B\\?” is answered", id="no kind"),
        pytest.param('"A" question "B?" text question "b?" scale', "questions", "the same", id="twice"),
        pytest.param('"A" question "B?" scale open options', "open_options", "is a form", id="open options"),
        pytest.param('"A" scale "B?" text', "options", "after the word question", id="a quote alone"),
        pytest.param('"A" numbr', "kind", "Did you mean number", id="a mistyped kind"),
        pytest.param('"A" question "B?" scal', "kind", "Did you mean scale", id="one of a question"),
        pytest.param('"A" anonymus scale', "text", "I can't read “anonymus”", id="another mistyped word"),
        pytest.param('"A" emoji smile cry', "text", "I can't read “smile”", id="no emoji"),
        pytest.param('"A" emoji :smile:', "options", "Emoji needs 2 to 10", id="one emoji"),
        pytest.param('"A" several "B"', "options", "needs 2 to 10", id="one of several"),
        pytest.param('"A" text comment', "comment", "needs no comment", id="text with comment"),
        pytest.param('"A" number open options', "open_options", "is answered by number", id="open number"),
    ],
)
def test_what_can_not_be_asked_is_refused_kindly(typed: str, field: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as caught:
        parse("feedback", f"ask {typed}")
    assert caught.value.field == field


def test_clauses_may_stand_between_the_questions_of_a_form() -> None:
    asked = parse(
        "feedback", 'ask "Pulse" question "How?" scale anonymous question "Why?" text optional floor 3'
    )
    assert isinstance(asked, AskPrompt)
    assert (asked.kind, asked.anonymous, asked.floor) == (PromptKind.FORM, True, 3)
    assert [question.text for question in asked.questions] == ["How?", "Why?"]


@pytest.mark.parametrize("text", [":smile:", ":+1:", ":+1::skin-tone-4:", "😀", "👩‍💻", "1️⃣", "❤️"])
def test_an_emoji_is_known(text: str) -> None:
    assert is_emoji(text)


@pytest.mark.parametrize("text", ["smile", ":", "::", ":-)", "ü", "日", "5", "“", "."])
def test_what_is_no_emoji_is_known_too(text: str) -> None:
    assert not is_emoji(text)
