"""Notes: kept with the channel's initiative, undone by whoever wrote them."""

from __future__ import annotations

import pytest

from bot.db.models import NoteRow
from bot.deps import Database
from bot.errors import UserError
from bot.services.notes import add_note, move_note, undo_note
from tests.feedback_world import ALICE, BOB, CHARLIE, NOW, World, make_world


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE)
    return made


@pytest.mark.parametrize(
    "text",
    [
        "the new form is confusing",
        "<!channel> & <@U0ALICE> 🎉 مرحبا “smart”\nsecond line",
        "x" * 4000,
        "🎉" * 4000,
    ],
    ids=["plain", "mark-up", "4,000 characters", "4,000 emoji"],
)
async def test_a_note_is_kept_as_it_was_typed(world: World, text: str) -> None:
    saved = await add_note(world.deps, BOB, text)
    (row,) = await world.rows(NoteRow)
    assert (row.text, row.author_id, row.channel_id, row.created_at) == (text, "U0BOB", "C0GENERAL", NOW)
    assert saved.note.text == text


async def test_a_note_is_on_the_channels_only_initiative(world: World) -> None:
    nothing = await add_note(world.deps, BOB, "hm")
    assert (nothing.initiative, nothing.choices) == (None, ())
    checkout = await world.start_initiative("Checkout rewrite")
    only = await add_note(world.deps, BOB, "hm")
    assert only.initiative is not None
    assert only.note.initiative_id == checkout


async def test_among_several_initiatives_one_is_chosen_afterwards(world: World) -> None:
    await world.start_initiative("Checkout rewrite")
    search = await world.start_initiative("Search")
    saved = await add_note(world.deps, BOB, "hm")
    assert saved.initiative is None
    assert [initiative.name for initiative in saved.choices] == ["Checkout rewrite", "Search"]
    moved = await move_note(world.deps, BOB, saved.note.id, search)
    assert moved.initiative is not None
    assert moved.initiative.name == "Search"
    assert moved.note.initiative_id == search


async def test_a_note_moves_to_no_initiative_of_another_channel(world: World) -> None:
    elsewhere = await world.start_initiative("Quiet work", "C0SECRET")
    saved = await add_note(world.deps, BOB, "hm")
    with pytest.raises(UserError, match="stays on the channel"):
        await move_note(world.deps, BOB, saved.note.id, elsewhere)
    (row,) = await world.rows(NoteRow)
    assert row.initiative_id is None


async def test_only_whoever_wrote_a_note_undoes_it_and_once(world: World) -> None:
    saved = await add_note(world.deps, BOB, "hm")
    with pytest.raises(UserError, match="gone"):
        await undo_note(world.deps, CHARLIE, saved.note.id)
    assert (await undo_note(world.deps, BOB, saved.note.id)).text == "hm"
    assert await world.rows(NoteRow) == []
    with pytest.raises(UserError, match="gone already"):
        await undo_note(world.deps, BOB, saved.note.id)
    with pytest.raises(UserError, match="undone"):
        await move_note(world.deps, BOB, saved.note.id, 1)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 12_001], ids=["empty", "blank", "too long"])
async def test_a_note_with_nothing_or_too_much_in_it_is_refused(world: World, text: str) -> None:
    with pytest.raises(UserError) as refused:
        await add_note(world.deps, BOB, text)
    assert refused.value.field == "text"
    assert await world.rows(NoteRow) == []
