"""Reactions that were missed: looked for at the start, after a stop and every hour, and counted once."""

from __future__ import annotations

import pytest

from bot.db.models import PromptRow, ReactionRow, ShipVoteRow
from bot.db.ships import mark_ship_posted
from bot.deps import Database, Priority
from bot.domain.prompt import Prompt, PromptKind
from bot.domain.reactions import Reactors
from bot.domain.requests import ShipChange
from bot.errors import DeliveryError
from bot.services.reacting import Reaction, take_reaction
from bot.services.shipping import ship_change
from jobs.queue import LocalQueue
from jobs.reactions import MissedReactions
from tests.feedback_world import ALICE, BOB, World, make_world

SHIP_TS = "1795442400.000900"


class Watch:
    """The job, with its queue."""

    def __init__(self, world: World) -> None:
        self.world, self.queue, self.job = world, LocalQueue(5), MissedReactions()

    async def tick(self) -> None:
        await self.job.tick(self.world.deps, self.queue)
        await self.queue.idle()


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE, BOB)
    return made


async def ask(world: World, **given: object) -> Prompt:
    return await world.ask(**{"kind": PromptKind.THUMBS, "reactions": True, **given})  # type: ignore[arg-type]


async def answers(world: World) -> dict[str, str | None]:
    return {row.respondent: row.option_ids[0] for row in await world.responses()}


async def test_what_was_added_and_removed_while_it_was_off_is_counted_and_told_once(world: World) -> None:
    prompt = await ask(world)
    assert prompt.ts is not None
    told = Reaction("Ev1", BOB, prompt.ts, "+1", world.clock(), added=True)
    await take_reaction(world.deps, told)
    world.clock.advance(minutes=30)
    world.slack.standing[prompt.ts] = [
        Reactors("-1", ("U0ALICE",)),
        Reactors("tada", ("U0CHARLIE",)),
        Reactors("+1", ("U0LOOPMARK",)),
    ]
    watch = Watch(world)
    for _ in range(2):
        await watch.tick()
        world.clock.advance(hours=1)
    assert await answers(world) == {"U0ALICE": "down"}
    assert sorted((each.user_id, each.priority) for each in world.slack.whispers) == [
        ("U0ALICE", Priority.ASIDE),
        ("U0BOB", Priority.ASIDE),
    ]


async def test_it_looks_at_the_start_after_a_stop_and_every_hour(world: World) -> None:
    await ask(world)
    watch, looks = Watch(world), []
    for minutes in (0, 1, 4, 6, 3, 4):
        world.clock.advance(minutes=minutes)
        await watch.tick()
        looks.append(len(world.slack.asked_reactions))
    assert looks == [1, 1, 1, 2, 2, 2]
    for _ in range(15):
        world.clock.advance(minutes=4)
        await watch.tick()
    assert len(world.slack.asked_reactions) == 3


async def test_without_reactions_that_count_slack_is_not_asked(world: World) -> None:
    await ask(world, reactions=False)
    await Watch(world).tick()
    assert world.slack.asked_reactions == []


async def test_who_is_refused_is_not_told_again_and_again(world: World) -> None:
    prompt = await ask(world)
    assert prompt.ts is not None
    world.slack.standing[prompt.ts] = [Reactors("+1", ("U0BOB",))]
    world.slack.outsiders.add(("C0GENERAL", "U0BOB"))
    await Watch(world).tick()
    assert (await answers(world), world.slack.whispers, world.slack.posts) == ({}, [], [])


async def test_a_reaction_older_than_the_option_it_stands_for_now_is_no_answer(world: World) -> None:
    prompt = await ask(world, kind=PromptKind.CHOICE, options=("A", "B"), open_options=True)
    assert prompt.ts is not None
    world.slack.standing[prompt.ts] = [Reactors("one", ("U0BOB",))]
    await Watch(world).tick()
    assert await answers(world) == {}


async def test_a_message_slack_can_t_say_anything_of_does_not_stop_the_others(world: World) -> None:
    for _ in range(2):
        await ask(world)
    row = min(await world.rows(PromptRow), key=lambda each: each.id)
    world.slack.standing[row.ts] = [Reactors("+1", ("U0BOB",))]
    world.slack.reaction_errors.append(DeliveryError("No.", error="message_not_found", permanent=True))
    await Watch(world).tick()
    assert await answers(world) == {"U0BOB": "up"}


async def test_a_ship_is_watched_for_two_weeks(world: World) -> None:
    await world.start_initiative("Checkout rewrite")
    write = world.deps.database.write
    shipped = await write(ship_change, ALICE, ShipChange("Form", reactions=True), world.deps.now())
    await write(mark_ship_posted, shipped.ship.id, SHIP_TS, world.deps.now())
    world.slack.standing[SHIP_TS] = [Reactors("thumbsup::skin-tone-4", ("U0BOB",))]
    watch = Watch(world)
    await watch.tick()
    assert [(row.user_id, row.thumb) for row in await world.rows(ShipVoteRow)] == [("U0BOB", "up")]
    assert "Counted: 👍" in world.slack.whispers[0].message.text
    assert [row.name for row in await world.rows(ReactionRow)] == ["thumbsup::skin-tone-4"]
    world.clock.advance(days=15)
    await watch.tick()
    assert len(world.slack.asked_reactions) == 1
