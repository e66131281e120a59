"""Closing: final on time, and for anonymous prompts without a way back to who answered."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from bot.db.models import PromptKeyRow, ResponseRow
from bot.db.sqlite import SqliteDatabase
from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.prompt import PromptKind, PromptState
from bot.domain.requests import ClosePrompt, PromptResults
from bot.errors import NotAllowedError, UserError
from bot.services.answering import answer_prompt
from bot.services.closed_answers import ClosedAnswers
from bot.services.closing import (
    ERASE_AGAIN,
    claim_key_erasures,
    close_due,
    close_prompt,
    erase_keys,
    prompt_results,
    prompt_to_close,
)
from bot.services.prompts import prompt_to_post
from tests.answers import one
from tests.feedback_world import ALICE, BOB, CHARLIE, NOW, TEAM, World, make_world


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE, BOB)
    return made


async def answer(world: World, prompt_id: int, count: int, **response: Any) -> list[Actor]:
    people = [Actor(TEAM, f"U0PERSON{n}", "C0GENERAL") for n in range(count)]
    for person in people:
        await answer_prompt(world.deps, person, prompt_id, one(**(response or {"option_id": "4"})))
    return people


async def erase(world: World, prompt_ids: list[int]) -> bool:
    """Erase as the job does, again while the database is busy.

    PostgreSQL says so for a moment whenever anybody connects to the same server, as other tests do.
    """
    for _ in range(50):
        if await erase_keys(world.deps, prompt_ids):
            return True
    return False


async def test_results_of_an_anonymous_prompt_appear_at_the_close_and_not_before(world: World) -> None:
    prompt = await world.ask(anonymous=True)
    await answer(world, prompt.id, 5)
    before = await prompt_results(world.deps, ALICE, PromptResults(number=prompt.number))
    assert (before.tally.responses, before.tally.counts, before.tally.texts) == (5, None, None)
    after = await close_prompt(world.deps, ALICE, prompt.id)
    assert dict(after.tally.counts or ())["4"] == 5


@pytest.mark.parametrize(
    ("answers", "is_shown"), [(4, False), (5, True)], ids=["one under the floor", "at the floor"]
)
async def test_results_stay_hidden_under_the_floor(world: World, answers: int, is_shown: bool) -> None:
    prompt = await world.ask(anonymous=True)
    await answer(world, prompt.id, answers)
    view = await close_prompt(world.deps, ALICE, prompt.id)
    assert (view.tally.counts is not None) is is_shown
    assert view.tally.responses == answers


async def test_written_answers_are_held_to_the_floor_too(world: World) -> None:
    prompt = await world.ask(anonymous=True, kind=PromptKind.TEXT, floor=3)
    await answer(world, prompt.id, 2, text="too slow")
    view = await close_prompt(world.deps, ALICE, prompt.id)
    assert view.tally.texts is None
    assert "too slow" not in str(view)


async def test_a_close_deletes_the_key_and_every_trace_of_who_answered(world: World) -> None:
    prompt = await world.ask(anonymous=True)
    await answer(world, prompt.id, 6)
    before = await world.responses()
    await close_prompt(world.deps, ALICE, prompt.id)
    after = await world.responses()
    assert await world.keys() == []
    assert len(after) == 6
    assert not {row.respondent for row in before} & {row.respondent for row in after}
    assert not {row.id for row in before} & {row.id for row in after}


async def test_a_close_writes_the_answers_anew_in_another_order(world: World) -> None:
    prompt = await world.ask(anonymous=True, kind=PromptKind.TEXT)
    for n in range(12):
        person = Actor(TEAM, f"U0PERSON{n}", "C0GENERAL")
        await answer_prompt(world.deps, person, prompt.id, one(text=f"answer {n:02}"))
    await close_prompt(world.deps, ALICE, prompt.id)

    def stored_order(session: Session) -> list[str]:
        place = "rowid" if world.deps.database.dialect == "sqlite" else "ctid"
        return list(
            session.connection().execute(text(f"SELECT text FROM response ORDER BY {place}")).scalars()
        )

    order = await world.deps.database.read(stored_order)
    assert sorted(order) == [f"answer {n:02}" for n in range(12)]
    assert order != sorted(order)  # right by chance once in 479 million runs


async def test_a_named_prompt_keeps_who_answered(world: World) -> None:
    prompt = await world.ask()
    await answer(world, prompt.id, 1)
    await close_prompt(world.deps, ALICE, prompt.id)
    (row,) = await world.responses()
    assert row.respondent == "U0PERSON0"
    assert await claim_key_erasures(world.deps) == []


async def test_only_whoever_asked_may_close(world: World) -> None:
    prompt = await world.ask(ALICE)
    with pytest.raises(NotAllowedError, match="Only whoever asked") as refused:
        await close_prompt(world.deps, BOB, prompt.id)
    assert refused.value.owner_id == ALICE.user_id
    with pytest.raises(NotAllowedError):
        await prompt_to_close(world.deps, BOB, ClosePrompt(number=prompt.number))
    assert (await world.prompt_row(prompt.id)).state == PromptState.OPEN


async def test_a_second_close_says_since_when_it_is_closed(world: World) -> None:
    prompt = await world.ask()
    await close_prompt(world.deps, ALICE, prompt.id)
    world.clock.advance(minutes=5)
    with pytest.raises(UserError, match=r"closed since 15:00 \(Europe/Berlin\)"):
        await close_prompt(world.deps, ALICE, prompt.id)


async def test_asking_to_close_changes_nothing(world: World) -> None:
    prompt = await world.ask()
    view = await prompt_to_close(world.deps, ALICE, ClosePrompt())
    assert view.prompt.id == prompt.id
    assert (await world.prompt_row(prompt.id)).state == PromptState.OPEN


async def test_due_prompts_close_as_of_their_closing_time_and_others_stay_open(world: World) -> None:
    due = await world.ask(closes_in=timedelta(hours=1))
    later = await world.ask(closes_in=timedelta(hours=3))
    endless = await world.ask()
    world.clock.advance(hours=2)
    assert await close_due(world.deps, limit=10) == 1
    row = await world.prompt_row(due.id)
    assert (row.state, row.closed_at) == (PromptState.CLOSED, NOW + timedelta(hours=1))
    assert row.redraw_at is not None
    for prompt in (later, endless):
        assert (await world.prompt_row(prompt.id)).state == PromptState.OPEN
    assert await close_due(world.deps, limit=10) == 0


async def test_two_workers_close_a_prompt_once(world: World) -> None:
    for _ in range(3):
        await world.ask(anonymous=True, closes_in=timedelta(hours=1))
    world.clock.advance(hours=1)
    closed = await asyncio.gather(*(close_due(world.deps, limit=10) for _ in range(4)))
    assert sum(closed) == 3


async def test_no_more_prompts_are_closed_than_allowed_earliest_first(world: World) -> None:
    last = await world.ask(closes_in=timedelta(hours=2))
    await world.ask(closes_in=timedelta(hours=1))
    world.clock.advance(hours=5)
    assert await close_due(world.deps, limit=1) == 1
    assert (await world.prompt_row(last.id)).state == PromptState.OPEN


async def test_results_asked_for_after_the_closing_time_close_the_prompt_first(world: World) -> None:
    prompt = await world.ask(anonymous=True, closes_in=timedelta(hours=1))
    await answer(world, prompt.id, 5)
    world.clock.advance(hours=1)
    view = await prompt_results(world.deps, BOB, PromptResults(number=prompt.number))
    assert view.prompt.state is PromptState.CLOSED
    assert view.tally.counts is not None
    assert await world.keys() == []


async def test_results_of_a_private_channels_prompt_are_unknown_elsewhere(world: World) -> None:
    prompt = await world.ask(replace(ALICE, channel_id="C0SECRET"))
    with pytest.raises(UserError, match="There is no prompt"):
        await prompt_results(world.deps, CHARLIE, PromptResults(number=prompt.number))
    inside = replace(CHARLIE, channel_id="C0SECRET")
    assert (await prompt_results(world.deps, inside, PromptResults())).prompt.id == prompt.id


async def test_keys_are_erased_once_and_the_prompt_says_so(world: World) -> None:
    prompt = await world.ask(anonymous=True)
    await close_prompt(world.deps, ALICE, prompt.id)
    claimed = await claim_key_erasures(world.deps)
    assert claimed == [prompt.id]
    assert await claim_key_erasures(world.deps) == []
    assert await erase(world, claimed)
    row = await world.prompt_row(prompt.id)
    assert (row.key_erased, row.erase_at) == (True, None)
    world.clock.advance(days=1)
    assert await claim_key_erasures(world.deps) == []


async def test_an_erasure_that_finds_the_database_busy_is_tried_again(world: World) -> None:
    prompt = await world.ask(anonymous=True)
    await close_prompt(world.deps, ALICE, prompt.id)

    class Busy:
        dialect = world.deps.database.dialect
        read, write = world.deps.database.read, world.deps.database.write

        async def scrub(self, table: str) -> bool:
            return table != "response"

    claimed = await claim_key_erasures(world.deps)
    assert not await erase_keys(replace(world.deps, database=Busy()), claimed)
    assert not (await world.prompt_row(prompt.id)).key_erased
    assert await claim_key_erasures(world.deps) == []
    world.clock.advance(seconds=ERASE_AGAIN.total_seconds())
    assert await claim_key_erasures(world.deps) == [prompt.id]
    assert await erase(world, [prompt.id])


async def test_an_erasure_whose_worker_died_is_taken_again(world: World) -> None:
    prompt = await world.ask(anonymous=True)
    await close_prompt(world.deps, ALICE, prompt.id)
    await claim_key_erasures(world.deps)
    world.clock.advance(minutes=5)
    assert await claim_key_erasures(world.deps) == [prompt.id]


@pytest.mark.parametrize("answers", [6, 150], ids=["one page", "many pages"])
async def test_nothing_in_the_sqlite_files_tells_who_answered_after_the_close(
    sqlite_database: SqliteDatabase, answers: int
) -> None:
    world = make_world(sqlite_database)
    await world.know(ALICE)
    prompt = await world.ask(anonymous=True)
    await answer(world, prompt.id, answers)

    def secrets_of(session: Session) -> list[bytes]:
        sealed = session.exec(select(PromptKeyRow)).one().sealed
        rows = session.exec(select(ResponseRow).where(col(ResponseRow.prompt_id) == prompt.id)).all()
        hidden = [row.respondent.encode() for row in rows] + [row.id.encode() for row in rows]
        return [sealed, world.deps.seal.unseal(sealed), *hidden]

    hidden = await world.deps.database.read(secrets_of)

    def files() -> bytes:
        return b"".join(file.read_bytes() for file in sqlite_database.file.parent.glob("loopmark.db*"))

    # The search works: before the close all but the plain key can be found.
    assert [secret for secret in hidden if secret not in files()] == [hidden[1]]
    await close_prompt(world.deps, ALICE, prompt.id)
    assert await erase_keys(world.deps, await claim_key_erasures(world.deps))
    left = files()
    assert [secret for secret in hidden if secret in left] == []
    assert len(await world.responses()) == answers


@pytest.mark.parametrize(("more", "is_shown"), [(1, False), (5, True)], ids=["one more", "five more"])
async def test_a_wave_that_an_earlier_one_can_be_taken_from_is_hidden_everywhere(
    world: World, more: int, is_shown: bool
) -> None:
    first = await world.ask(anonymous=True)
    await answer(world, first.id, 6)
    await close_prompt(world.deps, ALICE, first.id)
    world.clock.advance(hours=1)
    second = await world.ask(replace(BOB, channel_id="C0LEADS"), anonymous=True)
    await answer(world, second.id, 6)
    for n in range(more):
        await answer_prompt(world.deps, Actor(TEAM, f"U0NEW{n}", "C0LEADS"), second.id, one("1"))
    closed = await close_prompt(world.deps, BOB, second.id)
    results = await prompt_results(world.deps, BOB, PromptResults(number=second.number))
    drawn = await world.deps.database.read(prompt_to_post, second.id)
    read = await ClosedAnswers(world.deps.database, TEAM, criterion_id=None, channel_id="C0LEADS").closed(
        second.number
    )
    assert read is not None
    for tally in (closed.tally, results.tally, drawn.tally, read[1]):
        assert (tally.counts is not None) is is_shown
        assert ("with other results of this question" in tally.hidden_because) is not is_shown
    earlier = await prompt_results(world.deps, ALICE, PromptResults(number=first.number))
    assert earlier.tally.counts is not None, "what was shown stays"
