"""The clock as the page turns it: its rate, the jump to the next scheduled post, and what the database says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from bot.app import Loopmark
from bot.demo.clock import MOST_RATE, REAL_RATE, DemoClock
from bot.demo.facts import Facts, read_facts
from bot.sandbox import Change, Workspace
from bot.sandbox.page import ClockState

STRIDE = timedelta(hours=4)
MOST_STRIDES = 60
"""A jump stops at least so often, or so many times: sources are read on the way, and charts have no gap."""

RUN_UP = (timedelta(minutes=3), timedelta(minutes=2), timedelta(minutes=1))
"""How long before a post the jump stops once more, so that also what is read every minute is fresh in it."""

SETTING_UP = "Setting up last week …"

TRIGGER_LIFE_S = 3.0
"""A trigger's life in the visitor's own seconds."""

LOOK_AGAIN_S = 0.2
"""Real seconds between something that happened and the look at the database, and so between two looks."""


class DemoControl:
    """Implements the page's ClockControl over the demo's clock and the bot."""

    def __init__(self, clock: DemoClock, workspace: Workspace) -> None:
        """Turn this clock, on which this workspace runs; nothing can be turned before it is set up."""
        self.facts = Facts()
        self._clock = clock
        self._workspace = workspace
        self._loopmark: Loopmark | None = None
        self._busy = SETTING_UP
        self._rate = clock.rate

    def attend(self, loopmark: Loopmark) -> None:
        """Let this bot do what is due wherever the clock goes."""
        self._loopmark = loopmark

    def state(self) -> ClockState:
        """Return where the clock stands."""
        schedule = self.facts.schedule
        return ClockState(
            now=self._clock.now(),
            rate=self._rate,
            next_at=schedule.due_at if schedule else None,
            next_what=f"the progress post in #{self._channel(schedule.channel_id)}" if schedule else "",
            busy=self._busy,
        )

    def set_rate(self, rate: float) -> None:
        """Let the clock run at a rate, or at the nearest it can do; while it is being moved, as soon as it is not."""
        self._rate = min(max(rate, REAL_RATE), MOST_RATE)
        if not self._busy:
            self._run()
        self._workspace.clock_changed()

    async def jump(self) -> None:
        """Go to the next scheduled post, reading sources on the way, and return when it is posted.

        Raises:
            LookupError: nothing is scheduled, or the clock is being moved already.
        """
        if self._busy:
            raise LookupError(f"{self._busy} Wait until that is done.")
        with self._busy_with("Going to the next scheduled post …"):
            await self._bot.settle()
            await self.look()
            schedule = self.facts.schedule
            if schedule is None or schedule.due_at is None:
                raise LookupError("Nothing is scheduled: type /progress schedule every Mon 09:00 first.")
            for moment in stops(self._clock.now(), schedule.due_at):
                self._clock.move_to(moment)
                self._workspace.clock_changed()
                await self._bot.settle()
            await self.look()

    @contextmanager
    def setting_up(self) -> Iterator[None]:
        """Leave the clock to the one who moves it inside the block, and say that last week is being set up."""
        with self._busy_with(SETTING_UP):
            yield

    async def look(self) -> None:
        """Read the facts; open pages look at clock and guide again when they are other ones."""
        deps = self._bot.deps
        facts = await deps.database.read(read_facts, deps.team_id)
        if facts != self.facts:
            self.facts = facts
            self._workspace.clock_changed()

    async def watch(self) -> None:
        """Read the facts now and shortly after whatever happens in the workspace, until cancelled."""
        happened = asyncio.Event()
        happened.set()

        def notice(change: Change) -> None:
            if change.kind != "clock":
                happened.set()

        stop_listening = self._workspace.on_change(notice)
        try:
            while True:
                await happened.wait()
                await asyncio.sleep(LOOK_AGAIN_S)
                happened.clear()
                await self.look()
        finally:
            stop_listening()

    @property
    def _bot(self) -> Loopmark:
        assert self._loopmark is not None, "the clock is turned only after the bot was started"
        return self._loopmark

    @contextmanager
    def _busy_with(self, words: str) -> Iterator[None]:
        # Moved, but never stopped: a read that waits for its own moment, a second away at most, would wait for ever.
        self._clock.set_rate(REAL_RATE)
        self._say(words)
        try:
            yield
        finally:
            self._say("")
            self._run()

    def _run(self) -> None:
        self._clock.set_rate(self._rate)
        self._workspace.trigger_life_s = TRIGGER_LIFE_S * self._rate

    def _say(self, words: str) -> None:
        self._busy = words
        self._workspace.clock_changed()

    def _channel(self, channel_id: str) -> str:
        return self._workspace.server.team.channels[channel_id].name


def stops(now: datetime, until: datetime) -> list[datetime]:
    """Return the moments at which a jump stops: regularly on the way, thrice shortly before, and at its end.

    Args:
        now: Where it starts, aware UTC.
        until: Where it ends, aware UTC.
    """
    stride = max(STRIDE, (until - now) / MOST_STRIDES)
    run_up = [until - before for before in RUN_UP]
    on_the_way: list[datetime] = []
    while (following := now + stride * (len(on_the_way) + 1)) < run_up[0]:
        on_the_way.append(following)
    return [moment for moment in (*on_the_way, *run_up, until) if moment > now]
