"""Socket Mode: one connection to Slack, watched, rebuilt when it is dropped or deaf, closed in order.

The library reconnects by itself when a connection is closed or pongs stop. What it leaves out is done here:
Slack's ``link_disabled`` ends the retrying (it would go on for ever), a reconnect that hangs is started anew,
liveness is told to `/healthz`, and requests in hand are let end before the socket is closed.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import cast

import structlog
from aiohttp import WSMessage, WSMsgType
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

log = structlog.get_logger(__name__)

PING_S = 5.0
"""Pace of our pings; a connection without a pong for four of them is stale (slack-platform facts, Socket Mode)."""

SILENT_FOR_S = 6 * PING_S
"""After so long without any sign of life the connection is rebuilt by force: the library had its chance."""


class _CountingHandler(AsyncSocketModeHandler):
    """Bolt's handler, which also knows how many requests are in hand."""

    def __init__(self, app: AsyncApp, app_token: str, ping_s: float) -> None:
        super().__init__(app, app_token, ping_interval=ping_s)
        self.in_hand = 0
        self.nothing_in_hand = asyncio.Event()
        self.nothing_in_hand.set()

    async def handle(self, client: AsyncBaseSocketModeClient, req: SocketModeRequest) -> None:
        self.in_hand += 1
        self.nothing_in_hand.clear()
        try:
            await super().handle(cast("SocketModeClient", client), req)
        finally:
            self.in_hand -= 1
            if not self.in_hand:
                self.nothing_in_hand.set()


class SocketLink:
    """The bot's Socket Mode connection."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        *,
        ping_s: float = PING_S,
        silent_for_s: float = SILENT_FOR_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare the link; nothing is connected before `start`.

        Args:
            app: Takes the payloads; its client's address is where the socket's address is asked for.
            app_token: App-level token.
            ping_s: Pace of pings, in seconds.
            silent_for_s: Longest time without a sign of life, in seconds.
            monotonic: Clock for liveness, in seconds.
        """
        self._handler = _CountingHandler(app, app_token, ping_s)
        self._client: SocketModeClient = self._handler.client
        self._client.on_message_listeners.append(self._heard)
        self._silent_for_s = silent_for_s
        self._watch_every_s = ping_s
        self._monotonic = monotonic
        self._last_sign = monotonic()
        self._last_pong: float | None = None
        self._watcher: asyncio.Task[None] | None = None
        self.problem = "not connected yet"
        """Why no requests come in now, one plain sentence, or empty while the link is alive."""

    async def start(self) -> None:
        """Connect, and watch the connection from then on."""
        self._watcher = asyncio.create_task(self._watch(), name="socket watcher")
        await self._client.connect()  # type: ignore[no-untyped-call]  # slack_sdk leaves it untyped
        self._last_sign = self._monotonic()
        self.problem = ""

    async def stop(self, *, patience_s: float) -> None:
        """Let requests in hand end for a while, then close the connection."""
        try:
            await asyncio.wait_for(self._handler.nothing_in_hand.wait(), patience_s)
        except TimeoutError:
            log.warning("requests were still in hand when the socket closed", requests=self._handler.in_hand)
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)
        await self._client.close()  # type: ignore[no-untyped-call]  # as above
        await self._client.aiohttp_client_session.close()

    async def why_not_alive(self) -> str:
        """Return `problem`, for the health pages."""
        return self.problem

    async def _heard(self, message: WSMessage) -> None:
        self._last_sign = self._monotonic()
        if message.type is WSMsgType.TEXT and '"disconnect"' in message.data:
            frame = json.loads(message.data)
            if frame.get("type") == "disconnect" and frame.get("reason") == "link_disabled":
                self.problem = "Socket Mode was switched off for this app in Slack: switch it on, start again"
                log.error("socket mode switched off", next_step=self.problem)
                self._client.auto_reconnect_enabled = False
                self._client.default_auto_reconnect_enabled = False
                self._client.closed = True

    async def _watch(self) -> None:
        """Keep `problem` true, and rebuild a connection that gives no sign of life."""
        while not self._client.closed:
            await asyncio.sleep(self._watch_every_s)
            if self._client.last_ping_pong_time != self._last_pong:
                self._last_pong = self._client.last_ping_pong_time
                self._last_sign = self._monotonic()
            silent_s = self._monotonic() - self._last_sign
            if self._client.closed:
                return
            if await self._client.is_connected() and silent_s < self._silent_for_s:
                self.problem = ""
                continue
            self.problem = f"no sign of life from Slack for {silent_s:.0f} s"
            if silent_s >= self._silent_for_s:
                log.warning("socket silent, rebuilding it", silent_s=round(silent_s))
                self._last_sign = self._monotonic()
                await self._rebuild()

    async def _rebuild(self) -> None:
        try:
            await asyncio.wait_for(self._client.connect_to_new_endpoint(force=True), self._silent_for_s)
        except Exception as error:  # the edge: whatever hinders it, the next look tries again
            log.warning("socket could not be rebuilt", error=str(error))
