"""Dispatch: a bug becomes a sentence and a 200, an event is taken once, payloads with absent parts are read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, cast

import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from bot.app import make_bolt
from bot.db.channels import find_channel
from bot.db.people import find_person
from bot.db.sqlite import SqliteDatabase
from bot.deps import Database
from bot.slack import SlackClient, open_client
from handlers.context import channel_of
from handlers.dispatch import read_click, read_shortcut
from handlers.errors import SORRY
from tests.poll_world import TEAM, World


class BrokenDatabase:
    """Fails in a way nobody thought of."""

    dialect = "sqlite"

    async def read(self, *_: object, **__: object) -> object:
        """Fail."""
        raise RuntimeError("a bug")

    write = read


@pytest.fixture
async def world(sqlite_database: SqliteDatabase) -> AsyncIterator[World]:
    """Alice's initiative."""
    made = World(sqlite_database)
    await made.set_scene()
    yield made
    await made.aclose()


@pytest.fixture
async def slack(world: World) -> AsyncIterator[SlackClient]:
    """A client that is never asked anything here."""
    client = SlackClient(open_client(world.deps.settings), now=world.now)
    yield client
    await client.aclose()


def broken(world: World, slack: SlackClient) -> AsyncApp:
    return make_bolt(replace(world.deps, database=cast("Database", BrokenDatabase())), slack)


async def dispatch(app: AsyncApp, body: dict[str, Any]) -> tuple[int, Any]:
    answer = await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))
    return answer.status, json.loads(answer.body) if answer.body else None


COMMAND = {
    "command": "/criteria",
    "text": "list",
    "team_id": TEAM,
    "user_id": "U0ALICE",
    "channel_id": "C0GENERAL",
    "channel_name": "general",
    "response_url": "https://hooks.slack.com/commands/x",
    "trigger_id": "1.2.3",
}


async def test_a_bug_in_a_command_is_a_sentence_with_a_200(world: World, slack: SlackClient) -> None:
    status, body = await dispatch(broken(world, slack), COMMAND)
    assert (status, body["text"], body["response_type"]) == (200, SORRY, "ephemeral")


async def test_a_bug_in_a_submission_stands_under_the_first_input(world: World, slack: SlackClient) -> None:
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": "set_value",
        "private_metadata": json.dumps({"channel": "C0GENERAL", "criterion": 1}),
        "blocks": [{"type": "section"}, {"type": "input", "block_id": "value"}],
        "state": {"values": {"value": {"value": {"type": "plain_text_input", "value": "5"}}}},
    }
    status, body = await dispatch(
        broken(world, slack),
        {"type": "view_submission", "team": {"id": TEAM}, "user": {"id": "U0ALICE"}, "view": view},
    )
    assert status == 200
    assert body == {"response_action": "errors", "errors": {"value": SORRY}}


async def test_a_bug_in_an_event_asks_slack_to_send_it_again(world: World, slack: SlackClient) -> None:
    status, _ = await dispatch(broken(world, slack), rename("Ev1", "news"))
    assert status == 500


def rename(event_id: str, name: str) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": event_id,
        "event": {"type": "channel_rename", "channel": {"id": "C0LEADS", "name": name}},
    }


async def channel_name(world: World) -> str:
    channel = await world.deps.database.read(find_channel, TEAM, "C0LEADS")
    assert channel is not None
    return channel.name


async def test_an_event_is_taken_once(world: World, slack: SlackClient) -> None:
    app = make_bolt(world.deps, slack)
    for event_id, name in (("Ev1", "bosses"), ("Ev2", "chiefs"), ("Ev1", "bosses")):
        status, _ = await dispatch(app, rename(event_id, name))
        assert status == 200
    assert await channel_name(world) == "chiefs"


async def test_a_person_who_moves_has_the_new_zone(world: World, slack: SlackClient) -> None:
    user = {"id": "U0BOB", "tz": "America/New_York", "profile": {"display_name": "Bob"}}
    body = {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": "Ev3",
        "event": {"type": "user_change", "user": user},
    }
    assert (await dispatch(make_bolt(world.deps, slack), body))[0] == 200
    person = await world.deps.database.read(find_person, TEAM, "U0BOB")
    assert person is not None
    assert person.zone == "America/New_York"


@pytest.mark.parametrize(
    "body",
    [
        {"type": "block_actions", "actions": [{"action_id": "of another version", "type": "button"}]},
        {"type": "view_closed", "view": {"id": "V1", "type": "modal", "callback_id": "x"}},
        {"type": "shortcut", "callback_id": "x"},
        {"type": "message_action", "callback_id": "x", "message": {}, "channel": {"id": "C1"}},
        {"type": "block_suggestion", "action_id": "x", "block_id": "x", "value": ""},
    ],
    ids=["unknown button", "closed view", "shortcut", "message shortcut", "suggestions"],
)
async def test_what_nobody_listens_to_is_acknowledged(
    world: World, slack: SlackClient, body: dict[str, Any]
) -> None:
    common = {"team": {"id": TEAM}, "user": {"id": "U0ALICE"}, "container": {"type": "message"}}
    status, _ = await dispatch(make_bolt(world.deps, slack), common | body)
    assert status == 200
    await asyncio.sleep(0)


async def test_a_click_on_an_ephemeral_message_has_no_message(world: World) -> None:
    click, at = read_click(
        world.deps,
        {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": "U0ALICE"},
            "container": {
                "type": "message",
                "message_ts": "1.2",
                "channel_id": "C0GENERAL",
                "is_ephemeral": True,
            },
            "actions": [{"type": "button", "action_id": "vote:3", "value": "12:3"}],
            "response_url": "https://hooks.slack.com/actions/x",
        },
    )
    assert (click.action_id, click.value, click.is_ephemeral, click.view_id) == ("vote", "12:3", True, None)
    assert (at.actor.channel_id, at.actor.team_id) == ("C0GENERAL", TEAM)


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "plain_text_input", "value": None}, ""),
        ({"type": "plain_text_input", "value": "x"}, "x"),
        ({"type": "static_select", "selected_option": {"value": "a"}}, "a"),
        ({"type": "static_select", "selected_option": None}, ""),
        ({"type": "checkboxes", "selected_options": [{"value": "a"}, {"value": "b"}]}, "a,b"),
        ({"type": "datepicker", "selected_date": "2026-12-12"}, "2026-12-12"),
        ({"type": "users_select", "selected_user": "U1"}, "U1"),
        ({"type": "conversations_select", "selected_conversation": "C1"}, "C1"),
    ],
    ids=["empty", "text", "menu", "nothing chosen", "checkboxes", "date", "person", "channel"],
)
def test_what_an_input_holds_is_read_whatever_its_kind(
    world: World, element: dict[str, Any], value: str
) -> None:
    body = {
        "team": {"id": TEAM},
        "user": {"id": "U0ALICE"},
        "view": {"id": "V1", "private_metadata": "", "state": {"values": {"field": {"field": element}}}},
        "actions": [{"action_id": "x"}],
    }
    click, _ = read_click(world.deps, body)
    assert click.values == {"field": value}


@pytest.mark.parametrize(
    ("metadata", "channel"), [("", ""), ("abc", ""), ('{"channel":"C1"}', "C1"), ("{}", "")]
)
def test_the_channel_a_modal_came_from_is_read_from_its_metadata(metadata: str, channel: str) -> None:
    assert channel_of(metadata) == channel


@pytest.mark.parametrize(
    ("message", "text", "author"),
    [
        pytest.param({"text": "a &lt; b", "user": "U1"}, "a &lt; b", "U1", id="words"),
        pytest.param({"text": "", "user": "U1", "files": [{"name": "a.png"}]}, "a.png", "U1", id="a file"),
        pytest.param(
            {"user": "U1", "attachments": [{"fallback": "old"}, {"text": "new", "fallback": "x"}]},
            "old\nnew",
            "U1",
            id="attachments",
        ),
        pytest.param({"text": "done", "user": "U2", "bot_id": "B1"}, "done", "", id="a program"),
        pytest.param({"text": "done", "bot_id": "B1", "subtype": "bot_message"}, "done", "", id="a webhook"),
        pytest.param({}, "", "", id="nothing"),
    ],
)
def test_a_message_shortcut_says_what_stands_in_the_message(
    world: World, message: dict[str, Any], text: str, author: str
) -> None:
    body = {"callback_id": "keep", "message": message, "message_ts": "1.1", "user": {"id": "U3"}}
    shortcut, _ = read_shortcut(world.deps, {**body, "channel": {"id": "C1"}, "team": {"id": TEAM}})
    assert (shortcut.text, shortcut.author_id, shortcut.message_ts) == (text, author, "1.1")
