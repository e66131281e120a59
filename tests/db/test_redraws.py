"""Redraws: claimed by one worker, at most every 3 s, and the last state always follows."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import Session

from bot.db.models import PromptRow
from bot.db.redraws import (
    REDRAW_GAP,
    RedrawClaim,
    ask_redraw,
    claim_redraws,
    delay_redraw,
    finish_redraw,
    give_up_redraw,
)
from bot.deps import Database
from tests.feedback_world import ALICE, NOW, TEAM, World, make_world

LEASE = timedelta(minutes=2)


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE)
    return made


async def changed(world: World, prompt_id: int, after: float = 0) -> None:
    def change(session: Session) -> None:
        row = session.get(PromptRow, prompt_id)
        assert row is not None
        ask_redraw(row, NOW + timedelta(seconds=after))

    await world.deps.database.write(change)


async def claim(world: World, after: float = 0, limit: int = 10) -> list[RedrawClaim]:
    now = NOW + timedelta(seconds=after)
    return await world.deps.database.write(
        claim_redraws, PromptRow, TEAM, now=now, limit=limit, lease_until=now + LEASE
    )


async def due_after(world: World, prompt_id: int) -> float | None:
    at = (await world.prompt_row(prompt_id)).redraw_at
    return None if at is None else (at - NOW).total_seconds()


async def test_a_change_is_drawn_at_once_and_then_at_most_every_three_seconds(world: World) -> None:
    prompt = await world.ask()
    await changed(world, prompt.id)
    assert await due_after(world, prompt.id) == 0
    (drawn,) = await claim(world)
    await world.deps.database.write(finish_redraw, drawn, NOW + timedelta(seconds=1))
    assert await due_after(world, prompt.id) is None
    await changed(world, prompt.id, after=1.5)
    await changed(world, prompt.id, after=2)
    assert await due_after(world, prompt.id) == 1 + REDRAW_GAP.total_seconds()
    assert await claim(world, after=3.9) == []
    assert len(await claim(world, after=4)) == 1


async def test_a_change_while_a_redraw_is_under_way_gets_one_of_its_own(world: World) -> None:
    prompt = await world.ask()
    await changed(world, prompt.id)
    (drawn,) = await claim(world)
    await changed(world, prompt.id, after=0.1)
    await world.deps.database.write(finish_redraw, drawn, NOW + timedelta(seconds=0.2))
    assert await due_after(world, prompt.id) == 3
    assert len(await claim(world, after=3)) == 1


async def test_a_redraw_overtaken_by_a_newer_one_is_followed_by_one_more(world: World) -> None:
    prompt = await world.ask()
    await changed(world, prompt.id)
    (slow,) = await claim(world)
    await changed(world, prompt.id, after=0.1)
    (fast,) = await claim(world, after=3)
    await world.deps.database.write(finish_redraw, fast, NOW + timedelta(seconds=4))
    assert await due_after(world, prompt.id) is None
    await world.deps.database.write(finish_redraw, slow, NOW + timedelta(seconds=5))
    assert await due_after(world, prompt.id) == 8
    (last,) = await claim(world, after=8)
    await world.deps.database.write(finish_redraw, last, NOW + timedelta(seconds=9))
    assert await due_after(world, prompt.id) is None


async def test_a_redraw_whose_worker_died_is_taken_again_after_its_lease(world: World) -> None:
    prompt = await world.ask()
    await changed(world, prompt.id)
    await claim(world)
    assert await claim(world, after=LEASE.total_seconds() - 1) == []
    assert len(await claim(world, after=LEASE.total_seconds())) == 1


async def test_a_put_off_redraw_waits_unless_something_changed_meanwhile(world: World) -> None:
    quiet, busy = await world.ask(), await world.ask()
    for prompt in (quiet, busy):
        await changed(world, prompt.id)
    claims = await claim(world)
    await changed(world, busy.id, after=0.5)
    for drawn in claims:
        await world.deps.database.write(delay_redraw, drawn, NOW + timedelta(seconds=30))
    assert await due_after(world, quiet.id) == 30
    assert await due_after(world, busy.id) == 3


async def test_a_redraw_given_up_is_not_taken_again(world: World) -> None:
    prompt = await world.ask()
    await changed(world, prompt.id)
    (drawn,) = await claim(world)
    await world.deps.database.write(give_up_redraw, drawn)
    assert await claim(world, after=1000) == []


async def test_two_workers_at_once_never_take_the_same_redraw(world: World) -> None:
    for _ in range(12):
        await changed(world, (await world.ask()).id)
    taken = await asyncio.gather(*(claim(world, limit=5) for _ in range(4)))
    ids = [drawn.key[0] for claims in taken for drawn in claims]
    assert len(ids) == len(set(ids)) == 12


async def test_the_oldest_go_first_and_no_more_than_there_is_room_for(world: World) -> None:
    newer, older = await world.ask(), await world.ask()
    await changed(world, newer.id, after=2)
    await changed(world, older.id, after=1)
    assert [drawn.key[0] for drawn in await claim(world, after=5, limit=1)] == [older.id]


async def test_a_message_that_does_not_stand_yet_is_not_drawn(world: World) -> None:
    prompt = await world.ask()

    def unpost(session: Session) -> None:
        row = session.get(PromptRow, prompt.id)
        assert row is not None
        row.ts = None

    await world.deps.database.write(unpost)
    await changed(world, prompt.id)
    assert await claim(world) == []
