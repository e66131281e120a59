"""History: messages read back from Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.deps import Posted, Priority
from bot.errors import DeliveryError
from bot.slack.transport import Transport

OUTBOX_EVENT = "loopmark_outbox"
"""`event_type` of the metadata that carries an outbox row's key."""

_PAGE = 200  # what Slack recommends at most
_MOST_PAGES = 50


async def find_posted(
    transport: Transport, channel_id: str, key: str, *, since: datetime, thread_ts: str | None
) -> Posted | None:
    """Return the message that carries an outbox key, or None when Slack shows every page and it is on none.

    Raises:
        DeliveryError: ``missing_scope`` without the history scope; whatever else hindered the look.
    """
    try:
        async for message in _messages(transport, channel_id, since=since, thread_ts=thread_ts):
            if _key(message) == key:
                return posted(channel_id, message)
    except DeliveryError as error:
        if thread_ts is None or error.error != "thread_not_found":
            raise
        # Its parent is gone, and Slack puts a reply to nothing at the root.
        return await find_posted(transport, channel_id, key, since=since, thread_ts=None)
    return None


async def read_back(
    transport: Transport, channel_id: str, ts: str, *, thread_ts: str | None
) -> Mapping[str, Any] | None:
    """Return one message as Slack keeps it, metadata included, or None when it is not there."""
    answer = await _page(transport, channel_id, thread_ts, oldest=ts, latest=ts, limit=10)
    messages: list[dict[str, Any]] = answer.get("messages") or []
    return next((message for message in messages if message.get("ts") == ts), None)


def posted(channel_id: str, message: Mapping[str, Any]) -> Posted:
    """Return where a message stands; a parent's ``thread_ts`` is its own ts, which means the root."""
    ts, thread_ts = str(message["ts"]), message.get("thread_ts")
    return Posted(channel_id, ts, str(thread_ts) if thread_ts and thread_ts != ts else None)


async def _messages(
    transport: Transport, channel_id: str, *, since: datetime, thread_ts: str | None
) -> AsyncIterator[Mapping[str, Any]]:
    oldest = f"{since.timestamp():.6f}"
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        answer = await _page(transport, channel_id, thread_ts, oldest=oldest, cursor=cursor, limit=_PAGE)
        messages: list[dict[str, Any]] = answer.get("messages") or []
        for message in messages:
            yield message
        # A page may be short or empty before the end: only the cursor says where the end is.
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
    raise DeliveryError(
        f"There are more than {_MOST_PAGES * _PAGE:,} messages since then, too many to look through.",
        error="too_many_messages",
        permanent=True,
    )


async def _page(
    transport: Transport,
    channel_id: str,
    thread_ts: str | None,
    *,
    oldest: str,
    limit: int,
    latest: str | None = None,
    cursor: str | None = None,
) -> AsyncSlackResponse:
    client = transport.client

    async def send() -> AsyncSlackResponse:
        if thread_ts is not None:
            return await client.conversations_replies(
                channel=channel_id,
                ts=thread_ts,
                oldest=oldest,
                latest=latest,
                inclusive=True,
                include_all_metadata=True,
                cursor=cursor,
                limit=limit,
            )
        return await client.conversations_history(
            channel=channel_id,
            oldest=oldest,
            latest=latest,
            inclusive=True,
            include_all_metadata=True,
            cursor=cursor,
            limit=limit,
        )

    method = "conversations.history" if thread_ts is None else "conversations.replies"
    return await transport.call(method, send, effect="read", priority=Priority.DUE_POST)


def _key(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != OUTBOX_EVENT:
        return None
    payload = metadata.get("event_payload")
    return payload.get("key") if isinstance(payload, dict) else None
