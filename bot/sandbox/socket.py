"""Socket Mode: tickets, up to ten WebSocket connections, envelopes and their acknowledgements."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
import uuid
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import WSMsgType, web

from bot.sandbox.calls import ApiError, Call, Method
from bot.sandbox.delivery import Ack, Kind
from bot.sandbox.model import JsonObject
from bot.sandbox.state import Team

MOST_CONNECTIONS = 10
TICKET_LIFE_S = 30.0
PING_EVERY_S = 5.0
WARNING_GRACE_S = 10.0

DisconnectReason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]
TAKES_ANSWER = frozenset({"view_submission", "block_suggestion"})


@dataclass(eq=False, slots=True)
class Connection:
    """One open socket; a deaf one keeps its TCP connection but neither hears nor says anything."""

    socket: web.WebSocketResponse
    request: web.Request
    deaf: bool = False
    dropped_pongs: int = 0
    pinger: asyncio.Task[None] | None = None


@dataclass(eq=False, slots=True)
class Pending:
    """An envelope that waits; the future says whether an acknowledgement came, and its payload."""

    connection: Connection
    done: asyncio.Future[tuple[bool, JsonObject | None]] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class SocketMode:
    """The app's sockets."""

    def __init__(self, team: Team) -> None:
        """Start with none."""
        self.team = team
        self.connections: list[Connection] = []
        self.ping_every_s = PING_EVERY_S
        self.opened = 0
        self._tickets: dict[str, float] = {}
        self._pending: dict[str, Pending] = {}

    def methods(self) -> tuple[Method, ...]:
        """Return this family's rows of the method table."""
        return (
            Method("apps.connections.open", "PJ", 3, self.open_ticket, token="app", optional=("team_id",)),
        )

    def open_ticket(self, _call: Call) -> JsonObject:
        """Return a WebSocket address that works once, for half a minute."""
        if self.team.installation.link_disabled:
            raise ApiError("forbidden_team")
        ticket = secrets.token_urlsafe(16)
        self._tickets[ticket] = time.monotonic() + TICKET_LIFE_S
        origin = self.team.origin.replace("http://", "ws://")
        return {"url": f"{origin}/link/?ticket={ticket}&app_id={self.team.installation.app_id}"}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        until_s = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        if until_s < time.monotonic() or self.team.installation.link_disabled:
            return web.Response(status=403, text="invalid ticket")
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await socket.send_json(_disconnect("too_many_websockets"))
            await socket.close()
            return socket
        connection = Connection(socket, request)
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.connections) + 1,
                "connection_info": {"app_id": self.team.installation.app_id},
                "debug_info": {
                    "host": "applink-sandbox",
                    "build_number": 1,
                    "approximate_connection_time": 18060,
                },
            }
        )
        self.connections.append(connection)
        self.opened += 1
        connection.pinger = asyncio.get_running_loop().create_task(self._ping(connection))
        self._note("connected")
        try:
            await self._listen(connection)
        finally:
            connection.pinger.cancel()
            self._forget(connection)
        return socket

    async def send(
        self,
        kind: Kind,
        payload: JsonObject,
        *,
        retry: int,
        reason: str,  # noqa: ARG002 # the transports share one form; an envelope's reason is always "timeout"
        limit_s: float,
    ) -> Ack:
        """Deliver one envelope over any one connection and wait for its acknowledgement."""
        loop = asyncio.get_running_loop()
        started_s = loop.time()
        connection = await self._choose(kind, limit_s)
        if connection is None:
            return Ack(loop.time() - started_s, "dispatch_failed", "connection_failed")
        takes_answer = kind == "slash_commands" or payload.get("type") in TAKES_ANSWER
        envelope: JsonObject = {
            "envelope_id": str(uuid.uuid4()),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": takes_answer,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        pending = Pending(connection)
        self._pending[envelope["envelope_id"]] = pending
        try:
            async with asyncio.timeout(limit_s):
                await _send(connection, envelope)
                acknowledged, body = await pending.done
        except TimeoutError:
            return Ack(loop.time() - started_s, "operation_timeout", "timeout")
        finally:
            del self._pending[envelope["envelope_id"]]
        if not acknowledged:
            return Ack(loop.time() - started_s, "dispatch_failed", "connection_failed")
        return Ack(loop.time() - started_s, body=body or None)

    async def disconnect(self, reason: DisconnectReason, *, grace_s: float = WARNING_GRACE_S) -> None:
        """Ask every connection to go; those still here after the grace (``warning`` only) are closed."""
        told = list(self.connections)
        for connection in told:
            await _send(connection, _disconnect(reason))
        if reason == "warning":
            await asyncio.sleep(grace_s)
        for connection in told:
            await connection.socket.close()

    def cut(self) -> None:
        """Break every connection without a closing frame."""
        for connection in list(self.connections):
            if connection.request.transport is not None:
                connection.request.transport.abort()

    def deafen(self) -> None:
        """Make the connections open now half-open: they stay up and nothing passes any more."""
        for connection in self.connections:
            connection.deaf = True

    async def stop(self) -> None:
        """Close every connection."""
        for connection in list(self.connections):
            if connection.deaf:
                continue
            await connection.socket.close()
        self.cut()

    async def _listen(self, connection: Connection) -> None:
        async for frame in connection.socket:
            if connection.deaf:
                continue
            if frame.type is WSMsgType.PING:
                if connection.dropped_pongs > 0:
                    connection.dropped_pongs -= 1
                else:
                    await connection.socket.pong(frame.data)
            elif frame.type is WSMsgType.TEXT:
                self._acknowledge(frame.data)

    def _acknowledge(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            self.team.journal.violate(f"socket: not JSON: {text[:100]}")
            return
        pending = self._pending.get(str(frame.get("envelope_id"))) if isinstance(frame, dict) else None
        # An acknowledgement after the limit, or of nothing that is open, is ignored as Slack does.
        if pending is not None and not pending.done.done():
            payload = frame.get("payload")
            pending.done.set_result((True, payload if isinstance(payload, dict) else None))

    async def _choose(self, kind: Kind, limit_s: float) -> Connection | None:
        """Pick any connection; an event waits a little for one to come back, a command does not."""
        if not self.connections and kind == "events_api":
            try:
                await self.team.journal.wait_for(lambda: self.connections, limit_s)
            except TimeoutError:
                return None
        return self.team.rng.choice(self.connections) if self.connections else None

    async def _ping(self, connection: Connection) -> None:
        while not connection.socket.closed:
            await asyncio.sleep(self.ping_every_s)
            await _send_ping(connection)

    def _forget(self, connection: Connection) -> None:
        self.connections.remove(connection)
        for pending in self._pending.values():
            if pending.connection is connection and not pending.done.done():
                pending.done.set_result((False, None))
        self._note("disconnected")

    def _note(self, what: str) -> None:
        journal = self.team.journal
        journal.end(journal.begin("from_bot", f"socket {what}", {"open": len(self.connections)}))


def _disconnect(reason: DisconnectReason) -> JsonObject:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-sandbox"}}


async def _send(connection: Connection, frame: JsonObject) -> None:
    """Send a frame; what goes into a closing or deaf connection is lost, and its reader notices the end."""
    if connection.deaf or connection.socket.closed:
        return
    with contextlib.suppress(ConnectionError):
        await connection.socket.send_json(frame)


async def _send_ping(connection: Connection) -> None:
    if connection.deaf or connection.socket.closed:
        return
    with contextlib.suppress(ConnectionError):
        await connection.socket.ping()
