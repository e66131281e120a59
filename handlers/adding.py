"""Adding a criterion: on one line, in the modal, from a number that was found."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TypeVar

from sqlmodel import Session

from bot.blocks.adding import EDIT_TITLE, TITLE, add_form, added_message, added_view
from bot.blocks.previews import reading_answer, reading_view
from bot.blocks.trying import numbers_found
from bot.db.drafts import add_draft, find_draft
from bot.db.initiatives import visible_initiatives
from bot.domain.criterion import SourceKind
from bot.domain.initiative import Initiative
from bot.domain.message import Message, View
from bot.domain.names import NAME_LIMIT
from bot.domain.options import show_options
from bot.domain.requests import AddCriterion, OpenAddForm, TrySource
from bot.domain.salvage import salvage_criterion
from bot.errors import UserError
from bot.services.adding import Added, Proposal, find_proposal, propose
from bot.services.editing import Edited, save_draft
from bot.services.lines import line_of_found
from bot.services.next_read import say_next_read
from bot.services.people import known_person
from bot.services.trying import try_source
from bot.sources.shaping import SHAPE_OPTIONS
from handlers.context import Click, FieldErrors, Form, Incoming, Redrawn, ShowView
from handlers.criterion_form import filled_from, read_form
from handlers.editing import edit_form_of, edited_message_of, edited_view_of
from handlers.forms import choose_named, open_form

TRIED = "tried_source"
"""Kind of a draft that keeps the numbers found at an address."""

T = TypeVar("T")


async def add_criterion(request: AddCriterion, at: Incoming) -> Message:
    """Save a criterion typed on one line, or read its source first."""
    outcome = await at.deps.database.write(propose, at.actor, request, at.deps, response_url=at.response_url)
    at.deps.wake.set()
    if isinstance(outcome, Added):
        return _added(outcome, at)
    return reading_answer(request.source)


async def open_add_form(request: OpenAddForm, at: Incoming) -> None:
    """Open the empty modal."""
    del request
    await _open(at, {})


async def press_add(click: Click, at: Incoming) -> None:
    """Open the empty modal from a button."""
    del click
    await _open(at, {})


async def _open(at: Incoming, filled: dict[str, str]) -> None:
    await open_form(at, TITLE, lambda: _form(at, filled))


async def _form(at: Incoming, filled: dict[str, str]) -> View:
    def load(session: Session) -> list[Initiative]:
        known_person(session, at.actor)
        initiatives = visible_initiatives(session, at.actor)
        initiatives.sort(key=lambda initiative: initiative.channel_id != at.actor.channel_id)
        return initiatives

    initiatives = await at.deps.database.read(load)
    if not initiatives:
        raise UserError(
            'There is no initiative yet. Start one: /initiative new "Checkout rewrite" by 31 Dec in #general'
        )
    return add_form(
        initiatives,
        user_id=at.actor.user_id,
        channel_id=at.actor.channel_id,
        kinds=at.deps.sources,
        filled=filled,
    )


async def typed_form(at: Incoming, text: str) -> View:
    """Return the modal filled in with what could be read of a typed line."""
    filled = salvage_criterion(text, at.deps.now().date())
    return await _form(at, await choose_named(at, filled))


async def submit_add(form: Form, at: Incoming) -> ShowView | FieldErrors:
    """Save a criterion from the modal, or show that its source is being read."""
    request, errors = read_form(form)
    if request is None:
        return FieldErrors(errors)
    initiative_id = int(form.values["initiative"])
    actor = replace(at.actor, chosen=(("initiative", initiative_id),))
    try:
        outcome = await at.deps.database.write(propose, actor, request, at.deps, view_id=form.view_id)
    except UserError as error:
        # The kind comes from the menu, so what is wrong with the source is how it is to be read.
        if error.field == "source":
            raise UserError(str(error), field="options") from None
        raise
    at.deps.wake.set()
    if isinstance(outcome, Added):
        return ShowView(_added_view(outcome, at))
    return ShowView(reading_view(request.source))


async def save_draft_form(form: Form, at: Incoming) -> ShowView:
    """Save the criterion whose value (or cause) the modal showed."""
    draft_id = str(json.loads(form.metadata)["draft"])
    saved = await at.deps.database.write(save_draft, at.actor, draft_id, at.deps)
    at.deps.wake.set()
    return ShowView(edited_view_of(saved, at) if isinstance(saved, Edited) else _added_view(saved, at))


async def press_save(click: Click, at: Incoming) -> Redrawn:
    """Save the criterion whose value (or cause) the message showed; the buttons are gone afterwards."""
    saved = await at.deps.database.write(save_draft, at.actor, click.value, at.deps)
    at.deps.wake.set()
    return Redrawn(edited_message_of(saved, at) if isinstance(saved, Edited) else _added(saved, at))


async def press_change(click: Click, at: Incoming) -> None:
    """Open the form again with what was typed."""
    deps = at.deps

    def load(session: Session) -> tuple[Proposal, dict[str, str]]:
        proposal = find_proposal(session, at.actor, click.value, deps.now())
        return proposal, filled_from(proposal.request, proposal.initiative)

    proposal, filled = await deps.database.read(load)
    at = replace(at, actor=proposal.actor)
    title, build = TITLE, partial(_form, at, filled)
    if proposal.criterion_id is not None:
        title, build = EDIT_TITLE, partial(edit_form_of, at, proposal.criterion_id, filled)
    if click.view_id is not None:
        await deps.slack.update_view(click.view_id, await build())
        return
    await open_form(at, title, build)


async def try_url(request: TrySource, at: Incoming) -> Message:
    """Fetch an address once and list the numbers it found."""
    found = await try_source(at.deps, request.url, request.options)
    form = {
        "url": found.url,
        "options": show_options(found.options),
        "numbers": [{"path": number.path, "key": number.key} for number in found.numbers],
    }
    draft_id = await at.deps.database.write(add_draft, at.actor, TRIED, form, at.deps.now())
    return numbers_found(
        found.url,
        [(number.key, number.path, number.value) for number in found.numbers],
        more=found.more,
        draft_id=draft_id,
        later=[name for name, _ in found.options if name in SHAPE_OPTIONS],
    )


async def press_use(click: Click, at: Incoming) -> None:
    """Open the modal with the address, its options, and the path and key of a number that was found."""
    draft_id, _, index = click.value.partition(":")

    def load(session: Session) -> dict[str, str]:
        row = find_draft(session, at.actor, draft_id, at.deps.now())
        if row is None:
            raise UserError("That list is older than a day. Type `/criteria try URL` again.")
        number = row.form["numbers"][int(index)]
        return {
            "name": number["key"][:NAME_LIMIT].strip(),
            "url": row.form["url"],
            "path": number["path"],
            "options": row.form["options"],
            "source": SourceKind.HTTP_JSON,
        }

    filled = await at.deps.database.read(load)
    await _open(at, filled)


def _added(added: Added, at: Incoming) -> Message:
    now = at.deps.now()
    found = added.found
    return added_message(line_of_found(found, now), found.initiative, next_read=say_next_read(found, now))


def _added_view(added: Added, at: Incoming) -> View:
    now = at.deps.now()
    found = added.found
    return added_view(line_of_found(found, now), found.initiative, next_read=say_next_read(found, now))
