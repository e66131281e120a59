"""Keeping: a message becomes one note of whoever marked it, with its link, and is seen where it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.db.models import NoteRow
from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.kept_message import KeptMessage
from bot.domain.note import NoteState
from bot.domain.requests import ShipChange
from bot.errors import DeliveryError
from bot.services.keeping import keep_message
from bot.services.looping import last_loop
from bot.services.note_states import answer_note, list_notes
from bot.services.notes import NOTE_LIMIT, add_note, undo_note
from bot.services.shipping import ship_change
from tests.feedback_world import ALICE, BOB, CHARLIE, World, make_world

TS = "1795442400.000100"
SAID = KeptMessage(ts=TS, text="the new form is <@U0ALICE>'s\n`a &lt; b`", said_by="U0CHARLIE")
LINK = "https://acme.slack.com/archives/C0GENERAL/p1795442400000100"


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE, BOB, CHARLIE)
    return made


async def test_a_kept_message_has_its_words_its_link_who_said_it_and_who_gave_it(world: World) -> None:
    checkout = await world.start_initiative("Checkout rewrite")
    kept = await keep_message(world.deps, BOB, SAID)
    (row,) = await world.rows(NoteRow)
    assert row.text == "the new form is <@U0ALICE>'s\n`a < b`"
    assert (row.author_id, row.said_by, row.permalink, row.message_ts) == ("U0BOB", "U0CHARLIE", LINK, TS)
    assert (row.initiative_id, row.channel_id) == (checkout, "C0GENERAL")
    assert (kept.before, kept.saved.note.permalink) == (False, LINK)


async def test_each_person_keeps_a_message_once(world: World) -> None:
    first = await keep_message(world.deps, BOB, SAID)
    again = await keep_message(world.deps, BOB, SAID)
    assert (again.before, again.saved.note) == (True, first.saved.note)
    assert not (await keep_message(world.deps, ALICE, SAID)).before
    assert len(await world.rows(NoteRow)) == 2
    await undo_note(world.deps, BOB, first.saved.note.id)
    assert not (await keep_message(world.deps, BOB, SAID)).before


async def test_what_was_kept_on_the_channel_goes_to_the_initiative_it_has_since(world: World) -> None:
    await keep_message(world.deps, BOB, SAID)
    checkout = await world.start_initiative("Checkout rewrite")
    again = await keep_message(world.deps, BOB, SAID)
    assert again.saved.initiative is not None
    assert again.saved.initiative.id == again.saved.note.initiative_id == checkout
    (row,) = await world.rows(NoteRow)
    assert row.initiative_id == checkout


async def test_among_several_initiatives_one_is_chosen_afterwards(world: World) -> None:
    for name in ("Checkout rewrite", "Search"):
        await world.start_initiative(name)
    for _ in range(2):
        kept = await keep_message(world.deps, BOB, SAID)
        assert kept.saved.initiative is None
        assert [each.name for each in kept.saved.choices] == ["Checkout rewrite", "Search"]


async def test_without_a_link_from_slack_the_note_is_kept_and_the_next_press_asks_again(world: World) -> None:
    world.slack.link_errors.append(DeliveryError("No.", error="channel_not_found", permanent=True))
    assert (await keep_message(world.deps, BOB, SAID)).saved.note.permalink == ""
    assert [row.permalink for row in await world.rows(NoteRow)] == [""]
    again = await keep_message(world.deps, BOB, SAID)
    assert (again.before, again.saved.note.permalink) == (True, LINK)


async def test_one_s_own_message_has_one_name_and_a_program_s_has_none(world: World) -> None:
    own = await keep_message(world.deps, CHARLIE, SAID)
    program = await keep_message(world.deps, BOB, replace(SAID, ts="1.1", said_by=""))
    assert (own.saved.note.said_by, program.saved.note.said_by) == (None, "")


async def test_a_message_over_the_limit_is_cut_and_kept(world: World) -> None:
    kept = await keep_message(world.deps, BOB, replace(SAID, text="🎉" * 20_000))
    assert len(kept.saved.note.text) == NOTE_LIMIT
    assert "the message has 20,000 characters" in kept.saved.note.text


async def test_a_kept_message_is_listed_where_it_stands_and_nowhere_else(world: World) -> None:
    await keep_message(world.deps, replace(BOB, channel_id="C0SECRET"), SAID)
    for channel_id, seen in (("C0SECRET", 1), ("C0GENERAL", 0), ("C0LEADS", 0)):
        page = await world.deps.database.read(list_notes, replace(ALICE, channel_id=channel_id), None)
        assert page.total == seen


async def test_whoever_kept_it_is_told_and_whoever_said_it_is_not(world: World) -> None:
    note = (await keep_message(world.deps, BOB, SAID)).saved.note
    write = world.deps.database.write
    await write(answer_note, ALICE, note.id, NoteState.ACKNOWLEDGED, "", world.deps.now())
    assert [row.channel_id for row in await world.outbox()] == ["U0BOB"]


@pytest.mark.parametrize(
    ("giver", "said_by", "counts"),
    [
        pytest.param(BOB, "U0CHARLIE", True, id="somebody's, kept by another"),
        pytest.param(ALICE, "U0CHARLIE", True, id="somebody's, kept by who shipped"),
        pytest.param(BOB, "U0ALICE", False, id="the shipper's own words"),
        pytest.param(BOB, "", True, id="a program's, kept by a person"),
        pytest.param(ALICE, "", False, id="a program's, kept by who shipped"),
    ],
)
async def test_a_kept_message_is_feedback_of_whoever_said_it(
    world: World, giver: Actor, said_by: str, counts: bool
) -> None:
    checkout = await world.start_initiative("Checkout rewrite")
    await world.deps.database.write(ship_change, ALICE, ShipChange("New checkout form"), world.deps.now())
    await keep_message(world.deps, giver, replace(SAID, said_by=said_by))
    loop = await world.deps.database.read(last_loop, checkout)
    assert loop is not None
    assert (loop.feedback is not None) is counts


async def test_typed_notes_are_no_kept_message(world: World) -> None:
    for _ in range(2):
        await add_note(world.deps, BOB, "hm")
    assert [row.message_ts for row in await world.rows(NoteRow)] == [None, None]
