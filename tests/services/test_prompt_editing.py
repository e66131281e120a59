"""Editing prompts: votes follow option ids, drops are confirmed, and nothing sealed is told or touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from sqlmodel import Session, update

from bot.db.models import PromptRow
from bot.db.people import find_person, save_person
from bot.db.prompts import find_prompt_row, lock_prompt
from bot.db.series import find_series
from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.cadence import Weekday, Weekly
from bot.domain.prompt import Prompt, PromptKind
from bot.domain.requests import AskPrompt, PromptResults
from bot.errors import NotAllowedError, UserError
from bot.services.answering import answer_prompt, own_answer
from bot.services.asking import AskedAgain, ask_prompt
from bot.services.closing import close_prompt, prompt_results
from bot.services.prompt_editing import (
    Drops,
    EditedPrompt,
    PromptEdit,
    edit_prompt,
    find_editable_prompt,
)
from bot.services.prompts import prompt_to_post
from bot.services.waves import ask_wave
from tests.answers import one
from tests.feedback_world import ALICE, BOB, NOW, TEAM, World, make_world

CHOICE = {"question": "Which one?", "kind": PromptKind.CHOICE, "options": ("Left", "Right", "None")}
KEPT = (("o1", "Left"), ("o2", "Right"), ("o3", "None"))
SAME = PromptEdit("Which one?", PromptKind.CHOICE, KEPT)
CROWD = [Actor(TEAM, f"U0P{place}", "C0GENERAL") for place in range(8)]


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE, BOB)
    return made


async def edit(
    world: World, prompt: Prompt, change: PromptEdit, actor: Actor = ALICE
) -> EditedPrompt | Drops:
    return await world.deps.database.write(edit_prompt, actor, prompt.id, change, world.clock.now, cap=3)


async def saved(world: World, prompt: Prompt, change: PromptEdit) -> Prompt:
    outcome = await edit(world, prompt, change)
    assert isinstance(outcome, EditedPrompt)
    return outcome.prompt


async def answer(world: World, prompt: Prompt, *option_ids: str) -> None:
    for actor, option_id in zip(CROWD, option_ids, strict=False):
        await answer_prompt(world.deps, actor, prompt.id, one(option_id))


async def counts(world: World, prompt: Prompt) -> dict[str, int]:
    view = await world.deps.database.read(prompt_to_post, prompt.id)
    return dict(view.tally.counts or ())


async def test_votes_follow_a_renamed_option_and_the_message_is_drawn_again(world: World) -> None:
    prompt = await world.ask(**CHOICE)
    await answer(world, prompt, "o1", "o2", "o2")
    change = replace(
        SAME, question="Which one now?", options=(("o2", "The right one"), ("o1", "Left"), ("o3", "None"))
    )
    after = await saved(world, prompt, change)
    assert [option.id for option in after.options] == ["o2", "o1", "o3"]
    assert after.options[0].label == "The right one"
    assert await counts(world, prompt) == {"o2": 2, "o1": 1, "o3": 0}
    row = await world.prompt_row(prompt.id)
    assert (row.question, row.edited_at) == ("Which one now?", NOW)
    assert row.redraw_at is not None


async def test_removing_an_option_with_votes_asks_first_and_then_drops_them(world: World) -> None:
    prompt = await world.ask(**CHOICE)
    await answer(world, prompt, "o1", "o2", "o2")
    without = replace(SAME, options=(KEPT[0], KEPT[2], (None, "Both")))
    outcome = await edit(world, prompt, without)
    assert outcome == Drops(("Right",), 2, "o2:2")
    assert await counts(world, prompt) == {"o1": 1, "o2": 2, "o3": 0}
    # Another vote came meanwhile: what was confirmed is not what would be dropped.
    await answer_prompt(world.deps, CROWD[5], prompt.id, one("o2"))
    outcome = await edit(world, prompt, replace(without, confirmed="o2:2"))
    assert isinstance(outcome, Drops)
    after = await saved(world, prompt, replace(without, confirmed=outcome.key))
    new = after.options[-1].id
    assert new not in {"o1", "o2", "o3"}
    assert await counts(world, prompt) == {"o1": 1, "o3": 0, new: 0}
    assert len(await world.responses()) == 1


async def test_removing_an_option_nobody_chose_asks_nothing(world: World) -> None:
    prompt = await world.ask(**CHOICE)
    await answer(world, prompt, "o1")
    await saved(world, prompt, replace(SAME, options=KEPT[:2]))


@pytest.mark.parametrize("votes", [("o1", "o1", "o1"), ("o1", "o2", "o2")], ids=["nobody", "two"])
async def test_of_an_anonymous_prompt_removing_tells_and_touches_nothing(
    world: World, votes: tuple[str, ...]
) -> None:
    prompt = await world.ask(**CHOICE, anonymous=True, floor=3)
    await answer(world, prompt, *votes)
    before = [(row.id, row.sealed) for row in await world.responses()]
    outcome = await edit(world, prompt, replace(SAME, options=(KEPT[0], KEPT[2])))
    assert outcome == Drops(("Right",), None, "o2")
    after = await saved(world, prompt, replace(SAME, options=(KEPT[0], KEPT[2]), confirmed="o2"))
    assert [(row.id, row.sealed) for row in await world.responses()] == before
    view = await world.deps.database.read(prompt_to_post, prompt.id)
    assert (view.tally.responses, view.tally.counts) == (3, None)
    assert after.anonymous


async def test_results_of_what_is_left_are_held_to_the_floor(world: World) -> None:
    prompt = await world.ask(**CHOICE, anonymous=True, floor=3)
    await answer(world, prompt, "o1", "o1", "o2")
    await saved(world, prompt, replace(SAME, options=(KEPT[0], KEPT[2]), confirmed="o2"))
    view = await close_prompt(world.deps, ALICE, prompt.id)
    assert (view.tally.responses, view.tally.counts) == (3, None)

    other = await world.ask(**{**CHOICE, "question": "Another?"}, anonymous=True, floor=3)
    await answer(world, other, "o1", "o1", "o3", "o2")
    change = replace(SAME, question="Another?", options=(KEPT[0], KEPT[2]), confirmed="o2")
    await saved(world, other, change)
    view = await close_prompt(world.deps, ALICE, other.id)
    assert view.tally.counts == (("o1", 2), ("o3", 1))


async def test_whoever_chose_what_was_removed_chooses_again(world: World) -> None:
    prompt = await world.ask(**CHOICE, anonymous=True)
    await answer(world, prompt, "o2")
    await saved(world, prompt, replace(SAME, options=(KEPT[0], KEPT[2]), confirmed="o2"))
    with pytest.raises(UserError, match="no option"):
        await answer_prompt(world.deps, CROWD[0], prompt.id, one("o2"))
    await answer_prompt(world.deps, CROWD[0], prompt.id, one("o1"))
    assert (await own_answer(world.deps, CROWD[0], prompt.id)).answers == one("o1")
    assert len(await world.responses()) == 1


@pytest.mark.parametrize(
    ("ask", "change", "field", "says"),
    [
        pytest.param(
            CHOICE, replace(SAME, kind=PromptKind.SCALE), "kind", "somebody has answered", id="kind"
        ),
        pytest.param(CHOICE, replace(SAME, options=KEPT[:1]), "options", "needs 2 to 10", id="one option"),
        pytest.param(
            CHOICE,
            replace(SAME, options=(("o1", "A"), (None, "a"))),
            "options",
            "are the same",
            id="two alike",
        ),
        pytest.param(CHOICE, replace(SAME, close_after=1), "close_after", "1 person has answered", id="full"),
        pytest.param(
            CHOICE, replace(SAME, initiative_id=99), "initiative", "closed or can't", id="initiative"
        ),
        pytest.param(
            {**CHOICE, "anonymous": True}, replace(SAME, floor=4), "floor", "can't go down from 5", id="floor"
        ),
        pytest.param(
            {**CHOICE, "anonymous": True},
            replace(SAME, floor=8, close_after=7),
            "close_after",
            "shows its results from 8",
            id="closes under its floor",
        ),
    ],
)
async def test_what_a_prompt_can_not_become_is_refused_in_a_sentence_and_changes_nothing(
    world: World, ask: dict[str, Any], change: PromptEdit, field: str, says: str
) -> None:
    prompt = await world.ask(**ask)
    await answer(world, prompt, "o1")
    with pytest.raises(UserError, match=says) as refused:
        await edit(world, prompt, change)
    assert refused.value.field == field
    assert (await world.prompt_row(prompt.id)).edited_at is None


async def test_times_counts_floor_subject_and_before_the_first_answer_the_kind_can_change(
    world: World,
) -> None:
    initiative_id = await world.start_initiative("Checkout rewrite")
    prompt = await world.ask(anonymous=True, closes_in=timedelta(days=1))
    change = PromptEdit(
        "How fast is it?",
        PromptKind.CHOICE,
        ((None, "Fast"), (None, "Slow")),
        floor=6,
        closes_in=timedelta(days=3),
        keeps_closing_time=False,
        close_after=9,
        initiative_id=initiative_id,
    )
    after = await saved(world, prompt, change)
    assert (after.kind, [option.label for option in after.options]) == (PromptKind.CHOICE, ["Fast", "Slow"])
    assert (after.floor, after.closes_at, after.close_after) == (6, NOW + timedelta(days=3), 9)
    assert after.initiative_id == initiative_id
    kept = await saved(
        world, prompt, replace(change, kind=PromptKind.ENPS, options=(), keeps_closing_time=True)
    )
    assert (len(kept.options), kept.closes_at) == (11, after.closes_at)


async def test_only_whoever_asked_or_an_admin_edits_and_only_while_it_is_open(world: World) -> None:
    prompt = await world.ask(**CHOICE)
    with pytest.raises(NotAllowedError) as refused:
        await edit(world, prompt, SAME, BOB)
    assert refused.value.owner_id == ALICE.user_id

    def promote(session: Session) -> None:
        person = find_person(session, TEAM, BOB.user_id)
        assert person is not None
        save_person(session, replace(person, is_admin=True), NOW)

    await world.deps.database.write(promote)
    assert isinstance(await edit(world, prompt, SAME, BOB), EditedPrompt)
    await close_prompt(world.deps, ALICE, prompt.id)
    with pytest.raises(UserError, match="can't be edited any more"):
        await edit(world, prompt, SAME)
    with pytest.raises(UserError, match="gone"):
        await edit(world, replace(prompt, id=99), SAME)


@pytest.mark.parametrize("too", [True, False], ids=["the next ones too", "this wave alone"])
async def test_an_edit_of_a_wave_reaches_the_next_ones_when_it_says_so(world: World, too: bool) -> None:
    request = AskPrompt(
        "How clear is it?", PromptKind.SCALE, anonymous=True, every=Weekly((Weekday.FRI,), time(15))
    )
    asked = await ask_prompt(world.deps, ALICE, request)
    assert isinstance(asked, AskedAgain)
    world.clock.now = asked.series.due_at or NOW
    await ask_wave(world.deps, asked.series.id)

    def find(session: Session) -> Prompt:
        return find_editable_prompt(session, ALICE, world.clock.now, number=1).prompt

    wave = await world.deps.database.read(find)
    change = PromptEdit(
        "How clear is it now?",
        PromptKind.SCALE,
        floor=7,
        closes_in=timedelta(days=2),
        keeps_closing_time=False,
        next_waves=too,
    )
    await saved(world, wave, change)
    series = await world.deps.database.read(find_series, TEAM, asked.series.id)
    assert series is not None
    world.clock.now = series.due_at or NOW
    await ask_wave(world.deps, series.id)
    view = await prompt_results(world.deps, ALICE, PromptResults(number=2))
    said = (view.prompt.question, view.prompt.floor, view.prompt.closes_at)
    if too:
        assert said == ("How clear is it now?", 7, world.clock.now + timedelta(days=2))
    else:
        assert said == ("How clear is it?", 5, None)


@pytest.mark.parametrize(
    ("kind", "kept"),
    [(PromptKind.SCALE, True), (PromptKind.TEXT, False)],
    ids=["answered by options", "answered in words"],
)
async def test_the_next_waves_lose_what_their_new_kind_can_not_have(
    world: World, kind: PromptKind, kept: bool
) -> None:
    request = AskPrompt(
        "Which?",
        PromptKind.CHOICE,
        ("A", "B"),
        every=Weekly((Weekday.FRI,), time(15)),
        open_options=True,
        reactions=True,
    )
    asked = await ask_prompt(world.deps, ALICE, request)
    assert isinstance(asked, AskedAgain)
    world.clock.now = asked.series.due_at or NOW
    await ask_wave(world.deps, asked.series.id)

    def find(session: Session) -> Prompt:
        return find_editable_prompt(session, ALICE, world.clock.now, number=1).prompt

    wave = await world.deps.database.read(find)
    assert wave.reactions
    await saved(world, wave, PromptEdit("Which?", kind, next_waves=True))
    series = await world.deps.database.read(find_series, TEAM, asked.series.id)
    assert series is not None
    assert (series.request.kind, series.request.reactions, series.request.open_options) == (kind, kept, False)


async def test_whoever_takes_their_turn_sees_what_the_one_before_saved(world: World) -> None:
    prompt = await world.ask(**CHOICE)

    def take_turns(session: Session) -> str:
        seen = find_prompt_row(session, prompt.id)
        assert seen is not None
        # As if somebody else's transaction ended while this one waited.
        elsewhere = update(PromptRow).values(question="Which one now?")
        session.exec(elsewhere.execution_options(synchronize_session=False))
        row = lock_prompt(session, TEAM, prompt.id)
        assert row is seen
        return row.question

    assert await world.deps.database.write(take_turns) == "Which one now?"
