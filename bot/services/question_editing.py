"""Editing the questions of a form after it was posted: each by itself, while the form is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.db.models import PromptRow
from bot.db.prompts import pack_question, to_prompt
from bot.db.redraws import ask_redraw
from bot.db.responses import count_people, count_to_question, delete_question
from bot.db.series import ask_differently
from bot.domain.actor import Actor
from bot.domain.names import fold
from bot.domain.prompt import MOST_QUESTIONS, OWN_OPTIONS, Prompt, PromptKind, Question
from bot.domain.question_text import check_comment
from bot.domain.requests import AskPrompt, AskQuestion
from bot.domain.series import Series
from bot.errors import UserError
from bot.services.asking import new_question_id
from bot.services.prompt_editing import (
    Drops,
    EditedPrompt,
    check_kind,
    drop_options,
    find_drops,
    find_editable_prompt,
    hold_editable,
    options_after,
    series_to_come,
)
from bot.services.waves import questions_like


@dataclass(frozen=True, slots=True)
class EditableQuestion:
    """A question of a form that a person may edit, or a place for one more.

    Attributes:
        prompt: The form as it is stored now.
        question: The question; None for one that is to be added.
        is_answered: Whether how it is answered can't be changed any more.
        has_answers: Whether anybody answered the form.
        removal: What goes when the question is removed; None where nothing does.
        is_wave: Whether more waves will be asked.
    """

    prompt: Prompt
    question: Question | None
    is_answered: bool
    has_answers: bool
    removal: Drops | None
    is_wave: bool


@dataclass(frozen=True, slots=True)
class QuestionEdit:
    """What a question of a form becomes.

    Attributes:
        question_id: Which one; None for one more.
        text: On one line.
        kind: How it is answered; may differ from before only while nobody answered the question.
        options: Of kinds in `OWN_OPTIONS`: (id as before or None for a new one, label), in order; else empty.
        comment: Whether a comment can go with an answer.
        optional: Whether it may be left unanswered; answers there are stay either way.
        next_waves: Whether the waves to come ask it like that too.
        confirmed: From `Drops.key`, once the person saw what is dropped.
    """

    question_id: str | None
    text: str
    kind: PromptKind
    options: tuple[tuple[str | None, str], ...] = ()
    comment: bool = False
    optional: bool = False
    next_waves: bool = False
    confirmed: str = ""


def find_editable_question(
    session: Session, actor: Actor, prompt_id: int, question_id: str | None, now: datetime
) -> EditableQuestion:
    """Return a question of a form that this person may edit, or the place for one more.

    Raises:
        UserError: the form or the question is gone, or closed, or it has as many questions as it can.
        NotAllowedError: somebody else asked it.
        UnknownPersonError: Slack was never asked about the person.
    """
    found = find_editable_prompt(session, replace(actor, chosen=(("prompt", prompt_id),)), now)
    prompt, is_wave = found.prompt, found.series is not None
    has_answers = count_people(session, prompt) > 0
    if question_id is None:
        if len(prompt.form) >= MOST_QUESTIONS:
            raise UserError(f"A form has at most {MOST_QUESTIONS} questions. Remove one first.")
        return EditableQuestion(prompt, None, False, has_answers, None, is_wave)
    question = _question(prompt, question_id)
    is_answered = count_to_question(session, prompt.id, question_id) > 0
    removal = _find_removal(session, prompt, question)
    return EditableQuestion(prompt, question, is_answered, has_answers, removal, is_wave)


def edit_question(
    session: Session, actor: Actor, prompt_id: int, change: QuestionEdit, now: datetime
) -> EditedPrompt | Drops:
    """Save a question and have the message drawn again, unless answers would be dropped that were not confirmed.

    Raises:
        UserError: the form or the question is gone or closed, or a field (``question``, ``kind``, ``options``,
            ``comment``, ``next_waves``) can't become that; nothing is changed then.
        NotAllowedError: somebody else asked it.
        UnknownPersonError: Slack was never asked about the person.
    """
    row, prompt = hold_editable(session, actor, prompt_id, now)
    former = None if change.question_id is None else _question(prompt, change.question_id)
    if former is not None:
        is_answered = count_to_question(session, prompt.id, former.id) > 0
        check_kind(former.kind, change.kind, answered=is_answered, instead="Remove it and add a question.")
    check_comment(change.kind, change.comment)
    after = _become(former, change)
    questions = _changed(prompt.form, change.question_id, after)
    _check(questions, after)
    if former is not None and former.kind is after.kind:
        drops = find_drops(session, prompt, former, after.options) if count_people(session, prompt) else None
        if drops is not None and drops.key != change.confirmed:
            return drops
    next_waves = change.next_waves and _ask_differently(session, actor, prompt, change.question_id, after)
    if former is not None and former.kind is after.kind:
        drop_options(session, prompt, former, after.options)
    return _store(row, prompt, questions, now, next_waves=next_waves)


def remove_question(
    session: Session,
    actor: Actor,
    prompt_id: int,
    question_id: str,
    now: datetime,
    *,
    next_waves: bool = False,
    confirmed: str = "",
) -> EditedPrompt | Drops:
    """Ask a question no more and drop its answers, unless that was not confirmed.

    Those to an anonymous form stay sealed, and count among those who answered, until the close drops them.

    Args:
        session: The session of a unit of work.
        actor: Who removes it.
        prompt_id: Row id of the form.
        question_id: Which question.
        now: Aware UTC.
        next_waves: Whether the waves to come don't ask it either.
        confirmed: From `Drops.key`, once the person saw what is dropped.

    Raises:
        UserError: the form or the question is gone or closed, or it is the only one; nothing is changed then.
        NotAllowedError: somebody else asked it.
        UnknownPersonError: Slack was never asked about the person.
    """
    row, prompt = hold_editable(session, actor, prompt_id, now)
    question = _question(prompt, question_id)
    questions = _changed(prompt.form, question_id, None)
    if not questions:
        raise UserError("One question has to stay. Edit it, or close the form: `/feedback close`.")
    drops = _find_removal(session, prompt, question)
    if drops is not None and drops.key != confirmed:
        return drops
    next_waves = next_waves and _ask_differently(session, actor, prompt, question_id, None)
    if not prompt.anonymous:
        delete_question(session, prompt.id, question_id)
    return _store(row, prompt, questions, now, next_waves=next_waves)


def _question(prompt: Prompt, question_id: str) -> Question:
    for question in prompt.form:
        if question.id == question_id:
            return question
    raise UserError(
        f"That question is gone: somebody removed it or changed how it is answered. Type `/feedback edit "
        f"#{prompt.number}` to see those there are."
    )


def _find_removal(session: Session, prompt: Prompt, question: Question) -> Drops | None:
    """Return what has to be confirmed before a question is removed, or None."""
    if prompt.anonymous:
        return Drops((question.text,), None, question.id) if count_people(session, prompt) else None
    answers = count_to_question(session, prompt.id, question.id)
    return Drops((question.text,), answers, f"{question.id}:{answers}") if answers else None


def _become(former: Question | None, change: QuestionEdit) -> Question:
    """Return a question as it is after an edit.

    One that is answered in another way is a new one, also to somebody whose form still shows the old one: what
    they chose there says nothing about it.
    """
    before = former or Question("", "", PromptKind.TEXT)
    keeps_id = former is not None and former.kind is change.kind
    return Question(
        id=before.id if keeps_id else new_question_id(),
        text=change.text,
        kind=change.kind,
        options=options_after(before, change.kind, change.options),
        comment=change.comment,
        optional=change.optional,
    )


def _changed(
    questions: Sequence[Question], question_id: str | None, after: Question | None
) -> tuple[Question, ...]:
    """Return questions with one of them replaced, taken out (None) or, where it is none of them, added."""
    if after is not None and question_id not in {each.id for each in questions}:
        return (*questions, after)
    changed = (after if each.id == question_id else each for each in questions)
    return tuple(each for each in changed if each is not None)


def _check(questions: Sequence[Question], after: Question) -> None:
    if len(questions) > MOST_QUESTIONS:
        raise UserError(f"A form has at most {MOST_QUESTIONS} questions. Remove one first.", field="question")
    if any(each is not after and fold(each.text) == fold(after.text) for each in questions):
        raise UserError(
            f"Another question of this form asks “{after.text}” already. Word this one differently.",
            field="question",
        )


def _store(
    row: PromptRow, prompt: Prompt, questions: Sequence[Question], now: datetime, *, next_waves: bool
) -> EditedPrompt:
    row.form = [pack_question(question) for question in questions]
    row.edited_at = now
    ask_redraw(row, now)
    return EditedPrompt(to_prompt(row, prompt.channel_name), next_waves)


def _ask_differently(
    session: Session, actor: Actor, prompt: Prompt, question_id: str | None, after: Question | None
) -> bool:
    """Have the next waves ask a question like that too, and the others as before; False where there are none.

    Raises:
        UserError: field ``next_waves``: they can't.
    """
    series = series_to_come(session, actor, prompt)
    if series is None:
        return False
    questions = _changed(questions_like(session, series, prompt), question_id, after)
    _check_next(questions, after)
    ask_differently(session, series.id, _asking(series, questions), series.initiative_id)
    return True


def _check_next(questions: Sequence[Question], after: Question | None) -> None:
    alone = "Take the tick from the next waves to change this wave alone"
    if not questions:
        raise UserError(f"It is the only question the next waves ask. {alone}.", field="next_waves")
    if len(questions) > MOST_QUESTIONS:
        raise UserError(
            f"The next waves ask {MOST_QUESTIONS} questions already. {alone}.", field="next_waves"
        )
    if after is not None and sum(fold(each.text) == fold(after.text) for each in questions) > 1:
        raise UserError(
            f"The next waves ask “{after.text}” already. {alone}, or word it differently.", field="next_waves"
        )


def _asking(series: Series, questions: Sequence[Question]) -> AskPrompt:
    asked = tuple(
        AskQuestion(
            text=each.text,
            kind=each.kind,
            options=tuple(option.label for option in each.options) if each.kind in OWN_OPTIONS else (),
            comment=each.comment,
            optional=each.optional,
        )
        for each in questions
    )
    return replace(series.request, questions=asked)
