"""The stage for stories: a Slack workspace, a metric server whose numbers are set by the story, and the bot.

Everything runs over real sockets on this machine; only time is the story's own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from aiohttp import web

from bot.app import Loopmark, running
from bot.sandbox import Channel, Message, Person, User, Workspace
from bot.settings import Settings, load_settings

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # a Monday, 09:00 in Berlin


class Clock:
    """The story's time."""

    def __init__(self) -> None:
        """Begin on a Monday morning."""
        self.moment = START

    def now(self) -> datetime:
        """Return the story's time, aware UTC."""
        return self.moment

    def advance(self, delta: timedelta) -> None:
        """Move on."""
        self.moment += delta


class Metrics:
    """A local HTTP server that answers with whatever the story says."""

    def __init__(self) -> None:
        """Answer with no numbers yet."""
        self.body: object = {}
        self.status = 200
        self.text: str | None = None
        self.asked = 0
        self.authorization = ""
        self.address = ""

    async def answer(self, request: web.Request) -> web.Response:
        """Answer any path."""
        self.asked += 1
        self.authorization = request.headers.get("authorization", "")
        if self.text is not None:
            return web.Response(text=self.text, status=self.status)
        return web.json_response(self.body, status=self.status)


class Stage:
    """Alice, Bob and Charlie in a workspace, and the bot in it."""

    def __init__(self, clock: Clock, workspace: Workspace, metrics: Metrics, settings: Settings) -> None:
        """Set the scene: #general is everybody's, #leads has Alice, #secret only Alice."""
        self.clock = clock
        self.workspace = workspace
        self.metrics = metrics
        self.settings = settings
        self.alice_user: User = workspace.add_user("Alice", tz="Europe/Berlin")
        self.bob_user: User = workspace.add_user("Bob", tz="America/New_York")
        self.charlie_user: User = workspace.add_user("Charlie", tz="Asia/Kolkata")
        everyone = [self.alice_user, self.bob_user, self.charlie_user]
        self.general: Channel = workspace.add_channel("general", members=everyone)
        self.leads: Channel = workspace.add_channel("leads", members=[self.alice_user])
        self.secret: Channel = workspace.add_channel(
            "secret", members=[self.alice_user, self.bob_user], private=True
        )
        self.lonely: Channel = workspace.add_channel("lonely", members=everyone, bot_is_member=False)
        self.alice: Person = workspace.person(self.alice_user)
        self.bob: Person = workspace.person(self.bob_user)
        self.charlie: Person = workspace.person(self.charlie_user)
        self.address = ""
        self._loopmark: Loopmark | None = None
        self._run = AsyncExitStack()

    @property
    def loopmark(self) -> Loopmark:
        """The running bot."""
        assert self._loopmark is not None
        return self._loopmark

    async def start(self) -> None:
        """Start the bot; the story fires its ticks."""
        self._loopmark, self.address = await self._run.enter_async_context(
            running(self.settings, now=self.clock.now, ticking=False)
        )
        if not self.settings.uses_sockets:
            self.workspace.request_url = f"{self.address}/slack/events"

    async def stop(self) -> None:
        """Stop the bot as SIGTERM would."""
        await self._run.aclose()
        self._run = AsyncExitStack()

    async def restart(self) -> None:
        """Stop the bot and start it again on the same database."""
        await self.stop()
        await self.start()

    async def settle(self) -> None:
        """Let everything happen that is due at this moment of the story's time."""
        await self.loopmark.settle()

    async def pass_time(self, delta: timedelta, *, step: timedelta | None = None) -> None:
        """Move the story's time on, in steps, and let everything due happen at each."""
        end = self.clock.moment + delta
        while self.clock.moment < end:
            self.clock.moment = min(self.clock.moment + (step or delta), end)
            await self.settle()

    async def says(self, person: Person, channel: Channel, line: str) -> str:
        """Type a command and return the first thing the person sees because of it."""
        outcome = await person.command(channel, line)
        assert outcome.error is None, outcome.error
        assert outcome.acknowledged
        if (
            not outcome.messages
        ):  # their zone was not known yet, so the answer comes after the acknowledgement
            await self.settle()
        return "\n".join(message.shown for message in outcome.messages)

    def posts(self, channel: Channel) -> list[Message]:
        """Return the bot's messages at a channel's root, oldest first."""
        return [
            message
            for message in self.workspace.messages(channel)
            if not message.deleted and (message.thread_ts is None or message.thread_ts == message.ts)
        ]


@pytest.fixture
async def metrics() -> AsyncIterator[Metrics]:
    """A metric server on this machine."""
    served = Metrics()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", served.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    served.address = f"http://{host}:{port}"
    yield served
    await runner.cleanup()


Transport = Literal["socket", "http"]


@pytest.fixture(params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> Transport:
    """Both ways in which Slack reaches the bot."""
    chosen: Transport = request.param
    return chosen


@pytest.fixture
async def stage(transport: Transport, metrics: Metrics, tmp_path: Path) -> AsyncIterator[Stage]:
    """The whole stage, with the bot running on a new SQLite file."""
    clock = Clock()
    async with Workspace(transport=transport, now=clock.now) as workspace:
        workspace.limits.enabled = False
        settings = load_settings(
            _env_file=None,
            SLACK_BOT_TOKEN=workspace.bot_token,
            SLACK_APP_TOKEN=workspace.app_token if transport == "socket" else None,
            SLACK_SIGNING_SECRET=workspace.signing_secret,
            SLACK_API_URL=workspace.api_url,
            DATABASE_URL=f"sqlite:///{tmp_path}/loopmark.db",
            PORT=0,
            LOOPMARK_ALLOWED_HOSTS="127.0.0.1",
            LOOPMARK_SECOND_LOOK_S=0,
        )
        stage = Stage(clock, workspace, metrics, settings)
        await stage.start()
        try:
            yield stage
        finally:
            await stage.stop()
        assert workspace.violations == []
