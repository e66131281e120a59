"""The command line as an operator meets it: what it prints, where, and its exit codes."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
import yaml
from typer.testing import CliRunner

from bot.cli import app, main
from bot.sandbox import Workspace
from bot.settings import Settings
from tests.databases import Databases

pytestmark = pytest.mark.soak  # real processes, which take real time

ROOT = Path(__file__).parent.parent
COMMANDS = ("run", "demo", "check", "poll", "migrate", "manifest")
PUBLIC = {"LOOPMARK_PUBLIC_URL": "https://x.example"}
VARIABLES = [str(field.validation_alias) for field in Settings.model_fields.values()]


@pytest.fixture(autouse=True)
def _an_operator_s_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start where nothing is set, and put back what a command changes for the whole process."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


def loopmark(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run a command in this process and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["loopmark", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    return stopped.value.code if isinstance(stopped.value.code, int) else 0


async def start(tmp_path: Path, *arguments: str, **variables: str) -> Process:
    """Start a command in a process of its own."""
    program = "from bot.cli import main; main()"
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", program, *arguments),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        stdout=PIPE,
        stderr=PIPE,
    )


async def finish(process: Process) -> tuple[int, str, str]:
    """Wait for a command to end; return its exit code and what it printed."""
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


def variables_of(workspace: Workspace, url: str) -> dict[str, str]:
    """Return what an operator sets for a workspace in Socket Mode."""
    return {
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_API_URL": workspace.api_url,
        "DATABASE_URL": url,
        "PORT": "0",
        "LOOPMARK_SECRET_KEY": "k" * 32,
    }


def test_help_lists_every_command() -> None:
    result = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert all(f" {command} " in result.output for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    first = next(line.strip() for line in result.output.splitlines() if line.strip() and "Usage" not in line)
    assert first.endswith(".")


def test_run_without_settings_lists_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert loopmark(monkeypatch, "run") == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Loopmark can't start:"
    assert [line.split()[1] for line in lines[1:]] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]


@pytest.mark.parametrize(
    "command", [["run"], ["poll", "x"], ["migrate"], ["manifest"]], ids=lambda words: words[0]
)
def test_every_bad_setting_is_in_one_readable_list(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "password")
    monkeypatch.setenv("PORT", "many")
    assert loopmark(monkeypatch, *command) == 2
    said = capsys.readouterr().err
    assert "SLACK_BOT_TOKEN must be a bot token" in said
    assert "PORT" in said
    assert "Traceback" not in said


def test_check_shows_bad_settings_as_findings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "many")
    assert loopmark(monkeypatch, "check") == 1
    assert capsys.readouterr().out.startswith("✗ settings: PORT")


def test_migrate_says_what_it_did(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert loopmark(monkeypatch, "migrate") == 0
    first = capsys.readouterr().out.splitlines()
    assert first[0] == "made 0001_create_tables"
    assert first[-1].startswith("The database is up to date (")
    assert (tmp_path / "data" / "loopmark.db").exists()
    assert loopmark(monkeypatch, "migrate") == 0
    assert capsys.readouterr().out.startswith("Nothing to do (")


def test_migrate_works_on_postgresql_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], databases: Databases
) -> None:
    url = databases.postgresql(migrated=False)
    monkeypatch.setenv("DATABASE_URL", url)
    try:
        assert loopmark(monkeypatch, "migrate") == 0
    finally:
        databases.drop(url)
    assert "made 0001_create_tables" in capsys.readouterr().out


def test_poll_before_the_first_start_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert loopmark(monkeypatch, "poll", "p95 latency") == 2
    assert "loopmark migrate" in capsys.readouterr().err


def test_poll_of_an_unknown_name_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sqlite_url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    assert loopmark(monkeypatch, "poll", "p95 latency") == 1
    said = capsys.readouterr()
    assert said.err == "There is no criterion “p95 latency”. `loopmark check` lists them all.\n"
    assert said.out == ""


@pytest.mark.parametrize(
    ("given", "sockets", "names", "note"),
    [
        ({}, True, "/criteria", "LOOPMARK_PUBLIC_URL"),
        ({"SLACK_APP_TOKEN": "xapp-1", **PUBLIC}, True, "/criteria", "SLACK_APP_TOKEN is set"),
        (PUBLIC, False, "/criteria", "https://x.example"),
        ({"LOOPMARK_PUBLIC_URL": "http://x.example"}, False, "/criteria", "wants an https:// address"),
        ({"LOOPMARK_COMMAND_PREFIX": "lm-"}, True, "/lm-criteria", "Socket Mode"),
    ],
    ids=["nothing set", "sockets", "http", "http without encryption", "prefix"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["yaml", "json"])
def test_manifest_prints_what_can_be_pasted_and_the_note_beside_it(
    given: dict[str, str],
    sockets: bool,
    names: str,
    note: str,
    form: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert loopmark(monkeypatch, "manifest", *(["--json"] if form == "json" else [])) == 0
    said = capsys.readouterr()
    made = json.loads(said.out) if form == "json" else yaml.safe_load(said.out)
    assert made["settings"]["socket_mode_enabled"] is sockets
    assert made["features"]["slash_commands"][0]["command"] == names
    assert ("request_url" in made["settings"]["interactivity"]) is not sockets
    assert note in said.err


@pytest.mark.parametrize(
    ("channel", "code", "words"),
    [("general", 1, "Copy link"), ("C0123456789", 2, "SLACK_BOT_TOKEN is missing")],
)
def test_a_live_check_that_can_t_begin_says_why(
    channel: str, code: int, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert loopmark(monkeypatch, "check", "--live", channel) == code
    assert words in capsys.readouterr().err


async def test_check_of_a_healthy_installation_ends_with_0_and_no_cross(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with Workspace() as workspace:
        process = await start(tmp_path, "check", **variables_of(workspace, sqlite_url))
        code, out, err = await finish(process)
    assert (code, err) == (0, "")
    assert "✓ bot token: @Loopmark in" in out
    assert "✗" not in out


async def test_a_live_check_where_the_bot_is_not_says_what_to_type(tmp_path: Path, sqlite_url: str) -> None:
    async with Workspace() as workspace:
        channel = workspace.add_channel("general", bot_is_member=False)
        link = f"https://acme.slack.com/archives/{channel.id}"
        process = await start(tmp_path, "check", "--live", link, **variables_of(workspace, sqlite_url))
        code, out, err = await finish(process)
    assert (code, err) == (1, "")
    assert out.startswith("✗ channel: Loopmark is not in #general")
    assert "/invite @" in out


async def test_run_connects_and_ends_with_0_at_sigterm(tmp_path: Path) -> None:
    async with Workspace() as workspace:
        url = f"sqlite:///{tmp_path}/data/loopmark.db"
        process = await start(tmp_path, "run", **variables_of(workspace, url))
        await workspace.wait_for(lambda: workspace.open_sockets, 20)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            code, out, err = await finish(process)
    assert (code, out) == (0, "")
    assert "Traceback" not in err


async def test_run_with_a_refused_token_ends_with_2_and_a_sentence(tmp_path: Path) -> None:
    async with Workspace() as workspace:
        workspace.revoke_tokens("token_revoked")
        url = f"sqlite:///{tmp_path}/data/loopmark.db"
        code, _, err = await finish(await start(tmp_path, "run", **variables_of(workspace, url)))
    assert code == 2
    assert "SLACK_BOT_TOKEN was refused by Slack (token_revoked)" in err
    assert "Traceback" not in err


async def test_the_demo_stops_within_seconds_at_ctrl_c_without_a_traceback(tmp_path: Path) -> None:
    process = await start(tmp_path, "demo", SLACK_BOT_TOKEN="not even a token", PORT="0")
    assert process.stdout is not None
    seen = b""
    async with asyncio.timeout(20):
        while b"Setting up last week" not in seen:
            seen += await process.stdout.readline()
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(8):
        code, out, err = await finish(process)
    assert (code, err) == (0, "")
    assert "What next:" in out
    assert os.listdir(tmp_path) == [], "nothing of it is kept"


async def test_a_bounded_demo_ends_with_0(tmp_path: Path) -> None:
    code, out, err = await finish(await start(tmp_path, "demo", "--seconds", "1", PORT="0"))
    assert (code, err) == (0, "")
    assert "http://127.0.0.1:" in out


def test_a_port_that_is_none_ends_the_demo_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "many")
    assert loopmark(monkeypatch, "demo") == 2
    assert "PORT" in capsys.readouterr().err
