"""Inviting: people a prompt names get it as a direct message, besides the channel's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.db.deliveries import OutboxClaim
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.people import find_person
from bot.db.prompts import channel_name_of, find_prompt_row, to_prompt
from bot.deps import Deps
from bot.domain.entities import UserRef
from bot.domain.prompt import Prompt, PromptState
from bot.errors import DeliveryError, UserError
from bot.services.people import learn_person


async def check_people(deps: Deps, team_id: str, people: Sequence[UserRef]) -> None:
    """Make sure that each of some people can be asked, and know their zones.

    Raises:
        UserError: field ``to``; Slack knows no such person, they have left, or it is the bot.
        DeliveryError: Slack could not be asked.
    """
    for person in people:
        if person.id == deps.bot_user_id:
            raise UserError("I can't answer prompts myself. Name people.", field="to")
        known = await deps.database.read(find_person, team_id, person.id)
        if known is None:
            try:
                known = await learn_person(deps, team_id, person.id)
            except DeliveryError as error:
                if error.error not in {"user_not_found", "user_not_visible"}:
                    raise
                raise UserError(
                    f"Slack knows nobody with the id {person.id}. "
                    "Choose each person from Slack's list while typing @.",
                    field="to",
                ) from error
        if known.is_deleted:
            raise UserError(
                f"{known.name or 'One of them'} has left this workspace and can't be asked. Leave them out.",
                field="to",
            )


def invite(session: Session, team_id: str, prompt: Prompt, now: datetime) -> None:
    """Put a direct message to each person a prompt names into the outbox."""
    for user_id in prompt.named:
        add_to_outbox(
            session,
            team_id=team_id,
            key=f"prompt_asked:{prompt.id}:{user_id}",
            kind=OutboxKind.PROMPT_ASKED,
            channel_id=user_id,
            facts={"prompt_ids": [prompt.id]},
            now=now,
        )


def asked_prompts(session: Session, claim: OutboxClaim) -> tuple[Prompt, ...]:
    """Return the prompts a direct message asks to answer, those that are open."""
    rows = [find_prompt_row(session, prompt_id) for prompt_id in claim.facts["prompt_ids"]]
    return tuple(
        to_prompt(row, channel_name_of(session, row))
        for row in rows
        if row is not None and row.state == PromptState.OPEN
    )
