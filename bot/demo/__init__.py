"""The demo: the real bot in a workspace on this machine, with numbers that move and a channel to watch."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from bot.app import running
from bot.demo.clock import SPEED, FastClock
from bot.demo.metrics import MetricServer
from bot.demo.screen import Screen
from bot.demo.story import Story
from bot.sandbox import Workspace
from bot.settings import Settings, load_settings

__all__ = ["isolated_settings", "run_demo"]

ZONE = "Europe/Berlin"

LEASE_MARGIN_S = 600
"""Leases run on the demo's fast clock, calls to the sandbox on the real one."""


async def run_demo(
    console: Console, *, told: asyncio.Event, seconds: float | None = None, speed: float = SPEED
) -> None:
    """Show the bot at work until told to stop; nothing of it is kept.

    Args:
        console: Where the channel is shown.
        told: Set to stop.
        seconds: Stop by itself after so many real seconds; None means never.
        speed: Seconds that pass in the demo during one real second.

    Raises:
        TimeoutError: the bot did not answer; with the last exchanges in its text.
    """
    clock = FastClock(speed=speed)
    with tempfile.TemporaryDirectory(prefix="loopmark-demo-") as folder:
        async with MetricServer(lambda: clock.elapsed) as metrics, Workspace() as workspace:
            settings = _settings(workspace, Path(folder))
            screen = Screen(console, workspace, now=clock.now, zone=ZONE)
            stop_showing = workspace.on_change(screen.show)
            _introduce(screen, speed)
            async with running(settings, now=clock.now) as (_, address):
                story = Story(workspace, screen, metrics=metrics, now=clock.now())
                playing = asyncio.create_task(_play(story, screen, address), name="story")
                waiting = asyncio.create_task(told.wait(), name="told to stop")
                try:
                    async with asyncio.timeout(seconds):
                        await asyncio.wait({playing, waiting}, return_when=asyncio.FIRST_COMPLETED)
                        if playing.done():
                            playing.result()
                            await waiting
                except TimeoutError:
                    if playing.done():
                        playing.result()
                finally:
                    playing.cancel()
                    waiting.cancel()
                    await asyncio.gather(playing, waiting, return_exceptions=True)
            stop_showing()
            _say_what_next(screen)


async def _play(story: Story, screen: Screen, address: str) -> None:
    await story.play()
    screen.say(
        f"── from here on everything happens by itself; the bot's web app: {address}/readyz; Ctrl-C stops ──"
    )


def _introduce(screen: Screen, speed: float) -> None:
    screen.say("Loopmark's demo: the real bot in a small workspace on this machine. Nothing leaves it.")
    rate = (
        "one second here is one minute there" if speed == SPEED else f"{speed:g} times as fast as real time"
    )
    screen.say(f"Its clock runs fast: {rate}. The numbers are read over HTTP from a server of the demo's.")
    screen.say("")


def _say_what_next(screen: Screen) -> None:
    screen.say("")
    screen.say("What next:")
    screen.say("  a real workspace   loopmark manifest → paste it at https://api.slack.com/apps?new_app=1")
    screen.say(
        "                     then set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, and: loopmark check, loopmark run"
    )
    screen.say("  what can be typed  /criteria help in Slack; the README and docs/ say the rest")


def isolated_settings(own: Mapping[str, object]) -> Settings:
    """Return settings in which nothing counts that the operator has set for the real bot.

    Args:
        own: Variable → value; everything else has its default.
    """
    defaults = {str(field.validation_alias): field.get_default() for field in Settings.model_fields.values()}
    return load_settings(_env_file=None, **{**defaults, **own})


def _settings(workspace: Workspace, folder: Path) -> Settings:
    return isolated_settings(
        {
            "SLACK_BOT_TOKEN": workspace.bot_token,
            "SLACK_APP_TOKEN": workspace.app_token,
            "SLACK_API_URL": workspace.api_url,
            "DATABASE_URL": f"sqlite:///{folder}/loopmark.db",
            "HOST": "127.0.0.1",
            "PORT": 0,
            "LOOPMARK_SECRET_KEY": secrets.token_hex(32),
            "LOOPMARK_ALLOWED_HOSTS": "127.0.0.1",
            "LOOPMARK_TICK_S": 0.25,
            "LOOPMARK_LEASE_MARGIN_S": LEASE_MARGIN_S,
        }
    )
