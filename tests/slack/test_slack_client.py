"""The client against a scripted Slack over real HTTP: what is sent, and what comes of each answer."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.deps import Posted, Priority, Slack
from bot.domain.message import Message
from bot.errors import DeliveryError
from bot.settings import load_settings
from bot.slack import Identity, SlackClient, open_client
from tests.slack.conftest import TOKEN, Answer, FakeClock, ScriptedSlack

CHART = {"type": "data_visualization", "block_id": "chart"}
LINE = {"type": "section", "text": {"type": "mrkdwn", "text": "p95 latency 412 ms"}}
MESSAGE = Message(text="Checkout rewrite: behind", blocks=(LINE, CHART), fallback=(LINE,))
TS = "1795424400.000100"
PARENT = "1795424000.000100"


def said(channel: str = "C1", ts: str = TS, **message: Any) -> dict[str, Any]:
    return {"channel": channel, "ts": ts, "message": {"ts": ts, **message}}


def refusal(code: str, **more: Any) -> Answer:
    return Answer({"ok": False, "error": code, **more})


def slow_down(seconds: str = "7") -> Answer:
    return Answer({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": seconds})


@pytest.fixture
async def as_protocol(slack: SlackClient) -> Slack:
    return slack


# Posting


async def test_a_post_goes_as_json_with_text_blocks_key_and_no_unfurling(
    as_protocol: Slack, scripted: ScriptedSlack
) -> None:
    scripted.script("chat.postMessage", said())

    posted = await as_protocol.post("C1", MESSAGE, key="schedule-3")

    (request,) = scripted.requests
    assert posted == Posted("C1", TS, None)
    assert (request.verb, request.content_type) == ("POST", "application/json")
    assert request.authorization == f"Bearer {TOKEN}"
    assert request.args == {
        "channel": "C1",
        "text": "Checkout rewrite: behind",
        "blocks": [LINE, CHART],
        "unfurl_links": False,
        "unfurl_media": False,
        "metadata": {"event_type": "loopmark_outbox", "event_payload": {"key": "schedule-3"}},
    }


async def test_a_post_of_text_alone_sends_neither_blocks_nor_metadata(
    slack: SlackClient, scripted: ScriptedSlack
) -> None:
    scripted.script("chat.postMessage", said())

    await slack.post("C1", Message(text="x" * 5_000))

    assert set(scripted.requests[0].args) == {"channel", "text", "unfurl_links", "unfurl_media"}
    assert len(scripted.requests[0].args["text"]) <= 4_000


@pytest.mark.parametrize(
    ("answered", "expected"),
    [({"thread_ts": PARENT}, PARENT), ({}, None)],
    ids=["in the thread", "at the root: the parent is gone"],
)
async def test_a_reply_says_where_it_really_stands(
    slack: SlackClient, scripted: ScriptedSlack, answered: dict[str, str], expected: str | None
) -> None:
    scripted.script("chat.postMessage", said(**answered))

    posted = await slack.post("C1", MESSAGE, thread_ts=PARENT)

    assert scripted.requests[0].args["thread_ts"] == PARENT
    assert posted.thread_ts == expected


@pytest.mark.parametrize("user_id", ["U1", "W1"])
async def test_a_post_to_a_person_opens_their_direct_messages_once(
    slack: SlackClient, scripted: ScriptedSlack, user_id: str
) -> None:
    scripted.script("conversations.open", {"channel": {"id": "D1"}})
    scripted.script("chat.postMessage", said("D1"), said("D1"))

    first = await slack.post(user_id, MESSAGE)
    await slack.post(user_id, MESSAGE)

    assert first.channel_id == "D1"
    assert scripted.methods == ["conversations.open", "chat.postMessage", "chat.postMessage"]
    assert scripted.requests[0].query == {"users": user_id}
    assert scripted.requests[1].args["channel"] == "D1"
    assert await slack.open_direct_message(user_id) == "D1"


async def test_direct_messages_that_are_no_longer_found_are_opened_anew_next_time(
    slack: SlackClient, scripted: ScriptedSlack
) -> None:
    scripted.script("conversations.open", {"channel": {"id": "D1"}}, {"channel": {"id": "D2"}})
    scripted.script("chat.postMessage", refusal("channel_not_found"), said("D2"))

    with pytest.raises(DeliveryError):
        await slack.post("U1", MESSAGE)

    assert (await slack.post("U1", MESSAGE)).channel_id == "D2"


@pytest.mark.parametrize("code", ["invalid_blocks", "invalid_blocks_format", "invalid_attachments"])
async def test_refused_blocks_are_replaced_by_the_fallback(
    slack: SlackClient, scripted: ScriptedSlack, code: str
) -> None:
    scripted.script("chat.postMessage", refusal(code), said())

    await slack.post("C1", MESSAGE, key="k")

    first, second = scripted.requests
    assert second.args == {**first.args, "blocks": [LINE]}


async def test_refused_blocks_without_a_fallback_say_what_slack_said(
    slack: SlackClient, scripted: ScriptedSlack
) -> None:
    line = "no more than 50 items allowed [json-pointer:/blocks]"
    scripted.script(
        "chat.postMessage", refusal("invalid_blocks", errors=[line], response_metadata={"messages": [line]})
    )

    with pytest.raises(DeliveryError) as refused:
        await slack.post("C1", Message(text="x", blocks=(LINE,)))

    assert refused.value.permanent
    assert str(refused.value).count(line) == 1


async def test_a_post_answered_with_429_is_sent_again_after_the_pause(
    slack: SlackClient, scripted: ScriptedSlack, clock: FakeClock
) -> None:
    scripted.script("chat.postMessage", slow_down(), refusal("rate_limited"), said())

    posted = await slack.post("C1", MESSAGE, key="k")

    assert posted.ts == TS
    assert clock.slept == pytest.approx([7.0, 5.0])
    assert [request.args for request in scripted.requests] == [scripted.requests[0].args] * 3


async def test_endless_429_ends_in_an_error_that_is_clear_and_names_the_wait(
    slack: SlackClient, scripted: ScriptedSlack
) -> None:
    scripted.script("chat.postMessage", slow_down("3600"))

    with pytest.raises(DeliveryError) as refused:
        await slack.post("C1", MESSAGE)

    error = refused.value
    assert (error.error, error.permanent, error.unclear, error.retry_after_s) == (
        "ratelimited",
        False,
        False,
        3600,
    )


# Failures


@pytest.mark.parametrize(
    ("answer", "error", "unclear", "arrived"),
    [
        (Answer("Bad gateway", status=502, content_type="text/html"), "http_502", True, 1),
        (Answer({"ok": False, "error": "internal"}, status=500), "http_500", True, 1),
        (Answer("<html>sign in</html>", content_type="text/html"), "http_200", True, 1),
        (Answer("sign in", content_type="text/plain"), "http_200", True, 1),
        (Answer("[1]"), "http_200", True, 1),
        (Answer("{not json"), "http_200", True, 1),
        (Answer(dropped="after"), "connection", True, 1),
        (Answer(dropped="before"), "connection", True, 0),
        (refusal("fatal_error"), "fatal_error", True, 1),
        (refusal("service_unavailable"), "service_unavailable", True, 1),
    ],
    ids=[
        "502 page",
        "500 json",
        "200 page",
        "200 text",
        "200 list",
        "200 broken json",
        "dropped after",
        "dropped before",
        "fatal_error",
        "service_unavailable",
    ],
)
async def test_a_post_is_sent_once_and_left_unclear_by_a_fault(
    slack: SlackClient, scripted: ScriptedSlack, answer: Answer, error: str, unclear: bool, arrived: int
) -> None:
    scripted.script("chat.postMessage", answer)

    with pytest.raises(DeliveryError) as failure:
        await slack.post("C1", MESSAGE)

    assert (failure.value.error, failure.value.permanent, failure.value.unclear) == (error, False, unclear)
    assert len(scripted.requests) == arrived
    assert failure.value.__suppress_context__


async def test_an_update_that_failed_may_simply_be_repeated(
    slack: SlackClient, scripted: ScriptedSlack
) -> None:
    scripted.script("chat.update", Answer("oops", status=500, content_type="text/plain"), said())

    with pytest.raises(DeliveryError) as failure:
        await slack.update("C1", TS, MESSAGE)
    await slack.update("C1", TS, MESSAGE)

    assert (failure.value.permanent, failure.value.unclear) == (False, False)


async def test_a_slack_that_is_not_there_was_certainly_not_told(
    make_client: Callable[..., SlackClient],
) -> None:
    slack = make_client(url="http://127.0.0.1:9/api/")

    with pytest.raises(DeliveryError) as failure:
        await slack.post("C1", MESSAGE)

    assert (failure.value.error, failure.value.permanent, failure.value.unclear) == (
        "connection",
        False,
        False,
    )


async def test_an_answer_that_takes_too_long_is_unclear(
    make_client: Callable[..., SlackClient], scripted: ScriptedSlack
) -> None:
    slack = make_client(timeout_s=0.05)
    gate = asyncio.Event()
    scripted.script("chat.postMessage", Answer(gate=gate))
    scripted.script("users.info", Answer(gate=gate))

    with pytest.raises(DeliveryError) as post:
        await slack.post("C1", MESSAGE)
    with pytest.raises(DeliveryError) as person:
        await slack.person("T1", "U1")
    gate.set()

    assert (post.value.error, post.value.unclear, post.value.permanent) == ("timeout", True, False)
    assert (person.value.error, person.value.unclear) == ("timeout", False)


async def test_after_closing_nothing_is_sent(slack: SlackClient, scripted: ScriptedSlack) -> None:
    await slack.aclose()

    with pytest.raises(DeliveryError):
        await slack.post("C1", MESSAGE)
    with pytest.raises(DeliveryError):
        await slack.respond(scripted.hook(), MESSAGE)
    assert scripted.requests == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (refusal("not_in_channel"), "type `/invite @pace` there"),
        (refusal("missing_scope", needed="chat:write", provided="commands"), "`chat:write`"),
        (refusal("invalid_auth"), "SLACK_BOT_TOKEN"),
    ],
    ids=["not_in_channel", "missing_scope", "invalid_auth"],
)
async def test_a_refusal_carries_slacks_code_and_the_next_step(
    make_client: Callable[..., SlackClient], scripted: ScriptedSlack, answer: Answer, words: str
) -> None:
    slack = make_client(bot_name="pace")
    scripted.script("chat.postMessage", answer)

    with pytest.raises(DeliveryError) as refused:
        await slack.post("C1", MESSAGE)

    assert refused.value.error == answer.body["error"]
    assert refused.value.permanent
    assert words in str(refused.value)
    assert TOKEN not in repr(refused.value) + str(refused.value)


# Changing what was posted


async def test_an_update_replaces_text_and_blocks(as_protocol: Slack, scripted: ScriptedSlack) -> None:
    scripted.script("conversations.open", {"channel": {"id": "D1"}})
    scripted.script("chat.update", refusal("invalid_blocks"), said("D1"))

    await as_protocol.update("U1", TS, MESSAGE)

    first, second = scripted.calls("chat.update")
    assert first.args == {"channel": "D1", "ts": TS, "text": MESSAGE.text, "blocks": [LINE, CHART]}
    assert second.args["blocks"] == [LINE]


async def test_of_several_states_that_wait_for_one_message_the_newest_is_sent_last(
    patient_slack: SlackClient, scripted: ScriptedSlack
) -> None:
    gate = asyncio.Event()
    scripted.script("chat.update", Answer({"ok": True, **said()}, gate=gate), said(), said())

    first = asyncio.create_task(patient_slack.update("C1", TS, Message(text="1 vote")))
    await scripted.arrived.get()
    later = [
        asyncio.create_task(patient_slack.update("C1", TS, Message(text=f"{votes} votes")))
        for votes in (2, 3, 4)
    ]
    other = asyncio.create_task(patient_slack.update("C1", PARENT, Message(text="another")))
    await other
    gate.set()
    await asyncio.gather(first, *later)

    assert [request.args["text"] for request in scripted.requests] == ["1 vote", "another", "4 votes"]


async def test_an_urgent_update_is_not_undone_by_a_redraw_that_waited_longer(
    patient_slack: SlackClient, scripted: ScriptedSlack
) -> None:
    gate = asyncio.Event()
    scripted.script("chat.update", Answer({"ok": True, **said()}, gate=gate), said())

    first = asyncio.create_task(patient_slack.update("C1", TS, Message(text="open")))
    await scripted.arrived.get()
    redraw = asyncio.create_task(patient_slack.update("C1", TS, Message(text="still open")))
    await asyncio.sleep(0)
    closed = asyncio.create_task(
        patient_slack.update("C1", TS, Message(text="closed"), priority=Priority.ANSWER)
    )
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(first, redraw, closed)

    assert [request.args["text"] for request in scripted.requests] == ["open", "closed"]


async def test_a_delete_names_channel_and_ts(as_protocol: Slack, scripted: ScriptedSlack) -> None:
    scripted.script("chat.delete", {}, refusal("message_not_found"))

    await as_protocol.delete("C1", TS)
    with pytest.raises(DeliveryError) as gone:
        await as_protocol.delete("C1", TS)

    assert scripted.requests[0].query == {"channel": "C1", "ts": TS}
    assert gone.value.error == "message_not_found"


# Answers through response_url


@pytest.mark.parametrize("replace", [True, False])
async def test_a_response_is_json_without_the_token(
    as_protocol: Slack, scripted: ScriptedSlack, replace: bool
) -> None:
    scripted.script("hook", Answer("ok", content_type="text/html"))

    await as_protocol.respond(scripted.hook(), MESSAGE, replace=replace)

    (request,) = scripted.requests
    assert (request.verb, request.content_type, request.authorization) == ("POST", "application/json", None)
    assert request.args == {
        "response_type": "ephemeral",
        "replace_original": replace,
        "text": MESSAGE.text,
        "blocks": [LINE, CHART],
        "unfurl_links": False,
        "unfurl_media": False,
    }


@pytest.mark.parametrize(
    ("answer", "error", "permanent", "unclear"),
    [
        (Answer({"ok": False, "error": "Expired url"}, status=404), "expired_url", True, False),
        (Answer({"ok": False, "error": "Expired url"}), "expired_url", True, False),
        (Answer("", status=404, content_type="text/html"), "expired_url", True, False),
        (Answer({"ok": False, "error": "used_url"}, status=404), "used_url", True, False),
        (Answer("no_text", status=400, content_type="text/plain"), "no_text", True, False),
        (Answer("<html>no</html>", status=403, content_type="text/html"), "http_403", True, False),
        (Answer("", status=302, headers={"Location": "http://127.0.0.1:9/"}), "http_302", True, False),
        (Answer("oops", status=503, content_type="text/plain"), "http_503", False, True),
        (Answer(dropped="after"), "connection", False, True),
    ],
    ids=["expired 404", "expired 200", "bare 404", "used", "no text", "403", "redirect", "503", "dropped"],
)
async def test_a_response_that_was_not_taken_says_why(
    slack: SlackClient, scripted: ScriptedSlack, answer: Answer, error: str, permanent: bool, unclear: bool
) -> None:
    scripted.script("hook", answer)

    with pytest.raises(DeliveryError) as refused:
        await slack.respond(scripted.hook(), MESSAGE)

    failure = refused.value
    assert (failure.error, failure.permanent, failure.unclear) == (error, permanent, unclear)
    assert "secret" not in str(failure)


async def test_a_response_falls_back_and_waits_as_posts_do(
    slack: SlackClient, scripted: ScriptedSlack, clock: FakeClock
) -> None:
    scripted.script(
        "hook",
        Answer("invalid_blocks", status=400, content_type="text/plain"),
        Answer("", status=429, headers={"Retry-After": "2"}),
        Answer("ok", content_type="text/plain"),
    )

    await slack.respond(scripted.hook(), MESSAGE)

    assert [len(request.args["blocks"]) for request in scripted.requests] == [2, 1, 1]
    assert clock.slept == pytest.approx([2.0])


async def test_a_receipt_waits_for_minutes_where_another_answer_gives_up(
    slack: SlackClient, scripted: ScriptedSlack, clock: FakeClock
) -> None:
    busy = Answer("", status=429, headers={"Retry-After": "90"})
    scripted.script("hook", busy, busy, Answer("ok", content_type="text/plain"))

    with pytest.raises(DeliveryError) as refused:
        await slack.respond(scripted.hook("T1/1/command"), MESSAGE)
    await slack.respond(scripted.hook("T1/1/click"), MESSAGE, priority=Priority.RECEIPT)

    assert refused.value.error == "ratelimited"
    assert len(scripted.requests) == 3
    assert sum(clock.slept) >= 90


@pytest.mark.parametrize(
    "url", ["http://hooks.example.com/commands/T1", "ftp://127.0.0.1/x", "file:///etc/passwd", "nonsense"]
)
async def test_a_response_goes_over_https_or_to_the_configured_host_only(
    slack: SlackClient, url: str
) -> None:
    with pytest.raises(DeliveryError) as refused:
        await slack.respond(url, MESSAGE)

    assert (refused.value.error, refused.value.permanent) == ("invalid_url", True)


# Forms


async def test_forms_are_opened_pushed_and_replaced(as_protocol: Slack, scripted: ScriptedSlack) -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Criterion"}, "blocks": []}
    scripted.script("views.open", {"view": {"id": "V1"}})
    scripted.script("views.push", {"view": {"id": "V2"}})
    scripted.script("views.update", {"view": {"id": "V2"}}, refusal("not_found"))

    assert await as_protocol.open_view("1.2.a", view) == "V1"
    assert await as_protocol.push_view("1.2.b", view) == "V2"
    await as_protocol.update_view("V2", view)
    with pytest.raises(DeliveryError) as closed:
        await as_protocol.update_view("V2", view)

    assert closed.value.error == "not_found"
    assert [request.args for request in scripted.requests] == [
        {"trigger_id": "1.2.a", "view": view},
        {"trigger_id": "1.2.b", "view": view},
        {"view_id": "V2", "view": view},
        {"view_id": "V2", "view": view},
    ]


async def test_a_form_is_not_opened_after_its_trigger_is_dead(
    slack: SlackClient, scripted: ScriptedSlack
) -> None:
    scripted.script("views.open", slow_down("3"))

    with pytest.raises(DeliveryError) as late:
        await slack.open_view("1.2.a", {"type": "modal"})

    assert (late.value.error, late.value.retry_after_s) == ("ratelimited", 3)


# Asking


@pytest.mark.parametrize(
    ("user", "name", "zone", "is_admin", "is_deleted"),
    [
        (
            {
                "tz": "Europe/Berlin",
                "name": "alice",
                "real_name": "Alice A",
                "profile": {"display_name": "Alice"},
            },
            "Alice",
            "Europe/Berlin",
            False,
            False,
        ),
        (
            {"name": "bob", "real_name": "Bob B", "profile": {"display_name": ""}, "is_owner": True},
            "Bob B",
            "UTC",
            True,
            False,
        ),
        ({"name": "charlie", "tz": None, "deleted": True, "is_admin": True}, "charlie", "UTC", True, True),
        ({"tz": "Mars/Olympus", "profile": {"real_name": "Rover"}}, "Rover", "UTC", False, False),
        ({"tz": "../etc"}, "U1", "UTC", False, False),
    ],
    ids=["member", "owner without zone", "deactivated", "unknown zone", "nameless"],
)
async def test_a_person_has_a_name_and_a_zone(
    as_protocol: Slack,
    scripted: ScriptedSlack,
    user: dict[str, Any],
    name: str,
    zone: str,
    is_admin: bool,
    is_deleted: bool,
) -> None:
    scripted.script("users.info", {"user": {"id": "U1", **user}})

    person = await as_protocol.person("T1", "U1")

    assert (scripted.requests[0].verb, scripted.requests[0].query) == ("GET", {"user": "U1"})
    assert (person.team_id, person.user_id, person.name, person.zone) == ("T1", "U1", name, zone)
    assert (person.is_admin, person.is_deleted) == (is_admin, is_deleted)


@pytest.mark.parametrize(
    ("info", "name", "is_private", "is_archived", "is_member"),
    [
        ({"id": "C1", "name": "leads", "is_member": True}, "leads", False, False, True),
        ({"id": "C1", "name": "plans", "is_private": True, "is_member": False}, "plans", True, False, False),
        ({"id": "C1", "name": "old", "is_archived": True, "is_member": False}, "old", False, True, False),
        ({"id": "D1", "is_im": True, "user": "U1"}, "", True, False, True),
        ({"id": "G1", "is_mpim": True, "name": "mpdm-alice--bob-1"}, "mpdm-alice--bob-1", True, False, True),
    ],
    ids=["public", "private", "archived", "direct", "group"],
)
async def test_a_channel_says_who_may_see_it_and_whether_the_bot_is_in_it(
    as_protocol: Slack,
    scripted: ScriptedSlack,
    info: dict[str, Any],
    name: str,
    is_private: bool,
    is_archived: bool,
    is_member: bool,
) -> None:
    scripted.script("conversations.info", {"channel": info})

    channel = await as_protocol.channel(info["id"])

    assert (channel.channel_id, channel.name) == (info["id"], name)
    assert (channel.is_private, channel.is_archived, channel.is_member) == (
        is_private,
        is_archived,
        is_member,
    )


async def test_an_identity_has_the_scopes_of_the_header_and_gives_sentences_its_name(
    slack: SlackClient, scripted: ScriptedSlack
) -> None:
    scripted.script(
        "auth.test",
        Answer(
            {
                "ok": True,
                "team_id": "T7",
                "team": "Acme",
                "user_id": "U0",
                "user": "pace",
                "bot_id": "B0",
                "url": "https://acme.example/",
            },
            headers={"x-oauth-scopes": "chat:write, commands,"},
        ),
    )
    scripted.script("chat.postMessage", refusal("not_in_channel"))

    identity = await slack.identity()

    scopes = frozenset({"chat:write", "commands"})
    assert identity == Identity("T7", "Acme", "U0", "B0", "pace", "https://acme.example/", scopes)
    assert slack.team_id == "T7"
    with pytest.raises(DeliveryError, match="/invite @pace"):
        await slack.post("C1", MESSAGE)


async def test_slacks_clock_is_taken_from_answers_and_refusals(
    as_protocol: Slack, scripted: ScriptedSlack
) -> None:
    scripted.script(
        "chat.postMessage", Answer(said() | {"ok": True}, headers={"Date": "Mon, 23 Nov 2026 09:02:30 GMT"})
    )
    scripted.script(
        "chat.update",
        Answer({"ok": False, "error": "is_inactive"}, headers={"Date": "Mon, 23 Nov 2026 09:03:00 GMT"}),
    )

    await as_protocol.post("C1", MESSAGE)
    assert as_protocol.slack_now() == datetime(2026, 11, 23, 9, 2, 30, tzinfo=UTC)
    with pytest.raises(DeliveryError):
        await as_protocol.update("C1", TS, MESSAGE)
    assert as_protocol.slack_now() == datetime(2026, 11, 23, 9, 3, tzinfo=UTC)


# Reading back


def kept(ts: str, key: str | None = None, **more: Any) -> dict[str, Any]:
    metadata = {"event_type": "loopmark_outbox", "event_payload": {"key": key}} if key else None
    return {"ts": ts, "text": "x", **({"metadata": metadata} if metadata else {}), **more}


SINCE = datetime(2026, 11, 23, 8, 55, tzinfo=UTC)


async def test_a_posted_message_is_found_by_its_key_behind_short_and_empty_pages(
    as_protocol: Slack, scripted: ScriptedSlack
) -> None:
    other = {**kept("3.0"), "metadata": {"event_type": "elsewhere", "event_payload": {"key": "k1"}}}
    scripted.script(
        "conversations.history",
        {"messages": [kept("4.0", "k2"), other], "response_metadata": {"next_cursor": "p2"}},
        {"messages": [], "response_metadata": {"next_cursor": "p3"}},
        {"messages": [kept("2.0"), kept("1.5", "k1", thread_ts="1.5")]},
    )

    found = await as_protocol.find_posted("C1", "k1", since=SINCE)

    assert found == Posted("C1", "1.5", None)
    assert scripted.requests[0].query == {
        "channel": "C1",
        "oldest": f"{SINCE.timestamp():.6f}",
        "inclusive": "1",
        "include_all_metadata": "1",
        "limit": "200",
    }
    assert [request.query.get("cursor") for request in scripted.requests] == [None, "p2", "p3"]


async def test_a_message_that_is_on_no_page_was_not_posted(
    as_protocol: Slack, scripted: ScriptedSlack
) -> None:
    scripted.script(
        "conversations.history",
        {"messages": [kept("4.0", "k2")], "response_metadata": {"next_cursor": ""}},
    )

    assert await as_protocol.find_posted("C1", "k1", since=SINCE) is None


async def test_a_posted_reply_is_looked_for_in_its_thread(
    as_protocol: Slack, scripted: ScriptedSlack
) -> None:
    scripted.script(
        "conversations.replies",
        {"messages": [kept(PARENT, thread_ts=PARENT), kept("2.0", "k1", thread_ts=PARENT)]},
    )

    found = await as_protocol.find_posted("C1", "k1", since=SINCE, thread_ts=PARENT)

    assert found == Posted("C1", "2.0", PARENT)
    assert scripted.requests[0].query["ts"] == PARENT


async def test_a_reply_whose_thread_is_gone_is_looked_for_at_the_root(
    as_protocol: Slack, scripted: ScriptedSlack
) -> None:
    scripted.script("conversations.replies", refusal("thread_not_found"))
    scripted.script("conversations.history", {"messages": [kept("2.0", "k1")]})

    found = await as_protocol.find_posted("C1", "k1", since=SINCE, thread_ts=PARENT)

    assert found == Posted("C1", "2.0", None)


async def test_a_direct_message_is_looked_for_in_their_direct_messages(
    as_protocol: Slack, scripted: ScriptedSlack
) -> None:
    scripted.script("conversations.open", {"channel": {"id": "D1"}})
    scripted.script("conversations.history", {"messages": [kept("2.0", "k1")]})

    assert await as_protocol.find_posted("U1", "k1", since=SINCE) == Posted("D1", "2.0", None)


async def test_without_the_history_scope_the_look_is_refused(
    as_protocol: Slack, scripted: ScriptedSlack
) -> None:
    scripted.script("conversations.history", refusal("missing_scope", needed="channels:history"))

    with pytest.raises(DeliveryError) as refused:
        await as_protocol.find_posted("C1", "k1", since=SINCE)

    assert (refused.value.error, refused.value.unclear) == ("missing_scope", False)


async def test_a_look_through_endless_pages_ends_in_an_error_not_in_not_found(
    slack: SlackClient, scripted: ScriptedSlack
) -> None:
    page = {"messages": [kept("1.0")], "response_metadata": {"next_cursor": "again"}}
    scripted.script("conversations.history", *[page] * 50)

    with pytest.raises(DeliveryError) as refused:
        await slack.find_posted("C1", "k1", since=SINCE)

    assert refused.value.error == "too_many_messages"


async def test_one_message_is_read_back_as_it_is_kept(slack: SlackClient, scripted: ScriptedSlack) -> None:
    scripted.script("conversations.history", {"messages": [kept(TS, "k1")]}, {"messages": []})
    scripted.script("conversations.replies", {"messages": [kept(PARENT), kept(TS)]})

    assert await slack.read_back("C1", TS) == kept(TS, "k1")
    assert await slack.read_back("C1", TS) is None
    assert await slack.read_back("C1", TS, thread_ts=PARENT) == kept(TS)
    assert (scripted.requests[0].query["oldest"], scripted.requests[0].query["latest"]) == (TS, TS)


# Validating


@pytest.mark.parametrize(
    ("what", "field", "value"),
    [
        (MESSAGE, "message", {"text": MESSAGE.text, "blocks": [LINE, CHART]}),
        ([LINE], "blocks", [LINE]),
        ({"type": "modal", "blocks": [LINE]}, "view", {"type": "modal", "blocks": [LINE]}),
    ],
    ids=["message", "blocks", "view"],
)
async def test_validation_sends_what_it_is_given_in_the_body_and_no_token(
    slack: SlackClient, scripted: ScriptedSlack, what: Any, field: str, value: Any
) -> None:
    scripted.script("blocks.validate", {})

    assert await slack.validate_blocks(what) == ()

    (request,) = scripted.requests
    assert (request.verb, request.authorization, request.query) == ("POST", None, {})
    assert request.content_type == "application/x-www-form-urlencoded"
    assert json.loads(request.args[field]) == value


async def test_validation_gives_a_line_for_each_thing_that_is_wrong(
    slack: SlackClient, scripted: ScriptedSlack
) -> None:
    wrong = [
        {"code": "missing_field", "message": f"missing {field}", "pointer": f"/{field}"} for field in "abcd"
    ]
    scripted.script("blocks.validate", refusal("invalid_blocks", errors=wrong), refusal("ratelimited"))
    scripted.script("blocks.validate", refusal("invalid_arguments"))

    assert await slack.validate_blocks([LINE]) == tuple(
        f"missing {field} [json-pointer:/{field}]" for field in "abcd"
    )
    with pytest.raises(DeliveryError) as refused:
        await slack.validate_blocks([LINE])
    assert refused.value.error == "invalid_arguments"


# The connection itself


@pytest.mark.parametrize(
    ("url", "goes_through_the_proxy"),
    [
        ("https://slack.com/api/", True),
        ("http://127.0.0.1:8080/api/", False),
        ("http://localhost:1/api/", False),
    ],
)
async def test_a_proxy_of_the_environment_is_used_for_slack_and_not_for_this_machine(
    monkeypatch: pytest.MonkeyPatch, url: str, goes_through_the_proxy: bool
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    settings = load_settings(_env_file=None, SLACK_BOT_TOKEN=TOKEN, SLACK_API_URL=url)

    client = open_client(settings)

    assert (client.proxy == "http://proxy.example:3128") is goes_through_the_proxy
    assert client.retry_handlers == []
    assert client.session is not None
    await client.session.close()


async def test_nothing_that_is_sent_is_logged_whatever_the_level(
    slack: SlackClient, scripted: ScriptedSlack, caplog: pytest.LogCaptureFixture
) -> None:
    scripted.script("chat.postMessage", said())
    with caplog.at_level(logging.DEBUG):
        await slack.post("C1", Message(text="you answered: very clear"))

    assert "very clear" not in caplog.text
    assert TOKEN not in caplog.text


def test_without_a_session_no_client_is_made() -> None:
    with pytest.raises(ValueError, match="session"):
        SlackClient(AsyncWebClient(token=TOKEN), now=lambda: SINCE)
