"""Validation: what Slack's public blocks.validate says of blocks, a message or a view."""

from __future__ import annotations

import json
from collections.abc import Sequence

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.deps import Priority
from bot.domain.message import Block, Message, View
from bot.slack.errors import RefusedError
from bot.slack.transport import Transport, told

_INVALID = frozenset({"invalid_blocks", "invalid_view", "invalid_message"})


async def validate(transport: Transport, what: Sequence[Block] | Message | View) -> tuple[str, ...]:
    """Return one line for each thing Slack finds wrong, none when it would take it.

    Args:
        transport: Sends the call, without the token: the method needs none.
        what: A list of blocks, a message, or a view (a mapping).

    Raises:
        DeliveryError: Slack could not be asked.
    """
    if isinstance(what, Message):
        field, value = "message", json.dumps({"text": what.text, "blocks": list(what.blocks)})
    elif isinstance(what, Sequence):
        field, value = "blocks", json.dumps(list(what))
    else:
        field, value = "view", json.dumps(dict(what))
    client = transport.client
    anyone = AsyncWebClient(
        base_url=client.base_url, session=client.session, logger=client.logger, retry_handlers=[]
    )
    anyone.proxy = client.proxy

    async def send() -> AsyncSlackResponse:
        # In the body: slack_sdk's own method puts up to 100,000 characters into the address.
        return await anyone.api_call("blocks.validate", data={field: value})

    try:
        answer = await transport.call("blocks.validate", send, effect="read", priority=Priority.STATUS_REPLY)
    except RefusedError as error:
        if error.error not in _INVALID:
            raise
        return error.details or (str(error),)
    assert isinstance(answer.data, dict)
    return tuple(told(answer.data))
