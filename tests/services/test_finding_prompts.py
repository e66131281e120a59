"""Which prompt is meant, and what a channel's list holds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import Session

from bot.db.sqlite import SqliteDatabase
from bot.domain.actor import Actor
from bot.errors import AmbiguousError, UserError
from bot.services.closing import close_prompt
from bot.services.notes import add_note
from bot.services.prompts import PAGE, find_prompt, list_feedback
from tests.feedback_world import ALICE, BOB, CHARLIE, World, make_world


@pytest.fixture
async def world(sqlite_database: SqliteDatabase) -> World:
    made = make_world(sqlite_database)
    await made.know(ALICE, BOB)
    return made


async def found(world: World, actor: Actor = BOB, **which: object) -> int:
    def find(session: Session) -> int:
        return find_prompt(session, actor, **which).id  # type: ignore[arg-type]  # keywords of the function

    return await world.deps.database.read(find)


async def test_a_number_is_found_from_everywhere_it_may_be_seen(world: World) -> None:
    prompt = await world.ask()
    assert await found(world, CHARLIE, number=prompt.number) == prompt.id
    with pytest.raises(UserError, match="There is no prompt #99"):
        await found(world, number=99)


async def test_a_title_is_found_whatever_its_case_and_quotes(world: World) -> None:
    prompt = await world.ask(question="How clear is “it”?")
    assert await found(world, title='how CLEAR is "it"?') == prompt.id


async def test_a_title_nobody_asked_gets_the_nearest(world: World) -> None:
    await world.ask(question="How clear is it?")
    with pytest.raises(UserError, match=r"Did you mean “How clear is it\?”"):
        await found(world, title="How clear was it?")
    with pytest.raises(UserError, match="`/feedback list`"):
        await found(world, title="Zzz")


async def test_without_a_name_the_channels_only_open_one_is_meant(world: World) -> None:
    closed = await world.ask()
    await close_prompt(world.deps, ALICE, closed.id)
    still_open = await world.ask()
    await world.ask(replace(ALICE, channel_id="C0LEADS"))
    assert await found(world) == still_open.id
    await close_prompt(world.deps, ALICE, still_open.id)
    assert await found(world) == still_open.id
    with pytest.raises(UserError, match="no open prompt"):
        await found(world, open_only=True)


async def test_among_several_open_ones_one_chooses_by_button(world: World) -> None:
    first, second = await world.ask(), await world.ask(question="Keep it?")
    with pytest.raises(AmbiguousError) as several:
        await found(world)
    assert several.value.what == "prompt"
    assert several.value.candidates == (
        (second.id, "#2 Keep it?"),
        (first.id, "#1 How clear is the new form?"),
    )
    assert await found(world, replace(BOB, chosen=(("prompt", first.id),))) == first.id


async def test_the_same_question_in_this_channel_goes_first(world: World) -> None:
    await world.ask(replace(ALICE, channel_id="C0LEADS"))
    here = await world.ask()
    assert await found(world, title=here.question) == here.id


async def test_a_choice_that_may_not_be_seen_is_gone(world: World) -> None:
    prompt = await world.ask(replace(ALICE, channel_id="C0SECRET"))
    assert await found(world, ALICE, number=prompt.number) == prompt.id
    for which in ({"number": prompt.number}, {"title": prompt.question}):
        with pytest.raises(UserError, match="There is no prompt"):
            await found(world, BOB, **which)
    with pytest.raises(UserError, match="gone"):
        await found(world, replace(BOB, chosen=(("prompt", prompt.id),)))


async def test_a_list_shows_open_prompts_first_and_pages(world: World) -> None:
    prompts = [await world.ask(question=f"Question {n}?") for n in range(PAGE + 2)]
    await close_prompt(world.deps, ALICE, prompts[-1].id)
    await add_note(world.deps, BOB, "hm")
    first = await list_feedback(world.deps, BOB)
    assert [view.prompt.number for view in first.prompts] == list(range(PAGE + 1, 1, -1))
    assert (first.total, first.notes_total, len(first.notes)) == (PAGE + 2, 1, 1)
    last = await list_feedback(world.deps, BOB, offset=PAGE)
    assert [view.prompt.number for view in last.prompts] == [1, PAGE + 2]
    assert last.notes == ()


async def test_a_list_shows_nothing_of_another_channel(world: World) -> None:
    await world.ask()
    await add_note(world.deps, BOB, "hm")
    elsewhere = await list_feedback(world.deps, CHARLIE)
    assert (elsewhere.prompts, elsewhere.notes, elsewhere.total) == ((), (), 0)
