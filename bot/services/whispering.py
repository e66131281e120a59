"""Whispering: something is said to one person in a channel, or by direct message where that can't be."""

from __future__ import annotations

import structlog

from bot.deps import Deps, Priority
from bot.domain.message import Message
from bot.errors import DeliveryError

log = structlog.get_logger(__name__)


async def whisper(
    deps: Deps,
    channel_id: str,
    user_id: str,
    message: Message,
    *,
    thread_ts: str | None = None,
    priority: Priority = Priority.ANSWER,
    or_directly: bool = True,
) -> None:
    """Show a message to one person where they are, at most once.

    Args:
        deps: The bundle.
        channel_id: Where.
        user_id: To whom.
        message: What only they see.
        thread_ts: The thread they are in, or None.
        priority: Who goes first.
        or_directly: Whether it goes to their direct messages where Slack refuses it in the channel.
    """
    try:
        await deps.slack.whisper(channel_id, user_id, message, thread_ts=thread_ts, priority=priority)
    except DeliveryError as error:
        log.info("not said in the channel", channel=channel_id, cause=error.error)
        # What may have arrived is not said twice.
        if or_directly and error.permanent and not error.unclear:
            await deps.slack.post(user_id, message, priority=priority)
