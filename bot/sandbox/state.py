"""The workspace's contents and the rules about who sees what."""

from __future__ import annotations

import random
import secrets
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from bot.sandbox.installation import Installation
from bot.sandbox.journal import Change, Journal
from bot.sandbox.model import Channel, JsonObject, Message, User

KEPT_POSTS = 10_000
KEPT_EPHEMERALS = 1_000
BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Team:
    """One workspace: people, channels, messages. Everything here happens on one event loop."""

    def __init__(
        self, installation: Installation, journal: Journal, now: Callable[[], datetime], rng: random.Random
    ) -> None:
        """Start with the bot as the only member."""
        self.installation = installation
        self.journal = journal
        self.now = now
        self.rng = rng
        self.origin = ""
        self.emit: Callable[[str, JsonObject], None] = lambda _event, _body: None
        self._serial = 0
        self._last_us: dict[str, int] = {}
        self.id = self.new_id("T")
        self.name = "Sandbox"
        self.domain = "sandbox"
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.posts: dict[str, deque[Message]] = defaultdict(lambda: deque(maxlen=KEPT_POSTS))
        self.ephemerals: dict[str, deque[Message]] = defaultdict(lambda: deque(maxlen=KEPT_EPHEMERALS))
        self.bot_id = self.new_id("B")
        self.bot = self.add_user(installation.bot_name, tz=None, is_bot=True)

    # ── identifiers ────────────────────────────────────────────────────────────────────────────

    def new_id(self, prefix: str) -> str:
        """Return an id nothing else in this workspace has, like ``C0S00000A1``."""
        self._serial += 1
        digits, rest = "", self._serial
        while rest:
            rest, digit = divmod(rest, 36)
            digits = BASE_36[digit] + digits
        return f"{prefix}0S{digits:0>7}"

    def next_ts(self, channel_id: str) -> str:
        """Return a ts later than every other in the channel, from the workspace's clock."""
        micros = max(int(self.now().timestamp() * 1_000_000), self._last_us.get(channel_id, 0) + 1)
        self._last_us[channel_id] = micros
        return f"{micros // 1_000_000:010d}.{micros % 1_000_000:06d}"

    def epoch_s(self) -> int:
        """Return the workspace's clock in whole seconds."""
        return int(self.now().timestamp())

    # ── people and channels ────────────────────────────────────────────────────────────────────

    def add_user(self, name: str, *, tz: str | None, is_admin: bool = False, is_bot: bool = False) -> User:
        """Return a new member."""
        user = User(self.new_id("U"), name, tz=tz, is_admin=is_admin, is_bot=is_bot)
        self.users[user.id] = user
        return user

    def add_channel(self, name: str, *, members: set[str], private: bool, archived: bool) -> Channel:
        """Return a new channel with these member ids."""
        channel = Channel(
            self.new_id("C"), name, "private" if private else "public", members, self.epoch_s(), archived
        )
        self.channels[channel.id] = channel
        self.journal.changed(Change("channel", text=channel.id))
        return channel

    def direct_channel(self, user: User, *, create: bool = True) -> Channel | None:
        """Return the conversation between the person and the bot."""
        for channel in self.channels.values():
            if channel.kind == "im" and user.id in channel.members:
                return channel
        if not create:
            return None
        channel = Channel(self.new_id("D"), "directmessage", "im", {user.id, self.bot.id}, self.epoch_s())
        self.channels[channel.id] = channel
        return channel

    def bot_sees(self, channel: Channel) -> bool:
        """Say whether the channel exists as far as the bot can tell."""
        return channel.kind == "public" or self.bot.id in channel.members

    # ── messages ───────────────────────────────────────────────────────────────────────────────

    def history(self, channel_id: str) -> Iterator[Message]:
        """Yield what still stands in the channel, oldest first, replies included."""
        return (message for message in self.posts[channel_id] if not message.deleted)

    def find(self, channel_id: str, ts: str) -> Message | None:
        """Return the standing channel message with this ts; ephemeral ones are not found."""
        posts = reversed(self.posts[channel_id])
        return next((message for message in posts if message.ts == ts and not message.deleted), None)

    def replies(self, parent: Message) -> list[Message]:
        """Return the standing replies in the parent's thread, oldest first."""
        return [m for m in self.history(parent.channel.id) if m.thread_ts == parent.ts and m is not parent]

    def post(self, message: Message) -> Message:
        """Add a message where people see it and emit the events it causes."""
        if message.only_for is not None:
            self.ephemerals[message.only_for.id].append(message)
            self.journal.changed(Change("ephemeral", message=message, user_id=message.only_for.id))
            return message
        self.posts[message.channel.id].append(message)
        self.journal.changed(Change("message", message=message))
        self._emit_message(message, self.payload(message))
        return message

    def changed(self, message: Message, before: JsonObject) -> None:
        """Tell everyone that a message now reads differently; ``before`` is its former payload."""
        message.edits += 1
        if message.is_ephemeral:
            self.journal.changed(Change("ephemeral_changed", message=message))
            return
        self.journal.changed(Change("message_changed", message=message))
        self._emit_message(
            message,
            {
                "subtype": "message_changed",
                "message": self.payload(message),
                "previous_message": before,
                "hidden": True,
                "ts": self.next_ts(message.channel.id),
            },
        )

    def delete(self, message: Message) -> None:
        """Take a message away."""
        before = self.payload(message)
        message.deleted = True
        self.journal.changed(Change("message_deleted", message=message))
        if not message.is_ephemeral:
            self._emit_message(
                message,
                {
                    "subtype": "message_deleted",
                    "deleted_ts": message.ts,
                    "previous_message": before,
                    "hidden": True,
                    "ts": self.next_ts(message.channel.id),
                },
            )

    def _emit_message(self, message: Message, body: JsonObject) -> None:
        channel = message.channel
        if self.bot.id not in channel.members:
            return
        kind = {"public": "channels", "private": "groups", "im": "im"}[channel.kind]
        place = {"channel": channel.id, "channel_type": channel.event_type, "event_ts": body["ts"]}
        self.emit(f"message.{kind}", {"type": "message", **body, **place})

    def payload(self, message: Message, *, with_metadata: bool = False) -> JsonObject:
        """Return a message as Slack writes it in API answers and payloads."""
        body: JsonObject = {
            "type": "message",
            "ts": message.ts,
            "user": message.user.id,
            "team": self.id,
            "text": message.text,
        }
        if message.subtype:
            body["subtype"] = message.subtype
        if message.user is self.bot:
            body |= {"bot_id": self.bot_id, "app_id": self.installation.app_id}
        if message.blocks:
            body["blocks"] = message.blocks
        if message.attachments:
            body["attachments"] = message.attachments
        if message.files:
            body["files"] = message.files
        if message.edits and not message.blocks:
            body["edited"] = {"user": message.user.id, "ts": message.ts}
        if any(message.reactions.values()):
            body["reactions"] = [
                {"name": name, "users": list(users), "count": len(users)}
                for name, users in message.reactions.items()
                if users
            ]
        if with_metadata and message.metadata:
            body["metadata"] = message.metadata
        body |= self._thread_fields(message)
        return body

    def _thread_fields(self, message: Message) -> JsonObject:
        if message.is_ephemeral:
            return {"thread_ts": message.thread_ts} if message.thread_ts else {}
        if message.thread_ts:
            return {"thread_ts": message.thread_ts}
        replies = self.replies(message)
        if not replies:
            return {}
        return {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "latest_reply": replies[-1].ts,
            "reply_users": list(dict.fromkeys(reply.user.id for reply in replies)),
        }


def with_generated_ids(blocks: list[JsonObject]) -> list[JsonObject]:
    """Return the blocks as Slack stores them: every block_id and action_id left out gets a made-up one."""
    return [_named(block, "block_id") for block in blocks]


def _named(part: Any, key: str) -> Any:
    if not isinstance(part, dict):
        return part
    named = dict(part)
    if not named.get(key):
        named[key] = secrets.token_urlsafe(4)
    if key == "block_id":
        for inner in ("accessory", "element"):
            if isinstance(named.get(inner), dict) and _acts(named[inner]):
                named[inner] = _named(named[inner], "action_id")
        if named.get("type") in ("actions", "context_actions"):
            named["elements"] = [_named(element, "action_id") for element in named.get("elements", [])]
        if named.get("type") == "container":
            named["child_blocks"] = [_named(child, "block_id") for child in named.get("child_blocks", [])]
    return named


def _acts(element: JsonObject) -> bool:
    return element.get("type") != "image"
