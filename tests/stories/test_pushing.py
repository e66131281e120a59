"""A program pushes readings: a token from Slack, a request over HTTP, a status change in the channel."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from aiohttp import ClientSession

from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)

CURL = re.compile(r"curl (\S+) -H 'Authorization: Bearer (\S+)' -H 'Content-Type: application/json'")


async def set_scene(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 12 Dec')
    await stage.settle()
    added = await stage.says(
        stage.alice, stage.general, "/criteria add Build minutes <= 20 guardrail source push"
    )
    assert "/criteria token" in added


async def push(stage: Stage, shown: str, value: float) -> int:
    """Send a value as the line in an answer says and return the HTTP status."""
    found = CURL.search(shown)
    assert found is not None, shown
    path = "/" + found[1].split("/", 3)[3]
    async with (
        ClientSession() as session,
        session.post(
            stage.address + path, json={"value": value}, headers={"Authorization": f"Bearer {found[2]}"}
        ) as answer,
    ):
        return answer.status


async def test_a_pushed_reading_changes_the_status_and_the_channel_hears_of_it(stage: Stage) -> None:
    await set_scene(stage)
    outcome = await stage.alice.command(stage.general, "/criteria token Build minutes")
    shown = outcome.message.shown
    assert "works only on the computer Loopmark runs on" in shown
    assert await push(stage, shown, 12) == 201
    await stage.pass_time(timedelta(minutes=5))
    assert await push(stage, shown, 31) == 201
    await stage.settle()
    told = [message.shown for message in stage.workspace.messages(stage.general)]
    assert any("Build minutes" in text and "breached" in text and "31" in text for text in told), told
    listed = await stage.says(stage.bob, stage.general, "/criteria show Build minutes")
    assert "31" in listed
    assert "pushed" in listed

    await stage.alice.click(outcome.message, "Revoke")
    assert await push(stage, shown, 5) == 401
    assert "no such token" in await stage.says(
        stage.alice, stage.general, "/criteria token Build minutes revoke"
    )


async def test_somebody_else_gets_no_token_and_is_told_whom_to_ask(stage: Stage) -> None:
    await set_scene(stage)
    said = await stage.says(stage.charlie, stage.general, "/criteria token Build minutes")
    assert "curl" not in said
    assert "Only its owner" in said
    outcome = await stage.alice.command(stage.general, "/criteria check Build minutes")
    await stage.settle()
    assert "pushed by a program" in outcome.message.shown
