"""Trouble on order: what goes wrong, whether it took effect, and that it is over afterwards."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient


@pytest.mark.parametrize(
    ("order", "kept"),
    [pytest.param("drop_before", 0, id="before"), pytest.param("drop_after", 1, id="after")],
)
async def test_a_cut_connection_leaves_the_caller_in_the_dark(
    api: Any, cast: Any, order: str, kept: int
) -> None:
    getattr(cast.ws.faults, order)("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await api("chat.postMessage", channel=cast.general.id, text="x")
    assert len(cast.ws.messages(cast.general)) == kept
    assert (await api("chat.postMessage", channel=cast.general.id, text="y"))["ok"]


async def test_the_sdks_own_repetition_doubles_a_post_whose_answer_was_lost(cast: Any) -> None:
    cast.ws.faults.drop_after("chat.postMessage")
    client = AsyncWebClient(token=cast.ws.bot_token, base_url=cast.ws.api_url)
    await client.chat_postMessage(channel=cast.general.id, text="x")
    assert len(cast.ws.messages(cast.general)) == 2


async def test_ordered_errors_come_and_go(api: Any, cast: Any) -> None:
    faults = cast.ws.faults
    faults.server_error("chat.postMessage", status=503)
    faults.ratelimited("chat.postMessage", retry_after_s=7)
    faults.error("chat.postMessage", "restricted_action")
    seen = []
    for _ in range(4):
        answer = await api("chat.postMessage", channel=cast.general.id, text="x")
        seen.append((api.status, answer.get("error"), api.headers.get("Retry-After")))
    assert seen == [
        (503, "internal_error", None),
        (429, "ratelimited", "7"),
        (200, "restricted_action", None),
        (200, None, None),
    ]
    assert len(cast.ws.messages(cast.general)) == 1


async def test_a_fault_for_any_method_hits_the_next_call(api: Any, cast: Any) -> None:
    cast.ws.faults.error("*", "fatal_error")
    assert (await api("auth.test"))["error"] == "fatal_error"
    assert (await api("auth.test"))["ok"]


@pytest.mark.parametrize(("before", "kept"), [(True, 0), (False, 1)], ids=["before", "after"])
async def test_a_late_answer_may_have_taken_effect(api: Any, cast: Any, before: bool, kept: int) -> None:
    cast.ws.faults.delay("chat.postMessage", 30, before=before)
    with pytest.raises(TimeoutError):
        await api.send(
            "POST",
            "chat.postMessage",
            json={"channel": cast.general.id, "text": "x"},
            headers={"Authorization": f"Bearer {cast.ws.bot_token}"},
            timeout=aiohttp.ClientTimeout(total=0.1),
        )
    assert len(cast.ws.messages(cast.general)) == kept


async def test_cleared_faults_are_gone(api: Any, cast: Any) -> None:
    cast.ws.faults.error("auth.test", "fatal_error", times=5)
    cast.ws.faults.clear()
    assert (await api("auth.test"))["ok"]


async def test_a_duplicated_event_comes_twice_under_one_id(bot: Any) -> None:
    ids: list[str] = []

    @bot.app.event("channel_rename")
    async def keep(body: dict[str, Any]) -> None:
        ids.append(body["event_id"])

    bot.cast.ws.faults.duplicate_events()
    bot.cast.ws.rename(bot.cast.general, "one")
    bot.cast.ws.rename(bot.cast.general, "two")
    await bot.cast.ws.drained()
    assert len(ids) == 3
    assert len(set(ids)) == 2


async def test_held_events_come_out_of_order(socket_bot: Any) -> None:
    names: list[str] = []

    @socket_bot.app.event("channel_rename")
    async def keep(event: dict[str, Any]) -> None:
        names.append(event["channel"]["name"])

    ws = socket_bot.cast.ws
    ws.faults.hold_events()
    ws.rename(socket_bot.cast.general, "one")
    ws.rename(socket_bot.cast.general, "two")
    await ws.drained()
    assert names == []
    ws.faults.release_events()
    await ws.drained()
    assert names == ["two", "one"]
