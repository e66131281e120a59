"""The loop clock and its decisions on both databases: what is stored becomes stamps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session, select

from bot.db.models import (
    CriterionRow,
    DecisionLineRow,
    OutboxRow,
    PromptRow,
    ReadingRow,
    ResponseRow,
    ShipRow,
)
from bot.db.outbox import OutboxKind
from bot.db.readings import add_readings
from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.criterion import Condition, Direction
from bot.domain.dates import Iso
from bot.domain.decision import AgainstLineError, DecisionKind
from bot.domain.loop import LoopTime
from bot.domain.reading import Reading
from bot.domain.requests import LineHalf, ShipChange, StartIteration, WriteLine
from bot.domain.ship import Thumb
from bot.errors import NotAllowedError, UserError
from bot.services.deciding import decide
from bot.services.decision_lines import ask_due, debts_of, is_frozen, open_line, write_line
from bot.services.initiatives import show_initiative
from bot.services.iterations import start_iteration
from bot.services.looping import decide_by_of, last_loop, loop_report
from bot.services.notes import add_note_on
from bot.services.shipping import ship_change, take_back, vote_on
from tests.progress_world import ALICE, BOB, TEAM, World

HOUR = timedelta(hours=1)
KEEP = LineHalf("p95 latency", Condition(Direction.AT_MOST, Decimal(300), typed="<="))


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    return made


async def ship(world: World, actor: Actor = ALICE, name: str = "New checkout form") -> int:
    write = world.deps.database.write
    return (await write(ship_change, actor, ShipChange(name), world.now())).ship.id


async def read_value(world: World, criterion_id: int, value: int) -> None:
    def store(session: Session) -> None:
        add_readings(session, TEAM, [(criterion_id, Reading(world.now(), Decimal(value)))])

    await world.deps.database.write(store)


async def loop(world: World) -> LoopTime:
    found = await world.deps.database.read(last_loop, 1)
    assert found is not None
    return found


async def answered(world: World, *, anonymous: bool, respondents: list[str], day: date) -> None:
    """Store a prompt asked now, with answers of a day."""

    def store(session: Session) -> None:
        prompt = PromptRow(
            team_id=TEAM,
            number=1 if anonymous else 2,
            question="How clear is it?",
            kind="thumbs",
            anonymous=anonymous,
            channel_id="C0GENERAL",
            initiative_id=1,
            asked_by="U0ALICE",
            zone="Europe/Berlin",
            created_at=world.now(),
        )
        session.add(prompt)
        session.flush()
        assert prompt.id is not None
        for respondent in respondents:
            session.add(
                ResponseRow(
                    id=f"{prompt.id}-{respondent}",
                    team_id=TEAM,
                    prompt_id=prompt.id,
                    respondent=respondent,
                    answered_on=day,
                )
            )

    await world.deps.database.write(store)


async def test_a_signal_takes_n_readings_and_a_struck_one_is_none(world: World) -> None:
    criterion_id = await world.add(readings_needed=2)
    await read_value(world, criterion_id, 400)
    world.forward(minutes=1)
    await ship(world)
    world.forward(hours=1)
    await read_value(world, criterion_id, 310)
    assert (await loop(world)).signal is None
    world.forward(hours=1)
    await read_value(world, criterion_id, 305)
    signal = (await loop(world)).signal
    assert signal is not None
    assert signal.at == world.now()

    def strike(session: Session) -> None:
        row = session.exec(select(ReadingRow).where(ReadingRow.value == Decimal(310))).one()
        row.struck_at = world.now()

    await world.deps.database.write(strike)
    assert (await loop(world)).signal is None


async def test_feedback_is_the_first_tap_note_or_answer_of_somebody_else(world: World) -> None:
    first, other = await ship(world, name="Another"), await ship(world)
    world.forward(hours=1)
    write = world.deps.database.write
    await write(vote_on, ALICE, other, Thumb.UP, world.now())
    await add_note_on(world.deps, ALICE, 1, "I like it")
    await add_note_on(world.deps, BOB, 1, "about the other one", ship_id=first)
    assert (await loop(world)).feedback is None
    await answered(world, anonymous=True, respondents=["a1"], day=date(2026, 11, 25))
    assert (await loop(world)).feedback is None
    await answered(world, anonymous=False, respondents=["U0ALICE", "U0BOB"], day=date(2026, 11, 24))
    feedback = (await loop(world)).feedback
    assert feedback is not None
    assert feedback.by_day
    world.forward(hours=1)
    await write(vote_on, BOB, other, Thumb.DOWN, world.now())
    tapped = (await loop(world)).feedback
    assert tapped is not None
    assert (tapped.at, tapped.by_day) == (world.now(), False)


async def test_a_ship_taken_back_is_in_no_loop_time(world: World) -> None:
    ship_id = await ship(world)
    await world.deps.database.write(take_back, ALICE, ship_id, world.now())
    report = await world.deps.database.read(loop_report, ALICE, None)
    assert report.times == ()


async def write_a_line(world: World, day: date = date(2026, 11, 25)) -> None:
    await world.deps.database.write(write_line, ALICE, WriteLine(KEEP, None, Iso(day)), world.now())


async def test_a_line_may_change_until_there_are_results_and_again_after_the_decision(world: World) -> None:
    criterion_id = await world.add()
    await read_value(world, criterion_id, 250)
    await write_a_line(world)
    await write_a_line(world, date(2026, 11, 26))
    lines = await world.deps.database.read(lambda session: list(session.exec(select(DecisionLineRow))))
    assert [row.decide_by for row in lines] == [date(2026, 11, 26)]
    world.forward(hours=1)
    await ship(world)
    await write_a_line(world)
    world.forward(hours=1)
    await read_value(world, criterion_id, 260)
    assert await world.deps.database.read(is_frozen, 1)
    with pytest.raises(UserError, match="before the results"):
        await write_a_line(world)
    world.forward(hours=1)
    write = world.deps.database.write
    await write(decide, ALICE, DecisionKind.CHANGE, None, "why not", world.now())
    assert await world.deps.database.read(open_line, 1) is None
    await write_a_line(world)


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (WriteLine(LineHalf("p96", KEEP.condition), None, Iso(date(2026, 12, 1))), "keep"),
        (WriteLine(None, LineHalf("p95 latency", KEEP.condition, "s"), Iso(date(2026, 12, 1))), "stop"),
        (WriteLine(KEEP, None, Iso(date(2026, 11, 22))), "decide_by"),
    ],
    ids=["no such criterion", "another unit", "a day that is over"],
)
async def test_a_line_that_can_t_be_says_why(world: World, request_: WriteLine, field: str) -> None:
    await world.add()
    with pytest.raises(UserError) as refused:
        await world.deps.database.write(write_line, ALICE, request_, world.now())
    assert refused.value.field == field


async def test_a_choice_against_the_line_needs_a_reason_and_is_kept_as_one(world: World) -> None:
    criterion_id = await world.add()
    await write_a_line(world)

    def give(session: Session) -> None:
        session.get_one(CriterionRow, criterion_id).value = Decimal(250)

    write = world.deps.database.write
    await write(give)
    with pytest.raises(NotAllowedError, match="what is decided"):
        await write(decide, BOB, DecisionKind.KEEP, None, "", world.now())
    with pytest.raises(AgainstLineError, match="goes against the decision line"):
        await write(decide, ALICE, DecisionKind.STOP, None, "", world.now())
    decided = await write(decide, ALICE, DecisionKind.STOP, None, "too dear", world.now())
    assert decided.decision.against
    with pytest.raises(UserError, match="decided already"):
        await write(decide, ALICE, DecisionKind.KEEP, None, "", world.now(), line_id=1)


async def test_a_line_is_asked_about_once_on_its_day_and_owed_until_decided(world: World) -> None:
    await world.add()
    await write_a_line(world)
    writes = world.database.writes
    assert await ask_due(world.deps) == 0
    assert world.database.writes == writes
    world.forward(days=2)
    assert await ask_due(world.deps) == 1
    assert await ask_due(world.deps) == 0

    def rows(session: Session) -> list[OutboxRow]:
        kind = OutboxKind.DECISION_DUE.value
        return list(session.exec(select(OutboxRow).where(OutboxRow.kind == kind)))

    assert len(await world.deps.database.read(rows)) == 1
    await world.settle()
    asked = [sent for sent in world.slack.sent if "is to be decided" in sent.message.text]
    assert len(asked) == 1
    read = world.deps.database.read
    assert [debt.decide_by for debt in await read(debts_of, TEAM, "U0ALICE", world.now())] == [
        date(2026, 11, 25)
    ]
    assert await read(debts_of, TEAM, "U0BOB", world.now()) == []
    await world.deps.database.write(decide, ALICE, DecisionKind.KEEP, None, "", world.now())
    assert await read(debts_of, TEAM, "U0ALICE", world.now()) == []
    shipped = await read(lambda session: list(session.exec(select(ShipRow))))
    assert shipped == []


async def test_an_iteration_counts_what_happens_within_it_and_a_decision_ends_it(world: World) -> None:
    criterion_id = await world.add()
    await ship(world, name="Before")
    await read_value(world, criterion_id, 400)
    world.forward(hours=1)
    write, read = world.deps.database.write, world.deps.database.read
    request = StartIteration("Cut the address step", Iso(date(2026, 11, 27)))
    with pytest.raises(NotAllowedError, match="the iterations of"):
        await write(start_iteration, BOB, request, world.now())
    begun = await write(start_iteration, ALICE, request, world.now())
    assert (begun.ships, begun.feedback, begun.readings) == (0, 0, 0)
    with pytest.raises(UserError, match="End it with a decision first"):
        await write(start_iteration, ALICE, request, world.now())
    world.forward(hours=1)
    ship_id = await ship(world)
    await write(vote_on, BOB, ship_id, Thumb.UP, world.now())
    await add_note_on(world.deps, BOB, 1, "the address step is clear now", ship_id=ship_id)
    await read_value(world, criterion_id, 310)
    view = (await read(show_initiative, ALICE, None, world.now())).iteration
    assert view is not None
    assert (view.ships, view.feedback, view.readings) == (1, 2, 1)
    assert await read(decide_by_of, 1) == date(2026, 11, 27)
    await write_a_late_check(world)
    world.forward(days=5)
    assert [debt.decide_by for debt in await read(debts_of, TEAM, "U0ALICE", world.now())] == [
        date(2026, 11, 27)
    ]
    await write(decide, ALICE, DecisionKind.CHANGE, None, "", world.now())
    shown = await read(show_initiative, ALICE, None, world.now())
    assert shown.iteration is None
    assert [event.words for event in shown.timeline.events][-2:] == [
        "shipped New checkout form",
        "decided change",
    ]
    assert await read(decide_by_of, 1) is None
    await write(start_iteration, ALICE, replace(request, due=Iso(date(2026, 12, 4))), world.now())


async def write_a_late_check(world: World) -> None:
    """Nobody may write a line now: readings of what was shipped are there."""
    with pytest.raises(UserError, match="before the results"):
        await write_a_line(world)
