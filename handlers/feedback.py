"""Giving feedback: notes, answers to prompts, and what came of them."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from dataclasses import replace

from bot.blocks.answering import (
    TITLE,
    answer_view,
    change_message,
    edition_of,
    receipt_message,
    receipt_view,
    withdrawn_message,
    withdrawn_view,
)
from bot.blocks.notes import FORM_TITLE, note_form, note_message, privacy_message, undone_message
from bot.blocks.privacy import anonymity, privacy_line
from bot.blocks.results import close_question, list_message, results_message
from bot.blocks.views import sorry_view
from bot.domain.answer import read_answers, salvage_answers, say_changed
from bot.domain.feedback import DEFAULT_FLOOR
from bot.domain.message import Message, View
from bot.domain.prompt import Prompt
from bot.domain.requests import AddNote, ClosePrompt, FeedbackPrivacy, ListPrompts, PromptResults
from bot.errors import LoopmarkError, UserError
from bot.services.about import stored_about
from bot.services.answering import (
    answer_prompt,
    own_answer,
    press_option,
    prompt_to_answer,
    withdraw_answer,
)
from bot.services.closing import close_prompt, prompt_results, prompt_to_close
from bot.services.notes import add_note, add_note_on, move_note, open_for_notes, undo_note
from bot.services.prompts import list_feedback
from handlers.context import Click, CloseAll, Form, Incoming, Redrawn, ShowView
from handlers.forms import open_form


async def save_note(request: AddNote, at: Incoming) -> Message:
    """`/feedback the new form is confusing`: kept, shown as saved, with [Undo]."""
    saved = await add_note(at.deps, at.actor, request.text)
    return note_message(saved.note, saved.initiative, saved.choices)


async def press_give(click: Click, at: Incoming) -> None:
    """[Give feedback] on a progress post: a form for a note on its initiative."""

    async def build() -> View:
        initiative = await at.deps.database.read(open_for_notes, at.actor, int(click.value))
        return note_form(initiative, at.actor.channel_id)

    await open_form(at, FORM_TITLE, build)


async def submit_note(form: Form, at: Incoming) -> CloseAll:
    """Feedback typed in the form: kept, and shown as saved with [Undo]."""
    about = json.loads(form.metadata)
    saved = await add_note_on(
        at.deps, at.actor, int(about["initiative"]), form.values.get("text", ""), ship_id=about.get("ship")
    )
    at.deps.wake.set()
    return CloseAll(note_message(saved.note, saved.initiative, saved.choices))


async def undo(click: Click, at: Incoming) -> Redrawn:
    """[Undo] under a saved note."""
    return Redrawn(undone_message(await undo_note(at.deps, at.actor, int(click.value))))


async def move(click: Click, at: Incoming) -> Redrawn:
    """[Put on …] under a note saved in a channel with several initiatives."""
    note_id, _, initiative_id = click.value.partition(":")
    saved = await move_note(at.deps, at.actor, int(note_id), int(initiative_id))
    return Redrawn(note_message(saved.note, saved.initiative, saved.choices))


async def vote(click: Click, at: Incoming) -> Message | Redrawn:
    """An option of a prompt, pressed in the channel or under [Change]: counted once, with a receipt."""
    prompt_id, _, option_id = click.value.partition(":")
    answered = await press_option(at.deps, at.actor, int(prompt_id), option_id)
    privacy = _privacy(at, answered.prompt)
    receipt = receipt_message(answered.prompt, answered.answers, answered.former, privacy, answered.code)
    return Redrawn(receipt) if click.is_ephemeral else receipt


async def open_answer(click: Click, at: Incoming) -> None:
    """[Answer] on a prompt: its form, with the answers given before."""

    async def build() -> View:
        mine = await own_answer(at.deps, at.actor, int(click.value), to_answer=True)
        return answer_view(mine.prompt, mine.answers, _privacy(at, mine.prompt))

    await open_form(at, TITLE, build)


async def submit_answer(form: Form, at: Incoming) -> ShowView:
    """An answer form, sent: counted once, with a receipt in its place."""
    about = json.loads(form.metadata)
    prompt_id = int(about["prompt"])
    asked = await prompt_to_answer(at.deps, at.actor, prompt_id)
    try:
        answered = await answer_prompt(at.deps, at.actor, prompt_id, read_answers(asked, form.values))
    except UserError as error:
        mine = await own_answer(at.deps, at.actor, prompt_id)
        if error.field is None or about.get("edited", "") == edition_of(mine.prompt):
            raise
        # It was edited while they filled it in: what they see is not what is asked now.
        typed = salvage_answers(mine.prompt, form.values)
        problem = say_changed(mine.prompt, form.values, error)
        privacy = _privacy(at, mine.prompt)
        return ShowView(answer_view(mine.prompt, mine.answers, privacy, typed=typed, problem=problem))
    privacy = _privacy(at, answered.prompt)
    return ShowView(receipt_view(answered.prompt, answered.answers, answered.former, privacy, answered.code))


async def change(click: Click, at: Incoming) -> Redrawn | None:
    """[Change] on a receipt: the options again, or the form for words."""
    mine = own_answer(at.deps, at.actor, int(click.value))
    if click.view_id is None or at.answer_view_id is not None:
        found = await mine
        return Redrawn(change_message(found.prompt, found.answers))

    async def form() -> View:
        found = await mine
        return answer_view(found.prompt, found.answers, _privacy(at, found.prompt))

    await _show_in_view(click.view_id, at, form())
    return None


async def withdraw(click: Click, at: Incoming) -> Redrawn | None:
    """[Withdraw] on a receipt: the answer counts no more."""
    withdrawn = withdraw_answer(at.deps, at.actor, int(click.value))
    if click.view_id is None or at.answer_view_id is not None:
        return Redrawn(withdrawn_message((await withdrawn).prompt))

    async def confirmation() -> View:
        return withdrawn_view((await withdrawn).prompt)

    await _show_in_view(click.view_id, at, confirmation())
    return None


async def show_list(_request: ListPrompts, at: Incoming) -> Message:
    """`/feedback list`: the channel's prompts and latest notes."""
    return await _list_page(at, 0)


async def more_prompts(click: Click, at: Incoming) -> Message:
    """[Next 12] under a list."""
    return await _list_page(at, int(click.value))


async def show_results(request: PromptResults, at: Incoming) -> Message:
    """`/feedback results [#12]`."""
    view = await prompt_results(at.deps, at.actor, request)
    return results_message(
        view.prompt, view.tally, view.trends, unasked=view.unasked, may_reply=view.may_reply
    )


async def results_of(click: Click, at: Incoming) -> Message:
    """[See results] in a list, [Question 2] under those of a form, or [Next 12] under written answers."""
    prompt_id, offset, place, *_ = [*click.value.split(":"), "", ""]
    chosen = replace(at.actor, chosen=(("prompt", int(prompt_id)),))
    view = await prompt_results(at.deps, chosen, PromptResults())
    return results_message(
        view.prompt,
        view.tally,
        view.trends,
        offset=int(offset or 0),
        unasked=view.unasked,
        place=int(place) if place else None,
        may_reply=view.may_reply,
    )


async def ask_to_close(request: ClosePrompt, at: Incoming) -> Message:
    """`/feedback close [#12]`: asks first."""
    view = await prompt_to_close(at.deps, at.actor, request)
    return close_question(view.prompt, view.tally)


async def close(click: Click, at: Incoming) -> Redrawn:
    """[Close prompt]: closed for good; whoever asked sees what came of it."""
    view = await close_prompt(at.deps, at.actor, int(click.value))
    return Redrawn(results_message(view.prompt, view.tally, view.trends, may_reply=view.may_reply))


async def show_privacy(_request: FeedbackPrivacy, at: Incoming) -> Message:
    """`/feedback privacy`: exactly what is kept about the person, and what anonymous means."""
    stored = await stored_about(at.deps, at.actor)
    meaning = anonymity(at.deps.database.dialect, DEFAULT_FLOOR)
    return privacy_message(stored.zone, stored.rows, stored.hidden, meaning)


async def _list_page(at: Incoming, offset: int) -> Message:
    feedback = await list_feedback(at.deps, at.actor, offset=offset)
    return list_message(
        [(view.prompt, view.tally) for view in feedback.prompts],
        feedback.notes,
        offset=feedback.offset,
        total=feedback.total,
        notes_total=feedback.notes_total,
        now=at.deps.now(),
        series=feedback.series,
    )


async def _show_in_view(view_id: str, at: Incoming, work: Awaitable[View]) -> None:
    """Do the work now and show what came of it in the modal, which has no response_url."""
    try:
        view = await work
    except LoopmarkError as error:
        view = sorry_view(TITLE, str(error))
    at.deps.tasks.spawn(at.deps.slack.update_view(view_id, view), name="answer form")


def _privacy(at: Incoming, prompt: Prompt) -> str:
    return privacy_line(prompt, at.deps.database.dialect)
