"""response_url: who sees what, for how long and how often."""

from __future__ import annotations

from typing import Any

import pytest

ACTIONS = [
    {"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": "Question"}},
    {
        "type": "actions",
        "block_id": "a",
        "elements": [{"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}],
    },
]


async def _typed(socket_bot: Any) -> tuple[Any, str]:
    urls: list[str] = []

    @socket_bot.app.command("/criteria")
    async def keep(ack: Any, body: dict[str, Any]) -> None:
        urls.append(body["response_url"])
        await ack()

    outcome = await socket_bot.cast.ws.person(socket_bot.cast.alice).command(
        socket_bot.cast.general, "/criteria"
    )
    return outcome, urls[0]


async def _clicked(socket_bot: Any, message: Any) -> tuple[Any, str]:
    urls: list[str] = []

    @socket_bot.app.action("go")
    async def keep(ack: Any, body: dict[str, Any]) -> None:
        urls.append(body["response_url"])
        await ack()

    outcome = await socket_bot.cast.ws.person(socket_bot.cast.alice).click(message, "Go")
    return outcome, urls[0]


async def _post(api: Any, url: str, body: Any) -> tuple[int, str]:
    async with api.session.post(url, json=body) as response:
        return response.status, await response.text()


async def test_an_answer_is_private_unless_it_says_otherwise(api: Any, socket_bot: Any) -> None:
    outcome, url = await _typed(socket_bot)
    assert await _post(api, url, {"text": "for you"}) == (200, "ok")
    assert await _post(api, url, {"text": "for all", "response_type": "in_channel"}) == (200, "ok")

    ws, cast = socket_bot.cast.ws, socket_bot.cast
    assert [message.text for message in ws.ephemerals(cast.alice)] == ["for you"]
    assert [message.text for message in ws.messages(cast.general)] == ["for all"]
    assert [message.text for message in outcome.messages] == ["for you", "for all"]


async def test_a_command_answered_later_waits_for_the_message(api: Any, socket_bot: Any) -> None:
    outcome, url = await _typed(socket_bot)
    assert outcome.text == ""
    await _post(api, url, {"text": "one"})
    await _post(api, url, {"text": "two"})
    assert [(await outcome.next_message()).text for _ in range(2)] == ["one", "two"]
    with pytest.raises(TimeoutError, match="a message at the response_url"):
        await outcome.next_message(timeout_s=0.01)


async def test_five_posts_and_no_more(api: Any, socket_bot: Any) -> None:
    _, url = await _typed(socket_bot)
    answers = [await _post(api, url, {"text": str(number)}) for number in range(6)]
    assert [status for status, _ in answers] == [200] * 5 + [404]
    assert answers[5][1] == '{"ok": false, "error": "Expired url"}'


async def test_half_an_hour_and_no_longer(api: Any, socket_bot: Any) -> None:
    _, url = await _typed(socket_bot)
    socket_bot.clock.forward(minutes=30)
    assert (await _post(api, url, {"text": "just in time"}))[0] == 200
    socket_bot.clock.forward(seconds=1)
    assert (await _post(api, url, {"text": "too late"}))[0] == 404


async def test_replacing_through_a_commands_url_posts_a_new_message(api: Any, socket_bot: Any) -> None:
    outcome, url = await _typed(socket_bot)
    await _post(api, url, {"text": "first"})
    await _post(api, url, {"text": "second", "replace_original": True})
    assert [message.text for message in outcome.messages] == ["first", "second"]


@pytest.mark.parametrize("private", [False, True], ids=["channel message", "ephemeral message"])
async def test_replacing_through_a_clicks_url_changes_the_message(
    api: Any, socket_bot: Any, private: bool
) -> None:
    cast, client = socket_bot.cast, socket_bot.app.client
    content = {"channel": cast.general.id, "text": "q", "blocks": ACTIONS}
    if private:
        await client.chat_postEphemeral(user=cast.alice.id, **content)
    else:
        await client.chat_postMessage(**content)
    (message,) = cast.ws.ephemerals(cast.alice) if private else cast.ws.messages(cast.general)
    outcome, url = await _clicked(socket_bot, message)
    await _post(api, url, {"text": "done", "replace_original": True})

    assert (message.text, message.blocks, message.edited) == ("done", [], True)
    assert await outcome.next_message() is message
    (click,) = cast.ws.calls("block_actions")
    assert ("message" in click.payload) is not private
    assert click.payload["container"]["is_ephemeral"] is private
    await _post(api, url, {"delete_original": True})
    assert message.deleted


async def test_a_clicks_answer_that_leaves_replacing_open_is_recorded(api: Any, socket_bot: Any) -> None:
    cast = socket_bot.cast
    await socket_bot.app.client.chat_postMessage(channel=cast.general.id, text="q", blocks=ACTIONS)
    (message,) = cast.ws.messages(cast.general)
    _, url = await _clicked(socket_bot, message)
    await _post(api, url, {"text": "receipt"})
    assert cast.ws.violations == ["response_url of a click: say replace_original true or false"]
    assert message.text == "q"


async def test_what_came_by_response_url_cannot_be_updated_by_the_api(api: Any, socket_bot: Any) -> None:
    outcome, url = await _typed(socket_bot)
    status, text = await _post(api, url, {"text": "for all", "response_type": "in_channel"})
    assert "ts" not in text
    assert status == 200
    with pytest.raises(Exception, match="cant_update_message"):
        await socket_bot.app.client.chat_update(
            channel=socket_bot.cast.general.id, ts=outcome.message.ts, text="changed"
        )


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        pytest.param(["text"], "invalid_payload", id="a list"),
        pytest.param({"text": "x", "response_type": "shout"}, "invalid_payload", id="unknown response_type"),
        pytest.param({"text": "x", "blocks": [{"type": "section"}]}, "invalid_blocks", id="bad blocks"),
        pytest.param({}, "no_text", id="nothing"),
    ],
)
async def test_a_bad_body_is_refused_with_400(api: Any, socket_bot: Any, body: Any, answer: str) -> None:
    _, url = await _typed(socket_bot)
    assert await _post(api, url, body) == (400, answer)


async def test_an_answer_works_where_the_bot_is_no_member(socket_bot: Any) -> None:
    cast = socket_bot.cast

    @socket_bot.app.command("/criteria")
    async def answer(ack: Any, respond: Any) -> None:
        await ack()
        await respond("here too")

    outcome = await cast.ws.person(cast.charlie).command(cast.elsewhere, "/criteria")
    assert (await outcome.next_message()).text == "here too"
