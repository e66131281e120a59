"""Options that whoever answers adds to a choice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.db.models import PromptRow
from bot.deps import Database
from bot.domain.audience import Reach
from bot.domain.entities import UserRef
from bot.domain.open_options import MOST_OPEN
from bot.domain.prompt import PromptKind
from bot.domain.requests import PromptResults
from bot.errors import UserError
from bot.services.answering import answer_prompt
from bot.services.closing import close_prompt, prompt_results
from bot.services.open_options import add_option
from tests.answers import one
from tests.feedback_world import ALICE, BOB, CHARLIE, World, make_world

OPEN = {"kind": PromptKind.CHOICE, "options": ("Left", "Right"), "open_options": True}


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE)
    return made


async def test_an_added_option_is_no_vote_and_votes_stay_with_their_options(world: World) -> None:
    prompt = await world.ask(**OPEN)
    await answer_prompt(world.deps, BOB, prompt.id, one("o2"))
    extended, label = await add_option(world.deps, CHARLIE, prompt.id, "  Straight   on ")
    assert label == "Straight on"
    left, right, added = (option.id for option in extended.options)
    assert (left, right) == ("o1", "o2")
    assert added not in (left, right)
    row = await world.prompt_row(prompt.id)
    assert row.redraw_at is not None
    assert len(await world.responses()) == 1
    await answer_prompt(world.deps, CHARLIE, prompt.id, one(added))
    view = await prompt_results(world.deps, ALICE, PromptResults(prompt.number))
    assert view.tally.counts == ((left, 0), (right, 1), (added, 1))


@pytest.mark.parametrize(
    ("label", "words"),
    [
        pytest.param("  ", "Type the option", id="empty"),
        pytest.param("x" * 76, "at most 75 characters, and this has 76", id="too long"),
        pytest.param("LEFT", "“Left” is there already", id="there in another case"),
    ],
)
async def test_an_option_that_can_not_be_added_is_refused_under_its_input(
    world: World, label: str, words: str
) -> None:
    prompt = await world.ask(**OPEN)
    with pytest.raises(UserError, match=words) as refused:
        await add_option(world.deps, BOB, prompt.id, label)
    assert refused.value.field == "label"
    assert len((await world.prompt_row(prompt.id)).options) == 2


async def test_a_prompt_takes_so_many_options_and_no_more(world: World) -> None:
    prompt = await world.ask(**OPEN)
    for number in range(3, MOST_OPEN + 1):
        await add_option(world.deps, BOB, prompt.id, f"Way {number}")
    with pytest.raises(UserError, match="20 options, which is the most"):
        await add_option(world.deps, BOB, prompt.id, "One more")


async def test_who_can_not_answer_can_not_add_and_nobody_to_a_closed_or_plain_prompt(world: World) -> None:
    plain = await world.ask(**{**OPEN, "open_options": False})
    with pytest.raises(UserError, match="takes no more options"):
        await add_option(world.deps, BOB, plain.id, "Up")
    named = await world.ask(**OPEN, reach=Reach.NAMED, people=(UserRef("U0BOB"),))
    with pytest.raises(UserError, match="for the people it names"):
        await add_option(world.deps, CHARLIE, named.id, "Up")
    prompt = await world.ask(**OPEN)
    world.slack.outsiders.add(("C0GENERAL", "U0CHARLIE"))
    with pytest.raises(UserError, match="Only members"):
        await add_option(world.deps, CHARLIE, prompt.id, "Up")
    await close_prompt(world.deps, ALICE, prompt.id)
    with pytest.raises(UserError, match="no option can be added any more"):
        await add_option(world.deps, BOB, prompt.id, "Up")


async def test_who_added_an_option_stands_nowhere(world: World) -> None:
    prompt = await world.ask(anonymous=True, **OPEN)
    await add_option(world.deps, BOB, prompt.id, "Up")
    assert await world.responses() == []
    [row] = await world.rows(PromptRow)
    assert "U0BOB" not in repr(row.model_dump())
    assert all("U0BOB" not in repr(each.model_dump()) for each in await world.outbox())


async def test_an_added_option_does_not_hide_that_results_can_be_subtracted(world: World) -> None:
    people = [replace(BOB, user_id=f"U0P{number}") for number in range(6)]
    for count in (5, 6):
        prompt = await world.ask(anonymous=True, **OPEN)
        if count == 6:
            await add_option(world.deps, BOB, prompt.id, "Up")
        for who in people[:count]:
            await answer_prompt(world.deps, who, prompt.id, one("o1"))
        await close_prompt(world.deps, ALICE, prompt.id)
        view = await prompt_results(world.deps, ALICE, PromptResults(prompt.number))
        assert (view.tally.counts is not None) is (count == 5)
