"""The questions of a form, edited, added and removed one by one, on top of the form of `/feedback edit`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from bot.blocks.prompt_editing import OPTION, dropping
from bot.blocks.question_editing import (
    ADD_TITLE,
    TITLE,
    question_view,
    removed_view,
    removing,
    saved_note,
)
from bot.blocks.views import sorry_view
from bot.domain.message import View
from bot.domain.prompt import OWN_OPTIONS, PromptKind, Question
from bot.domain.question_text import EMOJI, parse_question
from bot.errors import LoopmarkError, UserError
from bot.services.prompt_editing import Drops, find_editable_prompt
from bot.services.question_editing import (
    EditableQuestion,
    QuestionEdit,
    edit_question,
    find_editable_question,
    remove_question,
)
from handlers.context import Click, Form, Incoming, ShowView
from handlers.forms import open_form
from handlers.prompt_editing import form_view, read_options

About = Mapping[str, Any]
"""What a question's form remembers: `prompt`, `question` (empty for one to be added), `channel`, what is `confirmed`,
and of the form beneath it `beneath` (its view), `closes` as that was filled in, and the `values` typed so far."""


async def press_edit(click: Click, at: Incoming) -> None:
    """[Edit] beside a question: its form, on top."""
    prompt_id, _, question_id = click.value.partition(":")
    await _open(click, at, int(prompt_id), question_id)


async def press_add(click: Click, at: Incoming) -> None:
    """[Add a question]: the form for one more, on top."""
    await _open(click, at, int(click.value), "")


async def submit_question(form: Form, at: Incoming) -> ShowView | None:
    """A question's form, sent: saved, and the form beneath shows it; or shown again with what would be dropped."""
    about = json.loads(form.metadata)

    def save(session: Session) -> tuple[View, bool]:
        now, prompt_id = at.deps.now(), int(about["prompt"])
        found = find_editable_question(session, at.actor, prompt_id, about["question"] or None, now)
        change = read_question(found.question, form.values, about)
        outcome = edit_question(session, at.actor, prompt_id, change, now)
        if isinstance(outcome, Drops):
            warning = dropping(outcome.labels, outcome.answers, is_anonymous=found.prompt.anonymous)
            return _view(found, form.values, about, confirmed=outcome.key, warning=warning), False
        said = saved_note(change.text, next_waves=outcome.next_waves)
        return _beneath(session, at, about, said), True

    view, is_saved = await at.deps.database.write(save)
    if not is_saved:
        return ShowView(view)
    _show_beneath(at, about, view)
    return None


async def press_remove(click: Click, at: Incoming) -> None:
    """[Remove this question], confirmed: removed, unless other answers would be dropped than was said."""
    about, view_id = json.loads(click.view_metadata), click.view_id
    assert view_id is not None
    try:
        view, beneath = await at.deps.database.write(_remove, click, at, about)
    except LoopmarkError as error:
        view, beneath = sorry_view(TITLE, str(error)), None
    if beneath is not None:
        _show_beneath(at, about, beneath)
    await at.deps.slack.update_view(view_id, view)


def read_question(former: Question | None, values: Mapping[str, str], about: About) -> QuestionEdit:
    """Return what a filled-in question's form says.

    Args:
        former: As it is stored; None for one that is to be added.
        values: The form's.
        about: What the form remembers.

    Raises:
        UserError: field ``question`` is empty or too long.
    """
    before = PromptKind.SCALE if former is None else former.kind
    kind = PromptKind(values.get("kind") or before)
    own = former.options if former is not None and before in OWN_OPTIONS else ()
    options = read_options(own, kind, values)
    if kind is PromptKind.EMOJI and not options and not own:
        options = tuple((None, emoji) for emoji in EMOJI)
    return QuestionEdit(
        question_id=about["question"] or None,
        text=parse_question(values.get("question", "")),
        kind=kind,
        options=options,
        comment=bool(values.get("comment")),
        optional=bool(values.get("optional")),
        next_waves=bool(values.get("next_waves")),
        confirmed=about["confirmed"],
    )


def _remove(session: Session, click: Click, at: Incoming, about: About) -> tuple[View, View | None]:
    """Remove a question and return what its form shows then, and the form beneath where that changed."""
    now, prompt_id, question_id = at.deps.now(), int(about["prompt"]), about["question"]
    found = find_editable_question(session, at.actor, prompt_id, question_id, now)
    try:
        outcome = remove_question(
            session,
            at.actor,
            prompt_id,
            question_id,
            now,
            next_waves=bool(click.values.get("next_waves")),
            confirmed=click.value,
        )
    except UserError as error:
        return _view(found, click.values, about, warning=str(error)), None
    if isinstance(outcome, Drops):
        warning = f"The answers changed meanwhile. {_removal(found)} Press Remove again to do it."
        return _view(found, click.values, about, warning=warning), None
    assert found.question is not None
    after = removed_view(found.question.text, next_waves=outcome.next_waves, about=about)
    return after, _beneath(session, at, about, "")


async def _open(click: Click, at: Incoming, prompt_id: int, question_id: str) -> None:
    beneath = json.loads(click.view_metadata)
    about = {
        "prompt": prompt_id,
        "question": question_id,
        "channel": at.actor.channel_id,
        "beneath": click.view_id,
        "closes": beneath["closes"],
        "values": dict(click.values),
    }

    async def build() -> View:
        found = await at.deps.database.read(
            find_editable_question, at.actor, prompt_id, question_id or None, at.deps.now()
        )
        return _view(found, _filled(found.question), about)

    await open_form(at, TITLE if question_id else ADD_TITLE, build, on_top=True)


def _filled(question: Question | None) -> dict[str, str]:
    """Return what a question's form starts with."""
    if question is None:
        return {}
    return {
        "question": question.text,
        "comment": "yes" if question.comment else "",
        "optional": "yes" if question.optional else "",
        **{f"{OPTION}{option.id}": option.label for option in question.options},
    }


def _view(
    found: EditableQuestion,
    values: Mapping[str, str],
    about: About,
    *,
    confirmed: str = "",
    warning: str = "",
) -> View:
    return question_view(
        found.prompt,
        found.question,
        values,
        about,
        is_answered=found.is_answered,
        is_wave=found.is_wave,
        removal=_removal(found) if found.question is not None and len(found.prompt.form) > 1 else None,
        removes=found.removal.key if found.removal else "",
        confirmed=confirmed,
        warning=warning,
    )


def _removal(found: EditableQuestion) -> str:
    answers = 0 if found.removal is None else found.removal.answers
    return removing(answers, has_answers=found.has_answers, is_wave=found.is_wave)


def _show_beneath(at: Incoming, about: About, view: View) -> None:
    at.deps.wake.set()
    at.deps.tasks.spawn(at.deps.slack.update_view(about["beneath"], view), name="form beneath a question")


def _beneath(session: Session, at: Incoming, about: About, said: str) -> View:
    """Return the form of the prompt as it was filled in, with the questions as they are now."""
    chosen = replace(at.actor, chosen=(("prompt", int(about["prompt"])),))
    found = find_editable_prompt(session, chosen, at.deps.now())
    return form_view(found, {**about["values"], "closes_before": about["closes"]}, at, said=said)
