"""Prompts by themselves: closed on time, drawn again, keys erased."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import structlog

from bot.deps import Database, Priority
from bot.domain.actor import Actor
from bot.domain.prompt import PromptKind, PromptState
from bot.errors import DeliveryError
from bot.services.answering import answer_prompt
from bot.services.closing import ERASE_AGAIN, close_prompt
from jobs.prompt import tick
from jobs.queue import LocalQueue
from jobs.redraw import AGAIN
from tests.answers import one
from tests.feedback_world import ALICE, BOB, TEAM, World, buttons, make_world


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE, BOB)
    return made


async def one_tick(world: World, size: int = 10) -> None:
    queue = LocalQueue(size)
    await tick(world.deps, queue)
    await queue.idle()


async def ticks_until_erased(world: World, prompt_id: int) -> None:
    """Let ticks pass: PostgreSQL is busy for a moment whenever anybody connects to the same server."""
    for _ in range(50):
        if (await world.prompt_row(prompt_id)).key_erased:
            return
        world.clock.advance(seconds=ERASE_AGAIN.total_seconds())
        await one_tick(world)


def shown(world: World, place: int = -1) -> str:
    return str(world.slack.updates[place][2].blocks)


async def test_a_vote_shows_in_the_channel_at_the_next_tick(world: World) -> None:
    prompt = await world.ask()
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    assert world.deps.wake.is_set()
    await one_tick(world)
    ((channel_id, ts, message, priority),) = world.slack.updates
    assert (channel_id, ts, priority) == ("C0GENERAL", prompt.ts, Priority.REDRAW)
    assert "1 answer so far." in message.text
    assert "4 · 1 of 1 (100 %)" in shown(world)
    await one_tick(world)
    assert len(world.slack.updates) == 1


async def test_a_crowds_votes_are_one_redraw_and_the_last_state_follows(world: World) -> None:
    prompt = await world.ask()
    for n in range(5):
        await answer_prompt(world.deps, Actor(TEAM, f"U0P{n}", "C0GENERAL"), prompt.id, one("4"))
    await one_tick(world)
    for n in range(5, 9):
        await answer_prompt(world.deps, Actor(TEAM, f"U0P{n}", "C0GENERAL"), prompt.id, one("4"))
        world.clock.advance(seconds=0.5)
        await one_tick(world)
    assert len(world.slack.updates) == 1
    world.clock.advance(seconds=1)
    await one_tick(world)
    assert len(world.slack.updates) == 2
    assert "9 answers so far." in shown(world)


async def test_no_more_is_redrawn_than_slack_has_room_for_and_what_waits_longest_goes_first(
    world: World,
) -> None:
    prompts = [await world.ask(question=f"Question {n}?") for n in range(4)]
    for prompt in prompts[::-1]:
        await answer_prompt(world.deps, BOB, prompt.id, one("4"))
        world.clock.advance(seconds=0.5)
    world.slack.redraw_room = 0
    await one_tick(world)
    assert world.slack.updates == []
    world.slack.redraw_room = 1
    for prompt in prompts[::-1]:
        # Answers that come meanwhile let no message wait longer, and count in what is drawn at its turn.
        await answer_prompt(world.deps, ALICE, prompt.id, one("5"))
        await one_tick(world)
        assert world.slack.updates[-1][1] == (await world.prompt_row(prompt.id)).ts
        assert "2 answers so far." in shown(world)


async def test_an_open_anonymous_prompt_shows_only_how_many_answered(world: World) -> None:
    prompt = await world.ask(anonymous=True)
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    await one_tick(world)
    assert "1 answer so far." in shown(world)
    assert "of 1" not in shown(world)
    assert "While this is open, the person running Loopmark could find out" in shown(world)


async def test_a_due_prompt_is_closed_and_its_buttons_give_way_to_the_outcome(world: World) -> None:
    prompt = await world.ask(closes_in=timedelta(hours=1))
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    world.clock.advance(hours=1)
    await one_tick(world)
    assert (await world.prompt_row(prompt.id)).state == PromptState.CLOSED
    assert buttons(world.slack.updates[-1][2]) == {}
    assert "Mean 4.0 of 5." in shown(world)
    assert "closed <!date^" in shown(world)


async def test_an_anonymous_prompts_results_come_once_at_the_close_and_its_key_is_erased(
    world: World,
) -> None:
    prompt = await world.ask(anonymous=True, kind=PromptKind.TEXT, floor=3, closes_in=timedelta(hours=1))
    for n in range(3):
        await answer_prompt(
            world.deps, Actor(TEAM, f"U0P{n}", "C0GENERAL"), prompt.id, one(text=f"words {n}")
        )
    await one_tick(world)
    assert "words" not in shown(world)
    world.clock.advance(hours=1)
    await one_tick(world)
    assert all(f"words {n}" in shown(world) for n in range(3))
    await ticks_until_erased(world, prompt.id)
    row = await world.prompt_row(prompt.id)
    assert (row.key_erased, row.erase_at) == (True, None)
    world.clock.advance(hours=1)
    await one_tick(world)
    assert len(world.slack.updates) == 2


async def test_a_redraw_slack_could_not_take_is_tried_again(world: World) -> None:
    prompt = await world.ask()
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    world.slack.refusals.append(DeliveryError("Slack did not answer", error="timeout", permanent=False))
    await one_tick(world)
    assert world.slack.updates == []
    world.clock.advance(seconds=AGAIN.total_seconds() - 1)
    await one_tick(world)
    assert world.slack.updates == []
    world.clock.advance(seconds=1)
    await one_tick(world)
    assert len(world.slack.updates) == 1


async def test_slacks_wish_to_wait_longer_is_kept(world: World) -> None:
    prompt = await world.ask()
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    world.slack.refusals.append(
        DeliveryError("slow down", error="ratelimited", permanent=False, retry_after_s=90)
    )
    await one_tick(world)
    world.clock.advance(seconds=89)
    await one_tick(world)
    assert world.slack.updates == []
    world.clock.advance(seconds=1)
    await one_tick(world)
    assert len(world.slack.updates) == 1


async def test_a_message_that_is_gone_is_not_drawn_again_and_the_log_says_so(world: World) -> None:
    prompt = await world.ask()
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    world.slack.refusals.append(DeliveryError("gone", error="message_not_found", permanent=True))
    with structlog.testing.capture_logs() as lines:
        await one_tick(world)
        world.clock.advance(days=1)
        await one_tick(world)
    assert world.slack.updates == []
    assert [(line["log_level"], line["message"], line["row"], line["error"]) for line in lines] == [
        ("warning", "prompt", (prompt.id,), "message_not_found")
    ]
    assert BOB.user_id not in str(lines)


async def test_no_more_is_started_than_the_queue_has_room_for(world: World) -> None:
    for _ in range(3):
        prompt = await world.ask()
        await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    await one_tick(world, size=2)
    assert len(world.slack.updates) == 2
    await one_tick(world, size=2)
    assert len(world.slack.updates) == 3


async def test_a_full_queue_still_closes_what_is_due(world: World) -> None:
    prompt = await world.ask(anonymous=True, closes_in=timedelta(hours=1))
    world.clock.advance(hours=1)
    await tick(world.deps, LocalQueue(0))
    assert (await world.prompt_row(prompt.id)).state == PromptState.CLOSED
    await ticks_until_erased(world, prompt.id)
    assert (await world.prompt_row(prompt.id)).key_erased


async def test_a_redraw_cut_off_by_the_end_of_the_bot_is_due_again_at_once(world: World) -> None:
    prompt = await world.ask()
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    is_sending = asyncio.Event()

    async def hang() -> None:
        is_sending.set()
        await asyncio.Event().wait()

    world.slack.on_update = hang
    queue = LocalQueue(10)
    await tick(world.deps, queue)
    await is_sending.wait()
    await queue.drain(patience_s=0)
    world.slack.on_update = None
    await one_tick(world)
    assert len(world.slack.updates) == 1


async def test_a_close_during_a_redraw_is_drawn_afterwards(world: World) -> None:
    prompt = await world.ask()
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))

    async def close_meanwhile() -> None:
        world.slack.on_update = None
        await close_prompt(world.deps, ALICE, prompt.id)

    world.slack.on_update = close_meanwhile
    await one_tick(world)
    assert "so far" in shown(world)
    world.clock.advance(seconds=3)
    await one_tick(world)
    assert "so far" not in shown(world)
    assert buttons(world.slack.updates[-1][2]) == {}
