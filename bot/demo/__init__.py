"""The demo: the real bot in a workspace on this machine, a week of work in it, and a page to try it on."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
import tempfile
import time
import webbrowser
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bot.app import Loopmark, running
from bot.demo.cast import Cast, bring_in
from bot.demo.clock import DemoClock
from bot.demo.control import DemoControl
from bot.demo.guide import Guide
from bot.demo.metrics import MetricServer
from bot.demo.ports import next_free, no_free_port, ports_from
from bot.demo.week import Week, opening
from bot.sandbox import Change, Workspace
from bot.settings import Settings, load_settings

__all__ = ["Demo", "demo_port", "has_screen", "isolated_settings", "open_demo", "run_demo"]

LEASE_MARGIN_S = 600
"""Leases run on the demo's clock, which may be fast; calls to the sandbox on the real one."""

TICK_S = 0.25


def utc_now() -> datetime:
    """Return the time on the wall, aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo from the inside.

    Attributes:
        workspace: Listens and serves the page.
        cast: People and channels.
        clock: The one clock of all of it.
        control: The clock as the page turns it.
        guide: What to try.
        metrics: The server whose numbers are read.
        loopmark: The bot.
    """

    workspace: Workspace
    cast: Cast
    clock: DemoClock
    control: DemoControl
    guide: Guide
    metrics: MetricServer
    loopmark: Loopmark

    async def set_up(self, now: Callable[[], datetime] = utc_now) -> None:
        """Live through the week before a visitor comes; from then on the clock runs in real time.

        Args:
            now: The present, aware UTC.

        Raises:
            TimeoutError: the bot did not answer; with the last exchanges in its text.
        """
        week = Week(self.workspace, self.loopmark, self.clock, self.cast, self.metrics.address)
        with self.control.setting_up():
            await week.play(now)
            await self.control.look()
            self.guide.begin()


@asynccontextmanager
async def open_demo(
    folder: Path,
    *,
    port: int = 0,
    now: Callable[[], datetime] = utc_now,
    say: Callable[[str], None] = lambda _line: None,
) -> AsyncIterator[Demo]:
    """Start the workspace with its page, then the metric server and the bot; nothing has happened in it yet.

    Args:
        folder: For the database; empty.
        port: Where the page is wanted; the next free one is taken, 0 means any.
        now: The present, aware UTC.
        say: Takes the lines a person is told: addresses, and what goes wrong in the workspace.

    Raises:
        ConfigError: there is no free port.
    """
    clock = DemoClock(opening(now()))
    opened = clock.now()
    workspace = Workspace(now=clock.now, port=ports_from(port))
    workspace.limits.clock = clock.pace
    cast, control = bring_in(workspace), DemoControl(clock, workspace)
    page = workspace.page.documents
    page.clock, page.cast = control, cast.played
    stop_telling = workspace.on_change(lambda change: _tell_trouble(change, say))
    try:
        async with _listening(workspace, port):
            taken = workspace.server.port
            if port not in (0, taken):
                say(f"Port {port} is taken, so the page is on {taken}.")
            say(f"  the page      {workspace.page_url}")
            web_port = next_free(taken + 1 if port else 0)
            metrics = MetricServer(lambda: clock.now() - opened, port=next_free(web_port + 1 if port else 0))
            settings = _settings(workspace, folder, web_port)
            async with (
                metrics,
                running(settings, now=clock.now, monotonic=clock.pace, ticking=False) as (loopmark, web),
            ):
                say(f"  the bot       {web}/readyz")
                say(f"  the numbers   {metrics.address}/")
                guide = Guide(workspace, cast, control, metrics)
                page.guide = guide.steps
                control.attend(loopmark)
                yield Demo(workspace, cast, clock, control, guide, metrics, loopmark)
    finally:
        stop_telling()


async def run_demo(
    console: Console,
    *,
    told: asyncio.Event,
    port: int,
    seconds: float | None = None,
    opens_browser: bool = False,
) -> None:
    """Serve the demo until told to stop; nothing of it is kept.

    Args:
        console: Where addresses are printed, and what goes wrong in the workspace.
        told: Set to stop.
        port: Where the page is wanted; the next free one is taken, 0 means any.
        seconds: Stop by itself after so many real seconds; None means never.
        opens_browser: True opens the page.

    Raises:
        ConfigError: there is no free port.
        TimeoutError: the bot did not answer; with the last exchanges in its text.
    """
    ends_at = None if seconds is None else time.monotonic() + seconds

    def say(line: str) -> None:
        console.print(line, markup=False, soft_wrap=True)

    say("Loopmark's demo: the real bot in a Slack workspace on this machine. Nothing leaves it.")

    with tempfile.TemporaryDirectory(prefix="loopmark-demo-") as folder:
        async with open_demo(Path(folder), port=port, say=say) as demo:
            if opens_browser:
                await asyncio.to_thread(webbrowser.open, demo.workspace.page_url)
            living = asyncio.create_task(_live(demo, say), name="demo")
            waiting = asyncio.create_task(told.wait(), name="told to stop")
            left_s = None if ends_at is None else max(0.0, ends_at - time.monotonic())
            try:
                await asyncio.wait({living, waiting}, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
                if living.done():
                    living.result()
            finally:
                living.cancel()
                waiting.cancel()
                await asyncio.gather(living, waiting, return_exceptions=True)
    say(
        "What next: `loopmark manifest` makes the app for a real workspace; docs/ and /criteria help say the rest."
    )


async def _live(demo: Demo, say: Callable[[str], None]) -> None:
    """Set the week up, then let the bot tick and keep an eye on what happens, for ever."""
    began = time.monotonic()
    say("Setting up last week …")
    await demo.set_up()
    demo.loopmark.clock.start()
    say(
        f"Ready after {time.monotonic() - began:.0f} s. Open the page and follow “Try it” on it. Ctrl-C stops."
    )
    await demo.control.watch()


def demo_port() -> int:
    """Return the port the page is wanted on: `PORT`, 3000 unless it is set.

    Raises:
        ConfigError: it is no port.
    """
    return isolated_settings({}, heeded={"PORT"}).port


def has_screen() -> bool:
    """Say whether a browser would open in a window: in a terminal alone it would take the terminal."""
    return sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def isolated_settings(own: Mapping[str, object], *, heeded: Collection[str] = ()) -> Settings:
    """Return settings in which nothing counts that the operator has set for the real bot.

    Args:
        own: Variable → value; everything else has its default.
        heeded: Variables that count all the same.

    Raises:
        ConfigError: a heeded one has no usable value.
    """
    defaults = {
        name: field.get_default()
        for field in Settings.model_fields.values()
        if (name := str(field.validation_alias)) not in heeded
    }
    return load_settings(_env_file=None, **{**defaults, **own})


@asynccontextmanager
async def _listening(workspace: Workspace, port: int) -> AsyncIterator[None]:
    try:
        await workspace.__aenter__()
    except OSError as error:
        raise no_free_port(port) from error
    try:
        yield
    finally:
        await workspace.__aexit__(None, None, None)


def _tell_trouble(change: Change, say: Callable[[str], None]) -> None:
    if change.kind in ("violation", "failure"):
        say(f"  trouble       {change.text}")


def _settings(workspace: Workspace, folder: Path, port: int) -> Settings:
    return isolated_settings(
        {
            "SLACK_BOT_TOKEN": workspace.bot_token,
            "SLACK_APP_TOKEN": workspace.app_token,
            "SLACK_API_URL": workspace.api_url,
            "DATABASE_URL": f"sqlite:///{folder}/loopmark.db",
            "HOST": "127.0.0.1",
            "PORT": port,
            "LOOPMARK_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "LOOPMARK_SECRET_KEY": secrets.token_hex(32),
            "LOOPMARK_ALLOWED_HOSTS": "127.0.0.1",
            "LOOPMARK_TICK_S": TICK_S,
            "LOOPMARK_LEASE_MARGIN_S": LEASE_MARGIN_S,
        }
    )
