"""HTTP delivery: signatures, encodings, the acknowledgement's limit, and retries of events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Listener:
    """A bare web server in the bot's place; keeps each request and answers with ``answer``."""

    def __init__(self) -> None:
        """Answer with an empty 200 until told otherwise."""
        self.requests: list[tuple[dict[str, str], str]] = []
        self.answer: Answer = self.accept

    async def accept(self, _request: web.Request) -> web.StreamResponse:
        """Answer with an empty 200."""
        return web.Response()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Keep the request and answer."""
        self.requests.append(
            ({key.lower(): value for key, value in request.headers.items()}, await request.text())
        )
        return await self.answer(request)


@pytest.fixture
async def listener(http_cast: Any) -> AsyncIterator[Listener]:
    """The workspace's request_url, served."""
    listening = Listener()
    app = web.Application()
    app.router.add_route("*", "/slack/events", listening.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    http_cast.ws.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield listening
    await runner.cleanup()


def answering(status: int = 200, **answer: Any) -> Answer:
    """Return a handler with a fixed answer."""

    async def handle(_request: web.Request) -> web.StreamResponse:
        return (
            web.json_response(status=status, **answer)
            if "data" in answer
            else web.Response(status=status, **answer)
        )

    return handle


async def test_a_command_is_a_signed_form_with_every_documented_field(
    http_cast: Any, listener: Listener
) -> None:
    await http_cast.ws.person(http_cast.alice).command(http_cast.general, "/criteria")
    headers, body = listener.requests[0]
    fields = {key: value[0] for key, value in parse_qs(body, keep_blank_values=True).items()}

    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert SignatureVerifier(http_cast.ws.signing_secret).is_valid_request(body, headers)
    assert not SignatureVerifier("another").is_valid_request(body, headers)
    assert set(fields) == {
        "token",
        "team_id",
        "team_domain",
        "channel_id",
        "channel_name",
        "user_id",
        "user_name",
        "command",
        "text",
        "response_url",
        "trigger_id",
        "api_app_id",
        "is_enterprise_install",
    }
    assert fields["text"] == ""
    assert fields["is_enterprise_install"] == "false"


async def test_interactions_are_one_form_field_and_events_are_json(
    http_cast: Any, listener: Listener
) -> None:
    await http_cast.ws.person(http_cast.alice).shortcut("new_note")
    http_cast.ws.rename(http_cast.general, "everyone")
    await http_cast.ws.drained()
    (_, form), (headers, text) = listener.requests

    payload = json.loads(parse_qs(form)["payload"][0])
    assert (payload["type"], payload["callback_id"], payload["is_enterprise_install"]) == (
        "shortcut",
        "new_note",
        False,
    )
    assert "channel" not in payload
    assert "response_url" not in payload
    assert headers["content-type"] == "application/json"
    assert "x-slack-retry-num" not in headers
    assert json.loads(text)["authorizations"][0]["is_bot"] is True


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        pytest.param(answering(), None, "", id="empty"),
        pytest.param(answering(text="plain words"), None, "plain words", id="plain text"),
        pytest.param(answering(data={"text": "from JSON"}), None, "from JSON", id="JSON"),
        pytest.param(answering(500), "dispatch_failed", "", id="500"),
        pytest.param(answering(404), "dispatch_failed", "", id="404"),
        pytest.param(
            answering(text="{", content_type="application/json"), "dispatch_failed", "", id="broken JSON"
        ),
        pytest.param(
            answering(data={"text": "x", "response_type": "shout"}),
            "dispatch_failed",
            "",
            id="unknown response_type",
        ),
        pytest.param(
            answering(data={"text": "x", "blocks": [{"type": "nonsense"}]}),
            "dispatch_failed",
            "",
            id="blocks Slack refuses",
        ),
    ],
)
async def test_what_the_bot_answers_decides_what_the_person_sees(
    http_cast: Any, listener: Listener, answer: Answer, error: str | None, text: str
) -> None:
    listener.answer = answer
    outcome = await http_cast.ws.person(http_cast.alice).command(http_cast.general, "/criteria")
    assert (outcome.error, outcome.text) == (error, text)
    assert bool(http_cast.ws.failures) is (error is not None)


async def test_an_answer_in_the_channel_reveals_what_was_typed(http_cast: Any, listener: Listener) -> None:
    listener.answer = answering(data={"text": "posted", "response_type": "in_channel"})
    await http_cast.ws.person(http_cast.alice).command(http_cast.general, "/criteria list")
    said = [(message.user.name, message.text) for message in http_cast.ws.messages(http_cast.general)]
    assert said == [("Alice", "/criteria list"), ("Loopmark", "posted")]


async def test_no_answer_within_the_limit_is_a_timeout(http_cast: Any, listener: Listener) -> None:
    gate = asyncio.Event()

    async def hang(_request: web.Request) -> web.StreamResponse:
        await gate.wait()
        return web.Response()

    listener.answer = hang
    http_cast.ws.ack_limit_s = 0.05
    outcome = await http_cast.ws.person(http_cast.alice).command(http_cast.general, "/criteria")
    gate.set()
    assert outcome.error == "operation_timeout"
    assert outcome.elapsed_s >= 0.05


async def test_the_limit_is_three_seconds_unless_told_otherwise(http_cast: Any) -> None:
    assert http_cast.ws.ack_limit_s == 3.0
    assert http_cast.ws.retry_delays_s == (0.0, 60.0, 300.0)


async def test_a_refused_event_comes_again_with_number_and_reason(http_cast: Any, listener: Listener) -> None:
    http_cast.ws.retry_delays_s = (0, 0, 0)
    listener.answer = answering(500)
    http_cast.ws.rename(http_cast.general, "everyone")
    await http_cast.ws.drained()

    assert [headers.get("x-slack-retry-num") for headers, _ in listener.requests] == [None, "1", "2", "3"]
    assert {headers.get("x-slack-retry-reason") for headers, _ in listener.requests[1:]} == {"http_error"}
    assert len({json.loads(body)["event_id"] for _, body in listener.requests}) == 1


async def test_a_refused_event_is_not_repeated_when_the_bot_says_so(
    http_cast: Any, listener: Listener
) -> None:
    http_cast.ws.retry_delays_s = (0, 0, 0)
    listener.answer = answering(500, headers={"X-Slack-No-Retry": "1"})
    http_cast.ws.rename(http_cast.general, "everyone")
    await http_cast.ws.drained()
    assert len(listener.requests) == 1


async def test_before_a_request_url_is_set_nothing_gets_through(http_cast: Any) -> None:
    outcome = await http_cast.ws.person(http_cast.alice).command(http_cast.general, "/criteria")
    assert outcome.error == "dispatch_failed"


async def test_a_request_url_is_verified_by_its_echo(http_cast: Any, listener: Listener) -> None:
    assert await http_cast.ws.verify_request_url() is False
    listener.answer = answering(text="c0ffee")
    assert await http_cast.ws.verify_request_url() is True


async def test_a_real_bolt_app_refuses_a_wrong_signature(
    http_cast: Any, new_app: Any, serve_http: Any
) -> None:
    app = new_app(http_cast.ws)

    @app.command("/criteria")
    async def answer(ack: Any) -> None:
        await ack("hello")

    async with serve_http(http_cast.ws, app):
        person = http_cast.ws.person(http_cast.alice)
        assert (await person.command(http_cast.general, "/criteria")).text == "hello"
        http_cast.ws.server.delivery.transport._secret = b"forged"
        assert (await person.command(http_cast.general, "/criteria")).error == "dispatch_failed"
