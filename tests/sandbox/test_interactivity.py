"""Clicks, choices, modals, Home and shortcuts, as Slack sends them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox import Workspace


def plain(text: str) -> dict[str, str]:
    """Return a plain_text object."""
    return {"type": "plain_text", "text": text}


def button(text: str, action_id: str, **more: Any) -> dict[str, Any]:
    """Return a button."""
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a modal with these blocks."""
    shown = blocks or ({"type": "section", "block_id": "s", "text": plain("Loading")},)
    return {
        "type": "modal",
        "callback_id": "m",
        "title": plain("Form"),
        "submit": plain("Save"),
        "blocks": list(shown),
        **more,
    }


def field(block_id: str, label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return an input block."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element | {"action_id": "v"},
        **more,
    }


def options(*texts: str) -> list[dict[str, Any]]:
    """Return options whose value is their text in lower case."""
    return [{"text": plain(text), "value": text.lower()} for text in texts]


ACTIONS = {
    "type": "actions",
    "block_id": "a",
    "elements": [
        button("Go", "go", value="1"),
        button("Other", "go2", value="2"),
        {"type": "overflow", "action_id": "more", "options": options("Edit", "Export")},
        {
            "type": "static_select",
            "action_id": "pick",
            "placeholder": plain("Pick"),
            "options": options("One", "Two"),
        },
    ],
}
WITH_CONFIRM = {
    "type": "actions",
    "block_id": "c",
    "elements": [
        button(
            "Archive",
            "archive",
            confirm={
                "title": plain("Sure?"),
                "text": plain("It stays"),
                "confirm": plain("Yes"),
                "deny": plain("No"),
            },
        ),
        button("Docs", "docs", url="https://example.com/docs"),
    ],
}


@pytest.fixture
async def opener(socket_bot: Any) -> Any:
    """Return the function that lets Alice open a modal and gives back her person and the view."""

    wanted: list[dict[str, Any]] = []

    @socket_bot.app.command("/criteria")
    async def opens(ack: Any, body: dict[str, Any], client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=wanted[-1])
        await ack()

    async def open_modal(view: dict[str, Any]) -> Any:
        wanted.append(view)
        alice = socket_bot.cast.ws.person(socket_bot.cast.alice)
        await alice.command(socket_bot.cast.general, "/criteria add")
        return alice, await alice.wait_view()

    return open_modal


async def _posted(socket_bot: Any, *blocks: dict[str, Any]) -> Any:
    cast = socket_bot.cast
    await socket_bot.app.client.chat_postMessage(channel=cast.general.id, text="q", blocks=list(blocks))
    return cast.ws.messages(cast.general)[-1]


def _listen(app: Any, *action_ids: str) -> list[dict[str, Any]]:
    bodies: list[dict[str, Any]] = []
    for action_id in action_ids:

        async def keep(ack: Any, body: dict[str, Any]) -> None:
            bodies.append(body)
            await ack()

        app.action(action_id)(keep)
    return bodies


async def test_a_click_says_where_and_what(socket_bot: Any) -> None:
    bodies = _listen(socket_bot.app, "go")
    message = await _posted(socket_bot, ACTIONS)
    await socket_bot.cast.ws.person(socket_bot.cast.bob).click(message, "Go")

    (body,) = bodies
    assert body["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": socket_bot.cast.general.id,
        "is_ephemeral": False,
    }
    assert body["user"]["id"] == socket_bot.cast.bob.id
    assert body["message"]["ts"] == message.ts
    assert body["is_enterprise_install"] is False
    (action,) = body["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("go", "a", "1")


async def test_a_choice_carries_its_option_and_stays_in_the_messages_state(socket_bot: Any) -> None:
    bodies = _listen(socket_bot.app, "pick", "more", "go")
    message = await _posted(socket_bot, ACTIONS)
    bob = socket_bot.cast.ws.person(socket_bot.cast.bob)
    await bob.choose(message, "pick", "Two")
    await bob.choose(message, "more", "Export")
    await bob.click(message, "go")

    assert [body["actions"][0].get("selected_option", {}).get("value") for body in bodies] == [
        "two",
        "export",
        None,
    ]
    assert bodies[2]["state"]["values"]["a"]["pick"]["selected_option"]["value"] == "two"
    assert "more" not in bodies[2]["state"]["values"]["a"]


async def test_cancelling_a_confirmation_sends_nothing(socket_bot: Any) -> None:
    bodies = _listen(socket_bot.app, "archive", "docs")
    message = await _posted(socket_bot, WITH_CONFIRM)
    bob = socket_bot.cast.ws.person(socket_bot.cast.bob)
    await bob.click(message, "Archive", confirm=False)
    assert bodies == []
    await bob.click(message, "Archive")
    assert (await bob.click(message, "Docs")).opened == "https://example.com/docs"
    assert [body["actions"][0]["action_id"] for body in bodies] == ["archive", "docs"]


async def test_a_body_in_the_acknowledgement_of_a_click_is_recorded(bot: Any) -> None:
    @bot.app.action("go")
    async def answers(ack: Any) -> None:
        await ack(text="you clicked")

    message = await _posted(bot, ACTIONS)
    outcome = await bot.cast.ws.person(bot.cast.bob).click(message, "Go")
    assert outcome.messages == []
    assert bot.cast.ws.violations == ["block_actions: a body in the acknowledgement, which Slack ignores"]


async def test_nobody_presses_what_they_do_not_see(socket_bot: Any) -> None:
    ws, cast = socket_bot.cast.ws, socket_bot.cast
    message = await _posted(socket_bot, ACTIONS)
    with pytest.raises(LookupError, match="Charlie is not in #general"):
        await ws.person(cast.charlie).click(message, "Go")
    with pytest.raises(LookupError, match=r"0 elements are called 'Stop'; there are: .*Go"):
        await ws.person(cast.bob).click(message, "Stop")
    await socket_bot.app.client.chat_delete(channel=cast.general.id, ts=message.ts)
    with pytest.raises(LookupError, match="not there any more"):
        await ws.person(cast.bob).click(message, "Go")


async def test_a_trigger_lives_three_seconds_and_opens_once(api: Any, cast: Any, clock: Any) -> None:
    modals = cast.ws.server.modals
    trigger = modals.new_trigger(cast.alice)
    clock.forward(seconds=3)
    assert (await api("views.open", trigger_id=trigger, view=modal()))["ok"]
    assert (await api("views.open", trigger_id=trigger, view=modal()))["error"] == "exchanged_trigger_id"
    late = modals.new_trigger(cast.alice)
    clock.forward(seconds=3.1)
    assert (await api("views.open", trigger_id=late, view=modal()))["error"] == "expired_trigger_id"
    assert (await api("views.open", trigger_id="1.2.abc", view=modal()))["error"] == "invalid_trigger_id"
    missing = await api("views.open", view=modal())
    assert missing["error"] == "invalid_arguments"


async def test_a_wrong_view_is_refused_with_pointers(api: Any, cast: Any) -> None:
    trigger = cast.ws.server.modals.new_trigger(cast.alice)
    answer = await api("views.open", trigger_id=trigger, view=modal() | {"title": plain("x" * 25)})
    assert answer["error"] == "invalid_arguments"
    assert any("json-pointer:/view/title" in line for line in answer["response_metadata"]["messages"])
    home = await api("views.open", trigger_id=trigger, view={"type": "home", "blocks": []})
    assert home["error"] == "invalid_arguments"
    assert (await api("views.open", trigger_id=trigger, view=modal()))["ok"], (
        "a refused view leaves the trigger alone"
    )


async def test_an_update_changes_the_hash_and_an_old_hash_conflicts(api: Any, cast: Any) -> None:
    trigger = cast.ws.server.modals.new_trigger(cast.alice)
    opened = (await api("views.open", trigger_id=trigger, view=modal()))["view"]
    changed = (await api("views.update", view_id=opened["id"], hash=opened["hash"], view=modal()))["view"]

    assert changed["hash"] != opened["hash"]
    stale = await api("views.update", view_id=opened["id"], hash=opened["hash"], view=modal())
    assert stale["error"] == "hash_conflict"
    await cast.ws.person(cast.alice).close_view()
    assert (await api("views.update", view_id=opened["id"], view=modal()))["error"] == "not_found"


async def test_an_external_id_is_unique_and_finds_its_view(api: Any, cast: Any) -> None:
    modals = cast.ws.server.modals
    await api("views.open", trigger_id=modals.new_trigger(cast.alice), view=modal(external_id="draft-1"))
    twice = await api(
        "views.open", trigger_id=modals.new_trigger(cast.bob), view=modal(external_id="draft-1")
    )
    changed = await api(
        "views.update", external_id="draft-1", view=modal(external_id="draft-1", private_metadata="7")
    )

    assert twice["error"] == "duplicate_external_id"
    assert changed["view"]["private_metadata"] == "7"


async def test_three_views_are_the_deepest_stack(socket_bot: Any, opener: Any) -> None:
    errors: list[str] = []

    @socket_bot.app.action("deeper")
    async def deeper(ack: Any, body: dict[str, Any], client: Any) -> None:
        try:
            await client.views_push(trigger_id=body["trigger_id"], view=page)
        except SlackApiError as error:
            errors.append(error.response["error"])
        await ack()

    page = modal({"type": "actions", "block_id": "a", "elements": [button("Deeper", "deeper")]})
    alice, first = await opener(page)
    for _ in range(3):
        await alice.click_view("Deeper")

    assert len(alice.views) == 3
    assert errors == ["push_limit_reached"]
    assert alice.views[1].previous_id == first.id
    assert {view.root_id for view in alice.views} == {first.id}


async def test_what_was_typed_survives_an_update_of_the_same_input(api: Any, cast: Any) -> None:
    name, other = (
        field("name", "Name", {"type": "plain_text_input"}),
        field("x", "Note", {"type": "plain_text_input"}),
    )
    trigger = cast.ws.server.modals.new_trigger(cast.alice)
    opened = (await api("views.open", trigger_id=trigger, view=modal(name)))["view"]
    alice = cast.ws.person(cast.alice)
    await alice.fill({"Name": "p95"})
    kept = (await api("views.update", view_id=opened["id"], view=modal(name, other)))["view"]
    renamed = field("name2", "Name", {"type": "plain_text_input", "initial_value": "fresh"})
    fresh = (await api("views.update", view_id=opened["id"], view=modal(renamed)))["view"]

    assert kept["state"]["values"]["name"]["v"]["value"] == "p95"
    assert fresh["state"]["values"] == {"name2": {"v": {"type": "plain_text_input", "value": "fresh"}}}


async def test_every_kind_of_input_is_filled_in_by_its_label(socket_bot: Any, opener: Any) -> None:
    cast, states = socket_bot.cast, []

    @socket_bot.app.view("m")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        states.append({block: entry["v"] for block, entry in view["state"]["values"].items()})
        await ack()

    alice, _ = await opener(
        modal(
            field("text", "Name", {"type": "plain_text_input"}),
            field("number", "Target", {"type": "number_input", "is_decimal_allowed": True}),
            field("url", "URL", {"type": "url_text_input"}, optional=True),
            field("kind", "Kind", {"type": "static_select", "options": options("Success", "Guardrail")}),
            field("better", "Better when", {"type": "radio_buttons", "options": options("Higher", "Lower")}),
            field("due", "Due date", {"type": "datepicker"}),
            field("at", "At", {"type": "timepicker"}),
            field("owner", "Owner", {"type": "users_select"}),
            field("home", "Channel", {"type": "conversations_select"}),
            field("days", "Days", {"type": "checkboxes", "options": options("Mon", "Tue", "Wed")}),
            field("askers", "People", {"type": "multi_users_select"}),
        )
    )
    result = await alice.submit(
        {
            "Name": "p95",
            "Target": 300,
            "Kind": "Guardrail",
            "Better when": "Lower",
            "Due date": dt.date(2026, 12, 12),
            "At": "09:30",
            "Owner": cast.bob,
            "Channel": cast.general,
            "Days": ["Mon", "Wed"],
            "People": [cast.bob.id],
        }
    )

    assert result.closed, result
    (state,) = states
    assert state["text"]["value"] == "p95"
    assert state["number"]["value"] == "300"
    assert state["url"]["value"] is None
    assert state["kind"]["selected_option"]["value"] == "guardrail"
    assert state["better"]["selected_option"]["value"] == "lower"
    assert state["due"]["selected_date"] == "2026-12-12"
    assert state["at"]["selected_time"] == "09:30"
    assert state["owner"]["selected_user"] == cast.bob.id
    assert state["home"]["selected_conversation"] == cast.general.id
    assert [option["value"] for option in state["days"]["selected_options"]] == ["mon", "wed"]
    assert state["askers"]["selected_users"] == [cast.bob.id]


@pytest.mark.parametrize(
    ("answer", "titles", "failed"),
    [
        pytest.param({}, [], False, id="closes"),
        pytest.param(
            {"response_action": "update", "view": modal() | {"title": plain("Saved")}},
            ["Saved"],
            False,
            id="updates",
        ),
        pytest.param(
            {"response_action": "push", "view": modal() | {"title": plain("Next")}},
            ["Form", "Next"],
            False,
            id="pushes",
        ),
        pytest.param({"response_action": "clear"}, [], False, id="clears"),
        pytest.param(
            {"response_action": "errors", "errors": {"nosuch": "bad"}},
            ["Form"],
            True,
            id="errors name no input",
        ),
        pytest.param({"response_action": "explode"}, ["Form"], True, id="unknown action"),
        pytest.param(
            {"response_action": "update", "view": {"type": "modal"}}, ["Form"], True, id="invalid view"
        ),
    ],
)
async def test_a_submission_does_what_the_answer_says(
    bot: Any, answer: dict[str, Any], titles: list[str], failed: bool
) -> None:
    cast = bot.cast

    @bot.app.command("/criteria")
    async def opens(ack: Any, body: dict[str, Any], client: Any) -> None:
        await client.views_open(
            trigger_id=body["trigger_id"], view=modal(field("n", "N", {"type": "plain_text_input"}))
        )
        await ack()

    @bot.app.view("m")
    async def submitted(ack: Any) -> None:
        await ack(answer)

    alice = cast.ws.person(cast.alice)
    await alice.command(cast.general, "/criteria")
    result = await alice.submit({"N": "1"})

    assert [view.title for view in alice.views] == titles
    assert (result.failed is not None) is failed
    assert bool(cast.ws.violations) is failed
    assert result.view is alice.view


async def test_a_submission_nobody_answers_leaves_the_modal_open(socket_bot: Any, opener: Any) -> None:
    alice, view = await opener(modal(field("n", "N", {"type": "plain_text_input"})))
    socket_bot.cast.ws.ack_limit_s = 0.05
    socket_bot.cast.ws.deafen_sockets()
    result = await alice.submit({"N": "1"})
    assert result.failed is not None
    assert alice.view is view
    assert "view_submission failed" in socket_bot.cast.ws.failures[0]


async def test_closing_is_told_only_where_the_view_asks_for_it(socket_bot: Any, opener: Any) -> None:
    closed: list[Any] = []

    @socket_bot.app.view_closed("m")
    async def told(ack: Any, body: dict[str, Any]) -> None:
        closed.append(body["is_cleared"])
        await ack()

    alice, _ = await opener(modal())
    await alice.close_view()
    assert closed == []
    alice, _ = await opener(modal(notify_on_close=True))
    await alice.close_view()
    assert closed == [False]
    assert alice.view is None


async def test_a_click_in_a_modal_has_no_response_url_and_no_channel(socket_bot: Any, opener: Any) -> None:
    bodies = _listen(socket_bot.app, "go")
    alice, view = await opener(modal({"type": "actions", "block_id": "a", "elements": [button("Go", "go")]}))
    await alice.click_view("Go")
    (body,) = bodies
    assert body["container"] == {"type": "view", "view_id": view.id}
    assert not {"response_url", "channel", "message"} & set(body)
    assert body["view"]["id"] == view.id


async def test_home_is_published_and_its_opening_is_an_event(socket_bot: Any) -> None:
    cast = socket_bot.cast
    blocks = [{"type": "section", "block_id": "s", "text": plain("Nothing behind")}]

    @socket_bot.app.event("app_home_opened")
    async def publish(event: dict[str, Any], client: Any) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    await cast.ws.person(cast.alice).open_home()
    home = await cast.ws.wait_for(lambda: cast.ws.home(cast.alice))
    assert home.shown.strip() == "Nothing behind"
    assert cast.ws.home(cast.bob) is None


async def test_home_needs_its_tab(manifest: Any, settle: Any, new_app: Any) -> None:
    manifest["features"]["app_home"]["home_tab_enabled"] = False
    async with Workspace(manifest) as ws:
        cast = settle(ws)
        with pytest.raises(Exception, match="not_enabled"):
            await new_app(ws).client.views_publish(user_id=cast.alice.id, view={"type": "home", "blocks": []})


async def test_shortcuts_come_as_declared(socket_bot: Any) -> None:
    cast, bodies = socket_bot.cast, []

    @socket_bot.app.shortcut("new_note")
    @socket_bot.app.shortcut("keep")
    async def keep(ack: Any, body: dict[str, Any], respond: Any) -> None:
        bodies.append(body)
        await ack()
        if body["type"] == "message_action":
            await respond("kept")

    alice = cast.ws.person(cast.alice)
    await alice.shortcut("new_note")
    message = await alice.post(cast.general, "worth keeping")
    outcome = await alice.message_shortcut("keep", message)

    assert [body["type"] for body in bodies] == ["shortcut", "message_action"]
    assert bodies[1]["message"]["text"] == "worth keeping"
    assert (await outcome.next_message()).text == "kept"
    with pytest.raises(LookupError, match="declares no global shortcut keep"):
        await alice.shortcut("keep")


async def test_commands_are_refused_where_slack_refuses_them(socket_bot: Any) -> None:
    cast = socket_bot.cast
    alice = cast.ws.person(cast.alice)
    message = await alice.post(cast.general, "root")
    old = cast.ws.add_channel("old", members=[cast.alice], archived=True)
    before = len(cast.ws.traffic)

    in_thread = await alice.command(cast.general, "/criteria", thread=message)
    assert in_thread.refused == "/criteria is not supported in threads. Sorry!"
    assert (await alice.command(old, "/criteria")).refused == "#old is archived"
    assert (await alice.command(cast.general, "/unknown")).refused == "/unknown is not a valid command"
    with pytest.raises(LookupError, match="Charlie is not in #general"):
        await cast.ws.person(cast.charlie).command(cast.general, "/criteria")
    assert len(cast.ws.traffic) == before


@pytest.mark.parametrize(("place", "name"), [("secret", "privategroup"), ("direct", "directmessage")])
async def test_private_places_are_named_as_slack_names_them(socket_bot: Any, place: str, name: str) -> None:
    cast, names = socket_bot.cast, []

    @socket_bot.app.command("/criteria")
    async def keep(ack: Any, body: dict[str, Any]) -> None:
        names.append(body["channel_name"])
        await ack()

    channel = cast.secret if place == "secret" else cast.ws.direct_channel(cast.alice)
    await cast.ws.person(cast.alice).command(channel, "/criteria")
    assert names == [name]
