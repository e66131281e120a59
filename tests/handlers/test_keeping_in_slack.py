"""Mentions of the bot as Slack sends them: twice, edited, by programs, in threads."""

from __future__ import annotations

from typing import Any

import pytest

from bot.db.models import NoteRow
from bot.db.sqlite import SqliteDatabase
from bot.deps import Priority
from bot.errors import DeliveryError
from handlers.keeping import mentioned
from tests.feedback_world import ALICE, BOB, TEAM, World, make_world

TS = "1795442400.000100"


@pytest.fixture
async def world(sqlite_database: SqliteDatabase) -> World:
    made = make_world(sqlite_database)
    await made.know(ALICE, BOB)
    return made


async def mention(world: World, text: str, event_id: str = "Ev1", **event: Any) -> None:
    body = {
        "team_id": TEAM,
        "event_id": event_id,
        "event": {
            "type": "app_mention",
            "user": "U0BOB",
            "text": text,
            "ts": TS,
            "channel": "C0GENERAL",
            "event_ts": TS,
            **event,
        },
    }
    await mentioned(body, world.deps)
    await world.tasks.idle()


async def kept(world: World) -> list[str]:
    return [row.text for row in await world.rows(NoteRow)]


async def test_a_mention_is_kept_without_the_mention_and_shown_to_its_writer(world: World) -> None:
    await mention(world, "<@U0LOOPMARK> the &lt;new&gt; form\n`a &amp;&amp; b` <@U0ALICE>")
    (row,) = await world.rows(NoteRow)
    assert row.text == "the <new> form\n`a && b` <@U0ALICE>"
    assert (row.author_id, row.said_by, row.channel_id, row.message_ts) == ("U0BOB", None, "C0GENERAL", TS)
    assert row.permalink.endswith("/C0GENERAL/p1795442400000100")
    (shown,) = world.slack.whispers
    assert (shown.channel_id, shown.user_id, shown.thread_ts) == ("C0GENERAL", "U0BOB", None)
    assert shown.priority is Priority.ANSWER
    assert "Saved as a note on this channel" in shown.message.text


async def test_in_a_thread_the_answer_stands_in_the_thread(world: World) -> None:
    await mention(world, "<@U0LOOPMARK> hm", thread_ts="1795442399.000100")
    assert [shown.thread_ts for shown in world.slack.whispers] == ["1795442399.000100"]


@pytest.mark.parametrize("again", ["Ev1", "Ev2"], ids=["the same event", "another of the same message"])
async def test_a_mention_that_comes_twice_is_kept_and_answered_once(world: World, again: str) -> None:
    await mention(world, "<@U0LOOPMARK> hm")
    await mention(world, "<@U0LOOPMARK> hm", again)
    assert await kept(world) == ["hm"]
    assert len(world.slack.whispers) == 1


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"bot_id": "B1"}, id="a program"),
        pytest.param({"bot_id": "B1", "user": None, "subtype": "bot_message"}, id="a webhook"),
        pytest.param({"user": "U0LOOPMARK"}, id="itself"),
        pytest.param({"user": "USLACKBOT"}, id="a reminder of Slack's"),
        pytest.param({"edited": {"user": "U0BOB", "ts": TS}}, id="an edit"),
    ],
)
async def test_programs_and_edits_count_for_nothing(world: World, event: dict[str, Any]) -> None:
    await mention(world, "<@U0LOOPMARK> hm", **event)
    assert (await kept(world), world.slack.whispers) == ([], [])


@pytest.mark.parametrize("text", ["<@U0LOOPMARK>", "<@U0LOOPMARK> help", "help <@U0LOOPMARK|loopmark>"])
async def test_a_mention_that_says_nothing_gets_a_short_usage_once(world: World, text: str) -> None:
    for _ in range(2):
        await mention(world, text)
    assert await kept(world) == []
    (shown,) = world.slack.whispers
    assert "Mention me with what you think" in shown.message.text


async def test_a_mention_with_nothing_but_a_file_keeps_the_file_s_name(world: World) -> None:
    await mention(world, "<@U0LOOPMARK>", files=[{"name": "screenshot.png"}])
    assert await kept(world) == ["screenshot.png"]


@pytest.mark.parametrize(
    ("error", "direct"),
    [
        pytest.param(DeliveryError("No.", error="user_not_in_channel", permanent=True), 1, id="refused"),
        pytest.param(DeliveryError("?", error="timeout", permanent=False, unclear=True), 0, id="unclear"),
    ],
)
async def test_an_answer_refused_in_the_channel_comes_as_a_direct_message(
    world: World, error: DeliveryError, direct: int
) -> None:
    world.slack.whisper_errors.append(error)
    await mention(world, "<@U0LOOPMARK> hm")
    assert await kept(world) == ["hm"]
    assert len([post for post in world.slack.posts if post[0] == "U0BOB"]) == direct
