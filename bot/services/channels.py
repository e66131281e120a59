"""Channels: checked with Slack when they are named, kept by id."""

from __future__ import annotations

from bot.db.channels import save_channel
from bot.deps import Deps
from bot.domain.actor import Channel
from bot.errors import DeliveryError, UserError


async def check_channel(deps: Deps, team_id: str, channel_id: str, *, name: str = "") -> Channel:
    """Make sure the bot can post in a channel, and remember what Slack says of it.

    Args:
        deps: The bundle.
        team_id: Slack workspace id.
        channel_id: Slack channel id.
        name: Its name as typed, for the sentence when Slack does not know it.

    Raises:
        UserError: field ``channel``; unknown or unseen, archived, or the bot is not in it.
        DeliveryError: Slack could not be asked.
    """
    shown = f"#{name}" if name else "that channel"
    try:
        channel = await deps.slack.channel(channel_id)
    except DeliveryError as error:
        if error.error in {"channel_not_found", "missing_scope", "method_not_supported_for_channel_type"}:
            raise UserError(
                f"I can't see {shown}: it does not exist, or it is private and I am not in it. "
                f"Type `/invite @{deps.bot_name}` there and try again.",
                field="channel",
            ) from error
        raise
    await deps.database.write(save_channel, team_id, channel, deps.now())
    shown = f"#{channel.name}" if channel.name else shown
    if channel.is_archived:
        raise UserError(
            f"{shown} is archived, so nothing can be posted there. Choose another channel.", field="channel"
        )
    if not channel.is_member:
        raise UserError(
            f"I am not in {shown}. Type `/invite @{deps.bot_name}` there and try again.", field="channel"
        )
    return channel
