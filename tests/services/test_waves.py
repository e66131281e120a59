"""Waves: asked once at each planned time, one open at a time, passed on or paused when nobody can ask."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from bot.db.days_off import add_days_off
from bot.db.deliveries import claim_outbox
from bot.db.models import InitiativeRow, OutboxRow, PromptRow, SeriesRow
from bot.db.people import find_person, save_person
from bot.db.redraws import anything_to_redraw
from bot.db.series import find_series
from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.cadence import Weekday, Weekly
from bot.domain.prompt import PromptKind, PromptState
from bot.domain.requests import AskPrompt, PromptResults, SeriesChange
from bot.domain.series import Series, SeriesState
from bot.domain.trend import say_trend
from bot.errors import NotAllowedError, UserError
from bot.services.answering import answer_prompt
from bot.services.asking import AskedAgain, ask_prompt
from bot.services.closed_answers import ClosedAnswers
from bot.services.closing import prompt_results
from bot.services.days_off import plan_series_anew
from bot.services.leaving import hand_over
from bot.services.outcomes import fail_for_good
from bot.services.prompts import find_prompt
from bot.services.waves import ASKER_LEFT, ask_wave, change_series, due_series
from jobs.queue import LocalQueue
from jobs.wave import tick
from tests.answers import one
from tests.feedback_world import ALICE, BOB, NOW, TEAM, World, make_world

FRIDAY = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
"""15:00 in Berlin; it is Monday when these begin."""
WEEK = timedelta(days=7)
EVERY_FRIDAY = AskPrompt(
    "How clear is it?", PromptKind.SCALE, every=Weekly((Weekday.FRI,), time(15)), closes_in=timedelta(days=2)
)


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE, BOB)
    return made


async def start(world: World, **changes: Any) -> Series:
    asked = await ask_prompt(world.deps, ALICE, replace(EVERY_FRIDAY, **changes))
    assert isinstance(asked, AskedAgain)
    return asked.series


async def one_tick(world: World) -> None:
    queue = LocalQueue(10)
    await tick(world.deps, queue)
    await queue.idle()


async def at(world: World, moment: datetime) -> None:
    world.clock.now = moment
    await one_tick(world)


async def waves(world: World) -> list[PromptRow]:
    return sorted(await world.rows(PromptRow), key=lambda row: row.number)


async def stored(world: World, series: Series) -> Series:
    found = await world.deps.database.read(find_series, TEAM, series.id)
    assert found is not None
    return found


async def test_nothing_is_asked_before_the_first_run_and_then_one_wave_at_each(world: World) -> None:
    series = await start(world)
    assert series.due_at == FRIDAY
    await at(world, FRIDAY - timedelta(seconds=1))
    assert await world.outbox() == []
    await at(world, FRIDAY)
    await one_tick(world)
    await at(world, FRIDAY + WEEK)
    first, second = await waves(world)
    assert (first.number, first.state, second.state) == (1, PromptState.CLOSED, PromptState.OPEN)
    assert (first.closes_at, first.series_id) == (FRIDAY + timedelta(days=2), series.id)
    assert [row.key for row in await world.outbox()] == [
        f"wave:{series.id}:{(FRIDAY + WEEK * n).isoformat()}" for n in range(2)
    ]
    assert (await stored(world, series)).due_at == FRIDAY + 2 * WEEK


async def test_two_workers_ask_one_wave(world: World) -> None:
    series = await start(world)
    world.clock.now = FRIDAY
    asked = await asyncio.gather(ask_wave(world.deps, series.id), ask_wave(world.deps, series.id))
    assert sorted(asked) == [False, True]
    assert len(await waves(world)) == 1


async def test_a_wave_that_is_open_closes_when_the_next_is_asked_and_each_has_its_own_key(
    world: World,
) -> None:
    await start(world, closes_in=None, anonymous=True)
    await at(world, FRIDAY)
    (first,) = await waves(world)
    assert (first.closes_at, first.state) == (None, PromptState.OPEN)
    assert first.id is not None
    await answer_prompt(world.deps, BOB, first.id, one("4"))
    (key,) = await world.keys()
    await at(world, FRIDAY + WEEK)
    first, second = await waves(world)
    assert (first.state, first.closed_at, second.state) == ("closed", FRIDAY + WEEK, "open")
    (other,) = await world.keys()
    assert (key.prompt_id, other.prompt_id) == (first.id, second.id)
    assert world.deps.seal.unseal(other.sealed) != world.deps.seal.unseal(key.sealed)
    with pytest.raises(UserError, match="closed since"):
        await answer_prompt(world.deps, ALICE, first.id, one("4"))


async def test_of_missed_waves_only_the_latest_is_asked(world: World) -> None:
    series = await start(world)
    await at(world, FRIDAY + 5 * WEEK + timedelta(hours=3))
    (wave,) = await waves(world)
    (row,) = await world.outbox()
    assert row.key.endswith((FRIDAY + 5 * WEEK).isoformat())
    assert wave.closes_at == world.clock.now + timedelta(days=2)
    assert (await stored(world, series)).due_at == FRIDAY + 6 * WEEK


async def test_wall_time_stays_when_the_clocks_change(world: World) -> None:
    series = await start(world)
    runs = series.runs(datetime(2027, 3, 22, tzinfo=UTC), 2)
    assert [run.hour for run in runs] == [14, 13]


async def test_no_wave_is_asked_on_a_day_off_also_one_entered_later(world: World) -> None:
    series = await start(world)

    def take(session: Session) -> None:
        add_days_off(session, TEAM, date(2026, 11, 27), date(2026, 11, 27), by=BOB.user_id)
        plan_series_anew(session, TEAM, NOW)

    await world.deps.database.write(take)
    assert (await stored(world, series)).due_at == FRIDAY + WEEK


async def test_a_paused_series_asks_nothing_and_goes_on_from_the_next_run(world: World) -> None:
    series = await start(world)
    paused = await change_series(world.deps, ALICE, SeriesChange.PAUSE, series.id)
    assert (paused.series.state, paused.series.due_at) == (SeriesState.PAUSED, None)
    await at(world, FRIDAY + timedelta(hours=1))
    assert await waves(world) == []
    with pytest.raises(UserError, match="paused already"):
        await change_series(world.deps, ALICE, SeriesChange.PAUSE, series.id)
    resumed = await change_series(world.deps, ALICE, SeriesChange.RESUME, series.id)
    assert resumed.series.due_at == FRIDAY + WEEK
    with pytest.raises(UserError, match="asked again already"):
        await change_series(world.deps, ALICE, SeriesChange.RESUME, series.id)


async def test_a_stopped_series_asks_no_more_for_good(world: World) -> None:
    series = await start(world)
    await change_series(world.deps, ALICE, SeriesChange.STOP, series.id)
    await at(world, FRIDAY)
    assert await waves(world) == []
    with pytest.raises(UserError, match="not asked again any more"):
        await change_series(world.deps, ALICE, SeriesChange.RESUME, series.id)


@pytest.mark.parametrize("to", SeriesChange)
async def test_only_whoever_asks_or_an_admin_changes_a_series(world: World, to: SeriesChange) -> None:
    series = await start(world)
    with pytest.raises(NotAllowedError) as refused:
        await change_series(world.deps, BOB, to, series.id)
    assert refused.value.owner_id == ALICE.user_id
    if to is not SeriesChange.RESUME:
        await world.deps.database.write(make_admin, BOB)
        changed = await change_series(world.deps, BOB, to, series.id)
        assert changed.series.state is not SeriesState.ACTIVE


def make_admin(session: Session, actor: Actor) -> None:
    person = find_person(session, TEAM, actor.user_id)
    assert person is not None
    save_person(session, replace(person, is_admin=True), NOW)


def leave(session: Session, actor: Actor) -> None:
    person = find_person(session, TEAM, actor.user_id)
    assert person is not None
    save_person(session, replace(person, is_deleted=True), NOW)
    hand_over(session, TEAM, actor.user_id, NOW)


async def test_a_refused_wave_pauses_the_series_tells_once_and_goes_out_when_it_is_resumed(
    world: World,
) -> None:
    series = await start(world, closes_in=None)
    await at(world, FRIDAY)

    def refuse(session: Session) -> None:
        (claim,) = claim_outbox(
            session, TEAM, now=FRIDAY, limit=5, lease_until=FRIDAY + timedelta(minutes=1), lease_token="x"
        )
        assert fail_for_good(session, claim, "That channel is archived", FRIDAY)

    await world.deps.database.write(refuse)
    after = await stored(world, series)
    assert (after.state, after.paused_because) == (SeriesState.PAUSED, "That channel is archived")
    _, told = await world.outbox()
    assert (told.kind, told.channel_id) == ("series_paused", ALICE.user_id)
    changed = await change_series(world.deps, ALICE, SeriesChange.RESUME, series.id)
    assert changed.revived
    wave = next(row for row in await world.outbox() if row.kind == "prompt")
    assert (wave.state, wave.due_at) == ("pending", FRIDAY)
    assert changed.series.due_at == FRIDAY + WEEK


async def test_a_series_can_not_be_resumed_while_its_channel_takes_no_posts(world: World) -> None:
    series = await start(world)
    await change_series(world.deps, ALICE, SeriesChange.PAUSE, series.id)

    def move(session: Session) -> None:
        session.get_one(SeriesRow, series.id).channel_id = "C0OLD"

    await world.deps.database.write(move)
    with pytest.raises(UserError, match="#old is archived"):
        await change_series(world.deps, ALICE, SeriesChange.RESUME, series.id)
    assert (await stored(world, series)).state is SeriesState.PAUSED


async def test_when_the_asker_leaves_the_initiatives_owner_asks_on_and_is_told(world: World) -> None:
    initiative_id = await world.start_initiative("Checkout rewrite")

    def give(session: Session) -> None:
        session.get_one(InitiativeRow, initiative_id).owner_id = BOB.user_id

    await world.deps.database.write(give)
    series = await start(world, closes_in=None)
    await at(world, FRIDAY)
    await world.deps.database.write(leave, ALICE)
    assert (await stored(world, series)).asked_by == BOB.user_id
    (wave,) = await waves(world)
    assert wave.asked_by == BOB.user_id
    (told,) = [row for row in await world.outbox() if row.kind == "series_passed"]
    assert (told.channel_id, told.facts["who"]) == (BOB.user_id, ALICE.user_id)


async def test_when_the_asker_leaves_and_nobody_can_ask_on_the_series_pauses(world: World) -> None:
    series = await start(world)
    await world.deps.database.write(leave, ALICE)
    after = await stored(world, series)
    assert (after.state, after.paused_because) == (SeriesState.PAUSED, ASKER_LEFT)
    await world.deps.database.write(make_admin, BOB)
    changed = await change_series(world.deps, BOB, SeriesChange.RESUME, series.id)
    assert changed.series.asked_by == BOB.user_id


async def test_a_question_in_quotes_means_the_newest_wave(world: World) -> None:
    await start(world)
    await at(world, FRIDAY)
    await at(world, FRIDAY + WEEK)

    def find(session: Session) -> int:
        return find_prompt(session, ALICE, title="how clear is it?").number

    assert await world.deps.database.read(find) == 2


async def test_a_quiet_tick_finds_nothing(world: World) -> None:
    await start(world)
    assert await due_series(world.deps, 10) == []
    assert await world.rows(OutboxRow) == []


async def test_results_of_a_wave_compare_it_with_those_before_and_a_hidden_one_is_a_gap(world: World) -> None:
    series = await start(world, closes_in=None, anonymous=True, floor=3)
    for week, answers in enumerate((["4", "4", "5"], ["1"], ["2", "2", "3", "3", "4"], [])):
        await at(world, FRIDAY + WEEK * week)
        newest = (await waves(world))[-1]
        assert newest.id is not None
        for place, answer in enumerate(answers):
            await answer_prompt(world.deps, Actor(TEAM, f"U0P{place}", "C0GENERAL"), newest.id, one(answer))
    view = await prompt_results(world.deps, ALICE, PromptResults(number=3))
    assert view.trends[0] is not None
    assert say_trend(view.trends[0]).startswith("Mean 2.8, was hidden, 4.3. 1 wave stays hidden")
    # The open wave shows no more of itself than how many answered.
    view = await prompt_results(world.deps, ALICE, PromptResults(number=4))
    assert view.trends[0] is not None
    assert say_trend(view.trends[0]).startswith(
        "Mean not known before the close, was 2.8, hidden, 4.3. 1 wave"
    )

    answers_of = ClosedAnswers(world.deps.database, TEAM, criterion_id=None, channel_id="C0GENERAL")
    found = await answers_of.closed(1)
    assert found is not None
    assert (found[0].number, found[0].series_id, found[1].mean) == (3, series.id, "2.8")


async def test_a_wave_that_was_never_posted_leaves_no_redraw_waiting_when_it_closes(world: World) -> None:
    await start(world, closes_in=None)
    await at(world, FRIDAY)
    await at(world, FRIDAY + WEEK)
    first, _ = await waves(world)
    assert (first.ts, first.state) == (None, PromptState.CLOSED)
    assert not await world.deps.database.read(anything_to_redraw, PromptRow, TEAM, world.clock.now)
