"""`kill -9` at ten points of a delivery, two hundred times, twenty bots side by side: no loss, no duplicate.

Each bot is a real process with a workspace and a SQLite file of its own. Where it is killed is decided from outside:
by the workspace's faults, and by triggers and locks in its database. Nothing in the bot knows of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import Channel, Person, Workspace

pytestmark = pytest.mark.soak

BOTS = 20
PATIENCE_S = 60.0
LOOKS = ("conversations.history", "conversations.replies")


class Point(Enum):
    """Where in a delivery the process is killed."""

    BEFORE_THE_ROW = "before the outbox row commits"
    AFTER_THE_ROW = "after the row commits, before it is claimed"
    AFTER_THE_CLAIM = "after the claim, before the attempt is written down"
    CONNECTING = "while the connection to Slack breaks, before Slack has the message"
    ON_ITS_WAY = "after the request is sent; Slack takes it when the process is dead"
    TAKEN = "after Slack took it, before the answer"
    ANSWERED = "after the answer, before the save"
    SAVING = "in the middle of the save"
    SAVED = "after the save, before what follows"
    READING_BACK = "during the read-back of a message whose answer was lost"


TRIGGERS = {
    Point.AFTER_THE_ROW: "UPDATE OF lease_token ON outbox WHEN NEW.lease_token IS NOT NULL",
    Point.AFTER_THE_CLAIM: "UPDATE OF attempted_at ON outbox WHEN NEW.attempts > OLD.attempts",
    Point.ANSWERED: "UPDATE OF state ON outbox WHEN NEW.state = 'sent'",
}
"""Writes that the database refuses, so that the process stands where it is to be killed."""


class Nursery:
    """Starts processes; each is only ever ended by its own id."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._one_at_a_time = asyncio.Lock()

    async def start(self, environment: dict[str, str], directory: Path) -> int:
        """Start `loopmark run` and return its process id."""
        order = {"environment": environment, "directory": str(directory), "log": str(directory / "log")}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        async with self._one_at_a_time:
            self._process.stdin.write(f"{json.dumps(order)}\n".encode())
            return int(await asyncio.wait_for(self._process.stdout.readline(), PATIENCE_S))


@pytest.fixture
async def nursery() -> AsyncIterator[Nursery]:
    """Where processes come from."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.soak.nursery",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    yield Nursery(process)
    assert process.stdin is not None
    process.stdin.close()
    await asyncio.wait_for(process.wait(), 10)


class Bot:
    """One bot in its workspace, with a channel in which each change of a status is told."""

    def __init__(self, nursery: Nursery, workspace: Workspace, directory: Path) -> None:
        """Nothing runs yet."""
        self.workspace = workspace
        self.database = directory / "loopmark.db"
        user = workspace.add_user("Alice", tz="Europe/Berlin")
        self.channel: Channel = workspace.add_channel("general", members=[user])
        self.alice: Person = workspace.person(user)
        self.changes = 0
        self._nursery = nursery
        self._directory = directory
        self._pid: int | None = None
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
        self._environment = keep | {
            "SLACK_BOT_TOKEN": workspace.bot_token,
            "SLACK_APP_TOKEN": workspace.app_token,
            "SLACK_API_URL": workspace.api_url,
            "DATABASE_URL": f"sqlite:///{self.database}",
            "PORT": "0",
            "LOOPMARK_SECRET_KEY": "a key for twenty bots, long enough",
            "LOOPMARK_TICK_S": "0.2",
            "LOOPMARK_SECOND_LOOK_S": "0.1",
            "LOOPMARK_LEASE_MARGIN_S": "1",
        }

    async def start(self) -> None:
        """Start the process and wait until Slack can talk to it."""
        opened = self.workspace.sockets_opened
        self._pid = await self._nursery.start(self._environment, self._directory)
        await self.workspace.wait_for(
            lambda: self.workspace.open_sockets > 0 and self.workspace.sockets_opened > opened,
            timeout_s=PATIENCE_S,
        )

    async def kill(self) -> None:
        """`kill -9`, and wait until it is gone."""
        if self._pid is None:
            return
        pid, self._pid = self._pid, None
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            while True:
                os.kill(pid, 0)
                await asyncio.sleep(0.005)

    def rows(self, question: str) -> list[Any]:
        """Ask the database."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=10)) as connection:
            return connection.execute(question).fetchall()

    def order(self, statement: str) -> None:
        """Change the database behind the bot's back."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=10)) as connection, connection:
            connection.execute(statement)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody can write while this holds."""
        with contextlib.closing(
            sqlite3.connect(self.database, timeout=10, isolation_level=None)
        ) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")

    async def until(self, look: Callable[[], object]) -> None:
        """Wait until something is so."""
        ends = time.monotonic() + PATIENCE_S
        while not look():
            assert time.monotonic() < ends, (self._directory / "log").read_text()[-3000:]
            await asyncio.sleep(0.01)

    def keys(self) -> list[str]:
        """Return the keys of what stands in the channel."""
        return [
            str(message.metadata["event_payload"]["key"])
            for message in self.workspace.messages(self.channel)
            if message.metadata and not message.deleted
        ]

    async def type(self, line: str) -> None:
        """Type a command and wait for its answer."""
        outcome = await self.alice.command(self.channel, line)
        assert outcome.error is None, outcome.error
        await self.workspace.wait_for(
            lambda: outcome.messages and "…" not in outcome.messages[-1].shown[-2:], timeout_s=PATIENCE_S
        )

    async def turn(self) -> None:
        """Turn the status over, which is a fact with its message in the channel."""
        await self.type(f"/criteria set Speed {3 if self.changes % 2 else 7}")
        self.changes += 1

    async def settle(self) -> None:
        """Wait until everything that was written down is sent, and see that it is there once."""
        await self.until(
            lambda: self.rows("SELECT count(*) FROM outbox WHERE state = 'sent'")[0][0] >= self.changes
        )
        assert (
            self.rows("SELECT count(*) FROM status_change WHERE from_status <> 'no_data'")[0][0]
            <= self.changes
        )
        written = [key for (key,) in self.rows("SELECT key FROM outbox")]
        assert len(written) == self.changes
        assert sorted(self.keys()) == sorted(written)

    async def be_killed_at(self, point: Point) -> None:
        """Turn the status over and kill the process at a point of the delivery."""
        faults, before = self.workspace.faults, len(self.keys())
        newest = "FROM outbox ORDER BY id DESC LIMIT 1"
        if point is Point.BEFORE_THE_ROW:
            with self.locked():
                typing = asyncio.create_task(
                    self.alice.command(self.channel, f"/criteria set Speed {3 if self.changes % 2 else 7}")
                )
                await asyncio.sleep(0.15)
                await self.kill()
            assert (await typing).error is not None
            assert self.rows("SELECT count(*) FROM outbox")[0][0] == self.changes
            return
        if point in TRIGGERS:
            self.order(f"CREATE TRIGGER stop BEFORE {TRIGGERS[point]} BEGIN SELECT RAISE(ABORT, 'stop'); END")
        elif point is Point.CONNECTING:
            faults.drop_before("chat.postMessage")
            for look in LOOKS:
                faults.delay(look, 0.5)
        elif point is Point.ON_ITS_WAY:
            faults.delay("chat.postMessage", 0.15)
        elif point is Point.TAKEN:
            faults.delay("chat.postMessage", 5, before=False)
        elif point is Point.SAVING:
            faults.delay("chat.postMessage", 0.3, before=False)
        elif point is Point.READING_BACK:
            faults.drop_after("chat.postMessage")
            for look in LOOKS:
                faults.delay(look, 0.5)
        await self.turn()
        if point is Point.AFTER_THE_ROW:
            await asyncio.sleep(0.05)
        elif point is Point.AFTER_THE_CLAIM:
            await self.until(lambda: self.rows(f"SELECT lease_token {newest}")[0][0])
        elif point in (Point.CONNECTING, Point.ON_ITS_WAY):
            await self.until(lambda: self.rows(f"SELECT attempted_at {newest}")[0][0])
            await asyncio.sleep(0.1 if point is Point.CONNECTING else 0.02)
        elif point is Point.SAVED:
            await self.until(lambda: self.rows(f"SELECT state {newest}")[0][0] == "sent")
        else:
            await self.until(lambda: len(self.keys()) > before)
        if point is Point.SAVING:
            with self.locked():
                await asyncio.sleep(0.5)
                await self.kill()
        else:
            await asyncio.sleep(0.05 if point in (Point.ANSWERED, Point.READING_BACK) else 0)
            await self.kill()
        if point in TRIGGERS:
            self.order("DROP TRIGGER stop")
        faults.clear()


@asynccontextmanager
async def open_bot(nursery: Nursery, directory: Path) -> AsyncIterator[Bot]:
    """A bot with an initiative and a criterion, running."""
    await asyncio.to_thread(directory.mkdir)
    async with Workspace(transport="socket") as workspace:
        workspace.limits.enabled = False
        workspace.ack_limit_s = 20.0
        bot = Bot(nursery, workspace, directory)
        try:
            await bot.start()
            await bot.type('/initiative new "Checkout rewrite" by in 6 weeks')
            await bot.type("/criteria add Speed at least 5 by in 6 weeks source manual")
            await bot.turn()
            await bot.settle()
            yield bot
        finally:
            await bot.kill()


async def test_two_hundred_kills_at_ten_points_lose_nothing_and_double_nothing(
    nursery: Nursery, tmp_path: Path
) -> None:
    began = time.monotonic()
    killed: Counter[Point] = Counter()

    async def live(number: int) -> None:
        points = list(Point)
        random.Random(number).shuffle(points)
        async with open_bot(nursery, tmp_path / f"bot{number}") as bot:
            for point in points:
                await bot.be_killed_at(point)
                killed[point] += 1
                await bot.start()
                if point is Point.BEFORE_THE_ROW:
                    await bot.turn()  # whoever saw it fail types it again
                await bot.settle()
            # What was lost or late would be here by now, and twice.
            await asyncio.sleep(1)
            await bot.settle()

    async with asyncio.TaskGroup() as together:
        for number in range(BOTS):
            together.create_task(live(number))
    assert killed == dict.fromkeys(Point, BOTS)
    print(f"{killed.total()} kills in {time.monotonic() - began:.0f} s")  # noqa: T201  (a figure of the soak run)
