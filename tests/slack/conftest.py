"""What the tests of bot.slack stand on: a clock that is told the time, and a tiny Slack on loopback."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiohttp import web

from bot.settings import load_settings
from bot.slack import SlackClient, open_client

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TOKEN = "xoxb-1-fictional"


class FakeClock:
    """Time that passes only when a test says so, or, with `jumps`, whenever somebody would sleep."""

    def __init__(self, *, jumps: bool = False) -> None:
        self.now_s = 5000.0
        self.slept: list[float] = []
        self._jumps = jumps
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self._jumps:
            await asyncio.sleep(0)
            self.now_s += seconds
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now_s + seconds, done))
        await done

    @property
    def sleepers(self) -> int:
        return sum(not done.done() for _, done in self._sleepers)

    async def settle(self) -> None:
        """Let everything run that needs no time to pass."""
        for _ in range(12):
            await asyncio.sleep(0)

    async def advance(self, seconds: float) -> None:
        """Let time pass, waking each sleeper at its own moment."""
        end = self.now_s + seconds
        await self.settle()
        while True:
            self._sleepers = [(due, done) for due, done in self._sleepers if not done.done()]
            due_at = min((due for due, _ in self._sleepers), default=end + 1)
            if due_at > end:
                break
            self.now_s = max(self.now_s, due_at)
            for due, done in self._sleepers:
                if due <= self.now_s and not done.done():
                    done.set_result(None)
            await self.settle()
        self.now_s = end
        await self.settle()


@dataclass
class Request:
    """What arrived."""

    method: str
    verb: str
    content_type: str
    authorization: str | None
    args: dict[str, Any]
    query: dict[str, str]


@dataclass
class Answer:
    """What is sent back; `dropped` closes the connection instead, before or after noting the request."""

    body: Any = field(default_factory=lambda: {"ok": True})
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    dropped: str = ""
    gate: asyncio.Event | None = None


class ScriptedSlack:
    """Answers each method with what was scripted for it, in turn; unscripted calls fail the test."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.arrived: asyncio.Queue[Request] = asyncio.Queue()
        self.unscripted: list[str] = []
        self.url = ""
        self._script: dict[str, deque[Answer]] = defaultdict(deque)

    def script(self, method: str, *answers: Answer | dict[str, Any]) -> None:
        self._script[method].extend(
            answer if isinstance(answer, Answer) else Answer({"ok": True, **answer}) for answer in answers
        )

    def calls(self, method: str) -> list[Request]:
        return [request for request in self.requests if request.method == method]

    @property
    def methods(self) -> list[str]:
        return [request.method for request in self.requests]

    def hook(self, name: str = "T1/1/secret") -> str:
        return f"{self.url}/hooks/{name}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info.get("method", "hook")
        queue = self._script[method]
        if not queue:
            self.unscripted.append(method)
            return web.json_response({"ok": False, "error": "unscripted"})
        answer = queue.popleft()
        if answer.dropped == "before":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        self._note(method, request, await request.text())
        if answer.gate is not None:
            await answer.gate.wait()
        if answer.dropped:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        return web.Response(
            text=text, status=answer.status, headers=answer.headers, content_type=answer.content_type
        )

    def _note(self, method: str, request: web.Request, text: str) -> None:
        is_json = request.content_type == "application/json"
        args = json.loads(text) if is_json else dict(parse_qsl(text))
        noted = Request(
            method,
            request.method,
            request.content_type,
            request.headers.get("Authorization"),
            args,
            dict(request.query),
        )
        self.requests.append(noted)
        self.arrived.put_nowait(noted)


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedSlack]:
    slack = ScriptedSlack()
    app = web.Application()
    app.router.add_route("*", "/api/{method}", slack.handle)
    app.router.add_route("*", "/hooks/{name:.*}", slack.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    slack.url = f"http://{host}:{port}"
    yield slack
    await runner.cleanup()
    assert slack.unscripted == []


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(jumps=True)


@pytest.fixture
async def make_client(scripted: ScriptedSlack, clock: FakeClock) -> AsyncIterator[Callable[..., SlackClient]]:
    made: list[SlackClient] = []

    def make(**options: Any) -> SlackClient:
        settings = load_settings(
            _env_file=None, SLACK_BOT_TOKEN=TOKEN, SLACK_API_URL=options.pop("url", f"{scripted.url}/api/")
        )
        client = SlackClient(
            open_client(settings, timeout_s=options.pop("timeout_s", 5.0)),
            now=lambda: NOW,
            **{"team_id": "T1", "sleep": clock.sleep, "monotonic": clock.monotonic, **options},
        )
        made.append(client)
        return client

    yield make
    for client in made:
        await client.aclose()


@pytest.fixture
async def patient_slack(make_client: Callable[..., SlackClient]) -> SlackClient:
    """A client whose clock stands still, for calls that wait for an answer and not for time."""
    stopped = FakeClock()
    return make_client(sleep=stopped.sleep, monotonic=stopped.monotonic)


@pytest.fixture
async def slack(make_client: Callable[..., SlackClient]) -> SlackClient:
    return make_client()
