"""`loopmark demo` in a terminal: what it prints, which ports it takes, and that it stops."""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import Iterator

import pytest
from rich.console import Console

from bot.demo import demo_port, isolated_settings, run_demo
from bot.demo.ports import TRIED, next_free
from bot.errors import ConfigError


@pytest.fixture
def taken() -> Iterator[int]:
    """A port somebody listens on, with the next one free."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield int(listening.getsockname()[1])


async def test_it_says_where_everything_is_and_stops_when_told() -> None:
    output, told = io.StringIO(), asyncio.Event()
    told.set()
    async with asyncio.timeout(20):
        await run_demo(Console(file=output), told=told, port=0)
    text = output.getvalue()
    for name in ("the page", "the bot", "the numbers"):
        assert f"  {name} " in text
    assert text.count("http://127.0.0.1:") == 3
    assert text.splitlines()[-1].startswith("What next:")
    assert "trouble" not in text
    assert "\x1b" not in text, "a pipe gets plain lines"


async def test_it_stops_by_itself_in_the_middle_of_setting_up() -> None:
    output = io.StringIO()
    async with asyncio.timeout(20):
        await run_demo(Console(file=output), told=asyncio.Event(), port=0, seconds=0.7)
    assert "What next:" in output.getvalue()


async def test_a_taken_port_is_told_and_the_next_free_ones_are_used(taken: int) -> None:
    output, told = io.StringIO(), asyncio.Event()
    told.set()
    async with asyncio.timeout(20):
        await run_demo(Console(file=output), told=told, port=taken)
    lines = output.getvalue().splitlines()
    addresses = [line.rpartition("http://127.0.0.1:")[2] for line in lines if "http://" in line]
    page, web, numbers = [int(address.partition("/")[0]) for address in addresses]
    assert f"Port {taken} is taken, so the page is on {page}." in lines
    assert taken < page < web < numbers < taken + 3 * TRIED


def test_the_next_free_port_is_found_and_0_stays_any(taken: int) -> None:
    assert taken < next_free(taken) < taken + TRIED
    assert next_free(0) == 0


def test_no_free_port_is_said_with_what_to_do() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 65_535))
        with pytest.raises(ConfigError, match="set PORT to another one"):
            next_free(65_535)


def test_what_the_operator_has_set_does_not_reach_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "SLACK_BOT_TOKEN": "xoxb-real",
        "SLACK_APP_TOKEN": "not even a token",
        "DATABASE_URL": "postgresql://real",
        "PORT": "8080",
        "LOOPMARK_COMMAND_PREFIX": "lm-",
        "LOOPMARK_PROXY": "http://proxy.example.com",
    }.items():
        monkeypatch.setenv(name, value)
    settings = isolated_settings({"PORT": 0})
    assert (settings.slack_bot_token, settings.slack_app_token, settings.proxy) == (None, None, None)
    assert settings.is_sqlite
    assert (settings.command_prefix, settings.port) == ("", 0)
    assert demo_port() == 8080, "but where the page is wanted does"


def test_the_page_is_on_3000_unless_it_is_wanted_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)
    assert demo_port() == 3000
    monkeypatch.setenv("PORT", "many")
    with pytest.raises(ConfigError, match="PORT"):
        demo_port()
