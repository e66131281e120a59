"""What takes real time: the real process, killed, starved and crowded, in a workspace on this machine."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from bot.sandbox import Channel, Person, Workspace

RUN = "from bot.cli import main; main()"
"""What the console script `loopmark` does, whether or not it is on the path."""


class Process:
    """`loopmark run` as a process of its own; only ever ended by the id it was started with."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        """Keep how it is started."""
        self._environment = environment
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; it is not yet connected then."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", RUN, "run", env=self._environment, stdout=log, stderr=log
            )

    async def end(self, signal_number: int, *, timeout_s: float = 10.0) -> int:
        """Send it a signal and return its exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal_number)
        return await asyncio.wait_for(self._process.wait(), timeout_s)

    @property
    def log(self) -> str:
        """Everything it has said."""
        return self._log.read_text(encoding="utf-8")


class SlowMetrics:
    """A metric server that can keep an answer back."""

    def __init__(self) -> None:
        """Answer at once until told otherwise."""
        self.value = 412
        self.asked = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.address = ""

    async def answer(self, request: web.Request) -> web.Response:
        """Answer any path."""
        del request
        self.asked.set()
        await self.go_on.wait()
        return web.json_response({"value": self.value})


async def connected(workspace: Workspace, *, opened_before: int = 0) -> None:
    """Return once the bot listens, on a newer socket than so many."""
    await workspace.wait_for(
        lambda: workspace.open_sockets > 0 and workspace.sockets_opened > opened_before, timeout_s=30
    )


async def typed(person: Person, channel: Channel, line: str) -> str:
    """Type a command and wait until the bot has said all it has to say."""
    outcome = await person.command(channel, line)
    assert outcome.error is None, outcome.error
    while not outcome.messages or "…" in outcome.messages[-1].shown[-2:]:
        await outcome.next_message(timeout_s=10)
    return outcome.messages[-1].shown


@pytest.fixture
async def slow_metrics() -> AsyncIterator[SlowMetrics]:
    """A metric server on this machine."""
    served = SlowMetrics()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", served.answer)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    served.address = f"http://{host}:{port}"
    yield served
    served.go_on.set()
    await runner.cleanup()


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    """A workspace over Socket Mode, in real time."""
    async with Workspace(transport="socket") as opened:
        yield opened


@pytest.fixture
async def process(workspace: Workspace, tmp_path: Path) -> AsyncIterator[Process]:
    """The bot as a process, not started yet, with short waits."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("SLACK", "LOOPMARK"))
    }
    environment |= {
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_API_URL": workspace.api_url,
        "DATABASE_URL": f"sqlite:///{tmp_path}/loopmark.db",
        "PORT": "0",
        "LOOPMARK_ALLOWED_HOSTS": "127.0.0.1",
        "LOOPMARK_TICK_S": "0.05",
        "LOOPMARK_SECOND_LOOK_S": "0.1",
        "LOOPMARK_LEASE_MARGIN_S": "1",
    }
    made = Process(environment, tmp_path / "log")
    yield made
    if made._process is not None:
        await made.end(signal.SIGKILL)
