"""What one person may see of the workspace, as the documents the page is made of."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from bot.sandbox.model import Channel, JsonObject, Message, User, View
from bot.sandbox.page.control import ClockControl, GuideStep
from bot.sandbox.page.exchanges import exchange_document
from bot.sandbox.server import Server

SHOWN_MESSAGES = 300
"""Newest messages of a channel, replies included."""

SHOWN_EXCHANGES = 200
SHOWN_NOTICES = 50


@dataclass(frozen=True, slots=True)
class Notice:
    """What Slack itself told one person.

    Attributes:
        number: Counts up.
        at: When, aware UTC.
        user_id: Whom.
        channel_id: Where, or None.
        text: One sentence.
    """

    number: int
    at: datetime
    user_id: str
    channel_id: str | None
    text: str


class Documents:
    """Writes the workspace down for whoever looks at it: key → JSON text.

    What has not changed is not written again: messages and exchanges are kept as text.
    """

    def __init__(self, server: Server) -> None:
        """Look at this workspace; clock, guide and cast may be set later."""
        self.clock: ClockControl | None = None
        self.guide: Callable[[], Sequence[GuideStep]] | None = None
        self.cast: Sequence[User] = ()
        self.notices: list[Notice] = []
        self.busy_views: set[str] = set()
        self._server = server
        self._team = server.team
        self._messages: dict[tuple[str, str], tuple[object, JsonObject]] = {}
        self._exchanges: dict[int, tuple[object, str]] = {}

    def people(self) -> Sequence[User]:
        """Return whom the page offers to be: the cast, or everyone but the bot."""
        return self.cast or [user for user in self._team.users.values() if not user.is_bot]

    def of(self, user: User) -> dict[str, str]:
        """Return every document this person may see, as JSON texts by key."""
        written = {key: json.dumps(doc) for key, doc in self._whole(user)}
        for channel in self.visible_channels(user):
            written |= self._channel(channel, user)
        for message in self._team.ephemerals[user.id]:
            if not message.deleted:
                written[_key(message)] = json.dumps(self._message(message, user, []))
        written |= self._traffic()
        return written

    def visible_channels(self, user: User) -> Iterator[Channel]:
        """Yield the channels this person may look into: public ones, and those they are in."""
        return (
            channel
            for channel in self._team.channels.values()
            if channel.kind == "public" or user.id in channel.members
        )

    def _whole(self, user: User) -> Iterator[tuple[str, Any]]:
        yield "me", _person(user)
        offered = {one.id for one in self.people()}
        people = [_person(one) | {"pick": one.id in offered} for one in self._team.users.values()]
        yield "people", people
        yield "app", self._app()
        if self.clock is not None:
            state = self.clock.state()
            following = state.next_at and {"at": state.next_at.isoformat(), "what": state.next_what}
            yield (
                "clock",
                {
                    "now": state.now.isoformat(),
                    "rate": state.rate,
                    "mode": "real" if state.rate == 1 else "fast",
                    "next": following,
                    "busy": state.busy,
                },
            )
        if self.guide is not None:
            yield "guide", [asdict(step) for step in self.guide()]
        yield "modals", [self._modal(view) for view in self._server.modals.stacks[user.id]]
        home = self._server.modals.homes.get(user.id)
        yield "home", None if home is None else {"id": home.id, "blocks": home.blocks, "values": home.values}
        for notice in [one for one in self.notices if one.user_id == user.id][-SHOWN_NOTICES:]:
            yield (
                f"notice:{notice.number}",
                {
                    "n": notice.number,
                    "at": notice.at.isoformat(),
                    "channel": notice.channel_id,
                    "text": notice.text,
                },
            )

    def _app(self) -> JsonObject:
        installation = self._team.installation
        return {
            "name": self._team.bot.name,
            "bot_user_id": self._team.bot.id,
            "commands": [
                {"command": name, "description": one.description, "usage_hint": one.usage_hint}
                for name, one in installation.commands.items()
            ],
            "shortcuts": [
                {"callback_id": callback_id, "name": one.name, "kind": one.kind}
                for callback_id, one in installation.shortcuts.items()
            ],
        }

    def _modal(self, view: View) -> JsonObject:
        return {
            "id": view.id,
            "title": view.body.get("title"),
            "submit": view.body.get("submit"),
            "close": view.body.get("close"),
            "blocks": view.blocks,
            "values": view.values,
            "errors": {},
            "busy": view.id in self.busy_views,
        }

    def _channel(self, channel: Channel, user: User) -> dict[str, str]:
        standing = [message for message in self._team.history(channel.id) if not message.is_ephemeral]
        replies: dict[str, list[str]] = {}
        for message in standing:
            if message.thread_ts and message.thread_ts != message.ts:
                replies.setdefault(message.thread_ts, []).append(message.ts)
        written = {
            _key(message): json.dumps(self._message(message, user, replies.get(message.ts, [])))
            for message in standing[-SHOWN_MESSAGES:]
        }
        written[f"channel:{channel.id}"] = json.dumps(
            {
                "id": channel.id,
                "name": self._team.bot.name if channel.kind == "im" else channel.name,
                "kind": {"public": "channel", "private": "private", "im": "im"}[channel.kind],
                "member": user.id in channel.members,
                "archived": channel.archived,
                "topic": "",
                "latest": standing[-1].ts if standing else "",
            }
        )
        return written

    def _message(self, message: Message, user: User, replies: Sequence[str]) -> JsonObject:
        signature = (
            message.edits,
            len(replies),
            replies[-1] if replies else "",
            tuple((name, *users) for name, users in message.reactions.items()),
        )
        key = (message.channel.id, message.ts)
        known = self._messages.get(key)
        if known is None or known[0] != signature:
            known = self._messages[key] = (signature, self._write_message(message, replies))
        document = known[1]
        if message.files:
            document = document | {"files": [_file(file, user) for file in message.files]}
        inputs = message.inputs.get(user.id)
        return document | {"inputs": inputs} if inputs else document

    def _write_message(self, message: Message, replies: Sequence[str]) -> JsonObject:
        return {
            "channel": message.channel.id,
            "ts": message.ts,
            "at": datetime.fromtimestamp(float(message.ts), UTC).isoformat(),
            "user": message.user.id,
            "name": message.user.name,
            "bot": message.user.is_bot,
            "text": message.text,
            "blocks": message.blocks,
            "thread_ts": message.thread_ts,
            "replies": len(replies),
            "latest_reply": replies[-1] if replies else None,
            "edited": message.edited,
            "ephemeral": message.is_ephemeral,
            "broadcast": message.reply_broadcast,
            "reactions": [
                {"name": name, "users": list(users)} for name, users in message.reactions.items() if users
            ],
            "files": [],
            "inputs": {},
        }

    def _traffic(self) -> dict[str, str]:
        records = self._server.journal.records
        written: dict[str, str] = {}
        kept: dict[int, tuple[object, str]] = {}
        for record in islice(reversed(records), SHOWN_EXCHANGES):
            signature = (record.elapsed_ms, record.error, len(record.violations))
            known = self._exchanges.get(record.number)
            if known is None or known[0] != signature:
                known = (signature, json.dumps(exchange_document(record, self._team)))
            kept[record.number] = known
            written[f"exchange:{record.number}"] = known[1]
        self._exchanges = kept
        return written


def changes(before: dict[str, str], after: dict[str, str]) -> str | None:
    """Return the message that brings a page from one state to the next, or None when nothing differs."""
    put = {key: text for key, text in after.items() if before.get(key) != text}
    gone = [key for key in before if key not in after]
    if not put and not gone:
        return None
    return f'{{"type": "docs", "put": {_joined(put.items())}, "gone": {json.dumps(gone)}}}'


def _joined(documents: Iterable[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{json.dumps(key)}: {text}" for key, text in documents) + "}"


def _key(message: Message) -> str:
    return f"message:{message.channel.id}:{message.ts}"


def _file(file: JsonObject, user: User) -> JsonObject:
    return {
        "id": file["id"],
        "name": file["name"],
        "mimetype": mimetypes.guess_type(file["name"])[0] or "",
        "size": file["size"],
        "url": f"/page/file/{file['id']}?as={user.id}",
    }


def _person(user: User) -> JsonObject:
    return {
        "id": user.id,
        "name": user.name,
        "zone": user.tz or "UTC",
        "admin": user.is_admin,
        "bot": user.is_bot,
    }
