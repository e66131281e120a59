"""The server's process, from start to stop: started with plain settings, stopped by its own process id."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox import Workspace

ROOT = Path(__file__).resolve().parents[1]
START_LIMIT_S = 30.0
ANSWER_LIMIT_S = 60.0
STOP_LIMIT_S = 15.0


class ServerStoppedError(Exception):
    """The server's process ended or did not answer in time; what it logged follows."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server's process.

    Attributes:
        process: It.
        log: Where its log goes.
        environment: The settings it was started with.
        says: What it said once it listened: name → address.
    """

    process: Process
    log: Path
    environment: Mapping[str, str]
    says: Mapping[str, str]

    def cpu_s(self) -> float:
        """Return the CPU time the process has used, user and system, in seconds (Linux's /proc)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def ask(self, **question: object) -> dict[str, Any]:
        """Send a line of JSON to the process and return the line it answers with."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        await self.process.stdin.drain()
        return await _hear(self.process, self.log, ANSWER_LIMIT_S)


def settings_for(workspace: Workspace, folder: Path) -> dict[str, str]:
    """Return the environment that lets the bot run in a stand-in workspace, on a SQLite file of its own."""
    transport = (
        {"SLACK_APP_TOKEN": workspace.app_token}
        if workspace.server.transport_kind == "socket"
        else {"SLACK_SIGNING_SECRET": workspace.signing_secret}
    )
    return {
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_API_URL": workspace.api_url,
        "DATABASE_URL": f"sqlite:///{folder}/loopmark.db",
        "LOOPMARK_SECRET_KEY": secrets.token_hex(32),
        "LOOPMARK_ALLOWED_HOSTS": "127.0.0.1",
        "PORT": "0",
        "LOG_LEVEL": "INFO",
        **transport,
    }


@asynccontextmanager
async def started(workspace: Workspace, *arguments: str) -> AsyncIterator[Running]:
    """Start `python -m benchmarks.server` in a stand-in workspace; it is stopped when the block is left.

    Raises:
        ServerStoppedError: it did not start.
    """
    with tempfile.TemporaryDirectory(prefix="loopmark-bench-") as name:
        folder = Path(name)
        log = folder / "log"
        inherited = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TZ") if key in os.environ}
        settings = settings_for(workspace, folder)
        with log.open("wb") as stream:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "benchmarks.server",
                *arguments,
                env={**inherited, "PYTHONPATH": str(ROOT), **settings},
                cwd=folder,
                stdin=PIPE,
                stdout=PIPE,
                stderr=stream,
            )
        try:
            yield Running(process, log, settings, await _hear(process, log, START_LIMIT_S))
        finally:
            await _stop(process)


async def _hear(process: Process, log: Path, limit_s: float) -> dict[str, Any]:
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), limit_s)
    except TimeoutError:
        line = b""
    if not line:
        raise ServerStoppedError(log.read_text()[-4000:])  # noqa: ASYNC240  (nothing else is going on then)
    heard: dict[str, Any] = json.loads(line)
    return heard


async def _stop(process: Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), STOP_LIMIT_S)
    except TimeoutError:
        process.kill()
        await process.wait()
