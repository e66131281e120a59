"""`/criteria edit`: the form of a criterion, filled in, and what became of it."""

from __future__ import annotations

import json
from functools import partial

from sqlmodel import Session

from bot.blocks.adding import EDIT_TITLE, edit_form, edited_message, edited_view, which_to_edit
from bot.blocks.previews import reading_view
from bot.db.criteria import criteria_of
from bot.domain.goalpost import say_move
from bot.domain.initiative import Initiative
from bot.domain.message import Message, View
from bot.domain.requests import EditCriterion
from bot.domain.values import show_value
from bot.errors import UserError
from bot.services.editing import Edited, find_editable, propose_edit
from bot.services.lines import line_of_found, lines_by_need
from bot.services.next_read import say_next_read
from bot.services.progress import seen_initiative
from handlers.context import Click, FieldErrors, Form, Incoming, ShowView
from handlers.criteria import chosen
from handlers.criterion_form import filled_of, read_form
from handlers.forms import open_form


async def open_edit(request: EditCriterion, at: Incoming) -> None:
    """Open a criterion's form; who may not edit it is told before there is one."""
    found = await at.deps.database.read(find_editable, at.actor, request.name)
    assert found.row.id is not None
    await open_form(at, EDIT_TITLE, partial(edit_form_of, at, found.row.id, None))


async def press_edit(click: Click, at: Incoming) -> None:
    """Open the form of the criterion whose button was pressed."""
    await open_edit(EditCriterion(name=""), chosen(at, click.value))


async def edit_one_of(initiative_id: int, at: Incoming) -> Message | None:
    """Open the form of an initiative's only criterion, or ask which of several is meant."""

    def load(session: Session) -> tuple[Initiative, list[tuple[int, str]]]:
        initiative = seen_initiative(session, at.actor, initiative_id)
        lines = lines_by_need(criteria_of(session, initiative), at.deps.now())
        return initiative, [(line.criterion_id, line.name) for line in lines]

    initiative, criteria = await at.deps.database.read(load)
    if len(criteria) != 1:
        return which_to_edit(initiative, criteria)
    await open_edit(EditCriterion(name=""), chosen(at, str(criteria[0][0])))
    return None


async def edit_form_of(at: Incoming, criterion_id: int, filled: dict[str, str] | None) -> View:
    """Return a criterion's form: with what was typed before, or as it is stored where `filled` is None."""
    found = await at.deps.database.read(find_editable, chosen(at, str(criterion_id)).actor, "")
    criterion = found.criterion
    taken = None if criterion.baseline_typed else criterion.baseline
    return edit_form(
        criterion_id,
        found.initiative,
        user_id=at.actor.user_id,
        channel_id=at.actor.channel_id,
        filled=filled_of(found) if filled is None else filled,
        kinds=at.deps.sources,
        baseline="" if taken is None else show_value(taken, criterion.unit, digits=None),
    )


async def submit_edit(form: Form, at: Incoming) -> ShowView | FieldErrors:
    """Save a criterion from its form, or show that its new source is being read."""
    request, errors = read_form(form)
    if request is None:
        return FieldErrors(errors)
    actor = chosen(at, str(json.loads(form.metadata)["criterion"])).actor
    try:
        outcome = await at.deps.database.write(propose_edit, actor, request, at.deps, view_id=form.view_id)
    except UserError as error:
        # The kind comes from the menu, so what is wrong with the source is how it is to be read.
        if error.field == "source":
            raise UserError(str(error), field="options") from None
        raise
    at.deps.wake.set()
    if isinstance(outcome, Edited):
        return ShowView(edited_view_of(outcome, at))
    return ShowView(reading_view(request.source, EDIT_TITLE))


def edited_view_of(edited: Edited, at: Incoming) -> View:
    """Return the modal when an edit was saved."""
    now, found = at.deps.now(), edited.found
    return edited_view(
        line_of_found(found, now), found.initiative, _moves(edited, at), next_read=say_next_read(found, now)
    )


def edited_message_of(edited: Edited, at: Incoming) -> Message:
    """Return the answer when an edit was saved from a message."""
    now, found = at.deps.now(), edited.found
    return edited_message(
        line_of_found(found, now), found.initiative, _moves(edited, at), next_read=say_next_read(found, now)
    )


def _moves(edited: Edited, at: Incoming) -> list[str]:
    zone = edited.found.initiative.zone
    return [say_move(move, at.deps.now(), zone) for move in edited.moves]
