"""Reacting: a reaction is an answer where the message says so, whatever order and number Slack tells of it in."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from bot.db.models import ReactionRow, ShipVoteRow
from bot.db.prompts import lock_prompt
from bot.db.ships import mark_ship_posted
from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.audience import Reach
from bot.domain.entities import UserRef
from bot.domain.prompt import Prompt, PromptKind, PromptState
from bot.domain.requests import ShipChange
from bot.domain.ship import Thumb
from bot.services.about import stored_about
from bot.services.answering import answer_prompt, withdraw_answer
from bot.services.closing import close_prompt
from bot.services.reacting import Reaction, Taken, take_reaction
from bot.services.shipping import ship_change, take_back, vote_on
from tests.answers import one
from tests.feedback_world import ALICE, BOB, CHARLIE, NOW, World, make_world

OUTSIDE = replace(CHARLIE, channel_id="C0GENERAL")
SHIP_TS = "1795442400.000200"


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE, BOB, CHARLIE)
    return made


def at(second: float) -> datetime:
    return NOW + timedelta(seconds=second)


class Hand:
    """Sends what Slack would tell of reactions under one message."""

    def __init__(self, world: World, ts: str | None) -> None:
        assert ts is not None
        self.world, self.ts, self.told = world, ts, 0

    async def adds(self, name: str, second: float, actor: Actor = BOB, *, event_id: str = "") -> Taken | None:
        return await self._tell(name, second, actor, event_id, added=True)

    async def removes(
        self, name: str, second: float, actor: Actor = BOB, *, event_id: str = ""
    ) -> Taken | None:
        return await self._tell(name, second, actor, event_id, added=False)

    async def _tell(
        self, name: str, second: float, actor: Actor, event_id: str, *, added: bool
    ) -> Taken | None:
        self.told += 1
        event_id = event_id or f"Ev{self.told}"
        return await take_reaction(
            self.world.deps, Reaction(event_id, actor, self.ts, name, at(second), added=added)
        )


async def ask(world: World, **given: object) -> tuple[Prompt, Hand]:
    prompt = await world.ask(**{"kind": PromptKind.THUMBS, "reactions": True, **given})  # type: ignore[arg-type]
    return prompt, Hand(world, prompt.ts)


async def answers(world: World) -> dict[str, str | None]:
    return {row.respondent: row.option_ids[0] for row in await world.responses()}


async def test_a_reaction_is_one_answer_that_changes_and_is_withdrawn(world: World) -> None:
    _, hand = await ask(world)
    taken = await hand.adds("+1::skin-tone-3", 1)
    assert taken is not None
    assert taken.answered is not None
    assert taken.answered.answers == one("up")
    changed = await hand.adds("-1", 2)
    assert changed is not None
    assert changed.answered is not None
    assert changed.answered.former == one("up")
    assert await answers(world) == {"U0BOB": "down"}
    assert await hand.removes("+1::skin-tone-3", 3) is None
    assert await answers(world) == {"U0BOB": "down"}
    withdrawn = await hand.removes("-1", 4)
    assert withdrawn is not None
    assert withdrawn.answered is not None
    assert withdrawn.answered.answers == {}
    assert await answers(world) == {}


async def test_each_person_has_one_answer_and_the_message_is_drawn_again(world: World) -> None:
    prompt, hand = await ask(world)
    world.deps.wake.clear()
    for actor in (ALICE, BOB, OUTSIDE):
        await hand.adds("thumbsup", 1, actor)
    assert await answers(world) == dict.fromkeys(("U0ALICE", "U0BOB", "U0CHARLIE"), "up")
    assert (await world.prompt_row(prompt.id)).redraw_at is not None
    assert world.deps.wake.is_set()


@pytest.mark.parametrize("name", ["tada", "one", "white_check_mark"])
async def test_decoration_is_no_answer_and_nothing_is_kept_of_it(world: World, name: str) -> None:
    _, hand = await ask(world)
    assert await hand.adds(name, 1) is None
    assert await hand.removes(name, 2) is None
    assert (await answers(world), await world.rows(ReactionRow)) == ({}, [])


async def test_where_the_message_does_not_say_so_reactions_are_nothing(world: World) -> None:
    _, hand = await ask(world, reactions=False)
    assert await hand.adds("+1", 1) is None
    assert await Hand(world, "1.000001").adds("+1", 1) is None
    assert (await answers(world), await world.rows(ReactionRow)) == ({}, [])


async def test_an_event_that_comes_twice_counts_once(world: World) -> None:
    _, hand = await ask(world)
    assert await hand.adds("+1", 1, event_id="Ev1") is not None
    await hand.removes("+1", 2)
    assert await hand.adds("+1", 1, event_id="Ev1") is None
    assert await answers(world) == {}


@pytest.mark.parametrize(
    ("told", "answer"),
    [
        pytest.param([("add", "+1", 1), ("remove", "+1", 2)], None, id="as it was"),
        pytest.param([("remove", "+1", 2), ("add", "+1", 1)], None, id="the removal first"),
        pytest.param([("add", "-1", 2), ("add", "+1", 1)], "down", id="an older one late"),
        pytest.param([("add", "+1", 1), ("remove", "-1", 3), ("add", "-1", 2)], None, id="between"),
        pytest.param([("add", "+1", 3), ("remove", "+1", 2), ("add", "+1", 1)], "up", id="added again"),
    ],
)
async def test_what_counts_does_not_depend_on_the_order_of_delivery(
    world: World, told: list[tuple[str, str, int]], answer: str | None
) -> None:
    _, hand = await ask(world)
    for what, name, second in told:
        await (hand.adds if what == "add" else hand.removes)(name, second)
    assert (await answers(world)).get("U0BOB") == answer


async def test_a_press_after_a_reaction_is_newer_whatever_comes_late(world: World) -> None:
    prompt, hand = await ask(world)
    await hand.adds("+1", 1)
    await answer_prompt(world.deps, replace(BOB, acted_at=at(5)), prompt.id, one("down"))
    assert await hand.adds("+1::skin-tone-2", 4) is None
    assert await hand.removes("+1", 6) is None
    assert await answers(world) == {"U0BOB": "down"}
    await withdraw_answer(world.deps, replace(BOB, acted_at=at(7)), prompt.id)
    assert await hand.removes("+1::skin-tone-2", 8) is None
    assert await answers(world) == {}
    assert await hand.adds("-1", 9) is not None
    assert await answers(world) == {"U0BOB": "down"}


async def test_a_reaction_like_the_answer_given_says_that_it_stays(world: World) -> None:
    prompt, hand = await ask(world)
    await answer_prompt(world.deps, replace(BOB, acted_at=at(1)), prompt.id, one("up"))
    taken = await hand.adds("+1", 2)
    assert taken is not None
    assert taken.answered is not None
    assert taken.answered.former == taken.answered.answers == one("up")


async def test_after_the_close_a_reaction_is_told_that_it_came_too_late(world: World) -> None:
    prompt, hand = await ask(world)
    await hand.adds("+1", 1)
    await close_prompt(world.deps, ALICE, prompt.id)
    assert await world.rows(ReactionRow) == []
    for taken in (await hand.adds("-1", 2), await hand.removes("+1", 3)):
        assert taken is not None
        assert "closed" in taken.refused
    assert await hand.removes("-1", 4) is None
    assert await answers(world) == {"U0BOB": "up"}
    assert await world.rows(ReactionRow) == []


async def test_a_closing_time_that_has_come_counts_and_not_the_timer(world: World) -> None:
    _, hand = await ask(world, closes_in=timedelta(hours=1))
    await hand.adds("+1", 1)
    world.clock.advance(hours=1)
    for taken in (await hand.adds("-1", 2), await hand.removes("+1", 3)):
        assert taken is not None
        assert "closed" in taken.refused
    assert await answers(world) == {"U0BOB": "up"}


async def test_the_reaction_a_prompt_waits_for_closes_it(world: World) -> None:
    prompt, hand = await ask(world, close_after=2)
    await hand.adds("+1", 1)
    last = await hand.adds("-1", 2, ALICE)
    assert last is not None
    assert last.answered is not None
    assert last.answered.prompt.state is PromptState.CLOSED
    assert (await world.prompt_row(prompt.id)).state == "closed"
    assert await world.rows(ReactionRow) == []


async def test_who_may_not_answer_by_a_button_may_not_by_a_reaction(world: World) -> None:
    _, named = await ask(world, reach=Reach.NAMED, people=(UserRef("U0ALICE"),))
    taken = await named.adds("+1", 1)
    assert taken is not None
    assert "for the people it names" in taken.refused
    _, hand = await ask(world)
    world.slack.outsiders.add(("C0GENERAL", "U0BOB"))
    hand.told = 10
    taken = await hand.adds("+1", 1)
    assert taken is not None
    assert "Only members of the channel" in taken.refused
    _, everyone = await ask(world, reach=Reach.EVERYONE)
    everyone.told = 20
    assert (await everyone.adds("+1", 1)) is not None
    assert await answers(world) == {"U0BOB": "up"}


async def test_reactions_follow_the_options_as_they_stand(world: World) -> None:
    prompt, hand = await ask(world, kind=PromptKind.CHOICE, options=("Left", "Middle", "Right"))
    await hand.adds("two", 1)
    assert await answers(world) == {"U0BOB": "o2"}

    def drop_first(session: Session) -> None:
        row = lock_prompt(session, BOB.team_id, prompt.id)
        assert row is not None
        row.options = row.options[1:]

    await world.deps.database.write(drop_first)
    assert await answers(world) == {"U0BOB": "o2"}
    await hand.adds("two", 2, ALICE)
    assert await answers(world) == {"U0BOB": "o2", "U0ALICE": "o3"}
    assert await hand.adds("three", 3) is None
    await hand.removes("two", 4)
    assert await answers(world) == {"U0ALICE": "o3"}


async def test_what_is_kept_of_a_reaction_is_said(world: World) -> None:
    _, hand = await ask(world)
    await hand.adds("+1", 1)
    rows = dict((await stored_about(world.deps, BOB)).rows)
    assert [words for words in rows if words.startswith("reactions of yours")] != []


async def ship(world: World, *, reactions: bool = True) -> tuple[int, Hand]:
    await world.start_initiative("Checkout rewrite")
    write = world.deps.database.write
    request = ShipChange("New checkout form", reactions=reactions)
    shipped = await write(ship_change, ALICE, request, world.deps.now())
    await write(mark_ship_posted, shipped.ship.id, SHIP_TS, world.deps.now())
    return shipped.ship.id, Hand(world, SHIP_TS)


async def votes(world: World) -> dict[str, str]:
    return {row.user_id: row.thumb for row in await world.rows(ShipVoteRow)}


async def test_a_reaction_on_a_ship_that_says_so_is_a_tap(world: World) -> None:
    ship_id, hand = await ship(world)
    await hand.adds("+1", 1)
    taken = await hand.adds("thumbsdown::skin-tone-2", 2)
    assert taken is not None
    assert taken.voted is not None
    assert (taken.voted.thumb, taken.voted.former) == (Thumb.DOWN, Thumb.UP)
    assert await votes(world) == {"U0BOB": "down"}
    pressed = replace(BOB, acted_at=at(3))
    await world.deps.database.write(vote_on, pressed, ship_id, Thumb.UP, world.deps.now())
    assert await hand.removes("thumbsdown::skin-tone-2", 4) is None
    assert await votes(world) == {"U0BOB": "up"}
    await hand.adds("+1::skin-tone-5", 5)
    withdrawn = await hand.removes("+1::skin-tone-5", 6)
    assert withdrawn is not None
    assert withdrawn.voted is not None
    assert withdrawn.voted.thumb is None
    assert await votes(world) == {}
    assert await hand.adds("tada", 7) is None


async def test_a_ship_that_does_not_say_so_has_no_votes_by_reaction(world: World) -> None:
    _, hand = await ship(world, reactions=False)
    assert await hand.adds("+1", 1) is None
    assert (await votes(world), await world.rows(ReactionRow)) == ({}, [])


async def test_a_ship_that_was_taken_back_says_so_to_who_reacts(world: World) -> None:
    ship_id, hand = await ship(world)
    await hand.adds("+1", 1)
    await world.deps.database.write(take_back, ALICE, ship_id, world.deps.now())
    taken = await hand.adds("-1", 2)
    assert taken is not None
    assert "taken back" in taken.refused
    assert await hand.removes("+1", 3) is None
    assert await world.rows(ReactionRow) == []


async def test_a_crowd_that_reacts_at_once_is_counted_to_the_last(world: World) -> None:
    _, hand = await ask(world)
    people = [replace(BOB, user_id=f"U0X{number}") for number in range(30)]
    events = [hand.adds("+1", 1, each, event_id=f"up {each.user_id}") for each in people]
    events += [hand.adds("-1", 2, each, event_id=f"down {each.user_id}") for each in people]
    events += [hand.removes("+1", 3, each, event_id=f"gone {each.user_id}") for each in people]
    events += [hand.adds("-1", 2, each, event_id=f"down {each.user_id}") for each in people]
    random.Random(1).shuffle(events)
    await asyncio.gather(*events)
    assert await answers(world) == {each.user_id: "down" for each in people}
