"""Putting a form together: its questions as inputs or as lines, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.blocks.asking import AskValues
from bot.blocks.question_inputs import LINES, QuestionValues
from bot.domain.entities import Line, tokenize
from bot.domain.prompt import MOST_QUESTIONS, OWN_OPTIONS, PromptKind
from bot.domain.question_text import (
    EMOJI,
    check_comment,
    check_form,
    check_open_options,
    format_question,
    parse_options,
    parse_question,
    parse_questions,
)
from bot.domain.requests import AskPrompt, AskQuestion
from bot.errors import UserError

_ENDS = frozenset({"anonymous", "floor", "in", "closes", "every", "cron", "to", "results", "remind", "open"})
"""Words of a typed line that are no part of a form's questions."""


def read_asked(values: AskValues) -> AskPrompt:
    """Return what a filled-in form asks: one question, or several under a title.

    Raises:
        UserError: a field can't be read; it is named by its input.
    """
    if values.mode == "one":
        kind = PromptKind(values.kind)
        check_comment(kind, values.comment)
        check_open_options(kind, values.open_options)
        return AskPrompt(
            question=parse_question(values.question),
            kind=kind,
            options=_options(kind, values.options, "options"),
            open_options=values.open_options,
            comment=values.comment,
        )
    title = parse_question(values.title, field="title")
    if values.mode == "text":
        field = f"{LINES}{values.generation}"
        questions = parse_questions(values.lines, field=field)
    else:
        field = values.questions[-1].field("text")
        questions = tuple(_question(each) for each in values.questions)
    try:
        check_form(questions, kind=None, comment=False)
    except UserError as error:
        raise UserError(str(error), field=field) from error
    return AskPrompt(title, PromptKind.FORM, questions=questions)


def to_one(values: AskValues) -> AskValues:
    """Return the form asking one question: the first of several."""
    first = _as_inputs(values)[0]
    return replace(
        values,
        mode="one",
        question=first.text,
        kind=first.kind,
        options=first.options,
        comment=first.comment,
    )


def to_inputs(values: AskValues) -> AskValues:
    """Return the form with its questions as inputs.

    Raises:
        UserError: a line can't be read as a question.
    """
    questions = _as_inputs(values)
    return replace(values, mode="blocks", questions=questions, generation=_above(questions))


def to_lines(values: AskValues) -> AskValues:
    """Return the form with one question on each line; what can't be read stays as it was typed."""
    lines = "\n".join(_line(each) for each in values.questions if each.text.strip())
    return replace(values, mode="text", lines=lines, generation=values.generation + 1)


def add_question(values: AskValues) -> AskValues:
    """Return the form with one more question at its end, unless it is full."""
    if len(values.questions) >= MOST_QUESTIONS:
        return values
    added = (*values.questions, QuestionValues(values.generation))
    return replace(values, questions=added, generation=values.generation + 1)


def move_question(values: AskValues, move: str, key: int) -> AskValues:
    """Return the form with a question ``up``, ``down`` or without it (``remove``), unless it is the only one."""
    questions = list(values.questions)
    at = next((place for place, each in enumerate(questions) if each.key == key), None)
    if at is None or len(questions) < 2:
        return values
    moved = questions.pop(at)
    if move != "remove":
        questions.insert(max(0, at - 1) if move == "up" else at + 1, moved)
    return replace(values, questions=tuple(questions))


def typed_questions(line: Line) -> str:
    """Return the questions of a typed line, one on each line as far as they can be told apart; empty for no form."""
    tokens = tokenize(line)
    starts = [place for place, token in enumerate(tokens) if token.key == "question"]
    lines = []
    for start in starts:
        following = tokens[start + 1 :]
        end = next((token.start for token in following if token.key in _ENDS | {"question"}), len(line.text))
        lines.append(line.show_inline(tokens[start].end, end))
    return "\n".join(lines)


def _question(values: QuestionValues) -> AskQuestion:
    kind = PromptKind(values.kind)
    check_comment(kind, values.comment, field=values.field("more"))
    return AskQuestion(
        parse_question(values.text, field=values.field("text")),
        kind,
        _options(kind, values.options, values.field("options")),
        comment=values.comment,
        optional=values.optional,
    )


def _options(kind: PromptKind, typed: str, field: str) -> tuple[str, ...]:
    """Return the options typed one on a line; emoji may share one, and are five faces where none are typed."""
    if kind not in OWN_OPTIONS:
        return ()
    labels: Sequence[str] = [line for line in typed.splitlines() if line.strip()]
    if kind is PromptKind.EMOJI:
        labels = typed.split() or EMOJI
    return parse_options(labels, kind=kind, field=field)


def _as_inputs(values: AskValues) -> tuple[QuestionValues, ...]:
    if values.mode == "blocks":
        return values.questions
    if values.mode == "text" and values.lines.strip():
        asked = parse_questions(values.lines, field=f"{LINES}{values.generation}")
        return tuple(
            QuestionValues(
                values.generation + place,
                each.text,
                each.kind.value,
                "\n".join(each.options),
                each.comment,
                each.optional,
            )
            for place, each in enumerate(asked, start=1)
        )
    first = QuestionValues(
        values.generation, values.question, values.kind, values.options, comment=values.comment
    )
    return (first,)


def _line(values: QuestionValues) -> str:
    try:
        return format_question(_question(values))
    except UserError:
        options = [f'"{line.strip()}"' for line in values.options.splitlines() if line.strip()]
        return " ".join([values.text, values.kind, *options])


def _above(questions: Sequence[QuestionValues]) -> int:
    return 1 + max(question.key for question in questions)
