"""Waiting for changes and reading back what happened."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.sandbox import Change, Workspace


async def test_waiting_ends_with_the_change(api: Any, cast: Any) -> None:
    waiting = asyncio.ensure_future(cast.ws.wait_for(lambda: cast.ws.messages(cast.general)))
    await api("chat.postMessage", channel=cast.general.id, text="x")
    assert [message.text for message in await waiting] == ["x"]


async def test_a_wait_in_vain_tells_what_happened_instead(api: Any, cast: Any) -> None:
    await api("chat.postMessage", channel="C0NOSUCH00", text="x")
    with pytest.raises(TimeoutError, match=r"← bot chat.postMessage: channel_not_found"):
        await cast.ws.wait_for(lambda: cast.ws.messages(cast.general), timeout_s=0.01)


async def test_changes_are_told_as_they_happen_until_stopped(api: Any, cast: Any) -> None:
    changes: list[Change] = []
    stop = cast.ws.on_change(changes.append)
    posted = await api("chat.postMessage", channel=cast.general.id, text="one")
    await api("chat.update", channel=cast.general.id, ts=posted["ts"], text="two")
    await api("chat.delete", channel=cast.general.id, ts=posted["ts"])
    stop()
    await api("chat.postMessage", channel=cast.general.id, text="unheard")
    kinds = [change.kind for change in changes if change.kind != "traffic"]
    assert kinds == ["message", "message_changed", "message_deleted"]


async def test_changes_can_be_read_as_a_stream(api: Any, cast: Any) -> None:
    async def first_message() -> str:
        async for change in cast.ws.changes():
            if change.kind == "message" and change.message is not None:
                return change.message.text
        return ""

    reading = asyncio.ensure_future(first_message())
    await asyncio.sleep(0)
    await api("chat.postMessage", channel=cast.general.id, text="live")
    assert await asyncio.wait_for(reading, 5) == "live"


async def test_the_record_holds_both_directions_with_their_answers(bot: Any) -> None:
    @bot.app.command("/criteria")
    async def answer(ack: Any, client: Any) -> None:
        await client.auth_test()
        await ack("hi")

    await bot.cast.ws.person(bot.cast.alice).command(bot.cast.general, "/criteria list")
    (command,) = bot.cast.ws.calls("/criteria")
    call = bot.cast.ws.calls("auth.test")[-1]

    assert (command.direction, command.payload["text"], command.error) == ("to_bot", "list", None)
    assert command.answer == {"text": "hi"}
    assert command.elapsed_ms is not None
    assert (call.direction, call.answer["ok"]) == ("from_bot", True)


async def test_a_manifest_that_cannot_work_is_recorded_at_once(manifest: Any) -> None:
    manifest["oauth_config"]["scopes"]["bot"].remove("reactions:read")
    manifest["features"]["slash_commands"].append({"command": "Criteria"})
    ws = Workspace(manifest)
    assert ws.violations == [
        "manifest: reaction_added needs one of reactions:read",
        "manifest: reaction_removed needs one of reactions:read",
        "manifest: Criteria is no valid command name",
    ]
