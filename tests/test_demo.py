"""The demo: the whole loop in a few seconds, and its parts."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from bot.demo import isolated_settings, run_demo
from bot.demo.chart import draw_chart
from bot.demo.clock import FastClock
from bot.demo.layout import to_lines
from bot.demo.metrics import BREACH, OUTAGE, conversion_percent, p95_ms, refund_percent
from bot.demo.mrkdwn import to_text
from bot.demo.screen import Screen
from bot.domain.message import Message
from bot.examples import World, all_examples, posted_examples
from bot.sandbox import Change, Workspace
from bot.sandbox import Message as Shown

SPEED = 240.0
"""Four times as fast as `loopmark demo`: four minutes a second."""

NAMES = {"U0ALICE": "@Alice", "C0GENERAL": "#general"}


class Watched(io.StringIO):
    """What was printed so far; calls back whenever all that is waited for has been printed."""

    def __init__(self, wanted: list[str], seen: Callable[[], None]) -> None:
        super().__init__()
        self._wanted = wanted
        self._seen = seen

    def write(self, text: str) -> int:
        count = super().write(text)
        self._wanted = [words for words in self._wanted if not re.search(words, text)]
        if not self._wanted:
            self._seen()
        return count


async def test_an_initiative_is_read_judged_posted_and_given_feedback_on() -> None:
    told = asyncio.Event()
    # What a status changes from depends on how much this machine has to do meanwhile.
    wanted = ["p95 latency: .* → breached", "Refunds: .* → source broken", "Conversion: .* → met", "● ●"]
    output = Watched(wanted, told.set)
    async with asyncio.timeout(60):
        await run_demo(Console(file=output, highlight=False), told=told, speed=SPEED)
    lines = output.getvalue().splitlines()
    text = output.getvalue()
    assert "240 times as fast as real time" in text
    assert any(
        re.search(r'^\d\d:\d\d  Alice  /initiative new "Checkout rewrite" by .* in #checkout$', line)
        for line in lines
    )
    assert any(re.search(r"^\d\d:\d\d  Loopmark  only Alice sees this$", line) for line in lines)
    assert any(re.search(r"^\d\d:\d\d  Loopmark  #checkout$", line) for line in lines)
    assert any(re.search(r"^\d\d:\d\d  Loopmark  #checkout, in the thread$", line) for line in lines)
    assert any(re.search(r"^\d\d:\d\d  Bob  presses \[3\]$", line) for line in lines)
    assert any("changed its message of" in line for line in lines)
    assert "trouble" not in text
    assert "\x1b" not in text, "a pipe gets plain lines"
    assert lines[-4] == "What next:"


async def test_it_stops_by_itself_in_the_middle_of_things() -> None:
    output = io.StringIO()
    async with asyncio.timeout(20):
        await run_demo(Console(file=output), told=asyncio.Event(), seconds=0.7)
    assert "What next:" in output.getvalue()


async def test_it_stops_when_told_before_anything_has_happened() -> None:
    output = io.StringIO()
    told = asyncio.Event()
    told.set()
    async with asyncio.timeout(20):
        await run_demo(Console(file=output), told=told)
    assert "What next:" in output.getvalue()


def test_what_the_operator_has_set_does_not_reach_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "SLACK_BOT_TOKEN": "xoxb-real",
        "SLACK_APP_TOKEN": "not even a token",
        "DATABASE_URL": "postgresql://real",
        "LOOPMARK_COMMAND_PREFIX": "lm-",
        "LOOPMARK_PROXY": "http://proxy.example.com",
    }.items():
        monkeypatch.setenv(name, value)
    settings = isolated_settings({"PORT": 0})
    assert settings.slack_bot_token is settings.slack_app_token is settings.proxy is None
    assert settings.is_sqlite
    assert (settings.command_prefix, settings.port) == ("", 0)


def test_the_demo_s_clock_runs_as_fast_as_it_says() -> None:
    real_s = [100.0]
    clock = FastClock(speed=60, monotonic=lambda: real_s[0])
    real_s[0] += 2
    assert clock.elapsed == timedelta(minutes=2)
    assert clock.now() == clock.started_at + timedelta(minutes=2)


def test_the_demo_s_numbers_reach_breach_and_break() -> None:
    assert conversion_percent(0) < 3.2 < conversion_percent(20)
    for half_hour in (0, 30, 60):
        assert p95_ms(half_hour + BREACH[0]) > 800 > p95_ms(half_hour + BREACH[1])
        assert p95_ms(half_hour) < 800
    assert refund_percent(OUTAGE[0]) is None
    assert refund_percent(OUTAGE[1]) is not None


@pytest.mark.parametrize(
    ("mrkdwn", "shown"),
    [
        ("*bold* _italic_ ~struck~ `code`", "bold italic struck code"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("by <@U0ALICE> in <#C0GENERAL>", "by @Alice in #general"),
        ("<@U0BOB> <#C0LEADS|leads>", "@U0BOB #leads"),
        ("<https://example.com/x|a label> <https://example.com>", "a label https://example.com"),
        ("<!date^1795442400^{date_short}|Mon 23 Nov 2026>", "Mon 23 Nov 2026"),
        ("*due <!date^1^{date}|today>, <@U0ALICE>*", "due today, @Alice"),
        ("```/criteria add\nx &lt;= 3```", "/criteria add\nx <= 3"),
        ("snake_case_name 2*3*4", "snake_case_name 2*3*4"),
        ("<!here>", "here"),
        ("", ""),
    ],
)
def test_slack_s_mark_up_is_shown_as_people_see_it(mrkdwn: str, shown: str) -> None:
    assert to_text(mrkdwn, NAMES).plain == shown


def test_bold_words_are_bold() -> None:
    text = to_text("now *met*", NAMES)
    assert [(text.plain[span.start : span.end], str(span.style)) for span in text.spans] == [("met", "bold")]


def test_a_chart_is_drawn_with_its_target() -> None:
    labels = ["09:00", "10:00", "11:00"]
    values = zip(labels, (600, 700, 1000), strict=True)
    readings = [{"label": label, "value": value} for label, value in values]
    bound = [{"label": label, "value": 800} for label in labels]
    block = {
        "title": "p95",
        "chart": {
            "series": [{"name": "readings", "data": readings}, {"name": "guardrail ≤ 800 ms", "data": bound}],
            "axis_config": {"categories": labels, "y_label": "ms"},
        },
    }
    assert draw_chart(block) == [
        "p95, ms",
        "1000 ┤    ●",
        "     ┤",
        "     ┤╌ ╌ ╌  guardrail ≤ 800 ms",
        "     ┤  ●",
        " 600 ┤●",
        "      09:00 … 11:00",
    ]


def test_a_chart_of_one_level_is_a_line_in_the_middle() -> None:
    data = [{"label": "a", "value": 5}, {"label": "b", "value": 5}]
    block = {
        "title": "x",
        "chart": {"series": [{"name": "r", "data": data}], "axis_config": {"categories": ["a", "b"]}},
    }
    assert draw_chart(block)[3] == "  ┤● ●"


@pytest.mark.parametrize("name", all_examples(World()))
def test_everything_loopmark_shows_can_be_shown_in_a_terminal(name: str) -> None:
    example = all_examples(World())[name]
    text, blocks = (example.text, example.blocks) if isinstance(example, Message) else ("", example["blocks"])
    shown = "\n".join(line.plain for line in to_lines(text, blocks, NAMES))
    assert shown.strip()
    assert not re.search(r"^\((?!divider)\w+\)$", shown, re.MULTILINE), "every kind of block is drawn"


NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.fixture
def screen() -> tuple[Screen, Workspace, io.StringIO]:
    """A screen that prints to a text, on a workspace that listens nowhere."""
    workspace, output = Workspace(), io.StringIO()
    shown = Screen(Console(file=output), workspace, now=lambda: NOW, zone="Europe/Berlin")
    return shown, workspace, output


def test_an_edit_shows_the_lines_that_changed_and_nothing_when_none_did(
    screen: tuple[Screen, Workspace, io.StringIO],
) -> None:
    shown, workspace, output = screen
    alice = workspace.add_user("Alice")
    channel = workspace.add_channel("checkout", members=[alice])
    bot = workspace.server.team.bot
    message = Shown(channel, "1.000001", bot, "one\ntwo")
    shown.show(Change("message", message=message))
    shown.show(Change("message_changed", message=message))
    message.text = "one\nthree"
    shown.show(Change("message_changed", message=message))
    assert output.getvalue().splitlines() == [
        "15:00  Loopmark  #checkout",
        "       one",
        "       two",
        "15:00  Loopmark  changed its message of 15:00; now it reads",
        "       three",
    ]


def test_what_slack_itself_tells_a_person_is_shown(screen: tuple[Screen, Workspace, io.StringIO]) -> None:
    shown, _, output = screen
    shown.show(Change("failure", text='Alice: /criteria failed with the error "operation_timeout"'))
    assert "operation_timeout" in output.getvalue()


def test_what_is_posted_is_among_what_is_drawn() -> None:
    for message in posted_examples(World()).values():
        assert to_lines(message.text, message.blocks, NAMES)
