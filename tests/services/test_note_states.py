"""Note states: moved by those who may, with a reason where one is due, and told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.db.models import NoteRow
from bot.db.notes import closing_times
from bot.deps import Database
from bot.domain.note import Note, NoteState
from bot.errors import NotAllowedError, UserError
from bot.services.note_states import answer_note, list_notes
from bot.services.notes import add_note
from tests.feedback_world import ALICE, BOB, CHARLIE, NOW, World, make_world


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE, BOB, CHARLIE)
    return made


async def move(world: World, note: Note, to: NoteState, reason: str = "", actor: object = ALICE) -> Note:
    return await world.deps.database.write(answer_note, actor, note.id, to, reason, world.deps.now())  # type: ignore[arg-type]  # an Actor


async def test_a_moved_note_keeps_who_when_and_why_and_its_author_is_told(world: World) -> None:
    initiative = await world.start_initiative("Checkout rewrite")
    note = (await add_note(world.deps, BOB, "hm")).note
    world.clock.advance(hours=5)
    await move(world, note, NoteState.ACKNOWLEDGED)
    moved = await move(world, note, NoteState.ACTED_ON, " one field\n less ")
    assert (moved.state, moved.reason, moved.moved_by) == (NoteState.ACTED_ON, "one field less", "U0ALICE")
    rows = sorted(await world.outbox(), key=lambda row: row.id or 0)
    told = [row for row in rows if row.kind == "note_moved"]
    assert [row.facts["to"] for row in told] == ["acknowledged", "acted on"]
    assert {row.channel_id for row in told} == {"U0BOB"}
    times = await world.deps.database.read(closing_times, [initiative], NOW)
    assert times == [timedelta(hours=5)]
    assert await world.deps.database.read(closing_times, [initiative], world.clock()) == []


async def test_one_s_own_note_is_moved_without_a_message(world: World) -> None:
    note = (await add_note(world.deps, BOB, "hm")).note
    await move(world, note, NoteState.ACKNOWLEDGED, actor=BOB)
    assert await world.outbox() == []


@pytest.mark.parametrize(
    ("to", "reason", "words"),
    [
        (NoteState.NOT_DOING, " ", "Say why not"),
        (NoteState.ACTED_ON, "x" * 501, "500 is the most"),
        (NoteState.NEW, "", "already"),
    ],
    ids=["no reason", "too long a reason", "as it is"],
)
async def test_a_move_that_can_t_be_is_refused(world: World, to: NoteState, reason: str, words: str) -> None:
    note = (await add_note(world.deps, BOB, "hm")).note
    with pytest.raises(UserError, match=words) as refused:
        await move(world, note, to, reason)
    assert refused.value.field == "reason"
    (row,) = await world.rows(NoteRow)
    assert row.state == "new"


async def test_who_does_not_own_the_initiative_moves_no_note_on_it(world: World) -> None:
    await world.start_initiative("Checkout rewrite")
    note = (await add_note(world.deps, BOB, "hm")).note
    with pytest.raises(NotAllowedError):
        await move(world, note, NoteState.ACKNOWLEDGED, actor=BOB)
    with pytest.raises(UserError, match="gone"):
        await move(world, note, NoteState.ACKNOWLEDGED, actor=CHARLIE)


async def test_notes_are_listed_by_state_in_pages_where_they_were_typed(world: World) -> None:
    notes = [(await add_note(world.deps, BOB, f"note {number}")).note for number in range(10)]
    await move(world, notes[3], NoteState.ACKNOWLEDGED)
    read = world.deps.database.read
    first = await read(list_notes, ALICE, None)
    assert (len(first.notes), first.total) == (8, 10)
    assert [note.text for note in (await read(list_notes, ALICE, None, 8)).notes] == ["note 1", "note 0"]
    (only,) = (await read(list_notes, ALICE, NoteState.ACKNOWLEDGED)).notes
    assert only.text == "note 3"
    assert (await read(list_notes, replace(ALICE, channel_id="C0LEADS"), None)).total == 0
