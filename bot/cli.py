"""The command line: `loopmark run`, `demo`, `check`, `poll`, `migrate` and `manifest`."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Coroutine
from importlib.util import find_spec
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.app import run_until_told, utc_now
from bot.db.migrate import current, upgrade
from bot.demo import demo_port, has_screen, run_demo
from bot.doctor import Examination, Finding, Mark, examine
from bot.errors import ConfigError, LoopmarkError
from bot.live_check import check_live, parse_channel
from bot.log import set_up_logging
from bot.manifest import load_manifest, manifest_for, manifest_text
from bot.poll_once import poll_by_name
from bot.settings import Settings, load_settings
from bot.slack import SlackClient, open_client

T = TypeVar("T")

WRONG, CANT_START = 1, 2
"""Exit codes: something is not as it should be; a setting has to be changed first."""

_STYLES = {Mark.RIGHT: "green", Mark.WRONG: "bold red", Mark.NOTE: "dim"}

app = typer.Typer(
    name="loopmark",
    help="Success criteria that are measured, and fast feedback, where the work happens.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run one command; what an operator can mend is told in words, without a traceback."""
    try:
        app(prog_name="loopmark")
    except ConfigError as error:
        _stop(str(error), CANT_START)
    except LoopmarkError as error:
        _stop(str(error), WRONG)


@app.command()
def run() -> None:
    """Run the bot until it is told to stop (SIGTERM or Ctrl-C)."""
    settings = load_settings()
    set_up_logging(settings.log_level, settings.secrets)
    _in_loop(run_until_told(settings))


@app.command()
def demo(
    seconds: Annotated[
        float | None, typer.Option(help="Stop after so many seconds instead of at Ctrl-C.", min=0)
    ] = None,
    open_page: Annotated[
        bool | None,
        typer.Option(
            "--open/--no-open",
            help="Open the page in the browser.",
            show_default="open, in a terminal with a screen",
        ),
    ] = None,
) -> None:
    """Serve a page with a small Slack workspace in which the real bot works; needs no Slack and keeps nothing."""
    console = Console(highlight=False)
    set_up_logging("ERROR", frozenset())
    opens_browser = console.is_terminal and has_screen() if open_page is None else open_page
    try:
        _in_loop(_demo(console, demo_port(), seconds, opens_browser=opens_browser))
    except TimeoutError as error:
        _stop(f"The bot did not answer: {error}", WRONG)


@app.command()
def check(
    live: Annotated[
        str | None,
        typer.Option(
            metavar="CHANNEL",
            help="Also post, change, read back and delete one of each kind of message there: a channel's id "
            "(C0123456789) or the link copied from Slack.",
        ),
    ] = None,
) -> None:
    """Say whether everything is there that the bot needs, and how reading each source goes."""
    console = Console(highlight=False, soft_wrap=True)
    try:
        settings = load_settings()
    except ConfigError as error:
        for problem in error.problems:
            _show_finding(console, Finding(Mark.WRONG, "settings", problem))
        raise typer.Exit(WRONG) from None
    _log_errors_only(settings)
    if live is not None:
        channel_id = parse_channel(live)
        healthy = _in_loop(_check_live(console, settings, channel_id))
    else:
        examination = _in_loop(examine(settings))
        _show_examination(console, examination)
        healthy = examination.is_healthy
    if not healthy:
        raise typer.Exit(WRONG)


@app.command()
def poll(
    name: Annotated[
        str, typer.Argument(help="The criterion's name, or #ID as the list of several shows it.")
    ],
) -> None:
    """Read one criterion now, as the bot would, and say what its value means."""
    settings = load_settings()
    _log_errors_only(settings)
    polled = _in_loop(poll_by_name(settings, name))
    typer.echo(polled.words)
    if polled.failed:
        raise typer.Exit(WRONG)


@app.command()
def migrate() -> None:
    """Bring the database to this version's tables."""
    url = load_settings().database_url
    made = upgrade(url)
    for migration in made:
        typer.echo(f"made {migration}")
    typer.echo(
        f"The database is up to date ({current(url)})." if made else f"Nothing to do ({current(url)})."
    )


@app.command()
def manifest(
    as_json: Annotated[bool, typer.Option("--json", help="JSON rather than YAML.")] = False,
) -> None:
    """Print the Slack app manifest for the configured command names and way of delivery."""
    settings = load_settings()
    uses_http = settings.slack_app_token is None and settings.public_url is not None
    made = manifest_for(
        load_manifest(),
        command_prefix=settings.command_prefix,
        public_url=settings.public_url if uses_http else None,
    )
    typer.echo(json.dumps(made, indent=2, ensure_ascii=False) if as_json else manifest_text(made).rstrip())
    if uses_http:
        note = f"For HTTP mode: Slack sends to {settings.public_url}."
        if not str(settings.public_url).startswith("https://"):
            note += " Slack wants an https:// address there."
    elif settings.slack_app_token is None:
        note = (
            "For Socket Mode. For HTTP mode set LOOPMARK_PUBLIC_URL to the address Slack reaches Loopmark at."
        )
    else:
        note = "For Socket Mode (SLACK_APP_TOKEN is set)."
    # Beside the manifest, so that `loopmark manifest > file` and a pipe get the manifest alone.
    typer.echo(note, err=True)


async def _demo(console: Console, port: int, seconds: float | None, *, opens_browser: bool) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, told.set)
    await run_demo(console, told=told, port=port, seconds=seconds, opens_browser=opens_browser)


async def _check_live(console: Console, settings: Settings, channel_id: str) -> bool:
    if settings.slack_bot_token is None:
        raise ConfigError(["SLACK_BOT_TOKEN is missing: the live check posts as the bot"])
    slack = SlackClient(open_client(settings), now=utc_now)
    try:
        return await check_live(
            slack, channel_id, now=utc_now(), report=lambda finding: _show_finding(console, finding)
        )
    finally:
        await slack.aclose()


def _show_examination(console: Console, examination: Examination) -> None:
    for finding in examination.findings:
        _show_finding(console, finding)
    if examination.sources:
        table = Table(box=None)
        for heading in ("", "Criterion", "Initiative", "Source", "Last value", "Failures", ""):
            table.add_column(heading, overflow="fold")
        for each in examination.sources:
            table.add_row(
                Text(each.mark, _STYLES[each.mark]),
                Text(each.criterion),
                Text(each.initiative),
                Text(each.source),
                Text(each.age),
                str(each.failures),
                Text(each.words),
            )
        console.print()
        console.print(table)


def _show_finding(console: Console, finding: Finding) -> None:
    line = Text.assemble((finding.mark, _STYLES[finding.mark]), f" {finding.about}: {finding.text}")
    if finding.next_step:
        line.append(f"\n    → {finding.next_step}")
    console.print(line)


def _log_errors_only(settings: Settings) -> None:
    """Keep the log out of an answer that says the same in words."""
    set_up_logging("ERROR", settings.secrets)


def _in_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run work in an event loop of its own: uvloop's, where there is one for this platform."""
    factory = None
    if find_spec("uvloop") is not None:
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(work)


def _stop(words: str, code: int) -> NoReturn:
    sys.stderr.write(f"{words}\n")
    sys.exit(code)
