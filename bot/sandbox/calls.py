"""One Web API call: its arguments as Slack sees them, and the error it may end in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.sandbox.model import Channel, JsonObject, User
from bot.sandbox.state import Team

TS = re.compile(r"\d{10}\.\d{6}")

Tier = Literal[1, 2, 3, 4, "S"]
Verb = Literal["G", "P", "GJ", "PJ"]


class ApiError(Exception):
    """Slack refuses the call with an error code."""

    def __init__(
        self, code: str, *, messages: Sequence[str] = (), errors: Sequence[object] = (), **extra: object
    ) -> None:
        """Keep what the answer shows.

        Args:
            code: Slack's error code.
            messages: Lines for ``response_metadata.messages``, without the leading ``[ERROR]``.
            errors: Entries for ``errors``.
            extra: Further top-level fields (``needed``, ``provided``).
        """
        super().__init__(code)
        self.code = code
        self.messages = tuple(messages)
        self.errors = tuple(errors)
        self.extra = extra

    def body(self) -> JsonObject:
        """Return the answer's JSON."""
        body: JsonObject = {"ok": False, "error": self.code, **self.extra}
        if self.errors:
            body["errors"] = list(self.errors)
        if self.messages:
            body["response_metadata"] = {"messages": [f"[ERROR] {line}" for line in self.messages]}
        return body


class Args:
    """Arguments of a call, read with the looseness Slack allows each encoding.

    In a query or form everything is a string: ``1``/``0`` are booleans and structures are JSON text.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        """Keep the arguments; JSON nulls count as left out."""
        self.values: JsonObject = {key: value for key, value in values.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        """Say whether the argument was sent at all."""
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        """Return the argument as text."""
        value = self.values.get(name, default)
        if isinstance(value, (dict, list)):
            raise ApiError("invalid_arguments", messages=[f"must be a string [json-pointer:/{name}]"])
        return str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """Return the argument as a boolean."""
        value = self.values.get(name, default)
        return value if isinstance(value, bool) else str(value).lower() in ("1", "true")

    def integer(self, name: str, default: int, *, minimum: int, maximum: int, error: str) -> int:
        """Return the argument as an integer within the bounds, or refuse with ``error``."""
        try:
            value = int(self.values.get(name, default))
        except (TypeError, ValueError):
            raise ApiError(error) from None
        if not minimum <= value <= maximum:
            raise ApiError(error)
        return value

    def structure(self, name: str, error: str) -> Any:
        """Return a list or object, read from JSON text where it came as text; None when left out."""
        value = self.values.get(name)
        if isinstance(value, str):
            if value == "":
                return None
            try:
                value = json.loads(value)
            except ValueError:
                raise ApiError(error) from None
        return value

    def ids(self, name: str) -> list[str]:
        """Return a comma-separated or JSON list of ids."""
        value = self.values.get(name, "")
        found = value if isinstance(value, list) else str(value).split(",")
        return [item.strip() for item in map(str, found) if item.strip()]


@dataclass(frozen=True, slots=True)
class Call:
    """One call being answered."""

    team: Team
    args: Args
    warnings: list[str] = field(default_factory=list)

    def user(self, name: str = "user", error: str = "user_not_found") -> User:
        """Return the person the argument names."""
        user = self.team.users.get(self.args.text(name))
        if user is None:
            raise ApiError(error)
        return user

    def channel(self, name: str = "channel") -> Channel:
        """Return the conversation the argument names, if the bot can see it."""
        channel = self.team.channels.get(self.args.text(name))
        if channel is None or not self.team.bot_sees(channel):
            raise ApiError("channel_not_found")
        return channel

    def ts(self, name: str, error: str = "message_not_found") -> str:
        """Return a well-formed ts, which must have come as a string."""
        value = self.args.values.get(name)
        if not isinstance(value, str) or not TS.fullmatch(value):
            raise ApiError(error)
        return value

    def need_scope(self, *accepted: str) -> None:
        """Refuse unless one of the scopes was granted."""
        need_scope(self.team, accepted)


def need_scope(team: Team, accepted: Sequence[str]) -> None:
    """Refuse with ``missing_scope`` unless one of the accepted scopes was granted."""
    granted = team.installation.scopes
    if len(accepted) == 1:
        # Of several fitting scopes the method itself names the one that counts.
        team.installation.used_scopes.update(accepted)
    if accepted and not any(scope in granted for scope in accepted):
        raise ApiError("missing_scope", needed=",".join(accepted), provided=",".join(granted))


Handler = Callable[[Call], JsonObject]


@dataclass(frozen=True, slots=True)
class Method:
    """A row of Slack's method list.

    ``scopes``: one of these is needed. ``verb``: J where a JSON body is read. ``per_channel``: the
    argument whose channel has its own limit of about one call a second.
    """

    name: str
    verb: Verb
    tier: Tier
    answer: Handler
    scopes: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    token: Literal["bot", "app", "none"] = "bot"
    per_channel: bool = False

    @property
    def reads_json(self) -> bool:
        """Whether a JSON body is read; otherwise its arguments are not seen."""
        return "J" in self.verb


def paged(items: Sequence[Any], args: Args, *, default: int, maximum: int) -> tuple[list[Any], JsonObject]:
    """Return one page of the items and the ``response_metadata`` with the next cursor (empty at the end)."""
    limit = args.integer("limit", default, minimum=1, maximum=maximum, error="invalid_limit")
    cursor = args.text("cursor")
    start = 0
    if cursor:
        match = re.fullmatch(r"bmV4dDo(\d+)=", cursor)
        if match is None:
            raise ApiError("invalid_cursor")
        start = int(match[1])
    following = f"bmV4dDo{start + limit}=" if start + limit < len(items) else ""
    return list(items[start : start + limit]), {"next_cursor": following}
