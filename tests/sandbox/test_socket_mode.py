"""Socket Mode: tickets, hello, envelopes, redelivery, and every way a socket ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

Socket = aiohttp.ClientWebSocketResponse


class Sockets:
    """Opens raw sockets; whatever was opened is closed at the end."""

    def __init__(self, api: Any, stack: AsyncExitStack) -> None:
        """Open with the raw client's session."""
        self.api, self.stack = api, stack

    async def address(self) -> str:
        """Return a fresh address."""
        answer = await self.api("apps.connections.open", token="app")
        assert answer["ok"], answer
        return str(answer["url"])

    async def open(self, address: str | None = None) -> tuple[Socket, dict[str, Any]]:
        """Return a socket and its first frame."""
        url = address or await self.address()
        socket = await self.stack.enter_async_context(self.api.session.ws_connect(url, autoping=False))
        return socket, await socket.receive_json(timeout=5)


@pytest.fixture
async def sockets(api: Any) -> AsyncIterator[Sockets]:
    """A way to open raw sockets."""
    async with AsyncExitStack() as stack:
        yield Sockets(api, stack)


async def acknowledge(socket: Socket, envelope: dict[str, Any], payload: Any = None) -> None:
    """Send the acknowledgement frame."""
    await socket.send_json(
        {"envelope_id": envelope["envelope_id"]} | ({"payload": payload} if payload else {})
    )


async def test_a_socket_begins_with_hello(sockets: Sockets, cast: Any) -> None:
    _, hello = await sockets.open()
    assert hello["type"] == "hello"
    assert hello["num_connections"] == 1
    assert hello["connection_info"] == {"app_id": cast.ws.app_id}


async def test_a_ticket_works_once(sockets: Sockets) -> None:
    address = await sockets.address()
    await sockets.open(address)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await sockets.open(address)
    assert refused.value.status == 403


async def test_the_eleventh_socket_is_turned_away(sockets: Sockets, cast: Any) -> None:
    cast.ws.limits.enabled = False
    for _ in range(10):
        await sockets.open()
    extra, frame = await sockets.open()
    assert (frame["type"], frame["reason"]) == ("disconnect", "too_many_websockets")
    assert (await extra.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE
    assert cast.ws.open_sockets == 10


async def test_a_command_is_one_envelope_and_its_answer_rides_in_the_acknowledgement(
    sockets: Sockets, cast: Any
) -> None:
    socket, _ = await sockets.open()
    typing = asyncio.ensure_future(cast.ws.person(cast.alice).command(cast.general, "/criteria list"))
    envelope = await socket.receive_json(timeout=5)
    await acknowledge(socket, {"envelope_id": "unknown"})
    await acknowledge(socket, envelope, {"text": "none yet"})
    answer = await typing

    assert envelope["type"] == "slash_commands"
    assert envelope["accepts_response_payload"] is True
    assert envelope["payload"]["command"] == "/criteria"
    assert "retry_attempt" not in envelope
    assert answer.text == "none yet"


async def test_each_payload_goes_to_one_socket_and_all_sockets_get_some(sockets: Sockets, cast: Any) -> None:
    opened = [(await sockets.open())[0] for _ in range(3)]
    counts = [0, 0, 0]

    async def serve(number: int) -> None:
        while True:
            await acknowledge(opened[number], await opened[number].receive_json(timeout=5))
            counts[number] += 1

    serving = [asyncio.ensure_future(serve(number)) for number in range(3)]
    for _ in range(30):
        assert (await cast.ws.person(cast.alice).command(cast.general, "/criteria")).acknowledged
    for task in serving:
        task.cancel()
    await asyncio.gather(*serving, return_exceptions=True)

    assert sum(counts) == 30
    assert all(count > 2 for count in counts)


async def test_without_a_socket_a_command_fails_at_once(cast: Any) -> None:
    answer = await cast.ws.person(cast.alice).command(cast.general, "/criteria")
    assert answer.error == "dispatch_failed"
    assert cast.ws.failures == ['Alice: /criteria failed with the error "dispatch_failed"']


async def test_a_late_acknowledgement_is_none(sockets: Sockets, cast: Any) -> None:
    cast.ws.ack_limit_s = 0.05
    socket, _ = await sockets.open()
    answer = await cast.ws.person(cast.alice).command(cast.general, "/criteria")
    await acknowledge(socket, await socket.receive_json(timeout=5), {"text": "too late"})

    assert answer.error == "operation_timeout"
    assert answer.messages == []


async def test_an_event_without_acknowledgement_comes_again_three_times(sockets: Sockets, cast: Any) -> None:
    cast.ws.ack_limit_s, cast.ws.retry_delays_s = 0.05, (0, 0, 0)
    socket, _ = await sockets.open()
    cast.ws.rename(cast.general, "everyone")
    frames = [await socket.receive_json(timeout=5) for _ in range(4)]
    await cast.ws.drained()

    assert [frame["retry_attempt"] for frame in frames] == [0, 1, 2, 3]
    assert [frame["retry_reason"] for frame in frames] == ["", "timeout", "timeout", "timeout"]
    assert len({frame["payload"]["event_id"] for frame in frames}) == 1
    assert len({frame["envelope_id"] for frame in frames}) == 4
    assert frames[0]["accepts_response_payload"] is False


async def test_an_event_lost_with_its_socket_comes_again_on_the_next(sockets: Sockets, cast: Any) -> None:
    cast.ws.retry_delays_s = (0, 0, 0)
    first, _ = await sockets.open()
    cast.ws.rename(cast.general, "everyone")
    lost = await first.receive_json(timeout=5)
    refreshing = asyncio.ensure_future(cast.ws.refresh_sockets())
    farewell = await first.receive_json(timeout=5)
    await first.close()
    second, _ = await sockets.open()
    again = await second.receive_json(timeout=5)
    await acknowledge(second, again)
    await refreshing
    await cast.ws.drained()

    assert (farewell["type"], farewell["reason"]) == ("disconnect", "refresh_requested")
    assert again["payload"] == lost["payload"]
    assert again["retry_attempt"] == 1


async def test_a_warned_socket_is_closed_after_the_grace(sockets: Sockets, cast: Any) -> None:
    socket, _ = await sockets.open()
    warning = asyncio.ensure_future(cast.ws.warn_sockets(grace_s=0.01))
    assert (await socket.receive_json(timeout=5))["reason"] == "warning"
    assert (await socket.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE
    await socket.close()
    await warning
    await cast.ws.wait_for(lambda: cast.ws.open_sockets == 0)


async def test_disabled_socket_mode_gives_no_more_tickets(sockets: Sockets, api: Any, cast: Any) -> None:
    socket, _ = await sockets.open()
    disabling = asyncio.ensure_future(cast.ws.disable_socket_mode())
    assert (await socket.receive_json(timeout=5))["reason"] == "link_disabled"
    await socket.close()
    await disabling
    assert (await api("apps.connections.open", token="app"))["ok"] is False


async def test_pings_are_answered_unless_pongs_are_dropped(sockets: Sockets, cast: Any) -> None:
    socket, _ = await sockets.open()
    cast.ws.drop_pongs(1)
    await socket.ping(b"one")
    await socket.ping(b"two")
    frame = await socket.receive(timeout=5)
    assert (frame.type, bytes(frame.data)) == (aiohttp.WSMsgType.PONG, b"two")


async def test_slack_pings_too(sockets: Sockets, cast: Any) -> None:
    cast.ws.server.sockets.ping_every_s = 0.01
    socket, _ = await sockets.open()
    assert (await socket.receive(timeout=5)).type is aiohttp.WSMsgType.PING


async def test_a_deaf_socket_stays_open_and_silent(sockets: Sockets, cast: Any) -> None:
    cast.ws.ack_limit_s = 0.05
    socket, _ = await sockets.open()
    cast.ws.deafen_sockets()
    await socket.ping(b"anyone?")
    answer = await cast.ws.person(cast.alice).command(cast.general, "/criteria")

    assert answer.error == "operation_timeout"
    assert cast.ws.open_sockets == 1
    with pytest.raises(TimeoutError):
        await socket.receive(timeout=0.05)


async def test_a_real_client_comes_back_after_its_socket_was_cut(cast: Any, new_app: Any) -> None:
    app = new_app(cast.ws)

    @app.command("/criteria")
    async def answer_again(ack: Any) -> None:
        await ack("back")

    handler = AsyncSocketModeHandler(app, cast.ws.app_token, ping_interval=0.05)
    await handler.connect_async()
    await cast.ws.wait_for(lambda: cast.ws.sockets_opened == 1)
    cast.ws.cut_sockets()
    await cast.ws.wait_for(lambda: cast.ws.sockets_opened >= 2 and cast.ws.open_sockets)
    answer = await cast.ws.person(cast.alice).command(cast.general, "/criteria")
    await handler.close_async()
    client = handler.client
    tasks = [client.message_processor, client.message_receiver, client.current_session_monitor]
    await asyncio.gather(*[task for task in tasks if task], return_exceptions=True)

    assert answer.text == "back"


async def test_a_real_client_follows_a_refresh(socket_bot: Any) -> None:
    ws = socket_bot.cast.ws

    @socket_bot.app.command("/criteria")
    async def answer_again(ack: Any) -> None:
        await ack("back")

    await ws.refresh_sockets()
    await ws.wait_for(lambda: ws.sockets_opened == 2 and ws.open_sockets == 1)
    assert (
        await ws.person(socket_bot.cast.alice).command(socket_bot.cast.general, "/criteria")
    ).text == "back"


async def test_a_frame_that_is_no_json_is_recorded(sockets: Sockets, cast: Any) -> None:
    socket, _ = await sockets.open()
    await socket.send_str("{")
    await cast.ws.wait_for(lambda: cast.ws.violations)
    assert cast.ws.violations == ["socket: not JSON: {"]
