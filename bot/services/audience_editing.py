"""Editing who may answer an open prompt, how they may, and when its results are seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.db.models import PromptRow
from bot.db.prompts import to_prompt
from bot.db.reactions import forget_reactions
from bot.deps import Deps
from bot.domain.audience import Reach, Shown, check_named, check_shown
from bot.domain.entities import UserRef
from bot.domain.prompt import Prompt, PromptKind
from bot.domain.question_text import check_open_options
from bot.domain.reactions import check_reactions
from bot.domain.requests import AskPrompt
from bot.errors import UserError
from bot.services.inviting import check_people, invite

_LATER = (Shown.LIVE, Shown.HIDDEN, Shown.SHARED)
"""When results are seen, the earliest first."""


@dataclass(frozen=True, slots=True)
class AudienceEdit:
    """What a prompt's audience becomes.

    Attributes:
        reach: Who may answer.
        people: Slack user ids of those it names; empty unless it reaches them alone.
        results: When results are seen.
        open_options: Whether whoever answers may add options.
        reactions: Whether reactions under it are answers.
    """

    reach: Reach
    people: tuple[str, ...]
    results: Shown
    open_options: bool
    reactions: bool


def audience_of(prompt: Prompt) -> AudienceEdit:
    """Return the audience a prompt has now."""
    return AudienceEdit(prompt.reach, prompt.named, prompt.results, prompt.open_options, prompt.reactions)


async def know_new_people(deps: Deps, team_id: str, prompt: Prompt, change: AudienceEdit) -> None:
    """Make sure that everybody whom a prompt names anew can be asked.

    Raises:
        UserError: field ``people``; somebody can't be asked.
        DeliveryError: Slack could not be asked.
    """
    new = [UserRef(user_id) for user_id in change.people if user_id not in prompt.named]
    try:
        await check_people(deps, team_id, new)
    except UserError as error:
        raise UserError(str(error), field="people") from error


def check_audience(
    prompt: Prompt, change: AudienceEdit, kind: PromptKind, floor: int, *, answered: bool
) -> None:
    """Let a prompt get another audience; what those who answered were promised only gets stricter.

    Raises:
        UserError: field ``people``, ``results``, ``open_options`` or ``reactions``.
    """
    check_named(change.people, anonymous=prompt.anonymous, floor=floor, field="people")
    check_shown(change.results, anonymous=prompt.anonymous)
    if answered and _LATER.index(change.results) < _LATER.index(prompt.results):
        raise UserError(
            f"Somebody answered when results were {prompt.results}, so they can't become {change.results}: "
            "they may be shown later than promised, not earlier.",
            field="results",
        )
    check_open_options(kind, change.open_options)
    check_reactions(change.reactions, kind, change.results, anonymous=prompt.anonymous)


def store_audience(
    session: Session, row: PromptRow, prompt: Prompt, change: AudienceEdit, now: datetime, *, cap: int
) -> None:
    """Store another audience; whoever is named anew is asked by direct message, and answers given stay.

    Args:
        session: The session of a unit of work that holds the prompt.
        row: The prompt's.
        prompt: As it was before.
        change: From `check_audience`.
        now: Aware UTC.
        cap: Messages that ask which a person gets in a week at most.
    """
    row.reach, row.named = change.reach.value, list(change.people) or None
    row.results, row.open_options, row.reactions = change.results.value, change.open_options, change.reactions
    if prompt.reactions and not change.reactions and row.ts is not None:
        forget_reactions(session, row.team_id, row.channel_id, row.ts)
    new = tuple(user_id for user_id in change.people if user_id not in prompt.named)
    if new:
        invite(session, replace(to_prompt(row), named=new), row.team_id, now, cap=cap)


def ask_audience(request: AskPrompt, change: AudienceEdit) -> AskPrompt:
    """Return what the next waves ask with another audience."""
    return replace(
        request,
        reach=change.reach,
        people=tuple(UserRef(user_id) for user_id in change.people),
        results=change.results,
        open_options=change.open_options,
        reactions=change.reactions,
    )
