"""Slack's requests are decoded as Bolt would decode them, only faster."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.web.slack_requests import bolt_request, read_payload

FORM = {"content-type": "application/x-www-form-urlencoded", "x-slack-signature": "v0=1"}
JSON = {"content-type": "application/json"}
VALUES = st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=4))


@given(st.dictionaries(st.text(), VALUES, max_size=5), st.booleans())
def test_a_payload_is_read_as_it_was_written(payload: dict[str, object], plain: bool) -> None:
    body = urlencode({"payload": json.dumps(payload, ensure_ascii=plain)}, errors="replace").encode()
    text = read_payload(body)
    assert text is not None
    expected = AsyncBoltRequest(body=body.decode(), headers=dict(FORM))
    assert json.loads(text) == expected.body
    assert bolt_request(body, FORM).body == expected.body


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"command=%2Fcriteria&text=list+mine&team_id=T1&user_id=U1", FORM),
        (b"ssl_check=1&token=x", FORM),
        (b"payload=%7B%22type%22%3A%22x%22%7D&more=1", FORM),
        (b'{"type": "event_callback", "team_id": "T1", "event": {"text": "payload=%7B"}}', JSON),
        (b"", FORM),
    ],
    ids=["a command", "a check", "a second field", "an event", "nothing"],
)
def test_whatever_else_comes_is_left_to_bolt(body: bytes, headers: dict[str, str]) -> None:
    assert read_payload(body) is None
    made, expected = bolt_request(body, headers), AsyncBoltRequest(body=body.decode(), headers=dict(headers))
    assert (made.body, made.raw_body, made.headers) == (expected.body, expected.raw_body, expected.headers)


@pytest.mark.parametrize(
    "body", [b"payload=%FF%FE", b"payload=%5B1%5D", "payload={é}".encode(), b"payload={\n}"]
)
def test_an_odd_payload_is_left_to_bolt(body: bytes) -> None:
    assert read_payload(body) is None


def test_the_body_is_kept_as_it_came_for_its_signature_and_who_sent_it_is_known() -> None:
    payload = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "response_url": "https://x",
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    made, expected = bolt_request(body, FORM), AsyncBoltRequest(body=body.decode(), headers=dict(FORM))
    assert made.raw_body == body.decode()
    assert made.headers == expected.headers
    assert (made.context.team_id, made.context.user_id) == ("T1", "U1")
    assert made.context.response_url == expected.context.response_url == "https://x"
