"""Editing who may answer, how they may, and when results are seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.db.models import AskingRow, ReactionRow
from bot.deps import Database
from bot.domain.audience import Reach, Shown
from bot.domain.prompt import Prompt, PromptKind
from bot.errors import UserError
from bot.services.answering import answer_prompt
from bot.services.audience_editing import AudienceEdit, audience_of
from bot.services.prompt_editing import EditedPrompt, PromptEdit, edit_prompt
from tests.answers import one
from tests.feedback_world import ALICE, BOB, CHARLIE, World, make_world


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE, BOB, CHARLIE)
    return made


async def edited(world: World, prompt: Prompt, audience: AudienceEdit) -> Prompt:
    change = PromptEdit(prompt.question, prompt.kind, audience=audience)
    write = world.deps.database.write
    outcome = await write(edit_prompt, ALICE, prompt.id, change, world.clock.now, cap=3)
    assert isinstance(outcome, EditedPrompt)
    return outcome.prompt


async def test_a_prompt_is_put_to_others_and_only_who_is_named_anew_is_asked(world: World) -> None:
    prompt = await world.ask()
    bob = replace(audience_of(prompt), reach=Reach.NAMED, people=(BOB.user_id,))
    after = await edited(world, prompt, bob)
    assert (after.reach, after.named) == (Reach.NAMED, (BOB.user_id,))
    both = replace(bob, people=(BOB.user_id, CHARLIE.user_id))
    await edited(world, after, both)
    askings = await world.rows(AskingRow)
    assert sorted(row.user_id for row in askings) == sorted(both.people), "each is asked once"
    everyone = replace(both, reach=Reach.EVERYONE, people=())
    await edited(world, after, everyone)
    row = await world.prompt_row(prompt.id)
    assert (row.reach, row.named) == ("everyone", None)


async def test_answers_of_people_who_are_asked_no_more_stay(world: World) -> None:
    prompt = await world.ask()
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    await edited(world, prompt, replace(audience_of(prompt), reach=Reach.NAMED, people=(CHARLIE.user_id,)))
    assert len(await world.responses()) == 1
    with pytest.raises(UserError, match="you are not one of them"):
        await answer_prompt(world.deps, BOB, prompt.id, one("5"))


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        (Shown.LIVE, Shown.HIDDEN, True),
        (Shown.HIDDEN, Shown.SHARED, True),
        (Shown.HIDDEN, Shown.LIVE, False),
        (Shown.SHARED, Shown.HIDDEN, False),
    ],
)
async def test_once_answered_results_may_be_shown_later_than_promised_and_not_earlier(
    world: World, before: Shown, after: Shown, may: bool
) -> None:
    prompt = await world.ask(results=before)
    wanted = replace(audience_of(prompt), results=after)
    assert (await edited(world, prompt, wanted)).results is after, "nobody answered"
    await edited(world, prompt, audience_of(prompt))
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    if may:
        assert (await edited(world, prompt, wanted)).results is after
        return
    with pytest.raises(UserError, match="not earlier") as caught:
        await edited(world, prompt, wanted)
    assert caught.value.field == "results"
    assert (await world.prompt_row(prompt.id)).results == before


@pytest.mark.parametrize(
    ("asked", "change", "field"),
    [
        pytest.param({"anonymous": True}, {"results": Shown.LIVE}, "results", id="anonymous and live"),
        pytest.param({"anonymous": True}, {"reactions": True}, "reactions", id="anonymous reactions"),
        pytest.param({}, {"open_options": True}, "open_options", id="more options for a scale"),
        pytest.param({"results": Shown.HIDDEN}, {"reactions": True}, "reactions", id="hidden reactions"),
        pytest.param(
            {"anonymous": True},
            {"reach": Reach.NAMED, "people": ("U0BOB",)},
            "people",
            id="fewer people than the floor",
        ),
    ],
)
async def test_what_can_not_be_is_refused_and_changes_nothing(
    world: World, asked: dict[str, object], change: dict[str, object], field: str
) -> None:
    prompt = await world.ask(**asked)
    with pytest.raises(UserError) as caught:
        await edited(world, prompt, replace(audience_of(prompt), **change))  # type: ignore[arg-type]
    assert caught.value.field == field
    assert (await world.prompt_row(prompt.id)).edited_at is None


async def test_reactions_that_count_no_more_are_forgotten(world: World) -> None:
    prompt = await world.ask(kind=PromptKind.THUMBS, reactions=True)
    await answer_prompt(world.deps, BOB, prompt.id, one("up"))
    assert len(await world.rows(ReactionRow)) == 1
    await edited(world, prompt, replace(audience_of(prompt), reactions=False))
    assert await world.rows(ReactionRow) == []
    assert len(await world.responses()) == 1, "the answer stays"
