"""Who is in a channel, as Slack said within the last minutes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.errors import DeliveryError
from bot.slack import SlackClient
from bot.slack.members import KNOWN_FOR_S, LOOK_AGAIN_S
from tests.slack.conftest import Answer, FakeClock, ScriptedSlack

METHOD = "conversations.members"


def page(*members: str, cursor: str = "") -> dict[str, Any]:
    return {"members": list(members), "response_metadata": {"next_cursor": cursor}}


async def test_a_list_is_read_to_its_last_page_and_kept_for_those_on_it(
    slack: SlackClient, scripted: ScriptedSlack, clock: FakeClock
) -> None:
    scripted.script(METHOD, page("U1", cursor="more"), page("U2"))
    assert await slack.members("C1") == {"U1", "U2"}
    assert len(scripted.requests) == 2
    clock.now_s += KNOWN_FOR_S - 1
    assert await slack.is_member("C1", "U2")
    assert len(scripted.requests) == 2
    clock.now_s += 2
    scripted.script(METHOD, page("U1"))
    assert not await slack.is_member("C1", "U2")
    assert len(scripted.requests) == 3


async def test_who_is_not_on_the_list_is_looked_for_on_a_new_one(
    slack: SlackClient, scripted: ScriptedSlack, clock: FakeClock
) -> None:
    scripted.script(METHOD, page("U1"), page("U1", "U3"))
    assert not await slack.is_member("C1", "U3")  # the list is new: it is not asked for twice
    assert len(scripted.requests) == 1
    clock.now_s += LOOK_AGAIN_S
    assert await slack.is_member("C1", "U3")
    assert len(scripted.requests) == 2


async def test_a_crowd_asks_once(slack: SlackClient, scripted: ScriptedSlack) -> None:
    scripted.script(METHOD, page("U1"))
    assert all(await asyncio.gather(*(slack.is_member("C1", "U1") for _ in range(20))))
    assert len(scripted.requests) == 1


async def test_what_failed_is_not_asked_again_at_once(
    slack: SlackClient, scripted: ScriptedSlack, clock: FakeClock
) -> None:
    scripted.script(METHOD, Answer({"ok": False, "error": "fetch_members_failed"}), page("U1"))
    for _ in range(3):
        with pytest.raises(DeliveryError):
            await slack.is_member("C1", "U1")
    assert len(scripted.requests) == 1
    clock.now_s += LOOK_AGAIN_S
    assert await slack.is_member("C1", "U1")
