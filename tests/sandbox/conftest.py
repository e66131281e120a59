"""A workspace with Alice, Bob and Charlie in it, a tiny Bolt app, and a raw client for the Web API."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Channel, User, Workspace

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Loopmark"},
    "features": {
        "bot_user": {"display_name": "Loopmark"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {"command": "/criteria", "description": "Criteria", "should_escape": True},
            {"command": "/plain", "description": "No escaping", "should_escape": False},
        ],
        "shortcuts": [
            {"name": "New note", "type": "global", "callback_id": "new_note", "description": "x"},
            {"name": "Keep", "type": "message", "callback_id": "keep", "description": "x"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "commands",
                "chat:write",
                "im:write",
                "users:read",
                "channels:read",
                "groups:read",
                "reactions:read",
                "reactions:write",
                "app_mentions:read",
                "files:write",
                "im:history",
            ],
            "bot_optional": ["channels:history", "groups:history", "dnd:read"],
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_mention",
                "reaction_added",
                "reaction_removed",
                "member_joined_channel",
                "channel_rename",
                "channel_archive",
                "channel_left",
                "user_change",
                "message.channels",
                "app_uninstalled",
                "tokens_revoked",
            ]
        },
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        """Start on a Monday morning."""
        self.at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.at

    def forward(self, **by: float) -> None:
        """Move on."""
        self.at += timedelta(**by)


@dataclass
class Cast:
    """Alice owns, Bob is on the team, Charlie is in no channel with them."""

    ws: Workspace
    alice: User
    bob: User
    charlie: User
    general: Channel
    secret: Channel
    elsewhere: Channel


def populate(ws: Workspace) -> Cast:
    """Return the usual people and channels: the bot is in general and secret, not in elsewhere."""
    alice, bob, charlie = (
        ws.add_user("Alice", is_admin=True),
        ws.add_user("Bob"),
        ws.add_user("Charlie", tz=None),
    )
    return Cast(
        ws,
        alice,
        bob,
        charlie,
        general=ws.add_channel("general", members=[alice, bob]),
        secret=ws.add_channel("secret", members=[alice], private=True),
        elsewhere=ws.add_channel("elsewhere", members=[alice, charlie], bot_is_member=False),
    )


@pytest.fixture
def clock() -> Clock:
    """The workspace's clock."""
    return Clock()


@pytest.fixture
async def cast(clock: Clock) -> AsyncIterator[Cast]:
    """A populated Socket Mode workspace on the standing clock."""
    async with Workspace(MANIFEST, now=clock) as ws:
        yield populate(ws)


@dataclass
class Raw:
    """Calls the Web API without any SDK; ``last`` is the latest response's status and headers."""

    ws: Workspace
    session: aiohttp.ClientSession
    status: int = 0
    headers: Any = None

    async def __call__(
        self,
        method: str,
        *,
        token: str | None = "bot",
        verb: str = "POST",
        header: str = "",
        **arguments: Any,
    ) -> dict[str, Any]:
        """Call with a JSON body (``verb="GET"``: with a query) and return the answer's JSON."""
        tokens = {"bot": self.ws.bot_token, "app": self.ws.app_token}
        headers = {"Authorization": f"Bearer {tokens.get(token, token)}"} if token else {}
        if verb == "GET":
            return await self.send("GET", method, headers=headers, params=arguments)
        headers["Content-Type"] = header or "application/json; charset=utf-8"
        return await self.send("POST", method, headers=headers, json=arguments)

    async def form(self, method: str, **arguments: str) -> dict[str, Any]:
        """Call with a form body."""
        headers = {"Authorization": f"Bearer {self.ws.bot_token}"}
        return await self.send("POST", method, headers=headers, data=arguments)

    async def send(self, verb: str, method: str, **request: Any) -> dict[str, Any]:
        """Make one request."""
        async with self.session.request(verb, self.ws.api_url + method, **request) as response:
            self.status, self.headers = response.status, response.headers
            return dict(await response.json())


@pytest.fixture
async def api(cast: Cast) -> AsyncIterator[Raw]:
    """The Web API of the workspace."""
    async with aiohttp.ClientSession() as session:
        yield Raw(cast.ws, session)


@asynccontextmanager
async def over_socket(ws: Workspace, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    """Run a Bolt app over Socket Mode."""
    handler = AsyncSocketModeHandler(app, ws.app_token, ping_interval=5)
    await handler.connect_async()
    await ws.wait_for(lambda: ws.open_sockets)
    try:
        yield handler
    finally:
        await handler.close_async()
        # The SDK only cancels its tasks; what is cancelled must still run to its end.
        leftovers = [
            handler.client.message_processor,
            handler.client.message_receiver,
            handler.client.current_session_monitor,
        ]
        await asyncio.gather(*[task for task in leftovers if task is not None], return_exceptions=True)


@asynccontextmanager
async def over_http(ws: Workspace, app: AsyncApp) -> AsyncIterator[str]:
    """Run a Bolt app behind a small web server and make it the workspace's request_url."""

    async def handle(request: web.Request) -> web.Response:
        answer = await app.async_dispatch(
            AsyncBoltRequest(
                body=await request.text(), query=request.query_string, headers=dict(request.headers)
            )
        )
        return web.Response(
            status=answer.status,
            text=answer.body,
            content_type=answer.first_headers().get("content-type", "text/plain").split(";")[0],
        )

    site = web.Application()
    site.router.add_post("/slack/events", handle)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ws.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield ws.request_url
    finally:
        await runner.cleanup()


def bolt_app(ws: Workspace) -> AsyncApp:
    """Return an empty Bolt app that talks to this workspace."""
    return AsyncApp(
        client=AsyncWebClient(token=ws.bot_token, base_url=ws.api_url),
        signing_secret=ws.signing_secret,
        process_before_response=True,
    )


@dataclass
class Bot:
    """A running Bolt app in a populated workspace; listeners may be added at any time."""

    app: AsyncApp
    cast: Cast
    clock: Clock


@pytest.fixture(params=["socket", "http"])
async def bot(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[Bot]:
    """The same app once over Socket Mode and once over signed HTTP."""
    async with Workspace(MANIFEST, transport=request.param, now=clock) as ws:
        cast, app = populate(ws), bolt_app(ws)
        async with over_socket(ws, app) if request.param == "socket" else over_http(ws, app):
            yield Bot(app, cast, clock)


@pytest.fixture
async def socket_bot(clock: Clock) -> AsyncIterator[Bot]:
    """A Bolt app over Socket Mode."""
    async with Workspace(MANIFEST, now=clock) as ws:
        cast, app = populate(ws), bolt_app(ws)
        async with over_socket(ws, app):
            yield Bot(app, cast, clock)


@pytest.fixture
async def http_cast(clock: Clock) -> AsyncIterator[Cast]:
    """A populated workspace that delivers over HTTP, to nowhere yet."""
    async with Workspace(MANIFEST, transport="http", now=clock) as ws:
        yield populate(ws)


@pytest.fixture
def manifest() -> dict[str, Any]:
    """A copy of the small manifest, to be changed."""
    return copy.deepcopy(MANIFEST)


@pytest.fixture
def settle() -> Callable[[Workspace], Cast]:
    """Return the function that fills a workspace with the usual people and channels."""
    return populate


@pytest.fixture
def serve_http() -> Callable[[Workspace, AsyncApp], Any]:
    """Return the context manager that runs an app behind a web server."""
    return over_http


@pytest.fixture
def serve_socket() -> Callable[[Workspace, AsyncApp], Any]:
    """Return the context manager that runs an app over Socket Mode."""
    return over_socket


@pytest.fixture
def new_app() -> Callable[[Workspace], AsyncApp]:
    """Return the function that makes an empty Bolt app."""
    return bolt_app
