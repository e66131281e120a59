"""Invitations and reminders: to whom, once, so often in a week, and what whoever asked is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.db.away import save_away
from bot.db.models import AskingRow, PromptRow
from bot.deps import Database
from bot.domain.audience import Reach
from bot.domain.entities import UserRef
from bot.domain.prompt import PromptKind
from bot.domain.requests import AskPrompt, PromptResults
from bot.errors import UserError
from bot.services.answering import answer_prompt
from bot.services.asking import Asked, ask_prompt
from bot.services.closing import close_prompt, prompt_results
from bot.services.inviting import ask_person, claim_people
from jobs.cleanup import Cleanup
from tests.answers import one
from tests.feedback_world import ALICE, BOB, NOW, TEAM, World, make_world

TWO_DAYS = timedelta(days=2)
BOB_ALONE = {"reach": Reach.NAMED, "people": (UserRef("U0BOB"),)}


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE, BOB)
    return made


async def tick(world: World) -> None:
    for user_id in await claim_people(world.deps, 50):
        await ask_person(world.deps, user_id)


async def reminded(world: World) -> list[tuple[str, list[int]]]:
    rows = [row for row in await world.outbox() if row.kind == "prompt_asked" and row.facts["reminded"]]
    return [(row.channel_id, row.facts["reminded"]) for row in rows]


async def ask(world: World, **request: Any) -> Asked:
    return await ask_prompt(world.deps, ALICE, AskPrompt("Well?", PromptKind.SCALE, **request))


async def test_who_was_asked_and_has_not_answered_is_reminded_once(world: World) -> None:
    prompt = await world.ask(closes_in=TWO_DAYS, remind=True)
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    world.clock.advance(hours=23, minutes=59)
    await tick(world)
    assert await reminded(world) == []
    for _ in range(3):
        world.clock.advance(minutes=1)
        await tick(world)
    assert await reminded(world) == [("U0CHARLIE", [prompt.id])]


async def test_of_an_anonymous_prompt_everybody_is_reminded_whoever_answered(world: World) -> None:
    prompt = await world.ask(closes_in=TWO_DAYS, remind=True, anonymous=True)
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    world.clock.advance(days=1)
    await tick(world)
    assert sorted(await reminded(world)) == [("U0BOB", [prompt.id]), ("U0CHARLIE", [prompt.id])]


async def test_reminders_of_one_day_come_as_one_message_and_count_once(world: World) -> None:
    first = await world.ask(closes_in=TWO_DAYS, remind=True)
    world.clock.advance(minutes=30)
    second = await world.ask(closes_in=TWO_DAYS, remind=True)
    world.clock.advance(hours=23, minutes=30)
    await tick(world)
    both = [first.id, second.id]
    assert sorted(await reminded(world)) == [("U0BOB", both), ("U0CHARLIE", both)]
    rows = await world.rows(AskingRow)
    assert len({row.message_id for row in rows}) == 2
    world.clock.advance(hours=1)
    await tick(world)
    assert len(await reminded(world)) == 2


async def test_over_the_cap_people_wait_for_monday_or_are_left_out_and_whoever_asked_is_told(
    world: World,
) -> None:
    for _ in range(3):
        assert (await ask(world, **BOB_ALONE)).unasked == ()
    late = await ask(world, **BOB_ALONE)
    assert late.unasked == ("1 person gets it next week: they had 3 prompts this week.",)
    short = await ask(world, **BOB_ALONE, closes_in=TWO_DAYS)
    left_out = ("1 person was not asked by direct message: they had 3 prompts this week.",)
    assert short.unasked == left_out
    await ask(world, closes_in=TWO_DAYS, remind=True)
    world.clock.advance(days=1)
    await tick(world)
    assert [user for user, _ in await reminded(world)] == ["U0CHARLIE"]
    said = await prompt_results(world.deps, ALICE, PromptResults(6))
    assert said.unasked == ("1 person was not reminded: they had 3 prompts this week.",)
    assert (await prompt_results(world.deps, BOB, PromptResults(6))).unasked == ()

    world.clock.now = datetime(2026, 11, 30, 7, 59, tzinfo=UTC)
    await tick(world)
    assert len([row for row in await world.outbox() if row.channel_id == "U0BOB"]) == 3
    world.clock.advance(minutes=1)  # Monday 09:00 in Berlin
    await tick(world)
    [*_, sent] = [row for row in await world.outbox() if row.channel_id == "U0BOB"]
    assert sent.facts == {"prompt_ids": [late.prompt.id], "reminded": []}
    assert (await prompt_results(world.deps, ALICE, PromptResults(late.prompt.number))).unasked == ()


async def test_who_is_away_is_reminded_when_they_are_back_and_nobody_of_a_closed_prompt(world: World) -> None:
    prompt = await world.ask(closes_in=timedelta(days=4), remind=True)
    back = NOW + timedelta(days=2, hours=20)  # Thursday 11:00 in Berlin
    await world.deps.database.write(save_away, TEAM, BOB.user_id, back)
    world.clock.advance(days=2)
    await tick(world)
    assert await reminded(world) == [("U0CHARLIE", [prompt.id])]
    world.clock.now = back
    await tick(world)
    assert [user for user, _ in await reminded(world)] == ["U0CHARLIE", "U0BOB"]
    closed = await world.ask(closes_in=timedelta(days=2), remind=True)
    await close_prompt(world.deps, ALICE, closed.id)
    world.clock.advance(days=1)
    await tick(world)
    assert len(await reminded(world)) == 2


async def test_who_was_asked_is_forgotten_five_weeks_after_the_close(world: World) -> None:
    closed = await world.ask(**BOB_ALONE)
    kept = await world.ask(**BOB_ALONE)
    await close_prompt(world.deps, ALICE, closed.id)
    for days, left in ((35, [closed.id, kept.id]), (1, [kept.id])):
        world.clock.advance(days=days)
        await Cleanup().tick(world.deps)
        assert sorted(row.prompt_id for row in await world.rows(AskingRow)) == left


async def test_a_quiet_tick_writes_nothing(world: World) -> None:
    await world.ask(closes_in=TWO_DAYS, remind=True)
    before = [row.model_dump() for row in await world.rows(AskingRow)]
    await tick(world)
    assert [row.model_dump() for row in await world.rows(AskingRow)] == before


async def test_a_channel_of_too_many_people_is_not_reminded(world: World) -> None:
    world.slack.crowd = 500
    with pytest.raises(UserError, match="has 502 members, and a prompt reminds 500 at most") as refused:
        await ask(world, closes_in=TWO_DAYS, remind=True)
    assert refused.value.field == "remind"
    assert await world.rows(PromptRow) == []
