"""`/progress` and its buttons and form, as Slack's payloads come in and answers go out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

import pytest
from slack_bolt.async_app import AsyncApp

from bot.db.models import ScheduleRow
from bot.db.sqlite import SqliteDatabase
from bot.domain.actor import Actor
from bot.domain.message import Message
from handlers.context import FieldErrors, Pace, ShowView
from handlers.dispatch import answer_command, answer_submission, register
from handlers.routes import CLICKS
from handlers.scheduling import read_typed
from tests.progress_world import ALICE, BOB, CHARLIE, TEAM, World
from tests.slack_double import accept, buttons

URL = "https://hooks.slack.com/commands/1"


@pytest.fixture
async def world(sqlite_database: SqliteDatabase) -> World:
    made = World(sqlite_database)
    await made.set_scene()
    return made


class ListenersOnly:
    """As much of a Bolt app as registering needs: it keeps the listener for clicks."""

    on_action: Callable[..., Awaitable[None]]

    def action(self, _pattern: object) -> Callable[[Callable[..., Awaitable[None]]], None]:
        """Keep the listener."""

        def keep(listener: Callable[..., Awaitable[None]]) -> None:
            self.on_action = listener

        return keep

    def command(self, _pattern: object) -> Callable[[object], None]:
        """Take a listener that is not needed here."""
        return lambda _listener: None

    view = view_closed = event = shortcut = options = command

    def error(self, _handler: object) -> None:
        """Take the error handler."""


async def typed(world: World, text: str, actor: Actor = ALICE) -> list[Message]:
    """Type `/progress …` and return every private answer, the acknowledgement's among them."""
    before = len(world.slack.responses)
    body = {
        "command": "/progress",
        "text": text,
        "team_id": TEAM,
        "user_id": actor.user_id,
        "channel_id": actor.channel_id,
        "channel_name": actor.channel_name,
        "response_url": URL,
        "trigger_id": "1.2.abc",
    }
    acknowledged = await answer_command(world.deps, body)
    await world.tasks.idle()
    answers = [message for _, message, _ in world.slack.responses[before:]]
    if acknowledged is not None:
        accept(acknowledged, "command_ack")
        answers.insert(0, acknowledged)
    return answers


async def press(
    world: World, shown: Message | Mapping[str, Any], button: str, actor: Actor = ALICE, *, view_id: str = ""
) -> list[tuple[Message, bool]]:
    """Press a button of a message or modal; return every private answer, and whether it replaced the message."""
    action_id, value = buttons(shown)[button]
    before = len(world.slack.responses)
    body: dict[str, Any] = {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": actor.user_id},
        "trigger_id": "1.2.abc",
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value}],
    }
    if view_id:
        assert not isinstance(shown, Message)
        body |= {
            "container": {"type": "view", "view_id": view_id},
            "view": {"id": view_id, "private_metadata": shown["private_metadata"], "state": {"values": {}}},
        }
    else:
        body |= {
            "container": {
                "type": "message",
                "message_ts": "1.2",
                "channel_id": actor.channel_id,
                "is_ephemeral": True,
            },
            "channel": {"id": actor.channel_id, "name": actor.channel_name},
            "response_url": URL,
        }
    acknowledged: list[object] = []

    async def ack(*carried: object) -> None:
        acknowledged.append(carried)

    bolt = ListenersOnly()
    register(cast(AsyncApp, bolt), world.deps)
    await bolt.on_action(ack, body)
    assert acknowledged == [()], "an acknowledgement of a click carries nothing"
    await world.tasks.idle()
    return [(message, replaced) for _, message, replaced in world.slack.responses[before:]]


async def submit(
    world: World, view_id: str, values: Mapping[str, Any], actor: Actor = ALICE, *, then_close: bool = False
) -> Any:
    """Send the open modal with these values, as Slack would."""
    view = world.slack.views[view_id]
    state = {
        block["block_id"]: {block["element"]["action_id"]: values.get(block["block_id"], {})}
        for block in view["blocks"]
        if block["type"] == "input"
    }
    body = {
        "type": "view_submission",
        "team": {"id": TEAM},
        "user": {"id": actor.user_id},
        "view": {**view, "id": view_id, "state": {"values": state}},
    }
    answer = await answer_submission(world.deps, body)
    if isinstance(answer, ShowView):
        world.slack.views[view_id] = answer.view
    if then_close:
        del world.slack.views[view_id]
    await world.tasks.idle()
    return answer


def text_of(view: Mapping[str, Any]) -> str:
    return " ".join(block["text"]["text"] for block in view["blocks"] if block["type"] == "section")


async def test_a_preview_can_be_posted_here_once(world: World) -> None:
    await world.read(await world.add(), 700)
    await world.settle()
    world.slack.sent.clear()
    (preview,) = await typed(world, "")
    assert "Preview, seen only by you" in str(preview.blocks)
    assert world.slack.sent == []
    ((answer, replaced),) = await press(world, preview, "Post here")
    assert replaced
    assert answer.text == "On its way to <#C0GENERAL>."
    ((again, _),) = await press(world, preview, "Post here")
    assert "posted already" in again.text
    await world.settle()
    assert [sent.channel_id for sent in world.slack.sent] == ["C0GENERAL"]


async def test_a_channel_with_many_initiatives_is_previewed_four_at_a_time(world: World) -> None:
    for number in range(5):
        await world.start(f"Initiative {number}")
    first = await typed(world, "")
    assert len(first) == 5, "Slack takes five answers to one command"
    assert first[-1].text == "and 2 more initiatives"
    second = await press(world, first[-1], "Next")
    assert [message.text.partition(",")[0] for message, _ in second] == ["Initiative 3", "Initiative 4"]


async def test_a_channel_without_initiatives_is_told_what_to_type(world: World) -> None:
    (answer,) = await typed(world, "", CHARLIE)
    assert "This channel is home to no initiative" in answer.text


async def test_two_of_a_name_are_chosen_from_by_button(world: World) -> None:
    await world.start("Checkout rewrite", "C0OUTSIDE")
    (question,) = await typed(world, "for Checkout rewrite", CHARLIE)
    assert set(buttons(question)) == {"Checkout rewrite · #general", "Checkout rewrite · #outside"}
    ((answer, replaced),) = await press(world, question, "Checkout rewrite · #outside", CHARLIE)
    assert replaced
    assert "Preview, seen only by you" in str(answer.blocks)


async def test_why_is_answered_privately(world: World) -> None:
    await world.read(await world.add(), 900)
    (preview,) = await typed(world, "")
    ((why, replaced),) = await press(world, preview, "Why?", BOB)
    assert not replaced
    assert "Rule: guardrail &lt;= 800 ms" in why.text


async def test_a_schedule_is_created_and_its_next_runs_named_with_the_zone(world: World) -> None:
    (answer,) = await typed(world, "schedule every Mon 09:00 in <#C0LEADS|leads> for Checkout rewrite")
    assert answer.text == (
        "Schedule #1: progress of *Checkout rewrite* in <#C0LEADS> every Mon 09:00. "
        "next: Mon 30 Nov 09:00, Mon 7 Dec 09:00, Mon 14 Dec 09:00, Mon 21 Dec 09:00, Mon 28 Dec 09:00 (Europe/Berlin)"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("schedule every Mon", "At what time?", id="no time"),
        pytest.param("schedule every Mon 09:00 in #leads", "Slack's list", id="a literal channel"),
        pytest.param("schedule every 3 fortnights", "fortnights", id="unknown unit"),
        pytest.param(
            "schedule every Mon 09:00 in <#C0OUTSIDE|outside>", "/invite @Loopmark", id="not a member"
        ),
        pytest.param("schedule every Mon 09:00 in <#C0OLD|old>", "archived", id="archived"),
        pytest.param("schedule every Mon 09:00 for Chekout", "Checkout rewrite", id="unknown initiative"),
    ],
)
async def test_bad_input_is_answered_once_with_what_was_typed_and_a_form(
    world: World, text: str, said: str
) -> None:
    (answer,) = await typed(world, text)
    assert said in answer.text
    assert "/progress schedule" in str(answer.blocks[1])
    assert list(buttons(answer)) == ["Open as form"]
    assert await world.rows(ScheduleRow) == []


async def test_open_as_form_keeps_what_could_be_read(world: World) -> None:
    (answer,) = await typed(world, "schedule every Mon in <#C0LEADS|leads> zone UTC for Checkout rewrite")
    await press(world, answer, "Open as form")
    (view,) = world.slack.views.values()
    elements = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    assert elements["every"]["initial_value"] == "every Mon"
    assert elements["channel"]["initial_conversation"] == "C0LEADS"
    assert [each["value"] for each in elements["initiatives"]["initial_options"]] == ["1"]
    assert elements["zone"]["initial_value"] == "UTC"


@pytest.mark.parametrize(
    ("text", "filled", "names"),
    [
        pytest.param("schedule", {}, [], id="nothing"),
        pytest.param('schedule cron "0 9 * * 1"', {"every": 'cron "0 9 * * 1"'}, [], id="cron"),
        pytest.param("schedule weekday 16:00", {"every": "every weekday 16:00"}, [], id="every left out"),
        pytest.param(
            'schedule every 2 weeks Mon 09:00 zone Mars/One for "A", "B"',
            {"every": "every 2 weeks Mon 09:00", "zone": "Mars/One"},
            ["A", "B"],
            id="names",
        ),
        pytest.param("schedule for", {}, [], id="a dangling for"),
    ],
)
def test_a_typed_line_is_read_as_far_as_it_can_be(
    text: str, filled: dict[str, str], names: list[str]
) -> None:
    assert read_typed(text) == (filled, names)


async def open_form(world: World) -> str:
    assert await typed(world, "schedule") == []
    return list(world.slack.views)[-1]


def filled(**values: Any) -> dict[str, Any]:
    chosen = [{"value": each} for each in values.pop("initiatives", [])]
    return {
        "every": {"type": "plain_text_input", "value": values.get("every", "every Mon 09:00")},
        "channel": {
            "type": "conversations_select",
            "selected_conversation": values.get("channel", "C0LEADS"),
        },
        "initiatives": {"type": "multi_static_select", "selected_options": chosen},
        "zone": {"type": "plain_text_input", "value": values.get("zone", "Europe/Berlin")},
    }


async def test_the_form_creates_a_schedule_and_shows_it_in_its_place(world: World) -> None:
    view_id = await open_form(world)
    answer = await submit(world, view_id, filled(initiatives=["1"], zone="UTC"))
    assert isinstance(answer, ShowView)
    shown = world.slack.views[view_id]
    assert "Schedule #1: progress of *Checkout rewrite* in <#C0LEADS> every Mon 09:00." in text_of(shown)
    assert buttons(shown) == {}, "a modal takes no answers to clicks"
    (row,) = await world.rows(ScheduleRow)
    assert (row.zone, row.channel_id) == ("UTC", "C0LEADS")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        pytest.param({"every": "every Mon"}, "every", id="rhythm"),
        pytest.param({"zone": "Berlin Time"}, "zone", id="zone"),
        pytest.param({"channel": None}, "channel", id="channel"),
    ],
)
async def test_what_is_wrong_in_the_form_is_said_under_its_field(
    world: World, values: dict[str, Any], field: str
) -> None:
    answer = await submit(world, await open_form(world), filled(**values))
    assert isinstance(answer, FieldErrors)
    assert list(answer.errors) == [field]


async def test_what_the_channel_check_finds_comes_back_in_the_form_with_everything_kept(world: World) -> None:
    view_id = await open_form(world)
    await submit(world, view_id, filled(channel="C0OUTSIDE", every="every day 07:15"))
    view = world.slack.views[view_id]
    assert "I am not in #outside" in text_of(view)
    elements = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    assert elements["every"]["initial_value"] == "every day 07:15"
    await submit(world, view_id, filled(every="every day 07:15", initiatives=["1"]))
    assert "Schedule #1" in text_of(world.slack.views[view_id])


async def test_the_answer_to_a_closed_form_comes_as_a_direct_message(world: World) -> None:
    view_id = await open_form(world)
    await submit(world, view_id, filled(initiatives=["1"]), then_close=True)
    (told,) = world.slack.to("U0ALICE")
    assert "Schedule #1" in told.message.text


async def test_a_private_initiative_is_scheduled_elsewhere_after_a_warning(world: World) -> None:
    await world.make_private("C0GENERAL")
    (warning,) = await typed(world, "schedule every Mon 09:00 in <#C0LEADS|leads> for Checkout rewrite")
    assert "Nothing is scheduled yet" in warning.text
    assert await world.rows(ScheduleRow) == []
    ((answer, replaced),) = await press(world, warning, "Schedule it anyway")
    assert replaced
    assert answer.text.startswith("Schedule #1: progress of *Checkout rewrite* in <#C0LEADS>")


async def test_the_same_warning_stands_in_the_form(world: World) -> None:
    await world.make_private("C0GENERAL")
    view_id = await open_form(world)
    await submit(world, view_id, filled(initiatives=["1"]))
    view = world.slack.views[view_id]
    assert "Nothing is scheduled yet" in text_of(view)
    assert await press(world, view, "Schedule it anyway", view_id=view_id) == []
    assert "Schedule #1" in text_of(world.slack.views[view_id])


async def test_somebody_else_is_offered_to_ask_the_owner(world: World) -> None:
    await world.make_private("C0GENERAL")
    (refusal,) = await typed(world, "schedule every Mon 09:00 in <#C0LEADS|leads> for Checkout rewrite", BOB)
    assert "Only its owner can schedule it" in refusal.text
    await press(world, refusal, "Ask the owner", BOB)
    (told,) = world.slack.to("U0ALICE")
    assert "/progress schedule every Mon 09:00" in told.message.text


async def test_schedules_are_listed_paused_resumed_tested_and_removed(world: World) -> None:
    await typed(world, "schedule every Mon 09:00")
    (listed,) = await typed(world, "list")
    assert listed.text.startswith("*#1* every Mon 09:00 in <#C0GENERAL>")
    (paused,) = await typed(world, "pause")
    assert "Paused schedule #1" in paused.text
    (listed,) = await typed(world, "list")
    assert "⏸️ paused" in listed.text
    (resumed,) = await typed(world, "resume #1")
    assert "next: Mon 30 Nov 09:00" in resumed.text
    (tested,) = await typed(world, "test #1")
    assert "Test of #1, seen only by you" in str(tested.blocks)
    assert world.slack.sent == []
    (removed,) = await typed(world, "remove")
    assert "Removed schedule #1" in removed.text
    (listed,) = await typed(world, "list")
    assert "No schedule posts here yet" in listed.text


async def test_the_buttons_of_a_list_do_the_same(world: World) -> None:
    await typed(world, "schedule every Mon 09:00")
    (listed,) = await typed(world, "list")
    ((tested, _),) = await press(world, listed, "Test")
    assert "Test of #1" in str(tested.blocks)
    ((paused, _),) = await press(world, listed, "Pause")
    ((resumed, _),) = await press(world, paused, "Resume")
    assert "posts again" in resumed.text
    ((removed, _),) = await press(world, resumed, "Remove")
    assert "Removed" in removed.text
    ((gone, _),) = await press(world, listed, "Pause")
    assert "There is no schedule" in gone.text


async def test_one_of_several_schedules_is_chosen_by_button(world: World) -> None:
    await typed(world, "schedule every Mon 09:00")
    await typed(world, "schedule every weekday 16:00")
    (question,) = await typed(world, "pause")
    ((answer, _),) = await press(world, question, "#2 every weekday 16:00")
    assert "Paused schedule #2" in answer.text


async def test_somebody_else_may_not_change_a_schedule_and_can_ask(world: World) -> None:
    await typed(world, "schedule every Mon 09:00")
    (refusal,) = await typed(world, "remove #1", CHARLIE)
    assert "Only whoever set up schedule #1" in refusal.text
    assert "Ask the owner" in buttons(refusal)


async def test_a_test_of_many_initiatives_pages(world: World) -> None:
    for number in range(5):
        await world.start(f"Initiative {number}")
    await typed(world, "schedule every Mon 09:00")
    shown = await typed(world, "test")
    assert len(shown) == 5
    rest = await press(world, shown[-1], "Next")
    assert len(rest) == 2
    assert world.slack.sent == []


async def test_a_long_list_of_schedules_pages(world: World) -> None:
    for minute in range(14):
        await world.schedule(f"every day 09:{minute:02}")
    (listed,) = await typed(world, "list")
    ((rest, _),) = await press(world, listed, "Next 2")
    assert rest.text.count("every day") == 2


async def test_a_person_slack_was_never_asked_about_is_learnt_on_the_way(
    sqlite_database: SqliteDatabase,
) -> None:
    world = World(sqlite_database)
    await world.set_scene(people=False)
    (answer,) = await typed(world, "schedule every Mon 09:00")
    assert "(Europe/Berlin)" in answer.text


def test_what_calls_slack_is_slow() -> None:
    slow = {name for name, route in CLICKS.items() if route.pace is Pace.SLOW}
    assert {"post_here", "schedule_progress", "confirm_schedule", "change_schedule"} <= slow
