"""Targets typed into a form, parts of a prompt's form, and the table of what can be typed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.domain.commands import parse
from bot.domain.criterion import Condition, Direction
from bot.domain.formatting import format_condition
from bot.domain.prompt_text import parse_floor
from bot.domain.question_text import parse_options, parse_question
from bot.domain.requests import AddNote, Help
from bot.domain.targets import check_baseline, parse_target, parse_unit
from bot.domain.usage import NOT_YET, SUBCOMMANDS, nearest_words, words_of
from bot.errors import UserError


@pytest.mark.parametrize("text", ["5 and 9", "5 to 9", "5–9", "5 - 9", "5 % AND 9 %"])
def test_a_form_takes_two_bounds_for_between(text: str) -> None:
    condition = parse_target(text, Direction.BETWEEN)
    assert condition == Condition(Direction.BETWEEN, Decimal(5), Decimal(9), "between")


def test_a_forms_target_is_one_number_else() -> None:
    condition = parse_target("2.5k", Direction.AT_MOST)
    assert condition == Condition(Direction.AT_MOST, Decimal(2500), typed="at most")
    assert format_condition(condition, "ms") == "at most 2500 ms"


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("5", Direction.BETWEEN), ("9 and 5", Direction.BETWEEN), ("5 and 5", Direction.BETWEEN),
        ("5 and", Direction.BETWEEN),
        ("5and9", Direction.BETWEEN), ("1,5 and 9", Direction.BETWEEN), ("5 and 9", Direction.ABOVE),
        ("", Direction.ABOVE), ("1,5", Direction.BELOW),
    ],
)  # fmt: skip
def test_a_form_target_that_cannot_be_read_is_refused(text: str, direction: Direction) -> None:
    with pytest.raises(UserError) as caught:
        parse_target(text, direction)
    assert caught.value.field == "target"


def test_a_condition_without_a_typed_operator_is_shown_with_its_symbol() -> None:
    assert format_condition(Condition(Direction.AT_LEAST, Decimal(5))) == ">= 5"
    assert format_condition(Condition(Direction.BETWEEN, Decimal(5), Decimal("9.50"))) == "between 5 and 9.5"
    assert format_condition(Condition(Direction.BELOW, Decimal(5), typed="at least")) == "< 5"


def test_a_baseline_beside_the_target_is_kept() -> None:
    condition = Condition(Direction.BETWEEN, Decimal(5), Decimal(9))
    assert check_baseline(Decimal(7), condition) == 7
    assert check_baseline(None, condition) is None
    for equal in ("5.0", "9"):
        with pytest.raises(UserError):
            check_baseline(Decimal(equal), condition)


def test_a_unit_may_be_empty_but_not_long() -> None:
    assert parse_unit("  page\u00a0views ") == "page views"
    assert parse_unit("") == ""
    with pytest.raises(UserError):
        parse_unit("x" * 25)


def test_the_parts_of_a_prompt_are_checked_alike_in_form_and_text() -> None:
    assert parse_question("How\n clear?") == "How clear?"
    assert parse_options(["A", " B "]) == ("A", "B")
    assert parse_floor("3") == 3
    for text in ("2", "1001", "-5", "5.5", "", "٥", "9" * 5000):
        with pytest.raises(UserError) as caught:
            parse_floor(text)
        assert caught.value.field == "floor"


@pytest.mark.parametrize("command", SUBCOMMANDS)
def test_every_word_of_the_table_is_understood_and_none_is_left_out(command: str) -> None:
    for word in words_of(command):
        try:
            request = parse(command, word)
        except UserError:
            continue  # a name or an address is missing, which is an answer too
        assert not isinstance(request, AddNote)
        assert (
            request == Help(command)
            if word == "help"
            else not (isinstance(request, Help) and request.command == command)
        )


@pytest.mark.parametrize(("command", "word"), NOT_YET)
def test_a_word_of_later_says_so_and_stands_in_no_help(command: str, word: str) -> None:
    assert word not in words_of(command)
    with pytest.raises(UserError, match="yet"):
        parse(command, word)


@pytest.mark.parametrize("command", SUBCOMMANDS)
def test_a_line_of_help_begins_with_its_word(command: str) -> None:
    for usage in SUBCOMMANDS[command]:
        assert usage.line.startswith(usage.word)
        assert usage.does
        assert not usage.does.endswith(".")


def test_the_nearest_word_is_named() -> None:
    assert nearest_words("criteria", "chek") == ("check", "check-in")
    assert nearest_words("progress", "shedule") == ("schedule",)
    assert nearest_words("criteria", "frobnicate") == ()
