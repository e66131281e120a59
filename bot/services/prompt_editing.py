"""Editing prompts: everything but whether they are anonymous, while they are open; votes follow option ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.db import series as stored
from bot.db.askings import people_asked
from bot.db.homes import redraw_homes
from bot.db.initiatives import visible_initiatives
from bot.db.models import PromptRow
from bot.db.prompts import channel_name_of, find_prompt_row, lock_prompt, pack_options, to_prompt
from bot.db.redraws import ask_redraw
from bot.db.responses import count_choosers, count_people, delete_chosen
from bot.domain.actor import Actor
from bot.domain.feedback import is_open, validate_floor
from bot.domain.initiative import Initiative
from bot.domain.prompt import OWN_OPTIONS, Option, Prompt, PromptKind, Question
from bot.domain.prompt_text import check_close_after
from bot.domain.question_text import check_comment, parse_options
from bot.domain.reactions import ANSWERED_BY_REACTION
from bot.domain.requests import AskPrompt
from bot.domain.series import Series, SeriesState
from bot.errors import NotAllowedError, UserError
from bot.services.asking import new_option_id, options_of
from bot.services.audience_editing import (
    AudienceEdit,
    ask_audience,
    audience_of,
    check_audience,
    store_audience,
)
from bot.services.people import known_person
from bot.services.prompts import closed_since, find_prompt


@dataclass(frozen=True, slots=True)
class Editable:
    """A prompt that a person may edit.

    Attributes:
        prompt: As it is stored now.
        initiatives: What it may be about.
        series: What it is a wave of, unless that was stopped; or None.
    """

    prompt: Prompt
    initiatives: tuple[Initiative, ...]
    series: Series | None


@dataclass(frozen=True, slots=True)
class PromptEdit:
    """What a prompt becomes.

    Attributes:
        question: On one line; the title of a form.
        kind: How it is answered; may differ from before only while nobody answered, and never to or from a form.
        options: Of kinds in `OWN_OPTIONS`: (id as before or None for a new one, label), in order; else empty.
        floor: Fewest responses whose results are shown; None to keep it.
        closes_in: From now on; None when no time closes it.
        keeps_closing_time: True to leave the closing time as it is, whatever `closes_in` says.
        close_after: Answers with which it closes, or None.
        initiative_id: Row id of what it is about, or None.
        comment: Whether a comment can go with an answer.
        audience: Who may answer, how, and when results are seen; None to keep all of that.
        next_waves: Whether the waves to come are asked like that too.
        confirmed: From `Drops.key`, once the person saw what is dropped.
    """

    question: str
    kind: PromptKind
    options: tuple[tuple[str | None, str], ...] = ()
    floor: int | None = None
    closes_in: timedelta | None = None
    keeps_closing_time: bool = True
    close_after: int | None = None
    initiative_id: int | None = None
    comment: bool = False
    audience: AudienceEdit | None = None
    next_waves: bool = False
    confirmed: str = ""


@dataclass(frozen=True, slots=True)
class Drops:
    """What has to be confirmed before an edit is saved; nothing was changed.

    Attributes:
        labels: Of the options that are removed.
        answers: How many answers go with them; None where nobody may know before the close.
        key: Stands for exactly this.
    """

    labels: tuple[str, ...]
    answers: int | None
    key: str


@dataclass(frozen=True, slots=True)
class EditedPrompt:
    """A prompt as it is now.

    Attributes:
        prompt: The prompt.
        next_waves: Whether the waves to come are asked like that too.
    """

    prompt: Prompt
    next_waves: bool


def find_editable_prompt(
    session: Session, actor: Actor, now: datetime, *, number: int | None = None, title: str | None = None
) -> Editable:
    """Return the prompt that is meant, which this person may edit.

    Raises:
        UserError: none fits, or it is closed.
        AmbiguousError: several fit.
        NotAllowedError: somebody else asked it.
        UnknownPersonError: Slack was never asked about the person.
    """
    prompt = find_prompt(session, actor, number=number, title=title, open_only=True)
    _require_editable(session, actor, prompt, now)
    return Editable(prompt, tuple(_subjects(session, actor, prompt)), series_to_come(session, actor, prompt))


def edit_prompt(
    session: Session, actor: Actor, prompt_id: int, change: PromptEdit, now: datetime, *, cap: int
) -> EditedPrompt | Drops:
    """Save an edit and have the message drawn again, unless answers would be dropped that were not confirmed.

    Args:
        session: The session of a unit of work.
        actor: Who edits.
        prompt_id: Row id.
        change: What it becomes.
        now: Aware UTC.
        cap: Messages that ask which a person gets in a week at most.

    Raises:
        UserError: it is gone or closed, or a field (``kind``, ``options``, ``floor``, ``close_after``,
            ``initiative``, or one of the audience) can't become that; nothing is changed then.
        NotAllowedError: somebody else asked it.
        UnknownPersonError: Slack was never asked about the person.
    """
    row, prompt = hold_editable(session, actor, prompt_id, now)
    answered = count_people(session, prompt)
    check_kind(prompt.kind, change.kind, answered=bool(answered))
    check_comment(change.kind, change.comment)
    floor = _floor(prompt, change)
    _check_count(prompt, change, floor, answered)
    _check_subject(session, actor, prompt, change)
    audience = change.audience or _fitting(audience_of(prompt), change.kind)
    check_audience(prompt, audience, change.kind, floor, answered=bool(answered))
    before = prompt.questions[0]
    options = options_after(before, change.kind, change.options)
    if prompt.kind is not PromptKind.FORM:
        drops = find_drops(session, prompt, before, options) if answered else None
        if drops is not None and drops.key != change.confirmed:
            return drops
        drop_options(session, prompt, before, options)
    _store(row, change, options, floor, now)
    store_audience(session, row, prompt, audience, now, cap=cap)
    redraw_homes(session, actor.team_id, people_asked(session, prompt_id), now)
    series = series_to_come(session, actor, prompt)
    if change.next_waves and series is not None:
        stored.ask_differently(
            session, series.id, _asked_next(series, change, options, floor, audience), change.initiative_id
        )
    return EditedPrompt(to_prompt(row, prompt.channel_name), change.next_waves and series is not None)


def hold_editable(session: Session, actor: Actor, prompt_id: int, now: datetime) -> tuple[PromptRow, Prompt]:
    """Return a prompt that this person may edit, held until the transaction ends.

    Raises:
        UserError: it is gone or closed.
        NotAllowedError: somebody else asked it.
        UnknownPersonError: Slack was never asked about the person.
    """
    row = find_prompt_row(session, prompt_id)
    if row is not None and row.series_id is not None:
        # In the order in which a new wave takes them, or the two could wait for each other.
        stored.lock_series(session, row.series_id)
    row = lock_prompt(session, actor.team_id, prompt_id)
    if row is None:
        raise UserError("That prompt is gone. Type `/feedback list`.")
    prompt = to_prompt(row, channel_name_of(session, row))
    _require_editable(session, actor, prompt, now)
    return row, prompt


def _store(row: PromptRow, change: PromptEdit, options: Sequence[Option], floor: int, now: datetime) -> None:
    row.question, row.kind, row.floor = change.question, change.kind.value, floor
    row.options, row.comment = pack_options(options), change.comment
    if not change.keeps_closing_time:
        row.closes_at = now + change.closes_in if change.closes_in else None
    row.close_after, row.initiative_id = change.close_after, change.initiative_id
    row.edited_at = now
    ask_redraw(row, now)


def _require_editable(session: Session, actor: Actor, prompt: Prompt, now: datetime) -> None:
    person = known_person(session, actor)
    if prompt.asked_by != actor.user_id and not person.is_admin:
        raise NotAllowedError(
            f"Only whoever asked “{prompt.question}” or a workspace admin can edit it.",
            owner_id=prompt.asked_by,
        )
    if not is_open(prompt, now):
        raise UserError(f"{closed_since(prompt, now)}, so it can't be edited any more. Ask anew.")


def series_to_come(session: Session, actor: Actor, prompt: Prompt) -> Series | None:
    """Return the series a prompt is a wave of, unless it was stopped; None for any other prompt."""
    if prompt.series_id is None:
        return None
    series = stored.find_series(session, actor.team_id, prompt.series_id)
    return None if series is None or series.state is SeriesState.STOPPED else series


def _subjects(session: Session, actor: Actor, prompt: Prompt) -> list[Initiative]:
    """Return what a prompt may be about: one whose home is private is not taken along into another channel."""
    return [
        each
        for each in visible_initiatives(session, actor)
        if not each.private or each.channel_id == prompt.channel_id
    ]


def _check_subject(session: Session, actor: Actor, prompt: Prompt, change: PromptEdit) -> None:
    if change.initiative_id in (None, prompt.initiative_id):
        return
    if change.initiative_id not in {each.id for each in _subjects(session, actor, prompt)}:
        raise UserError("That initiative is closed or can't be seen in that channel.", field="initiative")


def _floor(prompt: Prompt, change: PromptEdit) -> int:
    if not prompt.anonymous or change.floor is None:
        return prompt.floor
    return validate_floor(change.floor, former=prompt.floor)


def _check_count(prompt: Prompt, change: PromptEdit, floor: int, answered: int) -> None:
    if prompt.anonymous:
        check_close_after(change.close_after, floor)
    if change.close_after is not None and change.close_after <= answered:
        people = "1 person has" if answered == 1 else f"{answered} people have"
        raise UserError(
            f"{people} answered already, so it would be full at once. Type more than {answered}, or close it: "
            f"/feedback close #{prompt.number}.",
            field="close_after",
        )


def check_kind(
    former: PromptKind, kind: PromptKind, *, answered: bool, instead: str = "Close it and ask anew."
) -> None:
    """Let a question be answered in another way while nobody answered it; `instead` says what can be done.

    Raises:
        UserError: field ``kind``.
    """
    if kind is former:
        return
    if PromptKind.FORM in (former, kind):
        raise UserError("A form stays a form, and a single question stays one. Ask anew.", field="kind")
    if answered:
        raise UserError(
            f"How it is answered can't be changed any more: somebody has answered. {instead}",
            field="kind",
        )


def options_after(
    former: Question, kind: PromptKind, typed: Sequence[tuple[str | None, str]]
) -> tuple[Option, ...]:
    """Return the options of a question after an edit: those it had keep their ids, so that votes follow them.

    Args:
        former: The question before.
        kind: How it is answered from now on.
        typed: Of kinds in `OWN_OPTIONS`: (id as before or None for a new one, label), in order.

    Raises:
        UserError: field ``options``.
    """
    if kind not in OWN_OPTIONS:
        return former.options if kind is former.kind else options_of(kind)
    labels = parse_options([label for _, label in typed], kind=kind)
    known = {option.id for option in former.options} if kind is former.kind else set()
    return tuple(
        Option(id=option_id if option_id in known and option_id else new_option_id(), label=label)
        for (option_id, _), label in zip(typed, labels, strict=True)
    )


def find_drops(
    session: Session, prompt: Prompt, question: Question, options: Sequence[Option]
) -> Drops | None:
    """Return what has to be confirmed before a question has only these options, or None."""
    kept = {option.id for option in options}
    gone = [option for option in question.options if option.id not in kept]
    ids = " ".join(sorted(option.id for option in gone))
    labels = tuple(option.label for option in gone)
    if not gone:
        return None
    if prompt.anonymous:
        return Drops(labels, None, ids)
    answers = count_choosers(session, prompt.id, question.id, [option.id for option in gone])
    return Drops(labels, answers, f"{ids}:{answers}") if answers else None


def drop_options(session: Session, prompt: Prompt, question: Question, options: Sequence[Option]) -> None:
    """Take options a question has no more out of its answers; those to an anonymous prompt stay sealed as they are."""
    kept = {option.id for option in options}
    gone = [option.id for option in question.options if option.id not in kept]
    if gone and not prompt.anonymous:
        delete_chosen(session, prompt.id, question.id, gone)


def _fitting(audience: AudienceEdit, kind: PromptKind) -> AudienceEdit:
    """Return an audience without what another way of answering can't have."""
    return replace(
        audience,
        open_options=audience.open_options and kind in (PromptKind.CHOICE, PromptKind.SEVERAL),
        reactions=audience.reactions and kind in ANSWERED_BY_REACTION,
    )


def _asked_next(
    series: Series, change: PromptEdit, options: Sequence[Option], floor: int, audience: AudienceEdit
) -> AskPrompt:
    request = replace(
        ask_audience(series.request, audience),
        question=change.question,
        kind=change.kind,
        options=tuple(option.label for option in options) if change.kind in OWN_OPTIONS else (),
        comment=change.comment,
        close_after=change.close_after,
    )
    if request.anonymous:
        request = replace(request, floor=max(floor, request.floor))
    return request if change.keeps_closing_time else replace(request, closes_in=change.closes_in)
