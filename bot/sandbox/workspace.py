"""The stand-in workspace as a test or the demo holds it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TypeVar

import aiohttp

from bot.manifest import Manifest, load_manifest
from bot.sandbox.commandline import CommandLine
from bot.sandbox.composer import EntityStyle
from bot.sandbox.faults import Faults
from bot.sandbox.journal import Change, Record
from bot.sandbox.limits import Limits
from bot.sandbox.model import Channel, Message, User, View
from bot.sandbox.page import Page
from bot.sandbox.person import Person
from bot.sandbox.server import Server, TransportKind
from bot.sandbox.tenancy import Tenancy

T = TypeVar("T")


def utc_now() -> datetime:
    """Return the real time."""
    return datetime.now(UTC)


class Workspace(Tenancy):
    """A small Slack workspace on this machine, as strict as Slack.

    Use it as an async context manager. Time for message ts, triggers and response_urls comes from
    ``now``; the three seconds for an acknowledgement and the rate limits run on the real clock.
    """

    def __init__(
        self,
        manifest: Manifest | None = None,
        *,
        transport: TransportKind = "socket",
        now: Callable[[], datetime] = utc_now,
        port: int | Sequence[int] = 0,
        entity_style: EntityStyle = "alternate",
        optional_scopes: bool = True,
        seed: int = 0,
    ) -> None:
        """Install the app into an empty workspace.

        Args:
            manifest: The app manifest; None means the project's own.
            transport: ``socket`` for Socket Mode; ``http`` for signed requests to ``request_url``.
            now: The workspace's clock, aware UTC.
            port: Port on 127.0.0.1, or several of which the first free one is taken; 0 means any free one.
            entity_style: How command text is encoded: in turn, always or never.
            optional_scopes: False as when the administrator left the optional scopes out.
            seed: For whatever Slack leaves to chance (which socket gets a payload).
        """
        server = Server(
            manifest if manifest is not None else load_manifest(),
            transport=transport,
            now=now,
            ports=(port,) if isinstance(port, int) else tuple(port),
            optional_scopes=optional_scopes,
            seed=seed,
        )
        super().__init__(server)
        self.server = server
        self.page = Page(self)
        server.add_routes = self.page.add_to
        self._line = CommandLine(self.server, entity_style)
        self._persons: dict[str, Person] = {}
        self._request_url = ""

    async def __aenter__(self) -> Workspace:
        """Listen."""
        await self.server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening and close every connection."""
        await self.server.stop()

    # ── what the bot is given ──────────────────────────────────────────────────────────────────

    @property
    def api_url(self) -> str:
        """Base address of the Web API, for ``SLACK_API_URL``; known once it listens."""
        return f"{self._team.origin}/api/"

    @property
    def bot_token(self) -> str:
        """The ``xoxb-`` token."""
        return self._team.installation.bot_token

    @property
    def app_token(self) -> str:
        """The ``xapp-`` token."""
        return self._team.installation.app_token

    @property
    def signing_secret(self) -> str:
        """The secret HTTP deliveries are signed with."""
        return self._team.installation.signing_secret

    @property
    def team_id(self) -> str:
        """The workspace's id."""
        return self._team.id

    @property
    def app_id(self) -> str:
        """The app's id."""
        return self._team.installation.app_id

    @property
    def bot_user_id(self) -> str:
        """The bot's user id."""
        return self._team.bot.id

    @property
    def request_url(self) -> str:
        """Where HTTP payloads go; empty until set."""
        return self._request_url

    @request_url.setter
    def request_url(self, url: str) -> None:
        if self.server.transport_kind != "http":
            raise ValueError("a Socket Mode workspace delivers to no address")
        self._request_url = url
        self.server.deliver_to(url)

    async def verify_request_url(self) -> bool:
        """Say whether the address echoes Slack's challenge, as Slack asks when it is saved."""
        body = b'{"token":"x","challenge":"c0ffee","type":"url_verification"}'
        headers = self.server.deliver_to(self._request_url).signed_headers(body, "application/json")
        async with (
            aiohttp.ClientSession(trust_env=False) as session,
            session.post(self._request_url, data=body, headers=headers) as response,
        ):
            return response.status == 200 and "c0ffee" in await response.text()

    @property
    def page_url(self) -> str:
        """Where a person looks at the workspace in a browser; known once it listens."""
        return f"{self._team.origin}/"

    def clock_changed(self) -> None:
        """Let every open page look at clock and guide again, after they changed by themselves."""
        self.server.journal.changed(Change("clock"))

    # ── who and where ──────────────────────────────────────────────────────────────────────────

    def add_user(self, name: str, *, tz: str | None = "Europe/Berlin", is_admin: bool = False) -> User:
        """Return a new member; ``tz`` None means Slack tells no zone for them."""
        return self._team.add_user(name, tz=tz, is_admin=is_admin)

    def set_do_not_disturb(self, user: User, starts: datetime, ends: datetime) -> None:
        """Let a person's do-not-disturb run from one aware moment to another, as their schedule has it."""
        user.dnd_s = (int(starts.timestamp()), int(ends.timestamp()))

    def add_channel(
        self,
        name: str,
        *,
        members: Iterable[User] = (),
        private: bool = False,
        archived: bool = False,
        bot_is_member: bool = True,
    ) -> Channel:
        """Return a new channel with these people in it."""
        ids = {user.id for user in members} | ({self.bot_user_id} if bot_is_member else set())
        return self._team.add_channel(name, members=ids, private=private, archived=archived)

    def person(self, user: User) -> Person:
        """Return the one who drives this user."""
        return self._persons.setdefault(user.id, Person(self.server, user, self._line))

    def direct_channel(self, user: User) -> Channel:
        """Return the conversation between this user and the bot."""
        channel = self._team.direct_channel(user)
        assert channel is not None, "it was just created"
        return channel

    # ── what is there to see ───────────────────────────────────────────────────────────────────

    def messages(self, channel: Channel) -> list[Message]:
        """Return the channel's standing messages, oldest first, replies included."""
        self.server.chat.post_due()
        return list(self._team.history(channel.id))

    def thread(self, parent: Message) -> list[Message]:
        """Return the replies in this message's thread, oldest first."""
        return self._team.replies(parent)

    def ephemerals(self, user: User) -> list[Message]:
        """Return what only this user sees, oldest first."""
        return [message for message in self._team.ephemerals[user.id] if not message.deleted]

    def direct_messages(self, user: User) -> list[Message]:
        """Return the conversation between this user and the bot, oldest first."""
        channel = self._team.direct_channel(user, create=False)
        return self.messages(channel) if channel is not None else []

    def home(self, user: User) -> View | None:
        """Return the Home view last published to this user."""
        return self.server.modals.homes.get(user.id)

    def file_content(self, file_id: str) -> bytes:
        """Return the bytes of an uploaded file."""
        return self.server.files.files[file_id].content or b""

    @property
    def violations(self) -> list[str]:
        """Slack's rules that were broken without an error from Slack."""
        return self.server.journal.violations

    def unused_scopes(self) -> set[str]:
        """Return the granted scopes nothing has needed so far: what a review would ask about."""
        return set(self._team.installation.scopes) - self._team.installation.used_scopes

    @property
    def failures(self) -> list[str]:
        """Errors Slack itself showed to people because the bot did not answer in time."""
        return self.server.journal.failures

    @property
    def traffic(self) -> list[Record]:
        """The last exchanges in both directions, oldest first."""
        return list(self.server.journal.records)

    def calls(self, kind: str) -> list[Record]:
        """Return the kept exchanges of one kind: an API method, a command, ``view_submission`` …"""
        return [record for record in self.server.journal.records if record.kind == kind]

    # ── waiting and watching ───────────────────────────────────────────────────────────────────

    async def wait_for(self, look: Callable[[], T | None], timeout_s: float = 5.0) -> T:
        """Return the first truthy result of ``look``, tried after each change.

        Raises:
            TimeoutError: with the last exchanges in its text.
        """
        return await self.server.journal.wait_for(look, timeout_s)

    async def drained(self, timeout_s: float = 10.0) -> None:
        """Return when no event is on its way to the bot any more."""
        await self.server.delivery.drained(timeout_s)

    def on_change(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call back on each change; return the function that stops it."""
        return self.server.journal.on_change(callback)

    def changes(self) -> AsyncIterator[Change]:
        """Yield each change as it happens."""
        return self.server.journal.changes()

    # ── trouble ────────────────────────────────────────────────────────────────────────────────

    @property
    def faults(self) -> Faults:
        """Faults to order for the next calls and events."""
        return self.server.faults

    @property
    def limits(self) -> Limits:
        """The rate limits; ``limits.enabled = False`` switches them off."""
        return self.server.limits

    @property
    def ack_limit_s(self) -> float:
        """Seconds the bot has to acknowledge (3, as Slack)."""
        return self.server.delivery.ack_limit_s

    @ack_limit_s.setter
    def ack_limit_s(self, seconds: float) -> None:
        self.server.delivery.ack_limit_s = seconds

    @property
    def trigger_life_s(self) -> float:
        """Seconds of the workspace's clock in which a trigger opens a modal (3, as Slack)."""
        return self.server.modals.trigger_life.total_seconds()

    @trigger_life_s.setter
    def trigger_life_s(self, seconds: float) -> None:
        self.server.modals.trigger_life = timedelta(seconds=seconds)

    @property
    def retry_delays_s(self) -> tuple[float, ...]:
        """Seconds before each repetition of an event (0, 60 and 300, as Slack)."""
        return self.server.delivery.retry_delays_s

    @retry_delays_s.setter
    def retry_delays_s(self, delays: tuple[float, ...]) -> None:
        self.server.delivery.retry_delays_s = delays
