"""The Web API refuses what Slack refuses and does what Slack does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Workspace


async def posted(api: Any, channel: Any, **content: Any) -> Any:
    """Post and return the message as the workspace keeps it."""
    answer = await api("chat.postMessage", channel=channel.id, **({"text": "hello"} | content))
    assert answer["ok"], answer
    return next(m for m in api.ws.messages(channel) if m.ts == answer["ts"])


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        pytest.param(None, "auth.test", "not_authed", id="no token"),
        pytest.param("xoxb-wrong", "auth.test", "invalid_auth", id="unknown token"),
        pytest.param("app", "auth.test", "not_allowed_token_type", id="app token on a bot method"),
        pytest.param(
            "bot", "apps.connections.open", "not_allowed_token_type", id="bot token on an app method"
        ),
        pytest.param("bot", "chat.postMassage", "unknown_method", id="unknown method"),
        pytest.param(None, "apps.connections.open", "not_authed", id="app method without token"),
    ],
)
async def test_the_wrong_token_is_refused(api: Any, token: str | None, method: str, error: str) -> None:
    assert (await api(method, token=token))["error"] == error


async def test_a_socket_is_opened_by_post_with_the_token_in_the_header_only(api: Any) -> None:
    bearer = {"Authorization": f"Bearer {api.ws.app_token}"}
    assert (await api.send("GET", "apps.connections.open", headers=bearer))["error"] == "insecure_request"
    answer = await api.send("POST", "apps.connections.open", data={"token": api.ws.app_token})
    assert answer["error"] == "not_authed"
    assert (await api("apps.connections.open", token="app"))["url"].startswith("ws://127.0.0.1:")


async def test_a_missing_scope_names_what_is_needed_and_what_there_is(api: Any) -> None:
    answer = await api("team.info", verb="GET")

    assert answer["error"] == "missing_scope"
    assert answer["needed"] == "team:read"
    assert "chat:write" in answer["provided"].split(",")
    assert api.headers["x-accepted-oauth-scopes"] == "team:read"
    assert "chat:write" in api.headers["x-oauth-scopes"].split(",")


async def test_optional_scopes_can_be_left_out(manifest: Any, settle: Any) -> None:
    async with Workspace(manifest, optional_scopes=False) as ws:
        cast = settle(ws)
        client = AsyncWebClient(token=ws.bot_token, base_url=ws.api_url)
        refused = await client.api_call("auth.test")
        assert "channels:history" not in refused.headers["x-oauth-scopes"].split(",")
        assert ws.violations == []
        with pytest.raises(Exception, match="missing_scope"):
            await client.conversations_history(channel=cast.general.id)


async def test_revoked_tokens_stop_working(api: Any) -> None:
    api.ws.revoke_tokens("token_revoked", app_token_too=True)

    assert (await api("auth.test"))["error"] == "token_revoked"
    assert (await api("apps.connections.open", token="app"))["error"] == "token_revoked"


@pytest.mark.parametrize(
    ("request_parts", "error"),
    [
        pytest.param(
            {"data": b"{", "type": "application/json; charset=utf-8"}, "invalid_json", id="broken JSON"
        ),
        pytest.param(
            {"data": b"[]", "type": "application/json; charset=utf-8"}, "json_not_object", id="a list"
        ),
        pytest.param({"data": b"x", "type": "text/csv"}, "invalid_post_type", id="unknown type"),
        pytest.param(
            {"data": b"{}", "type": "application/json; charset=utf-8"}, "invalid_arguments", id="nothing"
        ),
    ],
)
async def test_bodies_slack_cannot_read_are_refused(api: Any, request_parts: Any, error: str) -> None:
    headers = {"Authorization": f"Bearer {api.ws.bot_token}", "Content-Type": request_parts["type"]}
    answer = await api.send("POST", "chat.postMessage", headers=headers, data=request_parts["data"])
    assert answer["error"] == error


async def test_json_is_not_seen_by_methods_that_read_none(api: Any, cast: Any) -> None:
    answer = await api("conversations.info", channel=cast.general.id)

    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]
    assert any("reads no JSON" in rule for rule in api.ws.violations)


async def test_charsets_are_warned_about_as_slack_does(api: Any, cast: Any) -> None:
    answer = await api("chat.postMessage", header="application/json", channel=cast.general.id, text="x")
    assert answer["warning"] == "missing_charset"
    assert answer["response_metadata"]["warnings"] == ["missing_charset"]


async def test_forms_carry_structures_as_json_text(api: Any, cast: Any) -> None:
    blocks = '[{"type":"divider"}]'
    answer = await api.form("chat.postMessage", channel=cast.general.id, text="x", blocks=blocks)
    assert answer["message"]["blocks"][0]["type"] == "divider"
    assert answer["message"]["blocks"][0]["block_id"]


async def test_unknown_arguments_are_recorded_not_refused(api: Any, cast: Any) -> None:
    assert (await api("chat.postMessage", channel=cast.general.id, text="x", colour="red"))["ok"]
    assert api.ws.violations == ["chat.postMessage: unknown arguments colour"]


@pytest.mark.parametrize(
    ("place", "error"),
    [
        pytest.param("elsewhere", "not_in_channel", id="public without the bot"),
        pytest.param("hidden", "channel_not_found", id="private without the bot"),
        pytest.param("old", "is_archived", id="archived"),
        pytest.param("C0NOSUCH00", "channel_not_found", id="no such channel"),
    ],
)
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.postEphemeral", "chat.scheduleMessage"])
async def test_posting_needs_a_channel_the_bot_is_in(
    api: Any, cast: Any, clock: Any, place: str, method: str, error: str
) -> None:
    ws = cast.ws
    channels = {
        "elsewhere": cast.elsewhere,
        "hidden": ws.add_channel("hidden", members=[cast.alice], private=True, bot_is_member=False),
        "old": ws.add_channel("old", members=[cast.alice], archived=True),
    }
    channel_id = channels[place].id if place in channels else place
    extra = {
        "chat.postEphemeral": {"user": cast.alice.id},
        "chat.scheduleMessage": {"post_at": int(clock().timestamp()) + 60},
    }.get(method, {})
    assert (await api(method, channel=channel_id, text="x", **extra))["error"] == error


async def test_an_ephemeral_message_reaches_members_only_and_is_never_updated(api: Any, cast: Any) -> None:
    refused = await api("chat.postEphemeral", channel=cast.general.id, user=cast.charlie.id, text="psst")
    shown = await api("chat.postEphemeral", channel=cast.general.id, user=cast.bob.id, text="psst")

    assert refused["error"] == "user_not_in_channel"
    assert [message.text for message in cast.ws.ephemerals(cast.bob)] == ["psst"]
    assert cast.ws.messages(cast.general) == []
    update = await api("chat.update", channel=cast.general.id, ts=shown["message_ts"], text="louder")
    assert update["error"] == "message_not_found"


@pytest.mark.parametrize(
    ("change", "text", "has_blocks", "metadata"),
    [
        pytest.param(
            {"text": "new"}, "new", False, {"event_type": "k", "event_payload": {}}, id="text alone"
        ),
        pytest.param(
            {"blocks": [{"type": "divider"}]},
            "old",
            True,
            {"event_type": "k", "event_payload": {}},
            id="blocks alone",
        ),
        pytest.param({"text": "new", "metadata": {}}, "new", False, None, id="metadata emptied"),
    ],
)
async def test_an_update_replaces_and_removes_as_slack_does(
    api: Any, cast: Any, change: Any, text: str, has_blocks: bool, metadata: Any
) -> None:
    message = await posted(
        api,
        cast.general,
        text="old",
        blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "b"}}],
        metadata={"event_type": "k", "event_payload": {}},
    )
    answer = await api("chat.update", channel=cast.general.id, ts=message.ts, **change)

    assert answer["ok"], answer
    assert (message.text, bool(message.blocks), message.metadata) == (text, has_blocks, metadata)


async def test_only_own_messages_are_changed(api: Any, cast: Any) -> None:
    theirs = await cast.ws.person(cast.alice).post(cast.general, "mine")
    place = {"channel": cast.general.id, "ts": theirs.ts}

    assert (await api("chat.update", **place, text="x"))["error"] == "cant_update_message"
    assert (await api("chat.delete", **place))["error"] == "cant_delete_message"
    assert (await api("chat.update", channel=cast.general.id, ts="1.2", text="x"))[
        "error"
    ] == "message_not_found"
    assert (await api("chat.update", channel=cast.general.id, ts=1.5, text="x"))[
        "error"
    ] == "message_not_found"


async def test_an_update_takes_less_text_than_a_post(api: Any, cast: Any) -> None:
    message = await posted(api, cast.general, text="x" * 40_001)
    assert len(message.text) == 40_000
    update = await api("chat.update", channel=cast.general.id, ts=message.ts, text="x" * 4_001)
    assert update["error"] == "msg_too_long"


async def test_a_reply_to_a_missing_parent_lands_at_the_root_without_a_word(api: Any, cast: Any) -> None:
    parent = await posted(api, cast.general)
    reply = await api("chat.postMessage", channel=cast.general.id, text="in it", thread_ts=parent.ts)
    assert reply["message"]["thread_ts"] == parent.ts
    assert [message.text for message in cast.ws.thread(parent)] == ["in it"]

    await api("chat.delete", channel=cast.general.id, ts=parent.ts)
    lost = await api("chat.postMessage", channel=cast.general.id, text="lost", thread_ts=parent.ts)
    assert lost["ok"]
    assert "thread_ts" not in lost["message"]


async def test_ts_are_strings_and_unique_even_on_a_standing_clock(api: Any, cast: Any) -> None:
    stamps = [(await posted(api, cast.general)).ts for _ in range(3)]
    assert len(set(stamps)) == 3
    assert stamps == sorted(stamps)
    assert all(len(ts) == 17 and ts[10] == "." for ts in stamps)


async def test_history_hides_metadata_unless_asked_and_pages(api: Any, cast: Any) -> None:
    for number in range(3):
        await posted(
            api, cast.general, text=str(number), metadata={"event_type": "k", "event_payload": {"n": number}}
        )
    first = await api("conversations.history", verb="GET", channel=cast.general.id, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = await api(
        "conversations.history",
        verb="GET",
        channel=cast.general.id,
        limit=2,
        cursor=cursor,
        include_all_metadata="1",
    )

    assert [message["text"] for message in first["messages"]] == ["2", "1"]
    assert all("metadata" not in message for message in first["messages"])
    assert [message["metadata"]["event_payload"] for message in second["messages"]] == [{"n": 0}]
    assert second["response_metadata"]["next_cursor"] == ""
    refused = await api("conversations.history", verb="GET", channel=cast.general.id, cursor="nonsense")
    assert refused["error"] == "invalid_cursor"


async def test_history_is_bounded_by_oldest_and_latest(api: Any, cast: Any, clock: Any) -> None:
    early = await posted(api, cast.general, text="early")
    clock.forward(minutes=10)
    late = await posted(api, cast.general, text="late")

    async def texts(**span: str) -> list[str]:
        answer = await api("conversations.history", verb="GET", channel=cast.general.id, **span)
        return [message["text"] for message in answer["messages"]]

    assert await texts(oldest=early.ts) == ["late"]
    assert await texts(oldest=early.ts, inclusive="1") == ["late", "early"]
    assert await texts(latest=late.ts) == ["early"]
    assert await texts(oldest=str(int(clock().timestamp()) - 60)) == ["late"]


async def test_replies_begin_with_their_parent(api: Any, cast: Any) -> None:
    parent = await posted(api, cast.general, text="parent")
    await posted(api, cast.general, text="reply", thread_ts=parent.ts)

    answer = await api("conversations.replies", verb="GET", channel=cast.general.id, ts=parent.ts)
    history = await api("conversations.history", verb="GET", channel=cast.general.id)
    missing = await api("conversations.replies", verb="GET", channel=cast.general.id, ts="1700000000.000001")

    assert [message["text"] for message in answer["messages"]] == ["parent", "reply"]
    assert [(message["text"], message["reply_count"]) for message in history["messages"]] == [("parent", 1)]
    assert missing["error"] == "thread_not_found"


async def test_history_needs_membership(api: Any, cast: Any) -> None:
    answer = await api("conversations.history", verb="GET", channel=cast.elsewhere.id)
    assert answer["error"] == "not_in_channel"


async def test_channels_are_described_as_the_bot_sees_them(api: Any, cast: Any) -> None:
    info = await api("conversations.info", verb="GET", channel=cast.secret.id)
    assert (info["channel"]["is_private"], info["channel"]["is_member"]) == (True, True)
    outside = await api("conversations.info", verb="GET", channel=cast.elsewhere.id)
    assert outside["channel"]["is_member"] is False
    cast.ws.remove_bot(cast.secret)
    assert (await api("conversations.info", verb="GET", channel=cast.secret.id))[
        "error"
    ] == "channel_not_found"
    members = await api("conversations.members", verb="GET", channel=cast.general.id)
    assert set(members["members"]) == {cast.alice.id, cast.bob.id, cast.ws.bot_user_id}


async def test_direct_messages_are_opened_once(api: Any, cast: Any) -> None:
    first = await api("conversations.open", users=cast.bob.id)
    again = await api("conversations.open", users=cast.bob.id)

    assert first["channel"]["id"].startswith("D")
    assert "already_open" not in first
    assert (again["already_open"], again["channel"]) == (True, first["channel"])
    await api("chat.postMessage", channel=first["channel"]["id"], text="hi")
    await api("chat.postMessage", channel=cast.bob.id, text="by user id")
    assert [message.text for message in cast.ws.direct_messages(cast.bob)] == ["hi", "by user id"]
    assert (await api("conversations.open"))["error"] == "users_list_not_supplied"


async def test_a_person_without_a_zone_has_no_zone_fields(api: Any, cast: Any) -> None:
    alice = (await api("users.info", verb="GET", user=cast.alice.id))["user"]
    charlie = (await api("users.info", verb="GET", user=cast.charlie.id))["user"]

    assert (alice["tz"], alice["tz_offset"], alice["is_admin"]) == ("Europe/Berlin", 3600, True)
    assert not {"tz", "tz_offset", "tz_label"} & set(charlie)
    assert (await api("users.info", verb="GET", user="U0NOBODY00"))["error"] == "user_not_found"


async def test_a_scheduled_message_is_posted_when_its_time_comes(api: Any, cast: Any, clock: Any) -> None:
    soon = int(clock().timestamp()) + 60
    past = await api("chat.scheduleMessage", channel=cast.general.id, post_at=soon - 120, text="x")
    kept = await api("chat.scheduleMessage", channel=cast.general.id, post_at=soon, text="later")
    dropped = await api("chat.scheduleMessage", channel=cast.general.id, post_at=soon, text="never")
    far = await api("chat.scheduleMessage", channel=cast.general.id, post_at=soon + 121 * 86_400, text="x")
    await api(
        "chat.deleteScheduledMessage",
        channel=cast.general.id,
        scheduled_message_id=dropped["scheduled_message_id"],
    )

    assert (past["error"], far["error"]) == ("time_in_past", "time_too_far")
    assert cast.ws.messages(cast.general) == []
    clock.forward(seconds=61)
    assert [message.text for message in cast.ws.messages(cast.general)] == ["later"]
    again = await api(
        "chat.deleteScheduledMessage",
        channel=cast.general.id,
        scheduled_message_id=kept["scheduled_message_id"],
    )
    assert again["error"] == "invalid_scheduled_message_id"


async def test_a_file_is_uploaded_in_two_steps(cast: Any) -> None:
    client = AsyncWebClient(token=cast.ws.bot_token, base_url=cast.ws.api_url)
    channel = cast.ws.direct_channel(cast.alice)
    uploaded = await client.files_upload_v2(content="a,b\n1,2\n", filename="r.csv", channel=channel.id)

    (message,) = cast.ws.direct_messages(cast.alice)
    assert message.files[0]["name"] == "r.csv"
    assert cast.ws.file_content(uploaded["files"][0]["id"]) == b"a,b\n1,2\n"


async def test_reactions_are_added_once(api: Any, cast: Any) -> None:
    message = await posted(api, cast.general)
    item = {"channel": cast.general.id, "timestamp": message.ts, "name": "eyes"}

    assert (await api("reactions.add", **item))["ok"]
    assert (await api("reactions.add", **item))["error"] == "already_reacted"
    assert message.reactions == {"eyes": [cast.ws.bot_user_id]}
    assert (await api("reactions.remove", **item))["ok"]
    assert (await api("reactions.remove", **item))["error"] == "no_reaction"


async def test_blocks_are_validated_without_a_token(cast: Any) -> None:
    client = AsyncWebClient(base_url=cast.ws.api_url)
    fine = await client.blocks_validate(message={"text": "x", "blocks": [{"type": "divider"}]})
    with pytest.raises(Exception, match="invalid_blocks"):
        await client.blocks_validate(blocks=[{"type": "section"}])
    assert fine["ok"]


async def test_refused_blocks_come_with_pointers(api: Any, cast: Any) -> None:
    answer = await api(
        "chat.postMessage", channel=cast.general.id, text="x", blocks=[{"type": "divider"}] * 51
    )
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == ["no more than 50 items allowed [json-pointer:/blocks]"]
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] no more than 50 items allowed [json-pointer:/blocks]"
    ]


async def test_a_mention_of_everybody_and_a_missing_text_are_recorded(api: Any, cast: Any) -> None:
    await posted(api, cast.general, text="<!channel> look")
    await posted(api, cast.general, text="", blocks=[{"type": "divider"}])
    assert len(api.ws.violations) == 2
    assert "mass mention" in api.ws.violations[0]
    assert "no top-level text" in api.ws.violations[1]


async def test_the_date_header_tells_the_workspaces_time(api: Any, clock: Any) -> None:
    clock.forward(days=1)
    await api("auth.test")
    assert api.headers["Date"] == "Tue, 24 Nov 2026 09:00:00 GMT"


async def test_permalinks_and_who_the_bot_is(api: Any, cast: Any) -> None:
    message = await posted(api, cast.general)
    link = await api("chat.getPermalink", verb="GET", channel=cast.general.id, message_ts=message.ts)
    me = await api("auth.test")
    bot = await api("bots.info", verb="GET", bot=me["bot_id"])

    assert link["permalink"].endswith(f"/archives/{cast.general.id}/p{message.ts.replace('.', '')}")
    assert (me["team_id"], me["user_id"], bot["bot"]["app_id"]) == (
        cast.ws.team_id,
        cast.ws.bot_user_id,
        cast.ws.app_id,
    )


async def test_scopes_nothing_needed_are_told(api: Any, cast: Any) -> None:
    assert "chat:write" in cast.ws.unused_scopes()
    await posted(api, cast.general)
    assert not {"chat:write", "commands"} & cast.ws.unused_scopes()
    assert "im:write" in cast.ws.unused_scopes()


async def test_who_reacted_is_said_where_the_bot_is(api: Any, cast: Any) -> None:
    message = await cast.ws.person(cast.alice).post(cast.general, "well?")
    bob = cast.ws.person(cast.bob)
    await bob.react(message, "+1")
    await bob.react(message, "eyes")
    await bob.unreact(message, "eyes")
    place = {"verb": "GET", "channel": cast.general.id, "timestamp": message.ts}
    said = (await api("reactions.get", **place, full="true"))["message"]
    assert said["reactions"] == [{"name": "+1", "users": [cast.bob.id], "count": 1}]
    assert (await api("reactions.get", **{**place, "timestamp": "1700000000.000001"}))[
        "error"
    ] == "message_not_found"
    outside = await cast.ws.person(cast.charlie).post(cast.elsewhere, "here")
    elsewhere = {"verb": "GET", "channel": cast.elsewhere.id, "timestamp": outside.ts}
    assert (await api("reactions.get", **elsewhere))["error"] == "no_access"


async def test_do_not_disturb_is_told_of_its_schedule_and_of_a_pause_only_to_whom_it_is(
    api: Any, cast: Any
) -> None:
    alice, bot = cast.alice, api.ws.server.team.bot
    none = {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    api.ws.set_do_not_disturb(
        alice, datetime(2026, 11, 23, 21, tzinfo=UTC), datetime(2026, 11, 24, 7, tzinfo=UTC)
    )
    alice.snoozed_until_s = bot.snoozed_until_s = 4_000_000_000
    answer = await api("dnd.info", verb="GET", user=alice.id)
    assert {key: value for key, value in answer.items() if "dnd" in key or "snooze" in key} == {
        "dnd_enabled": True,
        "next_dnd_start_ts": 1795467600,
        "next_dnd_end_ts": 1795503600,
    }
    own = await api("dnd.info", verb="GET")
    assert {key: own[key] for key in none} == none
    assert (own["snooze_enabled"], own["snooze_endtime"]) == (True, 4_000_000_000)
    assert own["snooze_remaining"] > 0
    assert (await api("dnd.info", verb="GET", user="U0NOBODY"))["error"] == "user_not_found"
    api.ws.violations.clear()


async def test_do_not_disturb_needs_its_scope(manifest: Any, settle: Any) -> None:
    async with Workspace(manifest, optional_scopes=False) as ws:
        cast = settle(ws)
        client = AsyncWebClient(token=ws.bot_token, base_url=ws.api_url)
        with pytest.raises(Exception, match="missing_scope"):
            await client.dnd_info(user=cast.alice.id)
