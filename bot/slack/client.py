"""Client: everything Loopmark does in Slack."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import ClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.deps import Posted, Priority
from bot.domain.actor import Channel, Person
from bot.domain.export import File
from bot.domain.message import Block, Message, View
from bot.domain.reactions import Reactors
from bot.errors import DeliveryError
from bot.slack import history
from bot.slack.dnd import DoNotDisturb
from bot.slack.errors import BLOCKS_REFUSED
from bot.slack.identity import DEFAULT_NAME, Identity
from bot.slack.members import MemberLists
from bot.slack.profiles import to_channel, to_person
from bot.slack.rates import CHANNEL_POSTS, REDRAWS, URL_ANSWERS
from bot.slack.text import capped
from bot.slack.transport import LONGEST_WAIT_S, Transport
from bot.slack.validation import validate

log = structlog.get_logger(__name__)

_TRIGGER_WAIT_S = 2.5
# A trigger_id dies after 3 s, so a longer wait for one's turn could only end in expired_trigger_id.

_RECEIPT_WAIT_S = 25 * 60.0
# A response_url lives half an hour. A thousand people's receipts take minutes, and a late one is better than none.

_MOST_DIRECT_CHANNELS = 2000


class _SupersededError(Exception):
    """A newer state of the same message was asked for while this one waited."""


class SlackClient:
    """Implements bot.deps.Slack over slack_sdk; every method raises DeliveryError.

    Redraws: updates with Priority.REDRAW together start at most 40 times in any minute, the earliest
    asked for first, and of several states of one message only the newest is still sent. That one message
    is redrawn at most every 3 s is not done here: the prompt job picks what is due by its `redraw_at`
    column, no more than there is room for, builds the message from the rows at that moment and sets the
    column anew for what came in meanwhile, which also makes sure that a final redraw follows.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        now: Callable[[], datetime],
        team_id: str = "",
        bot_name: str = DEFAULT_NAME,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        longest_wait_s: float = LONGEST_WAIT_S,
    ) -> None:
        """Take over a client; nothing is sent yet.

        Args:
            client: From `open_client`; the token's workspace, with one limiter, is what this object is for.
            now: This machine's clock, aware UTC.
            team_id: Slack workspace id; `identity` fills it in.
            bot_name: For ``/invite`` in sentences, without ``@``; `identity` fills it in.
            sleep: Waits for seconds; the limiter's.
            monotonic: Seconds of a clock that never goes back; the limiter's.
            longest_wait_s: Longest time a call waits for its turn, pauses after 429 included.
        """
        self.team_id = team_id
        self._client = client
        self._transport = Transport(
            client,
            now=now,
            bot_name=bot_name,
            sleep=sleep,
            monotonic=monotonic,
            longest_wait_s=longest_wait_s,
        )
        self._members = MemberLists(self._transport)
        self._do_not_disturb = DoNotDisturb(self._transport, now=now)
        self._direct_channels: OrderedDict[str, str] = OrderedDict()
        self._newest_updates: dict[tuple[str, str], object] = {}

    async def identity(self) -> Identity:
        """Ask who the token belongs to, and use its name in sentences from now on."""
        answer = await self._transport.call(
            "auth.test", self._client.auth_test, effect="read", priority=Priority.ANSWER
        )
        identity = Identity.from_answer(answer)
        self.team_id, self._transport.bot_name = identity.team_id, identity.name
        return identity

    def without_token(self) -> AsyncWebClient:
        """Return a client on the same session that knows no bot token, for Bolt and the socket.

        Bolt gets who it acts for from its `authorize`; whatever Loopmark says goes through this class.
        """
        client = AsyncWebClient(
            base_url=self._client.base_url,
            timeout=self._client.timeout,
            session=self._client.session,
            logger=self._client._logger,
            retry_handlers=[],
        )
        client.proxy = self._client.proxy
        return client

    @property
    def lost_token(self) -> str:
        """Why nothing can be sent until the operator gives another token, or empty."""
        return self._transport.lost_token

    async def aclose(self) -> None:
        """Cancel calls that wait for their turn, and close the session."""
        await self._transport.aclose()

    def slack_now(self) -> datetime:
        """Return Slack's time, aware UTC; this machine's until Slack first answered."""
        return self._transport.clock.now()

    @property
    def clock_skew(self) -> timedelta:
        """How far Slack's clock is ahead of this machine's."""
        return self._transport.clock.skew

    async def post(
        self,
        channel_id: str,
        message: Message,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        key: str | None = None,
        priority: Priority = Priority.DUE_POST,
    ) -> Posted:
        """Post a message; posts to one channel go out one at a time, in order among equal priorities."""
        until = self._transport.until()
        where = await self._where(channel_id, until)
        metadata = {"event_type": history.OUTBOX_EVENT, "event_payload": {"key": key}} if key else None

        async def send(blocks: Sequence[Block]) -> AsyncSlackResponse:
            return await self._transport.call(
                "chat.postMessage",
                lambda: self._client.chat_postMessage(
                    channel=where,
                    text=capped(message.text),
                    blocks=_plain(blocks),
                    thread_ts=thread_ts,
                    reply_broadcast=True if broadcast and thread_ts else None,
                    unfurl_links=False,
                    unfurl_media=False,
                    metadata=metadata,
                ),
                effect="once",
                priority=priority,
                until=until,
                lane=where,
                lane_rate=CHANNEL_POSTS,
            )

        try:
            answer = await _with_fallback(message, send)
        except DeliveryError as error:
            if error.error == "channel_not_found":
                self._direct_channels.pop(channel_id, None)
            raise
        # A reply whose parent is gone comes back from the root, without thread_ts (seen, not documented).
        said = answer.get("message", {}).get("thread_ts") if thread_ts else None
        return history.posted(str(answer["channel"]), {"ts": answer["ts"], "thread_ts": said})

    async def update(
        self, channel_id: str, ts: str, message: Message, *, priority: Priority = Priority.REDRAW
    ) -> None:
        """Replace a message; nothing is sent when a newer state was asked for while this one waited."""
        until = self._transport.until()
        where = await self._where(channel_id, until)
        place, mine = (where, ts), object()
        self._newest_updates[place] = mine

        async def send(blocks: Sequence[Block]) -> None:
            async def update_unless_superseded() -> AsyncSlackResponse:
                if self._newest_updates.get(place) is not mine:
                    raise _SupersededError
                return await self._client.chat_update(
                    channel=where, ts=ts, text=capped(message.text), blocks=_plain(blocks)
                )

            await self._transport.call(
                "chat.update",
                update_unless_superseded,
                effect="repeatable",
                priority=priority,
                until=until,
                lane=f"{where} {ts}",
                shared_rate=REDRAWS if priority >= Priority.REDRAW else None,
            )

        try:
            await _with_fallback(message, send)
        except _SupersededError:
            log.debug("redraw superseded by a newer one", channel_id=where, ts=ts)
        finally:
            if self._newest_updates.get(place) is mine:
                del self._newest_updates[place]

    def room_to_redraw(self) -> int:
        """Return how many messages could be redrawn at this moment without waiting for Slack's limits."""
        return self._transport.limiter.room("chat.update", REDRAWS)

    async def delete(self, channel_id: str, ts: str) -> None:
        """Delete a message of the bot's own."""
        until = self._transport.until()
        where = await self._where(channel_id, until)
        await self._transport.call(
            "chat.delete",
            lambda: self._client.chat_delete(channel=where, ts=ts),
            effect="repeatable",
            priority=Priority.ANSWER,
            until=until,
        )

    async def respond(
        self,
        response_url: str,
        message: Message,
        *,
        replace: bool = False,
        priority: Priority = Priority.ANSWER,
    ) -> None:
        """Answer one person privately; `replace` redraws the message that was clicked."""
        until = self._transport.until(_RECEIPT_WAIT_S if priority is Priority.RECEIPT else None)

        async def send(blocks: Sequence[Block]) -> None:
            payload: dict[str, Any] = {
                "response_type": "ephemeral",
                "replace_original": replace,
                "text": capped(message.text),
                "unfurl_links": False,
                "unfurl_media": False,
            }
            if blocks:
                payload["blocks"] = _plain(blocks)
            await self._transport.reply(
                response_url,
                payload,
                effect="repeatable" if replace else "once",
                priority=priority,
                until=until,
                rate=URL_ANSWERS,
            )

        await _with_fallback(message, send)

    async def whisper(
        self,
        channel_id: str,
        user_id: str,
        message: Message,
        *,
        thread_ts: str | None = None,
        priority: Priority = Priority.ANSWER,
    ) -> None:
        """Show a message in a channel to one member of it, at most once."""
        until = self._transport.until()

        async def send(blocks: Sequence[Block]) -> None:
            await self._transport.call(
                "chat.postEphemeral",
                lambda: self._client.chat_postEphemeral(
                    channel=channel_id,
                    user=user_id,
                    text=capped(message.text),
                    blocks=_plain(blocks),
                    thread_ts=thread_ts,
                ),
                effect="once",
                priority=priority,
                until=until,
            )

        await _with_fallback(message, send)

    async def permalink(self, channel_id: str, ts: str) -> str:
        """Ask for the address of a message; DeliveryError where Slack can't say."""
        answer = await self._transport.call(
            "chat.getPermalink",
            lambda: self._client.chat_getPermalink(channel=channel_id, message_ts=ts),
            effect="read",
            priority=Priority.ANSWER,
        )
        return str(answer["permalink"])

    async def reactions(self, channel_id: str, ts: str) -> list[Reactors]:
        """Ask who has which reaction under a message now; nobody waits for it."""
        answer = await self._transport.call(
            "reactions.get",
            lambda: self._client.reactions_get(channel=channel_id, timestamp=ts, full=True),
            effect="read",
            priority=Priority.ASIDE,
        )
        return [
            Reactors(
                str(each["name"]), tuple(each["users"]), is_whole=each.get("count", 0) <= len(each["users"])
            )
            for each in answer["message"].get("reactions") or ()
        ]

    async def open_view(self, trigger_id: str, view: View) -> str:
        """Open a modal and return its view id."""
        answer = await self._transport.call(
            "views.open",
            lambda: self._client.views_open(trigger_id=trigger_id, view=dict(view)),
            effect="once",
            priority=Priority.ANSWER,
            until=self._transport.until(_TRIGGER_WAIT_S),
        )
        return str(answer["view"]["id"])

    async def push_view(self, trigger_id: str, view: View) -> str:
        """Put a modal on top of the open one and return its view id."""
        answer = await self._transport.call(
            "views.push",
            lambda: self._client.views_push(trigger_id=trigger_id, view=dict(view)),
            effect="once",
            priority=Priority.ANSWER,
            until=self._transport.until(_TRIGGER_WAIT_S),
        )
        return str(answer["view"]["id"])

    async def update_view(self, view_id: str, view: View) -> None:
        """Replace an open modal; DeliveryError(error="not_found") when it was closed."""
        await self._transport.call(
            "views.update",
            lambda: self._client.views_update(view_id=view_id, view=dict(view)),
            effect="repeatable",
            priority=Priority.ANSWER,
            lane=view_id,
        )

    async def upload(self, channel_id: str, files: Sequence[File], *, comment: str) -> None:
        """Send files as one message, at most once; a user id means their direct messages.

        Slack hands out an address for each, takes the bytes there, and shares them in a last call.
        """
        until = self._transport.until()
        where = await self._where(channel_id, until)
        shared: list[dict[str, str | None]] = [
            {"id": await self._upload(file, until), "title": file.name} for file in files
        ]
        await self._transport.call(
            "files.completeUploadExternal",
            lambda: self._client.files_completeUploadExternal(
                files=shared, channel_id=where, initial_comment=comment
            ),
            effect="once",
            priority=Priority.ANSWER,
            until=until,
            lane=where,
            lane_rate=CHANNEL_POSTS,
        )

    async def _upload(self, file: File, until: float) -> str:
        answer = await self._transport.call(
            "files.getUploadURLExternal",
            lambda: self._client.files_getUploadURLExternal(filename=file.name, length=len(file.content)),
            effect="repeatable",
            priority=Priority.ANSWER,
            until=until,
        )
        session = self._client.session
        assert session is not None, "open_client gives every client its session"
        try:
            async with session.post(str(answer["upload_url"]), data=file.content) as taken:
                status = taken.status
        except (ClientError, TimeoutError) as error:
            raise DeliveryError(
                "The file could not be sent to Slack; try again later.",
                error="upload_failed",
                permanent=False,
            ) from error
        if status != HTTPStatus.OK:
            raise DeliveryError(
                f"Slack did not take the file (HTTP {status}); try again later.",
                error="upload_failed",
                permanent=False,
            )
        return str(answer["file_id"])

    async def publish_home(self, user_id: str, view: View) -> None:
        """Show a person this view on their Home tab; DeliveryError(error="not_enabled") when the app has none."""
        await self._transport.call(
            "views.publish",
            lambda: self._client.views_publish(user_id=user_id, view=dict(view)),
            effect="repeatable",
            priority=Priority.HOME,
            lane=f"home:{user_id}",
        )

    async def person(self, team_id: str, user_id: str) -> Person:
        """Ask for a person's name and zone (UTC when Slack gives none)."""
        answer = await self._transport.call(
            "users.info",
            lambda: self._client.users_info(user=user_id),
            effect="read",
            priority=Priority.ANSWER,
        )
        return to_person(team_id, answer["user"])

    async def channel(self, channel_id: str) -> Channel:
        """Ask for a channel; DeliveryError(error="channel_not_found") for unknown and unseen private ones."""
        answer = await self._transport.call(
            "conversations.info",
            lambda: self._client.conversations_info(channel=channel_id),
            effect="read",
            priority=Priority.ANSWER,
        )
        return to_channel(answer["channel"])

    async def members(self, channel_id: str) -> frozenset[str]:
        """Ask for the user ids of a channel's members; an answer counts for some minutes."""
        return await self._members.members(channel_id)

    async def is_member(self, channel_id: str, user_id: str) -> bool:
        """Say whether somebody is in a channel; not from an old answer when they are not in it."""
        return await self._members.is_member(channel_id, user_id)

    async def do_not_disturb_until(self, user_id: str) -> datetime | None:
        """Ask until when somebody's do-not-disturb runs; an answer counts for some minutes."""
        return await self._do_not_disturb.until(user_id)

    async def open_direct_message(self, user_id: str) -> str:
        """Return the id (``D…``) of a person's direct messages with the bot, asked once for each person."""
        return await self._where(user_id, self._transport.until())

    async def find_posted(
        self, channel_id: str, key: str, *, since: datetime, thread_ts: str | None = None
    ) -> Posted | None:
        """Look for the message that carries `key` in its metadata, not older than `since` (Slack's clock)."""
        where = await self._where(channel_id, self._transport.until())
        return await history.find_posted(self._transport, where, key, since=since, thread_ts=thread_ts)

    async def read_back(
        self, channel_id: str, ts: str, *, thread_ts: str | None = None
    ) -> Mapping[str, Any] | None:
        """Return one message as Slack keeps it, metadata included, or None; a reply needs its `thread_ts`."""
        where = await self._where(channel_id, self._transport.until())
        return await history.read_back(self._transport, where, ts, thread_ts=thread_ts)

    async def validate_blocks(self, what: Sequence[Block] | Message | View) -> tuple[str, ...]:
        """Return what Slack's blocks.validate finds wrong with blocks, a message or a view, one line each."""
        return await validate(self._transport, what)

    async def _where(self, channel_id: str, until: float) -> str:
        """Return the conversation to use: posting to a person's id works, updating there does not."""
        if not channel_id.startswith(("U", "W")):
            return channel_id
        known = self._direct_channels.get(channel_id)
        if known is None:
            answer = await self._transport.call(
                "conversations.open",
                lambda: self._client.conversations_open(users=channel_id),
                effect="repeatable",
                priority=Priority.ANSWER,
                until=until,
            )
            known = self._direct_channels[channel_id] = str(answer["channel"]["id"])
            while len(self._direct_channels) > _MOST_DIRECT_CHANNELS:
                self._direct_channels.popitem(last=False)
        self._direct_channels.move_to_end(channel_id)
        return known


async def _with_fallback(message: Message, send: Callable[[Sequence[Block]], Awaitable[Any]]) -> Any:
    """Send a message, and once more with its fallback blocks when Slack refuses the first ones."""
    try:
        return await send(message.blocks)
    except DeliveryError as error:
        if error.error not in BLOCKS_REFUSED or message.fallback is None:
            raise
        log.warning("blocks refused, sent without them", error=str(error))
    return await send(message.fallback)


def _plain(blocks: Sequence[Block]) -> list[dict[str, Any]] | None:
    return [dict(block) for block in blocks] or None
