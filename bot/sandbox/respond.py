"""response_url: five posts within half an hour to the place a command or click came from."""

from __future__ import annotations

import json
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from aiohttp import web

from bot.sandbox.calls import ApiError, Args
from bot.sandbox.content import read_content
from bot.sandbox.model import Channel, JsonObject, Message, User
from bot.sandbox.state import Team

LIFE = timedelta(minutes=30)
MOST_USES = 5
KEPT_URLS = 5_000
KNOWN_KEYS = frozenset(
    {
        "text",
        "blocks",
        "attachments",
        "response_type",
        "replace_original",
        "delete_original",
        "thread_ts",
        "unfurl_links",
        "unfurl_media",
        "metadata",
        "mrkdwn",
    }
)

Origin = Literal["commands", "actions"]


@dataclass(slots=True, eq=False)
class ResponseUrl:
    """One address; ``message`` is the clicked message, ``seen`` is told each message it brings."""

    token: str
    origin: Origin
    user: User
    channel: Channel
    born: datetime
    message: Message | None = None
    uses: int = 0
    seen: list[Callable[[Message], None]] = field(default_factory=list)


class Responses:
    """Every response_url of one workspace, and the same rules for the message in an acknowledgement."""

    def __init__(self, team: Team) -> None:
        """Start with none."""
        self.team = team
        self._urls: OrderedDict[str, ResponseUrl] = OrderedDict()

    def new_url(
        self, origin: Origin, user: User, channel: Channel, message: Message | None = None
    ) -> ResponseUrl:
        """Return a fresh address for this person and place."""
        url = ResponseUrl(secrets.token_urlsafe(18), origin, user, channel, self.team.now(), message)
        self._urls[url.token] = url
        while len(self._urls) > KEPT_URLS:
            self._urls.popitem(last=False)
        return url

    def address(self, url: ResponseUrl) -> str:
        """Return the whole address as it stands in a payload."""
        return f"{self.team.origin}/{url.origin}/{self.team.id}/{url.uses}{url.born:%H%M%S}/{url.token}"

    async def handle(self, request: web.Request) -> web.Response:
        """Take one post."""
        url = self._urls.get(request.match_info["token"])
        if request.method != "POST":
            return web.Response(status=400, text="invalid_payload")
        try:
            body = json.loads(await request.read())
        except ValueError:
            body = None
        record = self.team.journal.begin("from_bot", "response_url", body if isinstance(body, dict) else {})
        if not isinstance(body, dict) or request.content_type != "application/json":
            self.team.journal.end(record, error="invalid_payload")
            return web.Response(status=400, text="invalid_payload")
        if url is None or url.uses >= MOST_USES or self.team.now() - url.born > LIFE:
            expired = {"ok": False, "error": "Expired url"}
            self.team.journal.end(record, answer=expired, error="Expired url")
            return web.json_response(expired, status=404)
        url.uses += 1
        try:
            self.deliver(url, body, method="response_url")
        except ApiError as error:
            self.team.journal.end(record, error=error.code, answer={"detail": list(error.messages)})
            return web.Response(status=400, text=error.code)
        self.team.journal.end(record)
        return web.Response(text="ok")

    def deliver(self, url: ResponseUrl, body: JsonObject, *, method: str, revealed: str = "") -> None:
        """Show, replace or delete as the body says.

        Args:
            url: Where it came from.
            body: The message.
            method: ``response_url`` or ``command_ack``.
            revealed: The line typed, which an acknowledgement with ``in_channel`` shows to everyone.

        Raises:
            ApiError: the body is refused.
        """
        args = Args(body)
        unknown = sorted(set(body) - KNOWN_KEYS)
        if unknown:
            self.team.journal.violate(f"{method}: unknown keys {', '.join(unknown)}")
        kind = args.text("response_type", "ephemeral")
        if kind not in ("ephemeral", "in_channel"):
            self.team.journal.violate(f"{method}: unknown response_type {kind}")
            raise ApiError("invalid_payload")
        if args.flag("delete_original"):
            self._delete_original(url)
            return
        if url.message is not None and method == "response_url" and "replace_original" not in args:
            self.team.journal.violate("response_url of a click: say replace_original true or false")
        content = read_content(self.team, args, method=method)
        replaces = args.flag("replace_original", default=url.message is not None and url.message.is_ephemeral)
        original = url.message
        if replaces and original is not None and not original.deleted:
            before = self.team.payload(original)
            original.text = content.text or ""
            original.blocks = content.blocks or []
            original.attachments = content.attachments or []
            if content.metadata is not None:
                original.metadata = content.metadata or None
            self.team.changed(original, before)
            self._tell(url, original)
            return
        message = Message(
            url.channel,
            self.team.next_ts(url.channel.id),
            self.team.bot,
            content.text or "",
            blocks=content.blocks or [],
            attachments=content.attachments or [],
            metadata=content.metadata or None,
            thread_ts=self._thread(url, args),
            only_for=url.user if kind == "ephemeral" else None,
            from_response_url=True,
        )
        if revealed and kind == "in_channel":
            self.team.post(Message(url.channel, self.team.next_ts(url.channel.id), url.user, revealed))
            message.ts = self.team.next_ts(url.channel.id)
        self.team.post(message)
        self._tell(url, message)

    def _thread(self, url: ResponseUrl, args: Args) -> str | None:
        wanted = args.text("thread_ts")
        parent = self.team.find(url.channel.id, wanted) if wanted else None
        return (parent.thread_ts or parent.ts) if parent is not None else None

    def _delete_original(self, url: ResponseUrl) -> None:
        if url.message is None:
            self.team.journal.violate("response_url of a command: delete_original has nothing to delete")
        elif not url.message.deleted:
            self.team.delete(url.message)

    def _tell(self, url: ResponseUrl, message: Message) -> None:
        for callback in url.seen:
            callback(message)
