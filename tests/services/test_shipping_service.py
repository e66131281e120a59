"""Shipping on both databases: who may, what one tap counts, and what is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.db.ships import ships_since
from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.requests import ShipChange
from bot.domain.ship import Thumb
from bot.errors import NotAllowedError, UserError
from bot.services.notes import add_note_on
from bot.services.shipping import ship_change, ship_view, shippable, take_back, vote_on, withdraw_vote
from tests.progress_world import MONDAY, TEAM, World

ALICE = Actor(TEAM, "U0ALICE", "C0GENERAL")
BOB = Actor(TEAM, "U0BOB", "C0GENERAL")
ELSEWHERE = Actor(TEAM, "U0CHARLIE", "C0LEADS")


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    return made


async def ship(world: World, actor: Actor = ALICE, name: str = "New checkout form") -> int:
    write = world.deps.database.write
    return (await write(ship_change, actor, ShipChange(name), world.now())).ship.id


async def test_votes_are_one_a_person_and_a_vote_withdrawn_counts_no_more(world: World) -> None:
    ship_id = await ship(world)
    write, read = world.deps.database.write, world.deps.database.read
    await write(vote_on, BOB, ship_id, Thumb.UP, world.now())
    voted = await write(vote_on, BOB, ship_id, Thumb.DOWN, world.now())
    assert (voted.thumb, voted.former) == (Thumb.DOWN, Thumb.UP)
    await write(vote_on, ALICE, ship_id, Thumb.DOWN, world.now())
    await add_note_on(world.deps, BOB, 1, "the address step is clear now", ship_id=ship_id)
    view = await read(ship_view, TEAM, ship_id)
    assert (view.ups, view.downs, view.notes) == (0, 2, 1)
    await write(withdraw_vote, BOB, ship_id, world.now())
    view = await read(ship_view, TEAM, ship_id)
    assert (view.ups, view.downs) == (0, 1)


async def test_a_ship_is_announced_once_and_one_taken_back_before_that_never(world: World) -> None:
    await ship(world)
    gone = await ship(world, name="Too early")
    await world.deps.database.write(take_back, ALICE, gone, world.now())
    await world.settle()
    await world.settle()
    announced = [post for post in world.slack.sent if "is shipped" in post.message.text]
    assert len(announced) == 1
    assert "New checkout form" in announced[0].message.text


async def test_only_who_shipped_or_owns_takes_a_ship_back_and_only_once(world: World) -> None:
    ship_id = await ship(world)
    write = world.deps.database.write
    with pytest.raises(NotAllowedError, match="the ship “New checkout form”"):
        await write(take_back, BOB, ship_id, world.now())
    await write(take_back, ALICE, ship_id, world.now())
    with pytest.raises(UserError, match="was taken back"):
        await write(take_back, ALICE, ship_id, world.now())
    with pytest.raises(UserError, match="was taken back"):
        await write(vote_on, BOB, ship_id, Thumb.UP, world.now())
    since = MONDAY - timedelta(days=1)
    assert await world.deps.database.read(ships_since, 1, since) == []
    by_bob = await ship(world, BOB)
    await write(take_back, ALICE, by_bob, world.now())  # the initiative's owner may, too


async def test_a_private_initiative_s_ship_is_not_felt_elsewhere(world: World) -> None:
    secret = await world.start("Hidden", channel_id="G0SECRET")
    write, read = world.deps.database.write, world.deps.database.read
    inside = Actor(TEAM, "U0BOB", "G0SECRET")
    shipped = await write(ship_change, inside, ShipChange("Quiet change"), world.now())
    assert shipped.initiative.id == secret
    with pytest.raises(UserError, match="can't be seen"):
        await write(vote_on, ELSEWHERE, shipped.ship.id, Thumb.UP, world.now())
    with pytest.raises(UserError, match="no open initiative"):
        await write(ship_change, ELSEWHERE, ShipChange("x", "Hidden"), world.now())
    assert "Hidden" not in [each.name for each in await read(shippable, ELSEWHERE)]
