"""What waits on Home: prompts one was asked, verdicts, new notes; and nothing that tells who answered anonymously."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.blocks.home import home_view
from bot.db.homes import home_opened
from bot.db.models import HomeRow, InitiativeRow
from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.audience import Reach
from bot.domain.entities import UserRef
from bot.domain.home import Home
from bot.domain.note import NoteState
from bot.domain.prompt import Prompt
from bot.errors import NotAllowedError, UserError
from bot.services.answering import answer_prompt, withdraw_answer
from bot.services.closing import close_prompt
from bot.services.home import home_of
from bot.services.inviting import ask_person, claim_people
from bot.services.note_states import PAGE, answer_note, new_notes_on
from bot.services.notes import add_note, add_note_on, undo_note
from bot.services.prompt_editing import PromptEdit, edit_prompt
from tests.answers import one
from tests.feedback_world import ALICE, BOB, NOW, TEAM, World, make_world

THREE = (UserRef("U0BOB"), UserRef("U0CHARLIE"), UserRef("U0DANA"), UserRef("U0EVE"), UserRef("U0FAY"))
BOB_ALONE: dict[str, Any] = {"reach": Reach.NAMED, "people": (UserRef("U0BOB"),)}


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE, BOB)
    for actor in (ALICE, BOB):
        await made.deps.database.write(home_opened, TEAM, actor.user_id, NOW)
    return made


async def home(world: World, actor: Actor = BOB) -> Home:
    return await world.deps.database.read(home_of, Actor(TEAM, actor.user_id, ""), world.clock.now)


async def asked(world: World, actor: Actor = BOB) -> list[int]:
    return [prompt.id for prompt in (await home(world, actor)).prompts]


async def drawn(world: World) -> None:
    """Note that every Home shows how things stand."""

    def clean(session: Any) -> None:
        for user_id in ("U0ALICE", "U0BOB"):
            row = session.get_one(HomeRow, (TEAM, user_id))
            row.redraw_at = None
            session.add(row)

    await world.deps.database.write(clean)


async def to_draw(world: World) -> list[str]:
    """Return whose Home is to be drawn again."""
    return sorted(row.user_id for row in await world.rows(HomeRow) if row.redraw_at is not None)


async def ask_bob(world: World, **request: Any) -> Prompt:
    await drawn(world)
    return await world.ask(**{**BOB_ALONE, **request})


async def test_a_named_prompt_waits_for_whom_it_names_until_they_answer(world: World) -> None:
    prompt = await ask_bob(world)
    assert await to_draw(world) == ["U0BOB"]
    assert (await asked(world), await asked(world, ALICE)) == ([prompt.id], [])
    await drawn(world)
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    assert (await asked(world), await to_draw(world)) == ([], ["U0BOB"])
    await drawn(world)
    await answer_prompt(world.deps, BOB, prompt.id, one("5"))
    assert await to_draw(world) == [], "a changed answer changes nothing there"
    await withdraw_answer(world.deps, BOB, prompt.id)
    assert (await asked(world), await to_draw(world)) == ([prompt.id], ["U0BOB"])


@pytest.mark.parametrize("how", ["closed", "over"])
async def test_a_prompt_that_takes_no_answers_waits_no_more(world: World, how: str) -> None:
    prompt = await ask_bob(world, closes_in=timedelta(days=1))
    await drawn(world)
    if how == "closed":
        await close_prompt(world.deps, ALICE, prompt.id)
        assert await to_draw(world) == ["U0BOB"]
    else:
        world.clock.advance(days=1)
    assert await asked(world) == []


async def test_of_an_anonymous_prompt_nothing_on_home_depends_on_who_answered(world: World) -> None:
    prompt = await ask_bob(world, people=THREE, anonymous=True, closes_in=timedelta(days=2))
    before = home_view(await home(world))
    await drawn(world)
    rows = await world.rows(HomeRow)
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    assert await to_draw(world) == []
    assert [row.model_dump() for row in await world.rows(HomeRow)] == [row.model_dump() for row in rows]
    assert home_view(await home(world)) == before
    assert "If you have not answered yet" in str(before)
    await withdraw_answer(world.deps, BOB, prompt.id)
    assert (await to_draw(world), home_view(await home(world))) == ([], before)


async def test_a_channels_prompt_waits_only_for_whom_it_reminded(world: World) -> None:
    prompt = await world.ask(closes_in=timedelta(days=2), remind=True)
    await drawn(world)
    assert await asked(world) == []
    world.clock.advance(days=1)
    for user_id in await claim_people(world.deps, 50):
        await ask_person(world.deps, user_id)
    assert (await asked(world), await to_draw(world)) == ([prompt.id], ["U0BOB"])


async def test_the_first_to_close_comes_first_and_many_are_counted(world: World) -> None:
    late = await ask_bob(world, closes_in=timedelta(days=9))
    never = await ask_bob(world)
    soon = [
        await ask_bob(world, closes_in=timedelta(days=1), question=f"Question {each}?") for each in range(5)
    ]
    assert await asked(world) == [*(prompt.id for prompt in soon), late.id, never.id]
    shown = home_view(await home(world))
    assert "and 2 more: type `/feedback list`" in str(shown)


async def test_an_edited_question_is_drawn_again(world: World) -> None:
    prompt = await ask_bob(world)
    await drawn(world)
    change = PromptEdit("How clear is it now?", prompt.kind)
    await world.deps.database.write(edit_prompt, ALICE, prompt.id, change, NOW, cap=3)
    assert await to_draw(world) == ["U0BOB"]
    assert [each.question for each in (await home(world)).prompts] == ["How clear is it now?"]


async def test_new_notes_of_others_wait_for_the_owner_until_they_are_answered(world: World) -> None:
    initiative_id = await world.start_initiative("Checkout rewrite")
    await drawn(world)
    saved = await add_note(world.deps, BOB, "The form is <confusing>")
    assert await to_draw(world) == ["U0ALICE"]
    await add_note(world.deps, ALICE, "My own thought")
    await add_note_on(world.deps, BOB, initiative_id, "One more")
    [notes] = (await home(world, ALICE)).notes
    assert (notes.initiative_id, notes.initiative_name, notes.count) == (initiative_id, "Checkout rewrite", 2)
    assert (await home(world)).notes == ()
    page = await world.deps.database.read(new_notes_on, ALICE, initiative_id)
    assert ([note.text for note in page.notes], page.total) == (["One more", "The form is <confusing>"], 2)

    await drawn(world)
    args = (ALICE, saved.note.id, NoteState.ACKNOWLEDGED, "", NOW)
    await world.deps.database.write(answer_note, *args)
    assert await to_draw(world) == ["U0ALICE"]
    [notes] = (await home(world, ALICE)).notes
    assert notes.count == 1


async def test_an_undone_note_waits_no_more(world: World) -> None:
    await world.start_initiative("Checkout rewrite")
    saved = await add_note(world.deps, BOB, "The form is confusing")
    await drawn(world)
    await undo_note(world.deps, BOB, saved.note.id)
    assert await to_draw(world) == ["U0ALICE"]
    assert (await home(world, ALICE)).notes == ()


async def test_notes_are_shown_page_by_page_to_the_owner_alone(world: World) -> None:
    initiative_id = await world.start_initiative("Checkout rewrite")
    for number in range(PAGE + 1):
        await add_note(world.deps, BOB, f"Note {number}")
    database = world.deps.database
    last = await database.read(new_notes_on, ALICE, initiative_id, PAGE)
    assert ([note.text for note in last.notes], last.total) == (["Note 0"], PAGE + 1)
    with pytest.raises(NotAllowedError, match="Somebody else owns that initiative now") as refused:
        await database.read(new_notes_on, BOB, initiative_id)
    assert refused.value.owner_id == "U0ALICE"

    def close(session: Any) -> None:
        row = session.get_one(InitiativeRow, initiative_id)
        row.state = "closed"
        session.add(row)

    await database.write(close)
    assert (await home(world, ALICE)).notes == ()
    with pytest.raises(UserError, match="was closed meanwhile"):
        await database.read(new_notes_on, ALICE, initiative_id)
