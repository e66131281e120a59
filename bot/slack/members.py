"""Members: who is in a channel, as Slack said within the last minutes."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.deps import Priority
from bot.errors import DeliveryError
from bot.slack.transport import Transport

KNOWN_FOR_S = 600.0
"""How long a list counts for those who are on it."""

LOOK_AGAIN_S = 15.0
"""How old a list is at least before it is asked for again because somebody is not on it."""

_MOST_CHANNELS = 500
_PAGE = 1000
_MOST_PAGES = 20


class MemberLists:
    """Lists of members in memory: nothing of them is stored, and each is asked for once at a time."""

    def __init__(self, transport: Transport) -> None:
        """Know no channel yet."""
        self._transport = transport
        self._lists: OrderedDict[str, tuple[float, frozenset[str]]] = OrderedDict()
        self._asking: dict[str, asyncio.Lock] = {}
        self._failed_at: dict[str, float] = {}

    async def members(self, channel_id: str, *, until: float | None = None) -> frozenset[str]:
        """Return the user ids of a channel's members, not older than `KNOWN_FOR_S`.

        Raises:
            DeliveryError: Slack could not be asked; error ``too_many_members`` beyond 20,000.
        """
        return await self._list(channel_id, KNOWN_FOR_S, until)

    async def is_member(self, channel_id: str, user_id: str, *, until: float | None = None) -> bool:
        """Say whether somebody is in a channel; who is not on the list is looked for on a new one.

        Raises:
            DeliveryError: as `members`.
        """
        if user_id in await self._list(channel_id, KNOWN_FOR_S, until):
            return True
        return user_id in await self._list(channel_id, LOOK_AGAIN_S, until)

    async def _list(self, channel_id: str, age_s: float, until: float | None) -> frozenset[str]:
        if (known := self._known(channel_id, age_s)) is not None:
            return known
        async with self._asking.setdefault(channel_id, asyncio.Lock()):
            if (known := self._known(channel_id, age_s)) is not None:
                return known  # somebody else asked meanwhile
            members = await self._ask_once(channel_id, until)
            self._lists[channel_id] = (self._transport.until(0), members)
            self._lists.move_to_end(channel_id)
            while len(self._lists) > _MOST_CHANNELS:
                dropped, _ = self._lists.popitem(last=False)
                self._asking.pop(dropped, None)
            return members

    async def _ask_once(self, channel_id: str, until: float | None) -> frozenset[str]:
        """Ask, unless that failed a moment ago: a crowd must not wait one after the other for what fails."""
        failed_at = self._failed_at.get(channel_id)
        if failed_at is not None and self._transport.until(0) - failed_at < LOOK_AGAIN_S:
            raise DeliveryError("The members could not be asked for.", error="not_asked", permanent=False)
        self._failed_at[channel_id] = self._transport.until(0)  # also when whoever waits gives up
        members = await self._ask(channel_id, until)
        del self._failed_at[channel_id]
        return members

    def _known(self, channel_id: str, age_s: float) -> frozenset[str] | None:
        asked_at, members = self._lists.get(channel_id, (0.0, None))
        return members if members is not None and self._transport.until(0) - asked_at < age_s else None

    async def _ask(self, channel_id: str, until: float | None) -> frozenset[str]:
        found: set[str] = set()
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            answer = await self._page(channel_id, cursor, until)
            found.update(answer["members"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return frozenset(found)
        raise DeliveryError(
            f"There are more than {_MOST_PAGES * _PAGE:,} members, too many to look through.",
            error="too_many_members",
            permanent=True,
        )

    async def _page(self, channel_id: str, cursor: str | None, until: float | None) -> AsyncSlackResponse:
        return await self._transport.call(
            "conversations.members",
            lambda: self._transport.client.conversations_members(
                channel=channel_id, cursor=cursor, limit=_PAGE
            ),
            effect="read",
            priority=Priority.ANSWER,
            until=until,
        )
