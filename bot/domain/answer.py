"""Answers: what a person's answers to a prompt have to be so that they count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.domain.dates import show_date
from bot.domain.entities import clean, cut
from bot.domain.prompt import Answers, Prompt, PromptKind, Question, Response
from bot.domain.quantities import parse_number
from bot.errors import UserError

TEXT_LIMIT = 2000
"""Most characters of a written answer or a comment; each fits a message whole."""

ANSWER = "answer_"
COMMENT = "comment_"
"""What the name of the field of a question's answer, and of its comment, begins with; the question's id follows."""


def check_answers(prompt: Prompt, answers: Answers) -> dict[str, Response]:
    """Return a person's answers as they are stored, in the order of the prompt's questions.

    Raises:
        UserError: one lacks, does not fit its question or has nothing to go with (its field in the answer form).
    """
    checked = {}
    for question in prompt.questions:
        given = answers.get(question.id)
        response = _check(question, Response() if given is None else given)
        if not response.is_empty:
            checked[question.id] = response
    if not checked:
        raise UserError(
            "Answer at least one question, or close this without sending.",
            field=f"{ANSWER}{prompt.questions[0].id}",
        )
    return checked


def read_answers(prompt: Prompt, values: Mapping[str, str]) -> dict[str, Response]:
    """Return what a filled-in answer form says; `check_answers` knows whether it counts.

    Args:
        prompt: What it answers.
        values: Field → what was filled in; ids of options are joined by commas.

    Raises:
        UserError: a number can't be read (its field).
    """
    return {question.id: _read(question, values) for question in prompt.questions}


def salvage_answers(prompt: Prompt, values: Mapping[str, str]) -> dict[str, Response]:
    """Return what a form that was filled in before an edit says of the questions there are now, whatever fits."""
    salvaged = {}
    for question in prompt.questions:
        try:
            salvaged[question.id] = _read(question, values)
        except UserError:
            salvaged[question.id] = Response()
    return salvaged


def say_changed(prompt: Prompt, values: Mapping[str, str], error: UserError) -> str:
    """Return why a form that was filled in before an edit does not count as it was sent.

    Args:
        prompt: As it is asked now.
        values: The form's; a field that is not there was not in the form.
        error: What lacks or does not fit.
    """
    new = [f"“{cut(each.text)}”" for each in prompt.questions if f"{ANSWER}{each.id}" not in values]
    said = "This was edited while you filled it in, so nothing was counted yet; what you filled in is still here."
    if new:
        said += f" New: {', '.join(new)}."
    return f"{said} {error}" if error.field in values else f"{said} Look through it and send it again."


def label_of(prompt: Prompt, answer: str) -> str:
    """Return an answer as people read it, plain text.

    Args:
        prompt: What it answers, asking one question.
        answer: An option's id, a number or a day, as it is stored or counted.
    """
    labels = {option.id: option.label for option in prompt.options}
    if answer in labels:
        return labels[answer]
    if prompt.kind is PromptKind.DATE:
        return show_date(date.fromisoformat(answer))
    return answer if prompt.kind is PromptKind.NUMBER else "an option that was removed"


def _read(question: Question, values: Mapping[str, str]) -> Response:
    field = f"{ANSWER}{question.id}"
    given, comment = values.get(field, "").strip(), values.get(f"{COMMENT}{question.id}", "").strip()
    match question.kind:
        case PromptKind.TEXT:
            return Response(text=given or None)
        case PromptKind.NUMBER:
            number = f"{parse_number(given, field=field):f}" if given else None
            return Response(value=number, text=comment or None)
        case PromptKind.DATE:
            return Response(value=given or None, text=comment or None)
        case _:
            return Response(tuple(filter(None, given.split(","))), None, comment or None)


def _check(question: Question, response: Response) -> Response:
    field = f"{ANSWER}{question.id}"
    text = (response.text or "").strip() or None
    if text is not None and len(text) > TEXT_LIMIT:
        at = field if question.kind is PromptKind.TEXT else f"{COMMENT}{question.id}"
        raise UserError(f"An answer has at most {TEXT_LIMIT:,} characters. Shorten it.", field=at)
    response = replace(response, text=text)
    has_answer = bool(response.option_ids) or response.value is not None
    if question.kind is PromptKind.TEXT:
        has_answer = text is not None
    elif text is not None and not has_answer:
        raise UserError("Answer this too, or leave its comment empty.", field=field)
    if not has_answer:
        if not question.optional:
            what = "Type your answer" if question.kind is PromptKind.TEXT else "Answer this"
            raise UserError(f"{what}, or close this without sending.", field=field)
        return Response()
    return _fitting(question, response, field)


def _fitting(question: Question, response: Response, field: str) -> Response:
    """Return an answer whose shape is the question's, its options in the question's order."""
    comment = response.text if question.comment else None
    match question.kind:
        case PromptKind.TEXT:
            return Response(text=response.text)
        case PromptKind.NUMBER:
            return Response(value=response.value, text=comment)
        case PromptKind.DATE:
            return Response(value=_day(response.value or "", field), text=comment)
        case _:
            return Response(_chosen(question, response.option_ids, field), None, comment)


def _day(value: str, field: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        shown = cut(clean(value))
        raise UserError(f"“{shown}” is no day. Choose one from the calendar.", field=field) from error


def _chosen(question: Question, option_ids: Sequence[str], field: str) -> tuple[str, ...]:
    ids = [option.id for option in question.options]
    if not set(option_ids) <= set(ids):
        raise UserError(
            f"That is no option of “{question.text}” any more. Choose one of those shown now.", field=field
        )
    if question.kind is not PromptKind.SEVERAL and len(option_ids) > 1:
        raise UserError(f"“{question.text}” takes one answer. Choose one.", field=field)
    return tuple(option_id for option_id in ids if option_id in option_ids)
