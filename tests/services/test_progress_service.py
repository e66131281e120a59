"""Previews, [Post here] and [Why?]: what is shown to whom, and posted how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.db.models import CriterionRow
from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.post import ProgressPost
from bot.errors import AmbiguousError, NotAllowedError, UserError
from bot.services.initiatives import close_initiative
from bot.services.progress import explain_post, post_here, preview
from tests.progress_world import ALICE, BOB, CHARLIE, World
from tests.slack_double import refused


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    return made


async def previewed(world: World, actor: Actor, name: str | None = None) -> list[ProgressPost]:
    return await world.deps.database.read(preview, actor, name, world.moment)


async def test_a_preview_shows_what_needs_attention_first_and_paused_ones_last(world: World) -> None:
    for name, value in (("holds", 700), ("paused", 900), ("breached", 900)):
        await world.read(await world.add(name), value)
    await world.add("no data")
    await world.change(CriterionRow, 2, state="paused")
    (post,) = await previewed(world, ALICE)
    assert [each.line.name for each in post.lines] == ["breached", "no data", "holds", "paused"]
    assert post.standing is not None
    assert post.standing.status == "missed"


async def test_a_post_has_the_last_twenty_readings_of_each_criterion(world: World) -> None:
    criterion_id = await world.add()
    for value in range(25):
        await world.read(criterion_id, value)
        world.forward(minutes=1)
    (post,) = await previewed(world, ALICE)
    assert [int(reading.value) for reading in post.lines[0].readings] == list(range(5, 25))


async def test_archived_criteria_are_left_out(world: World) -> None:
    await world.change(CriterionRow, await world.add(), state="archived")
    (post,) = await previewed(world, ALICE)
    assert post.lines == ()


async def test_without_a_name_all_of_the_channel_s_initiatives_are_previewed(world: World) -> None:
    await world.start("Refunds")
    await world.start("Elsewhere", "C0LEADS")
    assert [post.initiative.name for post in await previewed(world, ALICE)] == ["Checkout rewrite", "Refunds"]


async def test_a_name_is_found_across_channels_and_asked_about_when_it_fits_several(world: World) -> None:
    assert [post.initiative.id for post in await previewed(world, CHARLIE, "checkout rewrite")] == [1]
    await world.start("Checkout rewrite", "C0OUTSIDE")
    with pytest.raises(AmbiguousError):
        await previewed(world, CHARLIE, "Checkout rewrite")


async def test_a_private_initiative_is_previewed_in_its_channel_and_by_its_owner_only(world: World) -> None:
    await world.make_private("C0GENERAL")
    assert len(await previewed(world, BOB, "Checkout rewrite")) == 1
    assert len(await previewed(world, replace(ALICE, channel_id="C0LEADS"), "Checkout rewrite")) == 1
    with pytest.raises(UserError, match="There is no open initiative"):
        await previewed(world, CHARLIE, "Checkout rewrite")


async def test_pressed_twice_one_preview_is_posted_once(world: World) -> None:
    await world.read(await world.add(), 700)
    await world.settle()
    world.slack.sent.clear()
    assert await post_here(world.deps, ALICE, 1, "first preview") is True
    assert await post_here(world.deps, ALICE, 1, "first preview") is False
    await world.settle()
    assert await post_here(world.deps, ALICE, 1, "first preview") is False
    assert await post_here(world.deps, ALICE, 1, "second preview") is True
    await world.settle()
    assert [sent.key for sent in world.slack.sent] == ["here:first preview:1", "here:second preview:1"]
    assert await world.last_post() == world.slack.sent[-1].ts


async def test_a_post_asked_for_that_slack_refuses_is_told_to_whoever_asked(world: World) -> None:
    await post_here(world.deps, BOB, 1, "a preview")
    world.slack.script = [refused("restricted_action")]
    await world.settle()
    (told,) = world.slack.sent
    assert told.channel_id == "U0BOB"
    assert "I could not post the progress post of “Checkout rewrite”" in told.message.text


@pytest.mark.parametrize(
    ("channel_id", "said"),
    [
        pytest.param("D0ALICE", "posted in channels", id="direct message"),
        pytest.param("C0OUTSIDE", "/invite @Loopmark", id="not a member"),
        pytest.param("C0OLD", "is archived", id="archived"),
        pytest.param("C0NONE", "I can't see that channel", id="unknown"),
    ],
)
async def test_a_channel_that_can_not_be_posted_in_is_said_at_once(
    world: World, channel_id: str, said: str
) -> None:
    with pytest.raises(UserError, match=said):
        await post_here(world.deps, replace(ALICE, channel_id=channel_id, channel_name=""), 1, "a preview")
    assert await world.outbox() == []


async def test_nobody_but_its_owner_posts_a_private_initiative_elsewhere(world: World) -> None:
    await world.make_private("C0GENERAL")
    with pytest.raises(UserError, match="closed or gone"):
        await post_here(world.deps, CHARLIE, 1, "a guess")
    elsewhere = replace(ALICE, channel_id="C0LEADS")
    assert await post_here(world.deps, elsewhere, 1, "hers")
    await world.settle()
    with pytest.raises(NotAllowedError):
        await post_here(world.deps, CHARLIE, 1, "seen there, still not his")


async def test_a_closed_initiative_is_not_posted_any_more(world: World) -> None:
    await post_here(world.deps, ALICE, 1, "a preview")
    await world.settle()
    await world.deps.database.write(close_initiative, ALICE, 1, world.moment)
    with pytest.raises(UserError, match="is closed, so there is nothing to post"):
        await post_here(world.deps, ALICE, 1, "another preview")


async def test_why_is_answered_where_the_post_stands_and_nowhere_else(world: World) -> None:
    await world.read(await world.add(), 900)
    await world.make_private("C0GENERAL")
    with pytest.raises(UserError):
        await world.deps.database.read(explain_post, CHARLIE, 1, world.moment)
    await world.schedule(channel_id="C0LEADS", names=("Checkout rewrite",), confirmed=True)
    world.forward(days=7)
    await world.settle()
    why = await world.deps.database.read(explain_post, CHARLIE, 1, world.moment)
    assert [each.line.line.name for each in why.explained] == ["p95 latency"]
    assert why.zone == "Europe/Berlin"


async def test_why_tells_when_the_target_is_met_at_this_pace(world: World) -> None:
    criterion_id = await world.add(
        "Signups",
        kind="success",
        direction="at_least",
        target=100,
        due_on=date(2027, 1, 31),
        longest_gap_s=10**6,
    )
    began = world.moment
    for day in range(12):
        await world.read(criterion_id, 4 * day)
        world.forward(days=1)
    why = await world.deps.database.read(explain_post, ALICE, 1, world.moment)
    told = why.forecasts[criterion_id]
    assert told.about is not None
    # 44 eleven days after the first reading, four more each day: 100 after 25 days.
    assert abs((told.about - began) - timedelta(days=25)) < timedelta(hours=1)
    later = await world.deps.database.read(explain_post, ALICE, 1, world.moment, offset=1)
    assert later.forecasts == {}
