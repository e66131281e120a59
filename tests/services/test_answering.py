"""Answers: counted once, changed, withdrawn, and refused on arrival when it is too late."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.prompt import PromptKind, PromptState, Response
from bot.errors import LoopmarkError, UserError
from bot.seal import Seal
from bot.services.answering import answer_prompt, own_answer, withdraw_answer
from bot.services.closing import close_prompt
from bot.services.prompts import prompt_to_post
from tests.answers import one
from tests.feedback_world import ALICE, BOB, NOW, TEAM, World, make_world


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE, BOB)
    return made


async def counts(world: World, prompt_id: int) -> dict[str, int]:
    view = await world.deps.database.read(prompt_to_post, prompt_id)
    return {option: count for option, count in view.tally.counts or () if count}


async def test_a_vote_counts_once_however_often_it_is_pressed(world: World) -> None:
    prompt = await world.ask()
    first = await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    again = await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    assert (first.former, again.former) == ({}, one("4"))
    assert await counts(world, prompt.id) == {"4": 1}


async def test_another_vote_of_the_same_person_replaces_the_first(world: World) -> None:
    prompt = await world.ask()
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    changed = await answer_prompt(world.deps, BOB, prompt.id, one("2"))
    assert changed.former == one("4")
    assert await counts(world, prompt.id) == {"2": 1}


@pytest.mark.parametrize("anonymous", [False, True], ids=["named", "anonymous"])
async def test_a_withdrawn_answer_counts_no_more_and_can_be_given_again(
    world: World, anonymous: bool
) -> None:
    prompt = await world.ask(anonymous=anonymous)
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    await withdraw_answer(world.deps, BOB, prompt.id)
    assert await world.responses() == []
    assert (await withdraw_answer(world.deps, BOB, prompt.id)).former == {}
    await answer_prompt(world.deps, BOB, prompt.id, one("1"))
    assert (await own_answer(world.deps, BOB, prompt.id)).answers == one("1")


@pytest.mark.parametrize("anonymous", [False, True], ids=["named", "anonymous"])
async def test_of_votes_that_come_together_none_is_lost_and_none_doubled(
    world: World, anonymous: bool
) -> None:
    prompt = await world.ask(anonymous=anonymous)
    people = [Actor(TEAM, f"U0P{n}", "C0GENERAL") for n in range(20)]
    presses = [
        answer_prompt(world.deps, person, prompt.id, one(str(1 + n % 5)))
        for n, person in enumerate(people)
        for _ in range(2)
    ]
    await asyncio.gather(*presses)
    stored = await world.responses()
    assert len(stored) == 20
    view = await close_prompt(world.deps, ALICE, prompt.id)
    assert dict(view.tally.counts or ()) == dict.fromkeys("12345", 4)


async def test_one_person_pressing_two_options_at_once_has_one_answer(world: World) -> None:
    prompt = await world.ask()
    await asyncio.gather(*(answer_prompt(world.deps, BOB, prompt.id, one(option)) for option in "12345"))
    assert sum((await counts(world, prompt.id)).values()) == 1


async def test_an_answer_at_the_closing_time_is_not_counted_though_no_timer_has_run(world: World) -> None:
    prompt = await world.ask(closes_in=timedelta(hours=2))
    world.clock.advance(hours=2)
    with pytest.raises(
        UserError, match=r"closed since 17:00 \(Europe/Berlin\), so your answer was not counted"
    ):
        await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    with pytest.raises(UserError, match="can't be withdrawn any more"):
        await withdraw_answer(world.deps, BOB, prompt.id)
    assert await world.responses() == []


async def test_an_answer_in_the_last_moment_is_counted(world: World) -> None:
    prompt = await world.ask(closes_in=timedelta(hours=2))
    world.clock.now = NOW + timedelta(hours=2) - timedelta(microseconds=1)
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    assert len(await world.responses()) == 1


@pytest.mark.parametrize("anonymous", [False, True], ids=["named", "anonymous"])
async def test_the_answer_that_makes_the_number_full_closes_the_prompt_and_later_ones_are_refused(
    world: World, anonymous: bool
) -> None:
    prompt = await world.ask(anonymous=anonymous, floor=3, close_after=3)
    people = [Actor(TEAM, f"U0P{n}", "C0GENERAL") for n in range(4)]
    for person in people[:2]:
        answered = await answer_prompt(world.deps, person, prompt.id, one("4"))
        assert answered.prompt.state is PromptState.OPEN
    world.deps.wake.clear()
    last = await answer_prompt(world.deps, people[2], prompt.id, one("5"))
    assert (last.prompt.state, last.prompt.closed_at, last.prompt.ts) == (PromptState.CLOSED, NOW, prompt.ts)
    assert world.deps.wake.is_set(), "the results are drawn at once"
    assert (await world.prompt_row(prompt.id)).redraw_at == NOW
    assert await world.keys() == []
    assert await counts(world, prompt.id) == {"4": 2, "5": 1}
    for person in (people[0], people[3]):
        with pytest.raises(UserError, match="closed since"):
            await answer_prompt(world.deps, person, prompt.id, one("1"))
    with pytest.raises(UserError, match="can't be withdrawn any more"):
        await withdraw_answer(world.deps, people[2], prompt.id)
    assert len(await world.responses()) == 3


async def test_changed_and_withdrawn_answers_do_not_make_the_number_full(world: World) -> None:
    prompt = await world.ask(close_after=2)
    for option in ("1", "2", "2"):
        await answer_prompt(world.deps, BOB, prompt.id, one(option))
    await withdraw_answer(world.deps, BOB, prompt.id)
    await answer_prompt(world.deps, ALICE, prompt.id, one("3"))
    assert (await world.prompt_row(prompt.id)).state == "open"
    answered = await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    assert answered.prompt.state is PromptState.CLOSED


async def test_of_answers_that_come_together_no_more_count_than_the_prompt_waits_for(world: World) -> None:
    prompt = await world.ask(anonymous=True, close_after=5)

    async def press(n: int) -> bool:
        try:
            await answer_prompt(world.deps, Actor(TEAM, f"U0P{n}", "C0GENERAL"), prompt.id, one("4"))
        except UserError:
            return False
        return True

    assert sum(await asyncio.gather(*map(press, range(12)))) == 5
    assert len(await world.responses()) == 5
    assert await counts(world, prompt.id) == {"4": 5}


async def test_answers_that_race_with_the_close_are_all_counted_or_all_forgotten_persons(
    world: World,
) -> None:
    prompt = await world.ask(anonymous=True)

    async def press(person: Actor) -> bool:
        try:
            await answer_prompt(world.deps, person, prompt.id, one("4"))
        except UserError:
            return False
        return True

    people = [Actor(TEAM, f"U0P{n}", "C0GENERAL") for n in range(12)]
    outcomes: list[Any] = await asyncio.gather(
        *(press(person) for person in people[:6]),
        close_prompt(world.deps, ALICE, prompt.id),
        *(press(person) for person in people[6:]),
    )
    stored = await world.responses()
    assert len(stored) == sum(outcome is True for outcome in outcomes)
    # What was hashed under the key has 64 digits; what was written anew at the close has 32.
    assert {len(row.respondent) for row in stored} <= {32}
    assert await world.keys() == []


async def test_an_anonymous_answer_carries_no_person_and_no_time_finer_than_a_day(world: World) -> None:
    prompt = await world.ask(anonymous=True)
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    (row,) = await world.responses()
    stored = row.model_dump()
    assert BOB.user_id not in str(stored)
    assert not any(isinstance(value, datetime) for value in stored.values())
    assert str(stored["answered_on"]) == "2026-11-23"
    outbox = [entry.model_dump() for entry in await world.outbox()]
    assert BOB.user_id not in str(outbox)


async def test_the_day_of_an_answer_is_the_prompts_zones(world: World) -> None:
    prompt = await world.ask()
    world.clock.now = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    (row,) = await world.responses()
    assert str(row.answered_on) == "2026-11-24"


async def test_the_same_person_looks_different_in_two_anonymous_prompts(world: World) -> None:
    for _ in range(2):
        prompt = await world.ask(anonymous=True)
        await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    assert len({row.respondent for row in await world.responses()}) == 2


async def test_a_named_answer_is_drawn_again_and_an_anonymous_change_is_not(world: World) -> None:
    named, anonymous = await world.ask(), await world.ask(anonymous=True)
    for prompt in (named, anonymous):
        await answer_prompt(world.deps, BOB, prompt.id, one("4"))
        assert (await world.prompt_row(prompt.id)).redraw_at == NOW

    def forget_redraws(session: Any) -> None:
        from bot.db.models import PromptRow

        for prompt in (named, anonymous):
            session.get(PromptRow, prompt.id).redraw_at = None

    await world.deps.database.write(forget_redraws)
    for prompt in (named, anonymous):
        await answer_prompt(world.deps, BOB, prompt.id, one("5"))
    assert (await world.prompt_row(named.id)).redraw_at is not None
    assert (await world.prompt_row(anonymous.id)).redraw_at is None


@pytest.mark.parametrize(
    ("kind", "response", "words"),
    [
        pytest.param(PromptKind.SCALE, one("6"), "no option", id="an option that is not there"),
        pytest.param(PromptKind.SCALE, one(text="hello"), "Answer this too", id="words for a scale"),
        pytest.param(PromptKind.TEXT, one(text=" \n"), "Type your answer", id="no words"),
        pytest.param(PromptKind.TEXT, one(text="x" * 2001), "at most 2,000", id="too many words"),
    ],
)
async def test_an_answer_that_does_not_fit_is_refused_and_changes_nothing(
    world: World, kind: PromptKind, response: dict[str, Response], words: str
) -> None:
    prompt = await world.ask(kind=kind)
    with pytest.raises(UserError, match=words):
        await answer_prompt(world.deps, BOB, prompt.id, response)
    assert await world.responses() == []


async def test_a_prompt_of_another_workspace_can_not_be_answered(world: World) -> None:
    prompt = await world.ask()
    stranger = Actor("T0OTHER", "U0CHARLIE", "C0GENERAL")
    with pytest.raises(UserError, match="gone"):
        await answer_prompt(world.deps, stranger, prompt.id, one("4"))
    with pytest.raises(UserError, match="gone"):
        await own_answer(world.deps, stranger, prompt.id)


async def test_after_the_secret_key_changed_an_anonymous_answer_is_refused_in_words(world: World) -> None:
    from dataclasses import replace

    prompt = await world.ask(anonymous=True)
    deps = replace(world.deps, seal=Seal("another secret, which nobody kept"))
    with pytest.raises(LoopmarkError, match="another secret key"):
        await answer_prompt(deps, BOB, prompt.id, one("4"))


async def test_a_written_answer_keeps_what_was_written(world: World) -> None:
    prompt = await world.ask(kind=PromptKind.TEXT)
    words = "<!channel> & 🎉 مرحبا\nline two"
    await answer_prompt(world.deps, BOB, prompt.id, one(text=words))
    view = await world.deps.database.read(prompt_to_post, prompt.id)
    assert view.tally.texts == (words,)
