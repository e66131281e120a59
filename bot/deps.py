"""What every use case is given: one frozen bundle, and the Protocols others implement."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlmodel import Session

from bot.domain.actor import Channel, Person
from bot.domain.export import File
from bot.domain.message import Message, View
from bot.domain.reactions import Reactors
from bot.seal import Seal
from bot.settings import Settings
from bot.sources.jsonpath import Evaluator
from bot.sources.protocol import Connections, Source, Tokens
from bot.sources.sharing import SharedFetches

P = ParamSpec("P")
T = TypeVar("T")


class Database(Protocol):
    """Units of database work, each in one hop onto a database thread."""

    dialect: str
    """``sqlite`` or ``postgresql``."""

    async def read(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query function with a session of its own and return what it returns."""
        ...

    async def write(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in one transaction that is committed when it returns and undone when it raises.

        Shielded from cancellation: the caller learns the true outcome.
        """
        ...

    async def ping(self) -> None:
        """Return when the database answered; what it raises says why it does not."""
        ...

    async def scrub(self, table: str) -> bool:
        """Make what was deleted from a table unreadable in the database's files.

        Returns:
            True when it is gone (SQLite: a truncating checkpoint found nobody reading; PostgreSQL: VACUUM
            FULL ran). False when it has to be tried again later.
        """
        ...


class Priority(IntEnum):
    """Who goes first when Slack's limits make calls wait; lower goes first."""

    ANSWER = 0
    RECEIPT = 1
    """What a click did; a crowd's must not keep the one waiting who typed a command, and may wait for minutes."""
    DUE_POST = 2
    STATUS_REPLY = 3
    REDRAW = 4
    HOME = 5
    ASIDE = 6
    """What a reaction did; nobody waits for it."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A message Slack took.

    Attributes:
        channel_id: Where it really went (a ``D…`` id when a user id was given).
        ts: Slack's ts.
        thread_ts: The thread it went to, or None when it stands at the root (also when the parent is gone).
    """

    channel_id: str
    ts: str
    thread_ts: str | None


class Slack(Protocol):
    """Everything Loopmark does in Slack, behind one limiter. Every method raises DeliveryError."""

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
        """Post a message; a user id as channel means their direct messages.

        A reply that is broadcast is shown in the channel as well.
        `key` goes into the message's metadata (event_type ``loopmark_outbox``, payload ``{"key": …}``).
        When Slack answers ``invalid_blocks`` and the message has a fallback, the fallback is posted instead.
        """
        ...

    async def update(
        self, channel_id: str, ts: str, message: Message, *, priority: Priority = Priority.REDRAW
    ) -> None:
        """Replace a message; may be repeated freely."""
        ...

    def room_to_redraw(self) -> int:
        """Return how many messages could be redrawn at this moment without waiting for Slack's limits."""
        ...

    async def delete(self, channel_id: str, ts: str) -> None:
        """Delete a message of the bot's own."""
        ...

    async def respond(
        self,
        response_url: str,
        message: Message,
        *,
        replace: bool = False,
        priority: Priority = Priority.ANSWER,
    ) -> None:
        """Answer one person privately through a response_url; `replace` redraws the message that was clicked."""
        ...

    async def whisper(
        self,
        channel_id: str,
        user_id: str,
        message: Message,
        *,
        thread_ts: str | None = None,
        priority: Priority = Priority.ANSWER,
    ) -> None:
        """Show a message in a channel to one member of it, at most once; Slack keeps it nowhere.

        Raises:
            DeliveryError: error ``user_not_in_channel`` when they are no member.
        """
        ...

    async def permalink(self, channel_id: str, ts: str) -> str:
        """Ask for the address of a message; DeliveryError where Slack can't say."""
        ...

    async def reactions(self, channel_id: str, ts: str) -> list[Reactors]:
        """Ask who has which reaction under a message now; DeliveryError where Slack can't say."""
        ...

    async def open_view(self, trigger_id: str, view: View) -> str:
        """Open a modal and return its view id."""
        ...

    async def push_view(self, trigger_id: str, view: View) -> str:
        """Put a modal on top of the open one and return its view id."""
        ...

    async def update_view(self, view_id: str, view: View) -> None:
        """Replace an open modal; DeliveryError(error="not_found") when it was closed."""
        ...

    async def upload(self, channel_id: str, files: Sequence[File], *, comment: str) -> None:
        """Send files as one message, at most once; a user id means their direct messages.

        Raises:
            DeliveryError: error ``missing_scope`` without ``files:write``.
        """
        ...

    async def publish_home(self, user_id: str, view: View) -> None:
        """Show a person this view on their Home tab; DeliveryError(error="not_enabled") when the app has none."""
        ...

    async def person(self, team_id: str, user_id: str) -> Person:
        """Ask for a person's name and zone (UTC when Slack gives none)."""
        ...

    async def channel(self, channel_id: str) -> Channel:
        """Ask for a channel; DeliveryError(error="channel_not_found") for unknown and unseen private ones."""
        ...

    async def members(self, channel_id: str) -> frozenset[str]:
        """Ask for the user ids of a channel's members; an answer counts for some minutes."""
        ...

    async def is_member(self, channel_id: str, user_id: str) -> bool:
        """Say whether somebody is in a channel; not from an old answer when they are not in it."""
        ...

    async def do_not_disturb_until(self, user_id: str) -> datetime | None:
        """Say until when Slack's do-not-disturb runs for somebody, aware UTC, or None when it does not run now.

        An answer counts for some minutes; DeliveryError(error="missing_scope") without ``dnd:read``.
        """
        ...

    async def find_posted(
        self, channel_id: str, key: str, *, since: datetime, thread_ts: str | None = None
    ) -> Posted | None:
        """Look for the message that carries `key` in its metadata, not older than `since` (Slack's clock).

        Raises:
            DeliveryError: error ``missing_scope`` when the history scope was not granted.
        """
        ...

    def slack_now(self) -> datetime:
        """Return Slack's time by its own Date header, aware UTC; this machine's until Slack first answered."""
        ...


class Tasks(Protocol):
    """Work that goes on after an acknowledgement; drained at shutdown."""

    def spawn(self, work: Coroutine[Any, Any, None], *, name: str) -> None:
        """Start it and keep a reference until it ends; what it raises is logged."""
        ...


@dataclass(frozen=True, slots=True)
class Deps:
    """What every use case is given.

    Attributes:
        settings: What the operator chose.
        database: Units of database work.
        slack: Slack, behind one limiter.
        http: Guarded HTTP client for sources; who asks for the same shares an answer.
        paths: JSONPath evaluation, in the loop or in its process pool.
        sources: Source kind → how it is read.
        seal: Encrypts what must not be read from the database alone.
        tasks: Work after an acknowledgement.
        wake: Set when a column write made something due now; the clock waits on it between ticks.
        now: The one clock: aware UTC.
        random: Jitter and shuffling.
        team_id: The workspace the bot token belongs to.
        bot_user_id: The bot's own user id, for ``/invite``.
        bot_name: The bot's name as people type it, without ``@``.
        connections: The databases the operator named for `sql`, or None where there are none.
        tokens: Access tokens that sources use, or None where there are none.
    """

    settings: Settings
    database: Database
    slack: Slack
    http: SharedFetches
    paths: Evaluator
    sources: Mapping[str, Source]
    seal: Seal
    tasks: Tasks
    wake: asyncio.Event
    now: Callable[[], datetime]
    random: random.Random
    team_id: str
    bot_user_id: str
    bot_name: str
    connections: Connections | None = None
    tokens: Tokens | None = None
