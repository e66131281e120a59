"""Membership: whether somebody may answer a prompt, by what it says and what Slack says of its channel."""

from __future__ import annotations

import asyncio

import structlog

from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.audience import Reach
from bot.domain.prompt import Prompt
from bot.errors import DeliveryError, UserError

LONGEST_LOOK_S = 1.5
"""How long Slack is waited for before an answer is counted unlooked; Slack wants its acknowledgement within 3 s."""

NOT_A_MEMBER = (
    "Only members of the channel in which this was asked can answer it. Nothing was counted or changed. "
    "Join the channel and press again."
)

log = structlog.get_logger(__name__)


class UnlookedError(Exception):
    """Whether somebody is a member of the prompt's channel has to be looked up first."""

    def __init__(self, channel_id: str) -> None:
        """Keep the channel's id."""
        super().__init__(channel_id)
        self.channel_id = channel_id


def require_audience(prompt: Prompt, user_id: str, member_of: frozenset[str]) -> None:
    """Let somebody answer a prompt that is put to them.

    Args:
        prompt: The prompt.
        user_id: Who wants to answer.
        member_of: Channels they are known to be in.

    Raises:
        UserError: the prompt names others.
        UnlookedError: it is for members of its channel, which is not among those.
    """
    if prompt.reach is Reach.NAMED and user_id not in prompt.named:
        raise UserError(
            f"“{prompt.question}” is for the people it names, and you are not one of them. "
            "Nothing was counted or changed. To be asked as well, tell whoever asked it."
        )
    if prompt.reach is Reach.CHANNEL and prompt.channel_id not in member_of:
        raise UnlookedError(prompt.channel_id)


async def look_there(deps: Deps, actor: Actor) -> frozenset[str]:
    """Return the channel where somebody pressed if they are in it, or Slack can't be asked; see `look_for`."""
    try:
        async with asyncio.timeout(LONGEST_LOOK_S):
            if await deps.slack.is_member(actor.channel_id, actor.user_id):
                return frozenset({actor.channel_id})
    except (DeliveryError, TimeoutError):
        return frozenset({actor.channel_id})
    return frozenset()


async def look_for(deps: Deps, channel_id: str, user_id: str) -> frozenset[str]:
    """Return the channel for `require_audience` if somebody is in it.

    Where Slack can't be asked in time they count as members: Slack shows the buttons to nobody else as a rule, and
    a lost vote is worse.

    Raises:
        UserError: they are not in it.
    """
    try:
        async with asyncio.timeout(LONGEST_LOOK_S):
            found = await deps.slack.is_member(channel_id, user_id)
    except (DeliveryError, TimeoutError) as error:
        log.info("members not known, answer taken", channel=channel_id, cause=type(error).__name__)
        found = True
    if not found:
        raise UserError(NOT_A_MEMBER)
    return frozenset({channel_id})
