"""Reading the sources of criteria that are being added, and telling the person what was found."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog

from bot.blocks.adding import EDIT_TITLE, TITLE, added_message
from bot.blocks.answers import refusal
from bot.blocks.previews import found_message, found_view, unread_message, unread_view
from bot.deps import Deps
from bot.domain.formatting import format as format_request
from bot.domain.message import Message, View
from bot.domain.secret import refused_secret
from bot.errors import DeliveryError
from bot.services.lines import line_of_found
from bot.services.next_read import say_next_read
from bot.services.reading_drafts import (
    DraftClaim,
    DraftOutcome,
    claim_reading_drafts,
    give_draft_back,
    read_draft,
)
from jobs.queue import Queue

log = structlog.get_logger(__name__)


async def tick(deps: Deps, queue: Queue) -> None:
    """Start reading the drafts that wait for it, as far as the queue has room."""
    room = queue.room()
    if room <= 0:
        return
    for claim in await claim_reading_drafts(deps, room):
        queue.put("draft", partial(run, deps, claim))


async def run(deps: Deps, claim: DraftClaim) -> None:
    """Read one draft's source and tell the person; cancelled at shutdown it is given back."""
    try:
        outcome = await read_draft(deps, claim)
    except asyncio.CancelledError:
        await give_draft_back(deps, claim)
        raise
    if outcome is None:
        return
    proposal = outcome.proposal
    if proposal.view_id is not None and await _show_in_modal(deps, proposal.view_id, _view(outcome)):
        return
    message = _message(deps, outcome)
    if proposal.response_url is not None:
        try:
            await deps.slack.respond(proposal.response_url, message)
            return
        except DeliveryError as error:
            log.info("answer goes to direct messages", cause=str(error))
    await deps.slack.post(proposal.actor.user_id, message)


async def _show_in_modal(deps: Deps, view_id: str, view: View) -> bool:
    try:
        await deps.slack.update_view(view_id, view)
    except DeliveryError as error:
        if error.error == "not_found":
            return False  # closed meanwhile: the same comes as a direct message
        raise
    return True


def _view(outcome: DraftOutcome) -> View:
    proposal = outcome.proposal
    request = proposal.request
    title = TITLE if proposal.criterion_id is None else EDIT_TITLE
    if outcome.preview is None:
        return unread_view(
            request.name,
            proposal.failure,
            proposal.draft_id,
            refused=proposal.refused,
            secret=refused_secret(request.source, proposal.failure),
            title=title,
        )
    return found_view(outcome.preview, proposal.draft_id, title)


def _message(deps: Deps, outcome: DraftOutcome) -> Message:
    proposal = outcome.proposal
    request = proposal.request
    typed = "" if proposal.criterion_id else f"/criteria {format_request(request)}"
    if outcome.refusal is not None:
        return refusal(str(outcome.refusal), typed=typed)
    if outcome.added is not None:
        found = outcome.added.found
        now = deps.now()
        return added_message(line_of_found(found, now), found.initiative, next_read=say_next_read(found, now))
    if outcome.preview is None:
        return unread_message(
            request.name,
            proposal.failure,
            proposal.draft_id,
            refused=proposal.refused,
            typed=typed,
            secret=refused_secret(request.source, proposal.failure),
        )
    return found_message(outcome.preview, proposal.draft_id)
