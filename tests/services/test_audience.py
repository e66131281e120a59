"""Who may answer a prompt, and when its results are seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session

from bot.db.models import PromptRow
from bot.db.people import save_person
from bot.deps import Database
from bot.domain.actor import Person
from bot.domain.audience import Reach, Shown
from bot.domain.entities import UserRef
from bot.domain.prompt import PromptKind
from bot.domain.requests import AskPrompt, PromptResults
from bot.errors import UserError
from bot.services.answering import answer_prompt, own_answer, withdraw_answer
from bot.services.asking import ask_prompt
from bot.services.closing import close_prompt, prompt_results
from bot.services.prompts import prompt_to_post
from tests.answers import one
from tests.feedback_world import ALICE, BOB, CHARLIE, NOW, TEAM, World, make_world

FOUR = one("4")
TO_BOB = {"reach": Reach.NAMED, "people": (UserRef("U0BOB"), UserRef("U0ALICE"))}


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE)
    return made


async def test_somebody_outside_the_channel_is_told_and_nothing_is_counted(world: World) -> None:
    prompt = await world.ask()
    world.slack.outsiders.add(("C0GENERAL", "U0CHARLIE"))
    for there in (CHARLIE, replace(CHARLIE, channel_id="C0GENERAL"), replace(CHARLIE, channel_id="D0X")):
        with pytest.raises(UserError, match="Only members of the channel"):
            await answer_prompt(world.deps, there, prompt.id, FOUR)
        with pytest.raises(UserError, match="Only members of the channel"):
            await own_answer(world.deps, there, prompt.id, to_answer=True)
    assert await world.responses() == []
    await answer_prompt(world.deps, replace(BOB, channel_id="D0BOB"), prompt.id, FOUR)
    assert len(await world.responses()) == 1


async def test_who_left_the_channel_can_still_withdraw(world: World) -> None:
    prompt = await world.ask()
    await answer_prompt(world.deps, BOB, prompt.id, FOUR)
    world.slack.outsiders.add(("C0GENERAL", "U0BOB"))
    await withdraw_answer(world.deps, BOB, prompt.id)
    assert await world.responses() == []


async def test_an_answer_is_not_lost_because_slack_can_not_be_asked(world: World) -> None:
    prompt = await world.ask()
    world.slack.unreachable = True
    await answer_prompt(world.deps, BOB, prompt.id, FOUR)
    assert len(await world.responses()) == 1


async def test_everyone_may_answer_without_being_in_the_channel(world: World) -> None:
    prompt = await world.ask(reach=Reach.EVERYONE)
    world.slack.outsiders.add(("C0GENERAL", "U0CHARLIE"))
    await answer_prompt(world.deps, CHARLIE, prompt.id, FOUR)
    assert len(await world.responses()) == 1


async def test_the_people_a_prompt_names_get_it_each_and_alone_can_answer(world: World) -> None:
    prompt = await world.ask(**TO_BOB)
    asked = [row for row in await world.outbox() if row.kind == "prompt_asked"]
    assert [(row.channel_id, row.facts) for row in asked] == [
        ("U0BOB", {"prompt_ids": [prompt.id], "reminded": []}),
        ("U0ALICE", {"prompt_ids": [prompt.id], "reminded": []}),
    ]
    await answer_prompt(world.deps, replace(BOB, channel_id="D0BOB"), prompt.id, FOUR)
    with pytest.raises(UserError, match="for the people it names, and you are not"):
        await answer_prompt(world.deps, CHARLIE, prompt.id, FOUR)
    with pytest.raises(UserError, match="for the people it names"):
        await own_answer(world.deps, CHARLIE, prompt.id, to_answer=True)
    assert [row.respondent for row in await world.responses()] == ["U0BOB"]


@pytest.mark.parametrize(
    ("given", "words", "field"),
    [
        pytest.param({"anonymous": True, **TO_BOB}, "2 people can't reach a floor of 5", "to", id="floor"),
        pytest.param(
            {"reach": Reach.NAMED, "people": tuple(UserRef(f"U{n}") for n in range(51))},
            "50 people at most, and these are 51",
            "to",
            id="too many",
        ),
        pytest.param(
            {"reach": Reach.NAMED, "people": (UserRef("U0LOOPMARK"),)}, "Name people", "to", id="the bot"
        ),
        pytest.param(
            {"reach": Reach.NAMED, "people": (UserRef("U0GONE"),)}, "Gone has left", "to", id="left"
        ),
        pytest.param({"anonymous": True, "results": Shown.LIVE}, "can't be live", "results", id="live"),
    ],
)
async def test_an_audience_that_can_not_be_is_refused_and_nothing_is_stored(
    world: World, given: dict[str, Any], words: str, field: str
) -> None:
    def leave(session: Session) -> None:
        gone = Person(TEAM, "U0GONE", "Gone", "Europe/Berlin", is_admin=False, is_deleted=True)
        save_person(session, gone, NOW)

    await world.deps.database.write(leave)
    with pytest.raises(UserError, match=words) as refused:
        await ask_prompt(world.deps, ALICE, AskPrompt("Well?", PromptKind.SCALE, **given))
    assert refused.value.field == field
    assert await world.rows(PromptRow) == []
    assert await world.outbox() == []


@pytest.mark.parametrize(
    ("results", "in_channel", "to_asker", "to_others"),
    [
        pytest.param(Shown.LIVE, True, True, True, id="live"),
        pytest.param(Shown.HIDDEN, False, True, False, id="hidden"),
        pytest.param(Shown.SHARED, False, False, False, id="shared"),
    ],
)
async def test_who_sees_results_while_a_prompt_is_open(
    world: World, results: Shown, in_channel: bool, to_asker: bool, to_others: bool
) -> None:
    prompt = await world.ask(results=results)
    await answer_prompt(world.deps, BOB, prompt.id, FOUR)
    view = await world.deps.database.read(prompt_to_post, prompt.id)
    assert (view.tally.counts is not None) is in_channel
    assert view.tally.responses == 1
    for actor, sees in ((ALICE, to_asker), (BOB, to_others)):
        seen = await prompt_results(world.deps, actor, PromptResults(prompt.number))
        assert (seen.tally.counts is not None) is sees, actor
        assert seen.tally.hidden_because == ("" if sees else "Results are hidden until it closes.")
    await close_prompt(world.deps, ALICE, prompt.id)
    assert (await prompt_results(world.deps, BOB, PromptResults(prompt.number))).tally.counts is not None
    shared = [row.channel_id for row in await world.outbox() if row.kind == "prompt_results"]
    assert shared == (["C0GENERAL"] if results is Shown.SHARED else [])


async def test_nobody_sees_results_of_an_open_anonymous_prompt_whatever_was_chosen(world: World) -> None:
    for results in (None, Shown.HIDDEN, Shown.SHARED):
        prompt = await world.ask(anonymous=True, floor=3, results=results)
        for user in ("U0BOB", "U0CHARLIE", "U0DANA"):
            await answer_prompt(world.deps, replace(BOB, user_id=user), prompt.id, FOUR)
        seen = await prompt_results(world.deps, ALICE, PromptResults(prompt.number))
        assert seen.tally.counts is None
