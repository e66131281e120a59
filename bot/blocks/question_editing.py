"""The questions of a form that is edited: each with its button, the form for one of them, and for one more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.blocks.asking import comment_input
from bot.blocks.kinds import KINDS
from bot.blocks.mrkdwn import escape, shorten
from bot.blocks.parts import actions, button, confirm, context, section, text_input, tick_input
from bot.blocks.phrases import plural, spoken, strong
from bot.blocks.prompt_editing import (
    SETTLES,
    kind_input,
    more_options_input,
    next_waves_input,
    option_inputs,
)
from bot.blocks.views import modal
from bot.domain.message import Block, View
from bot.domain.prompt import MOST_QUESTIONS, OWN_OPTIONS, Prompt, PromptKind, Question

FORM = "edit_question"
TITLE = "Edit a question"
ADD_TITLE = "Add a question"


def question_blocks(prompt: Prompt) -> list[Block]:
    """Return the questions of a form with [Edit] beside each and [Add a question] below; none for another prompt."""
    if prompt.kind is not PromptKind.FORM:
        return []
    blocks = [
        section(
            f"{place}. {strong(shorten(question.text, 200))}\n{_how(question)}",
            accessory=button(
                "Edit",
                f"edit_question:{place}",
                f"{prompt.id}:{question.id}",
                label=spoken(f"Edit question {place}: {question.text}"),
            ),
        )
        for place, question in enumerate(prompt.form, start=1)
    ]
    if len(prompt.form) < MOST_QUESTIONS:
        blocks.append(actions(button("Add a question", "add_question", str(prompt.id))))
    blocks.append(context("Each question is saved by itself, at once. Save below is for the rest."))
    return blocks


def question_view(
    prompt: Prompt,
    question: Question | None,
    values: Mapping[str, str],
    about: Mapping[str, Any],
    *,
    is_answered: bool,
    is_wave: bool,
    removal: str | None = None,
    removes: str = "",
    confirmed: str = "",
    warning: str = "",
) -> View:
    """Return the form for a question, filled in.

    Args:
        prompt: The form it belongs to.
        question: As it is stored; None for one that is to be added.
        values: Field → text it starts with.
        about: What the form remembers.
        is_answered: Whether how it is answered can't be changed any more.
        is_wave: Whether more waves will be asked.
        removal: From `removing`; None where it can't be removed.
        removes: What removing it confirms, possibly empty.
        confirmed: What sending it again confirms.
        warning: What that drops, one sentence; empty for none.
    """
    blocks: list[Block] = []
    if warning:
        blocks.append(section(f"⚠️ {escape(warning)}", block_id="warning"))
    blocks.append(text_input("question", "Question", initial=values.get("question", ""), max_length=500))
    kind = PromptKind(values.get("kind") or (PromptKind.SCALE if question is None else question.kind))
    if question is not None and is_answered:
        settled = (
            f"{KINDS[question.kind][0]}. How it is answered can't be changed any more: somebody has answered."
        )
        blocks.append(context(settled))
    else:
        blocks.append(kind_input(kind.value, hint="" if question is None else SETTLES))
    more = "Options"
    if question is not None and question.kind in OWN_OPTIONS:
        blocks += option_inputs(question.options, values)
        more = "More options"
    if not is_answered or kind in OWN_OPTIONS:
        blocks.append(more_options_input(values, label=more))
    if not is_answered or kind is not PromptKind.TEXT:
        blocks.append(comment_input(ticked=bool(values.get("comment"))))
    tick = "It may be left unanswered"
    hint = (
        "" if question is None else "Without the tick it has to be answered, by those who answer from now on."
    )
    blocks.append(tick_input("optional", "Optional", tick, ticked=bool(values.get("optional")), hint=hint))
    if is_wave:
        ticked = bool(values.get("next_waves"))
        blocks.append(next_waves_input(ticked=ticked, hint="Else this wave alone is changed."))
    if question is not None and removal is not None:
        asks = confirm("Remove this question?", removal, "Remove", danger=True)
        blocks.append(
            actions(button("Remove this question", "remove_question", removes, style="danger", confirm=asks))
        )
    return modal(
        ADD_TITLE if question is None else TITLE,
        blocks,
        callback_id=FORM,
        submit="Save anyway" if warning and confirmed else "Add" if question is None else "Save",
        close="Back",
        metadata=json.dumps({**about, "prompt": prompt.id, "confirmed": confirmed}, ensure_ascii=False),
    )


def removing(answers: int | None, *, has_answers: bool, is_wave: bool) -> str:
    """Return what removing a question does, plain text.

    Args:
        answers: How many answers to it are dropped; None where nobody may know before the close.
        has_answers: Whether anybody answered the form.
        is_wave: Whether more waves will be asked.
    """
    if not has_answers or answers == 0:
        said = "Nobody has answered it, so nothing is dropped."
    elif answers is None:
        said = "Answers to it will be dropped. How many there are is not told; the number of people who answered stays."
    else:
        said = f"{answers} {plural(answers, 'answer')} to it will be dropped."
    return f"{said} The next waves ask it all the same unless their box is ticked." if is_wave else said


def removed_view(question: str, *, next_waves: bool, about: Mapping[str, Any]) -> View:
    """Return what the form shows once its question was removed.

    Args:
        question: Its text.
        next_waves: Whether the waves to come don't ask it either.
        about: What the form remembers.
    """
    blocks = [section(f"Removed: {strong(shorten(question, 200))}. The message shows that it was edited.")]
    if next_waves:
        blocks.append(context("The next waves don't ask it either."))
    return modal(TITLE, blocks, close="Back", metadata=json.dumps(about, ensure_ascii=False))


def saved_note(question: str, *, next_waves: bool) -> str:
    """Return what the form of the prompt says once one of its questions was saved, mrkdwn."""
    waves = " The next waves ask it like that too." if next_waves else ""
    return f"✅ Saved: {strong(shorten(question, 200))}. The message shows that it was edited.{waves}"


def _how(question: Question) -> str:
    """Return how a question is answered on a line, escaped."""
    flags = ["with comments"] if question.comment else []
    flags += ["optional"] if question.optional else []
    return " · ".join([escape(_kind(question)), *flags])


def _kind(question: Question) -> str:
    name, about = KINDS[question.kind]
    if question.kind in OWN_OPTIONS:
        return f"{name}: {', '.join(option.label for option in question.options)}"
    return f"{name}: {about[0].lower()}{about[1:]}"
