"""A scheduled post that Slack would not take: tried again or posted elsewhere, once, by whoever may."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from bot.db.models import ScheduleInitiativeRow, ScheduleRow
from bot.deps import Database
from bot.domain.requests import ScheduleChange
from bot.errors import DeliveryError, LoopmarkError, NotAllowedError, UserError
from bot.services.due_posts import WAS_PAUSED
from bot.services.refused import move, try_again
from bot.services.schedules import change_schedule
from bot.slack.errors import refused as refused_by_slack
from handlers.context import Form
from handlers.refused import press_move, press_try_again, submit_move
from tests.progress_world import ALICE, BOB, World
from tests.slack_double import Answer, refused, unclear


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    return made


async def refuse_monday(world: World, *, initiatives: int = 1) -> None:
    """Alice's schedule of #general posts on Monday, and Slack refuses it."""
    await world.read(await world.add(), 700)
    await world.settle()
    for number in range(1, initiatives):
        await world.start(f"Initiative {number}")
    await world.schedule()
    world.forward(days=7)
    world.slack.sent.clear()
    world.slack.script = [refused("restricted_action")]
    await world.settle()
    (told,) = world.slack.sent
    assert told.channel_id == "U0ALICE"
    world.slack.sent.clear()


async def submit(world: World, channel_id: str, schedule_id: int = 1) -> str:
    """Send the form as Alice and return what the modal then shows."""
    await world.press(press_move, str(schedule_id))
    (view_id,) = world.slack.views
    metadata = str(world.slack.views[view_id]["private_metadata"])
    form = Form("move_schedule", {"channel": channel_id}, metadata, view_id)
    await submit_move(form, world.at())
    await world.tasks.idle()
    return str(world.slack.views[view_id]["blocks"])


NEXT_STEPS = {
    "is_archived": "unarchive it or choose another one",
    "channel_not_found": "type `/invite @Loopmark` there",
    "not_in_channel": "type `/invite @Loopmark` there",
    "restricted_action": "ask an admin, or choose another channel",
}


@pytest.mark.parametrize(("error", "next_step"), NEXT_STEPS.items(), ids=NEXT_STEPS)
async def test_the_notice_says_once_what_to_do(world: World, error: str, next_step: str) -> None:
    await world.read(await world.add(), 700)
    await world.settle()
    await world.schedule()
    world.slack.sent.clear()
    world.forward(days=7)
    said_no = refused_by_slack("chat.postMessage", error, effect="once", bot_name="Loopmark")
    world.slack.script = [Answer(False, said_no)]
    await world.settle()
    world.forward(days=30)
    await world.settle()
    (told,) = world.slack.sent
    assert told.channel_id == "U0ALICE"
    assert next_step in told.message.text
    assert "Try again posts what was refused" in told.message.text


async def test_tried_again_the_refused_run_goes_out_at_once_under_its_key_and_the_schedule_runs(
    world: World,
) -> None:
    await refuse_monday(world)
    world.forward(hours=3)
    answer = await world.press(press_try_again, "1")
    assert "Schedule #1 posts" in answer.message.text
    assert "What was refused goes out now." in answer.message.text
    await world.settle()
    (post,) = world.slack.sent
    assert (post.channel_id, post.key) == ("C0GENERAL", "post:1:2026-11-30T08:00:00+00:00:1")
    assert "late by 3 h" in str(post.message.blocks)
    assert world.slack.looks == [], "Slack's no needs no look"
    assert (await world.schedule_row()).state == "active"

    again = await world.press(press_try_again, "1")
    assert "running again already" in again.message.text
    await world.settle()
    assert len(world.slack.sent) == 1


async def test_all_messages_of_the_run_go_out_and_no_older_ones(world: World) -> None:
    await refuse_monday(world, initiatives=3)
    states = [(row.state, row.last_error) for row in await world.outbox() if row.kind == "progress"]
    assert [state for state, _ in states] == ["failed", "dropped", "dropped"]
    assert {because for _, because in states[1:]} == {WAS_PAUSED}
    outcome = await try_again(world.deps, ALICE, 1)
    assert outcome.messages == 3
    await world.settle()
    assert [sent.channel_id for sent in world.slack.sent] == ["C0GENERAL"] * 3

    # The next run is refused too: only that one is tried again.
    world.forward(days=7)
    world.slack.sent.clear()
    world.slack.script = [refused("restricted_action")]
    await world.settle()
    assert (await try_again(world.deps, ALICE, 1)).messages == 3
    await world.settle()
    posts = world.slack.to("C0GENERAL")
    assert {str(sent.key).rpartition(":")[0] for sent in posts} == {"post:1:2026-12-07T08:00:00+00:00"}


async def test_refused_again_it_pauses_again_and_is_told_again(world: World) -> None:
    await refuse_monday(world)
    world.forward(minutes=1)
    await try_again(world.deps, ALICE, 1)
    world.slack.script = [refused("restricted_action")]
    await world.settle()
    (told,) = world.slack.sent
    assert told.channel_id == "U0ALICE"
    assert (await world.schedule_row()).state == "paused"


async def test_a_run_that_may_be_there_is_looked_for_before_it_goes_out_again(world: World) -> None:
    await world.read(await world.add(), 700)
    await world.settle()
    await world.schedule()
    world.forward(days=7)
    world.slack.sent.clear()
    world.slack.script = [unclear(taken=True)]
    world.slack.look_errors = [DeliveryError("Gone.", error="channel_not_found", permanent=True)]
    await world.settle()
    assert (await world.schedule_row()).state == "paused"
    await try_again(world.deps, ALICE, 1)
    await world.settle()
    assert len(world.slack.to("C0GENERAL")) == 1


async def test_while_the_channel_is_shut_nothing_is_tried(world: World) -> None:
    await refuse_monday(world)
    shut = replace(world.slack.channels["C0GENERAL"], is_archived=True)
    world.slack.channels["C0GENERAL"] = shut
    with pytest.raises(UserError, match="#general is archived"):
        await try_again(world.deps, ALICE, 1)
    assert (await world.schedule_row()).state == "paused"


async def test_moved_the_refused_run_and_all_that_follow_go_to_the_other_channel(world: World) -> None:
    await refuse_monday(world)
    shown = await submit(world, "C0LEADS")
    assert "Moved: schedule #1 posts progress of *Checkout rewrite* in <#C0LEADS>" in shown
    await world.settle()
    (post,) = world.slack.sent
    assert (post.channel_id, post.key) == ("C0LEADS", "post:1:2026-11-30T08:00:00+00:00:1")
    world.forward(days=7)
    await world.settle()
    assert [sent.channel_id for sent in world.slack.sent] == ["C0LEADS"] * 2
    row = await world.schedule_row()
    assert (row.state, row.channel_id) == ("active", "C0LEADS")
    # It posted what was at home in #general, and goes on with that.
    assert [link.initiative_id for link in await _links(world)] == [1]


async def _links(world: World) -> list[Any]:
    return await world.deps.database.read(lambda session: list(session.exec(select(ScheduleInitiativeRow))))


@pytest.mark.parametrize(
    ("channel_id", "sentence"),
    [("C0OLD", "#old is archived"), ("C0OUTSIDE", "I am not in #outside"), ("C0NONE", "see that channel")],
)
async def test_a_channel_that_does_not_do_is_told_in_the_form_and_nothing_changes(
    world: World, channel_id: str, sentence: str
) -> None:
    await refuse_monday(world)
    shown = await submit(world, channel_id)
    assert sentence in shown
    assert f"'initial_conversation': '{channel_id}'" in shown
    row = await world.schedule_row()
    assert (row.state, row.channel_id) == ("paused", "C0GENERAL")


async def test_nobody_else_may_try_again_or_move(world: World) -> None:
    await refuse_monday(world)
    for attempt in (try_again(world.deps, BOB, 1), move(world.deps, BOB, 1, "C0LEADS")):
        with pytest.raises(NotAllowedError):
            await attempt
    await change_schedule(world.deps, ALICE, ScheduleChange.REMOVE, 1)
    for attempt in (try_again(world.deps, ALICE, 1), move(world.deps, ALICE, 1, "C0LEADS")):
        with pytest.raises(UserError, match="no schedule"):
            await attempt


async def test_a_private_initiative_moves_only_by_its_owner_who_is_warned(world: World) -> None:
    await world.start("Quiet", "C0SECRET")
    await world.make_private("C0SECRET")
    secret = replace(ALICE, channel_id="C0SECRET", channel_name="secret")
    await world.schedule(actor=secret, channel_id="C0SECRET", names=("Quiet",))
    world.forward(days=7)
    world.slack.script = [refused("restricted_action")]
    await world.settle()
    await world.set_admin("U0BOB", True)
    with pytest.raises(LoopmarkError, match=r"only its owner|no schedule"):
        await move(world.deps, replace(BOB, channel_id="C0SECRET"), 1, "C0LEADS")
    assert (await world.rows(ScheduleRow))[0].channel_id == "C0SECRET"
    await world.press(press_move, "1")
    (view,) = world.slack.views.values()
    assert "*Quiet*: the home is private. Everybody in the channel you choose will see it." in str(view)
    await move(world.deps, ALICE, 1, "C0LEADS")
    await world.settle()
    assert [sent.channel_id for sent in world.slack.sent][-1] == "C0LEADS"
