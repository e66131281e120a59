"""A real Bolt app does the whole round, over Socket Mode and over signed HTTP."""

from __future__ import annotations

from typing import Any

BUTTONS = [
    {"type": "section", "block_id": "q", "text": {"type": "mrkdwn", "text": "How clear is it?"}},
    {
        "type": "actions",
        "block_id": "answers",
        "elements": [
            {
                "type": "button",
                "action_id": "vote",
                "value": "1",
                "text": {"type": "plain_text", "text": "Clear"},
            },
        ],
    },
]
MODAL = {
    "type": "modal",
    "callback_id": "criterion",
    "title": {"type": "plain_text", "text": "Add a criterion"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": {"type": "plain_text", "text": "Name"},
            "element": {"type": "plain_text_input", "action_id": "v", "max_length": 20},
        },
        {
            "type": "input",
            "block_id": "target",
            "label": {"type": "plain_text", "text": "Target"},
            "element": {"type": "number_input", "action_id": "v", "is_decimal_allowed": True},
        },
    ],
}


async def test_a_command_is_answered_in_its_acknowledgement(bot: Any) -> None:
    seen: list[dict[str, Any]] = []

    @bot.app.command("/criteria")
    async def list_criteria(ack: Any, body: dict[str, Any]) -> None:
        seen.append(body)
        await ack("No criteria yet")

    answer = await bot.cast.ws.person(bot.cast.alice).command(bot.cast.general, "/criteria list")

    assert answer.acknowledged
    assert answer.error is None
    assert answer.text == "No criteria yet"
    assert answer.message.only_for is bot.cast.alice
    assert bot.cast.ws.ephemerals(bot.cast.alice) == [answer.message]
    assert bot.cast.ws.ephemerals(bot.cast.bob) == []
    assert (seen[0]["text"], seen[0]["channel_name"], seen[0]["is_enterprise_install"]) == (
        "list",
        "general",
        "false",
    )
    assert "enterprise_id" not in seen[0]
    assert "thread_ts" not in seen[0]
    assert bot.cast.ws.violations == []


async def test_a_modal_shows_errors_and_closes_when_they_are_mended(bot: Any) -> None:
    saved: list[str] = []

    @bot.app.command("/criteria")
    async def add(ack: Any, body: dict[str, Any], client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        await ack()

    @bot.app.view("criterion")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        name = view["state"]["values"]["name"]["v"]["value"]
        if name == "taken":
            return await ack(response_action="errors", errors={"name": "There is one with that name"})
        saved.append(name)
        return await ack()

    alice = bot.cast.ws.person(bot.cast.alice)
    await alice.command(bot.cast.general, "/criteria add")
    assert (await alice.wait_view(lambda view: view.title == "Add a criterion")).user is bot.cast.alice

    incomplete = await alice.submit({"Name": "taken"})
    assert incomplete.errors == {"Target": "Please complete this required field."}
    assert not incomplete.sent
    refused = await alice.submit({"Target": "300"})
    assert refused.errors == {"Name": "There is one with that name"}
    assert alice.view is refused.view
    done = await alice.submit({"Name": "p95"})

    assert done.closed
    assert alice.view is None
    assert saved == ["p95"]
    assert bot.cast.ws.violations == []


async def test_a_click_is_answered_at_its_response_url(bot: Any) -> None:
    @bot.app.action("vote")
    async def vote(ack: Any, respond: Any, body: dict[str, Any]) -> None:
        await ack()
        assert body["container"]["is_ephemeral"] is False
        await respond(text="Counted", replace_original=False, response_type="ephemeral")

    posted = await bot.app.client.chat_postMessage(channel=bot.cast.general.id, text="Prompt", blocks=BUTTONS)
    (message,) = bot.cast.ws.messages(bot.cast.general)
    outcome = await bot.cast.ws.person(bot.cast.bob).click(message, "Clear")
    receipt = await outcome.next_message()

    assert message.ts == posted["ts"]
    assert receipt.text == "Counted"
    assert receipt.only_for is bot.cast.bob
    assert message.shown == "How clear is it?\nClear"
    assert bot.cast.ws.violations == []


async def test_a_posted_message_is_updated_in_place(bot: Any) -> None:
    posted = await bot.app.client.chat_postMessage(channel=bot.cast.general.id, text="one", blocks=BUTTONS)
    await bot.app.client.chat_update(channel=bot.cast.general.id, ts=posted["ts"], text="two")

    (message,) = bot.cast.ws.messages(bot.cast.general)
    assert (message.text, message.blocks, message.edited) == ("two", [], True)


async def test_subscribed_events_arrive_in_their_envelope(bot: Any) -> None:
    renamed: list[dict[str, Any]] = []

    @bot.app.event("channel_rename")
    async def rename(body: dict[str, Any]) -> None:
        renamed.append(body)

    bot.cast.ws.rename(bot.cast.general, "everyone")
    await bot.cast.ws.drained()

    assert [body["event"]["channel"]["name"] for body in renamed] == ["everyone"]
    assert renamed[0]["type"] == "event_callback"
    assert renamed[0]["event_id"].startswith("Ev")


async def test_an_event_the_manifest_does_not_name_is_not_sent(bot: Any) -> None:
    bot.cast.ws.unarchive(bot.cast.general)
    await bot.cast.ws.drained()

    assert [record for record in bot.cast.ws.traffic if record.direction == "to_bot"] == []


async def test_an_external_select_is_filled_from_suggestions(bot: Any) -> None:
    @bot.app.command("/criteria")
    async def add(ack: Any, body: dict[str, Any], client: Any) -> None:
        select = {
            "type": "input",
            "block_id": "of",
            "label": {"type": "plain_text", "text": "Initiative"},
            "element": {"type": "external_select", "action_id": "pick", "min_query_length": 0},
        }
        await client.views_open(trigger_id=body["trigger_id"], view={**MODAL, "blocks": [select]})
        await ack()

    @bot.app.options("pick")
    async def offer(ack: Any, payload: dict[str, Any]) -> None:
        await ack(options=[{"text": {"type": "plain_text", "text": payload["value"]}, "value": "7"}])

    chosen: list[Any] = []

    @bot.app.view("criterion")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        chosen.append(view["state"]["values"]["of"]["pick"]["selected_option"]["value"])
        await ack()

    alice = bot.cast.ws.person(bot.cast.alice)
    await alice.command(bot.cast.general, "/criteria add")
    assert (await alice.submit({"Initiative": "Checkout"})).closed
    assert chosen == ["7"]
