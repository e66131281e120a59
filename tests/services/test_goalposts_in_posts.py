"""Moved goalposts in progress posts: told in the next one of each channel, once, and drawn where they were moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session

from bot.blocks.charts import line_chart
from bot.db.goalposts import add_goalposts
from bot.db.initiatives import find_initiative_by_id
from bot.db.models import CriterionRow
from bot.db.posts import redraw_posts
from bot.deps import Database
from bot.domain.criterion import Condition, Direction
from bot.domain.goalpost import Goalpost, GoalpostField, Move
from bot.domain.post import PostLine
from bot.domain.post_schedule import PostOnly
from bot.services.news import has_news
from bot.services.progress import post_of
from tests.progress_world import TEAM, World


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    await made.add()
    await made.read(1, 700)
    return made


async def move(world: World, before: int, after: int) -> None:
    def store(session: Session) -> None:
        moved = Move(GoalpostField.TARGET, str(before), str(after))
        add_goalposts(session, TEAM, 1, [moved], by="U0BOB", now=world.moment)
        session.get_one(CriterionRow, 1).target = Decimal(after)
        redraw_posts(session, 1, world.moment)

    await world.deps.database.write(store)


def posted(world: World, channel_id: str = "C0GENERAL") -> list[str]:
    return [sent.message.text for sent in world.slack.to(channel_id) if sent.thread_ts is None]


async def test_what_was_moved_is_told_in_the_next_post_and_not_in_the_one_after(world: World) -> None:
    await world.schedule()
    await world.schedule(channel_id="C0LEADS", names=("Checkout rewrite",), every="every 2 weeks Mon 09:00")
    world.forward(days=7)
    await world.settle()
    assert "→" not in posted(world)[-1]
    world.forward(hours=3)
    await move(world, 800, 900)
    await world.settle()
    # The one that is there already is drawn again with it.
    assert "target 800 → 900, <@U0BOB>, 30 Nov" in posted(world)[-1]
    for weeks, told in ((2, True), (3, False)):
        world.forward(days=7, hours=-3 if weeks == 2 else 0)
        await world.read(1, 700)
        await world.settle()
        assert ("target 800 → 900, <@U0BOB>, 30 Nov" in posted(world)[-1]) is told
    (leads,) = posted(world, "C0LEADS")[-1:]
    assert "guardrail <= 900" in leads.replace("&lt;", "<")


async def test_a_moved_goalpost_is_news_to_a_schedule_that_posts_only_if_changed(world: World) -> None:
    since = world.moment
    world.forward(hours=1)
    await move(world, 800, 900)

    def ask(session: Session) -> list[bool]:
        initiative = find_initiative_by_id(session, TEAM, 1)
        assert initiative is not None
        return [has_news(session, initiative, only, since) for only in (PostOnly.CHANGED, PostOnly.STATUS)]

    assert await world.deps.database.read(ask) == [True, False]


async def bounds_drawn(
    world: World, condition: Condition, goalposts: list[Goalpost]
) -> dict[str, list[float]]:
    def load(session: Session) -> PostLine:
        initiative = find_initiative_by_id(session, TEAM, 1)
        assert initiative is not None
        return post_of(session, initiative, world.moment).lines[0]

    line = await world.deps.database.read(load)
    chart = line_chart(replace(line, condition=condition, goalposts=tuple(goalposts)), "Europe/Berlin")
    assert chart is not None
    series = chart["chart"]["series"][1:]
    return {each["name"]: [point["value"] for point in each["data"]] for each in series}


async def test_the_target_steps_where_it_was_moved(world: World) -> None:
    start = world.moment
    for value in (710, 720):
        world.forward(hours=1)
        await world.read(1, value)
    moved = [Goalpost(Move(GoalpostField.TARGET, "800", "900"), start + timedelta(minutes=30), "U0BOB")]
    at_most = Condition(Direction.AT_MOST, Decimal(900), typed="<=")
    assert await bounds_drawn(world, at_most, moved) == {
        "guardrail <= 900 ms".replace("<=", "≤"): [800, 900, 900]
    }
    band = Condition(Direction.BETWEEN, Decimal(5), Decimal(9))
    moved = [
        Goalpost(Move(GoalpostField.TARGET, "800", "5 and 9"), start + timedelta(minutes=90), "U0BOB"),
        Goalpost(Move(GoalpostField.DIRECTION, "at_most", "between"), start + timedelta(minutes=90), "U0BOB"),
    ]
    assert await bounds_drawn(world, band, moved) == {
        "lowest 5 ms": [800, 800, 5],
        "highest 9 ms": [800, 800, 9],
    }
