"""All parts of the stand-in joined together behind one HTTP server on this machine."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Literal

from aiohttp import web

from bot.manifest import Manifest
from bot.sandbox.api import Api
from bot.sandbox.calls import Method
from bot.sandbox.chat import Chat
from bot.sandbox.conversations import Conversations
from bot.sandbox.delivery import Delivery, HttpTransport
from bot.sandbox.faults import Faults
from bot.sandbox.files import LARGEST_BYTES, Files
from bot.sandbox.installation import Installation
from bot.sandbox.journal import Journal
from bot.sandbox.limits import Limits
from bot.sandbox.modals import Modals
from bot.sandbox.model import JsonObject
from bot.sandbox.outgoing import Payloads
from bot.sandbox.people import People
from bot.sandbox.respond import Responses
from bot.sandbox.socket import SocketMode
from bot.sandbox.state import Team
from bot.sandbox.views import Views

TransportKind = Literal["socket", "http"]
LONGEST_QUERY_BYTES = 1_000_000


class Server:
    """The workspace's parts and the port they answer on."""

    def __init__(
        self,
        manifest: Manifest,
        *,
        transport: TransportKind,
        now: Callable[[], datetime],
        ports: Sequence[int],
        optional_scopes: bool,
        seed: int,
    ) -> None:
        """Install the app into a new workspace; nothing listens before ``start``."""
        rng = random.Random(seed)
        installation = Installation(manifest, app_id="A0S0000001", with_optional_scopes=optional_scopes)
        self.journal = Journal(now)
        self.journal.violations.extend(installation.faults())
        self.team = Team(installation, self.journal, now, rng)
        self.team.emit = self.emit
        self.modals = Modals(self.team)
        self.payloads = Payloads(self.team, self.modals)
        self.responses = Responses(self.team)
        self.chat = Chat(self.team)
        self.people = People(self.team)
        self.files = Files(self.team)
        self.sockets = SocketMode(self.team)
        self.delivery = Delivery(self.team)
        self.faults = Faults()
        self.limits = Limits()
        self.transport_kind: TransportKind = transport
        self.api = Api(self.team, self._methods(), self.faults, self.limits)
        self._ports = ports
        self.port = 0
        self._runner: web.AppRunner | None = None
        self.add_routes: Callable[[web.Application], None] = lambda _app: None
        self._http: list[HttpTransport] = []
        if transport == "socket":
            self.delivery.transport = self.sockets

    def _methods(self) -> dict[str, Method]:
        families = (self.chat, Conversations(self.team), self.people, Views(self.modals), self.files)
        rows = [row for family in families for row in family.methods()]
        if self.transport_kind == "socket":
            rows.extend(self.sockets.methods())
        return {row.name: row for row in rows}

    async def start(self) -> None:
        """Listen on 127.0.0.1, at the first of the wished ports that is free.

        Raises:
            OSError: none of them is.
        """
        app = web.Application(client_max_size=LARGEST_BYTES + 1_000_000)
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_get("/link/", self.sockets.handle)
        app.router.add_post("/upload/v1/{ticket}", self.files.receive)
        app.router.add_route("*", "/{origin:commands|actions}/{team}/{number}/{token}", self.responses.handle)
        self.add_routes(app)
        app.on_response_prepare.append(self._stamp)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            shutdown_timeout=0.5,
            max_line_size=LONGEST_QUERY_BYTES,
            max_field_size=LONGEST_QUERY_BYTES,
        )
        await self._runner.setup()
        await web.SockSite(self._runner, _listen(self._ports)).start()
        self.port = int(self._runner.addresses[0][1])
        self.team.origin = f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        """Close every socket and connection and give up what is still to be delivered."""
        await self.delivery.stop()
        await self.sockets.stop()
        for transport in self._http:
            await transport.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def deliver_to(self, url: str) -> HttpTransport:
        """Send every payload to this address from now on."""
        transport = HttpTransport(url, self.team.installation.signing_secret)
        self._http.append(transport)
        self.delivery.transport = transport
        return transport

    def emit(self, name: str, body: JsonObject) -> None:
        """Deliver an event if the app would get it: subscribed, scope granted, still installed.

        Args:
            name: As in the manifest (``message.channels``).
            body: The inner event; its ``type`` stands in it.
        """
        installation = self.team.installation
        leaving = name in ("app_uninstalled", "tokens_revoked")
        if not installation.receives(name) or (
            installation.bot_token in installation.dead_tokens and not leaving
        ):
            return
        envelope = self.payloads.event(body)
        times = 1
        if self.faults.duplicated_events:
            self.faults.duplicated_events -= 1
            times = 2
        for _ in range(times):
            if self.faults.held_events is None:
                self.delivery.start_event(envelope)
            else:
                self.faults.held_events.append(lambda: self.delivery.start_event(envelope))

    async def _call(self, request: web.Request) -> web.StreamResponse:
        self.chat.post_due()
        return await self.api.handle(request)

    async def _stamp(self, _request: web.Request, response: web.StreamResponse) -> None:
        # Readers compare Slack's Date with message ts, so both come from the workspace's clock.
        response.headers["Date"] = format_datetime(self.team.now(), usegmt=True)


def _listen(ports: Sequence[int]) -> socket.socket:
    refused: OSError | None = None
    for port in ports:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(("127.0.0.1", port))
        except OSError as error:
            listening.close()
            refused = error
        else:
            return listening
    raise refused or OSError("no port was named")
