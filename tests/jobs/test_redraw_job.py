"""Progress posts follow what they show: the latest one is drawn again when a status changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session

from bot.db.models import PostRow
from bot.db.redraws import REDRAW_GAP
from bot.deps import Database
from bot.services.initiatives import close_initiative
from tests.progress_world import ALICE, World
from tests.slack_double import unclear


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    return made


async def posted(world: World) -> int:
    """Post an initiative with a guardrail that holds, and return the criterion's row id."""
    criterion_id = await world.add(kind="guardrail", direction="at_most", target=300, longest_gap_s=10**7)
    await world.read(criterion_id, 250)
    await world.settle()
    await world.schedule("every day 09:00")
    world.forward(days=1)
    await world.settle()
    return criterion_id


async def breach(world: World, criterion_id: int) -> None:
    for value in (400, 410):
        world.forward(minutes=15)
        await world.read(criterion_id, value)


def root(world: World, channel_id: str = "C0GENERAL") -> str:
    """Return the text of the latest message that is no reply."""
    return [sent for sent in world.slack.to(channel_id) if sent.thread_ts is None][-1].message.text


async def test_a_status_change_is_seen_in_the_post_and_told_in_its_thread(world: World) -> None:
    criterion_id = await posted(world)
    before = root(world)
    await breach(world, criterion_id)
    await world.settle()
    assert "breached" not in before
    assert "breached" in root(world)
    assert [sent.thread_ts for sent in world.slack.to("C0GENERAL")][-1] is not None


async def test_a_value_alone_leaves_the_post_as_it_is(world: World) -> None:
    criterion_id = await posted(world)
    before = root(world)
    world.forward(minutes=15)
    await world.read(criterion_id, 260)
    await world.settle()
    assert root(world) == before


async def test_only_the_latest_post_is_drawn_again(world: World) -> None:
    criterion_id = await posted(world)
    world.forward(days=1)
    await world.settle()
    await breach(world, criterion_id)
    await world.settle()
    roots = [sent.message.text for sent in world.slack.to("C0GENERAL") if sent.thread_ts is None]
    assert ["breached" in text for text in roots[-2:]] == [False, True]


async def test_changes_in_a_row_are_drawn_at_most_every_three_seconds_and_the_last_one_wins(
    world: World,
) -> None:
    criterion_id = await posted(world)
    await breach(world, criterion_id)
    await world.settle()
    world.forward(seconds=1)
    for value in (100, 110):
        await world.read(criterion_id, value)
    await world.settle()
    assert "breached" in root(world)
    world.forward(seconds=REDRAW_GAP.total_seconds())
    await world.settle()
    assert "breached" not in root(world)


async def test_the_message_of_a_change_that_started_a_thread_stays_as_it_is(world: World) -> None:
    criterion_id = await world.add(kind="guardrail", direction="at_most", target=300, longest_gap_s=10**7)
    await world.read(criterion_id, 250)
    await world.settle()
    before = root(world)
    world.forward(minutes=1)
    await breach(world, criterion_id)
    await world.settle()
    assert root(world) == before


async def test_a_closed_initiatives_post_keeps_what_it_said(world: World) -> None:
    criterion_id = await posted(world)
    before = root(world)
    await breach(world, criterion_id)
    await world.deps.database.write(close_initiative, ALICE, 1, world.moment)
    await world.settle()
    assert root(world) == before


async def test_a_post_elsewhere_is_not_drawn_again_once_the_home_is_private(world: World) -> None:
    criterion_id = await world.add(kind="guardrail", direction="at_most", target=300, longest_gap_s=10**7)
    await world.read(criterion_id, 250)
    await world.schedule("every day 09:00", channel_id="C0LEADS", names=("Checkout rewrite",))
    world.forward(days=1)
    await world.settle()
    before = root(world, "C0LEADS")
    await world.make_private("C0GENERAL")
    await breach(world, criterion_id)
    await world.settle()
    assert root(world, "C0LEADS") == before


async def test_a_post_that_was_deleted_is_left(world: World) -> None:
    criterion_id = await posted(world)
    world.slack.sent.clear()
    await breach(world, criterion_id)
    await world.settle()
    world.forward(minutes=5)
    await world.settle()
    row = await world.deps.database.read(Session.get_one, PostRow, (1, "C0GENERAL"))
    assert row.redraw_at is None


async def test_a_change_while_a_post_is_sent_is_drawn_afterwards(world: World) -> None:
    criterion_id = await posted(world)
    world.forward(days=1)

    async def change_meanwhile() -> None:
        world.slack.on_post = None
        for value in (400, 410):
            world.moment += timedelta(seconds=1)
            await world.read(criterion_id, value)

    world.slack.on_post = change_meanwhile
    await world.settle()
    world.forward(seconds=REDRAW_GAP.total_seconds())
    await world.settle()
    assert "breached" in root(world)


async def test_a_recovery_says_how_long_it_took(world: World) -> None:
    criterion_id = await posted(world)
    await breach(world, criterion_id)
    await world.settle()
    world.forward(hours=9, minutes=-15)
    for value in (200, 210):
        world.forward(minutes=15)
        await world.read(criterion_id, value)
    await world.settle()
    broke, recovered = [
        sent.message.text for sent in world.slack.to("C0GENERAL") if sent.thread_ts is not None
    ][-2:]
    assert "breached*." in broke
    assert "breached → *holds* after 9 h" in recovered


async def test_a_late_post_that_is_drawn_again_still_says_how_late_it_went_out(world: World) -> None:
    criterion_id = await world.add(kind="guardrail", direction="at_most", target=300, longest_gap_s=10**7)
    await world.read(criterion_id, 250)
    await world.settle()
    await world.schedule("every day 09:00")
    world.forward(days=3, hours=2)
    await world.settle()
    assert "late by 2 h" in root(world)
    await breach(world, criterion_id)
    world.forward(hours=5)
    await world.settle()
    drawn = root(world)
    assert "breached" in drawn
    assert "late by 2 h" in drawn
    assert "also missed: 25 Nov 09:00, 24 Nov 09:00" in drawn

    world.forward(hours=16, minutes=30)  # the next one is in time
    await world.settle()
    await world.read(criterion_id, 250)
    world.forward(minutes=1)
    await world.settle()
    assert "holds" in root(world)
    assert "late by" not in root(world)
    assert "missed" not in root(world)


async def test_a_late_post_found_after_a_lost_answer_keeps_how_late_it_went_out(world: World) -> None:
    criterion_id = await world.add(kind="guardrail", direction="at_most", target=300, longest_gap_s=10**7)
    await world.read(criterion_id, 250)
    await world.settle()
    await world.schedule("every day 09:00")
    world.forward(days=1, hours=2)
    world.slack.script = [unclear(taken=True)]
    await world.settle()
    await breach(world, criterion_id)
    world.forward(minutes=1)
    await world.settle()
    assert "breached" in root(world)
    assert "late by 2 h" in root(world)
