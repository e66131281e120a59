"""People who leave: what they owned goes on, and nobody is asked twice."""

from __future__ import annotations

from typing import Any

import pytest

from bot.blocks.leaving import taken_over
from bot.db.models import CriterionRow, InitiativeRow, PersonRow, ScheduleRow
from bot.deps import Database
from bot.errors import UserError
from bot.services.leaving import take_over
from handlers.events import person_changed
from tests.progress_world import ALICE, BOB, TEAM, World


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    return made


async def leave(world: World, user_id: str, event_id: str = "Ev1", *, deleted: bool = True) -> None:
    user: dict[str, Any] = {"id": user_id, "name": user_id, "tz": "Europe/Berlin", "deleted": deleted}
    event = {"type": "user_change", "user": user}
    await person_changed({"team_id": TEAM, "event_id": event_id, "event": event}, world.deps)


async def owners(world: World) -> list[str]:
    return [row.owner_id for row in await world.rows(CriterionRow)]


async def test_criteria_and_schedules_go_to_the_initiatives_owner_who_is_told_once(world: World) -> None:
    await world.add("p95 latency", owner_id="U0BOB")
    await world.add("Old one", owner_id="U0BOB", state="archived")
    await world.add("Hers already")
    await world.schedule(actor=BOB)
    await leave(world, "U0BOB")
    await leave(world, "U0BOB")
    await leave(world, "U0BOB", "Ev2")
    assert await owners(world) == ["U0ALICE", "U0BOB", "U0ALICE"]
    assert (await world.schedule_row()).created_by == "U0ALICE"
    assert (await world.schedule_row()).state == "active"
    assert await world.states() == [("handed_over", "pending")]
    await world.settle()
    (told,) = world.slack.to("U0ALICE")
    assert told.message.text == (
        "<@U0BOB> has left. This is yours now:\ncriteria: *p95 latency*\n"
        "schedules: #1, every Mon 09:00 in <#C0GENERAL>"
    )


async def test_nobody_is_asked_when_somebody_leaves_who_owned_nothing(world: World) -> None:
    await world.add()
    await leave(world, "U0CHARLIE")
    assert await world.outbox() == []
    await leave(world, "U0ALICE", "Ev2", deleted=False)
    assert await world.outbox() == []
    assert await owners(world) == ["U0ALICE"]


async def ask(world: World) -> str:
    await leave(world, "U0ALICE")
    await world.settle()
    (question,) = world.slack.to("C0GENERAL")
    assert "<@U0ALICE> has left and owned Checkout rewrite. Who takes it over?" in question.message.text
    return str(question.ts)


async def test_the_home_channel_is_asked_once_and_all_goes_to_who_takes_over(world: World) -> None:
    await world.add("p95 latency")
    await world.add("Calls", owner_id="U0CHARLIE")
    await world.schedule()
    ts = await ask(world)
    assert await owners(world) == ["U0ALICE", "U0CHARLIE"]
    # Whose heir has left, too, is passed on with the rest.
    await leave(world, "U0CHARLIE", "Ev2")
    taken = await take_over(world.deps, TEAM, "C0GENERAL", ts, "U0BOB")
    assert (taken.initiative.owner_id, taken.left) == ("U0BOB", "U0ALICE")
    assert await owners(world) == ["U0BOB", "U0BOB"]
    assert (await world.schedule_row()).created_by == "U0BOB"
    await world.settle()
    assert [kind for kind, _ in await world.states()] == ["owner_left", "handed_over"]
    with pytest.raises(UserError, match="was taken over before"):
        await take_over(world.deps, TEAM, "C0GENERAL", ts, "U0BOB")


async def test_who_cannot_take_over_is_refused(world: World) -> None:
    ts = await ask(world)
    with pytest.raises(UserError, match="closed or gone"):
        await take_over(world.deps, TEAM, "C0GENERAL", "1.1", "U0BOB")
    with pytest.raises(UserError, match="can't take it over"):
        await take_over(world.deps, TEAM, "C0GENERAL", ts, "U0BOT")
    await world.change(InitiativeRow, 1, state="closed")
    with pytest.raises(UserError, match="closed or gone"):
        await take_over(world.deps, TEAM, "C0GENERAL", ts, "U0BOB")


async def test_a_question_that_was_answered_otherwise_is_not_asked(world: World) -> None:
    await leave(world, "U0ALICE")
    await world.change(InitiativeRow, 1, owner_id="U0BOB")
    await world.settle()
    assert await world.states() == [("owner_left", "dropped")]


async def test_an_owner_nobody_knew_of_is_known_to_have_left(world: World) -> None:
    await world.add("p95 latency", owner_id="U0DANA")
    await leave(world, "U0DANA")
    assert await owners(world) == ["U0ALICE"]
    row = await world.deps.database.read(lambda session: session.get(PersonRow, (TEAM, "U0DANA")))
    assert row is not None
    assert row.is_deleted
    assert await world.count(ScheduleRow) == 0


async def test_the_answer_names_who_chose(world: World) -> None:
    ts = await ask(world)
    taken = await take_over(world.deps, TEAM, "C0GENERAL", ts, "U0BOB")
    chosen = taken_over(taken.initiative, taken.left, ALICE.user_id)
    assert chosen.text == "<@U0BOB> takes over *Checkout rewrite* from <@U0ALICE>, chosen by <@U0ALICE>."
    assert "chosen" not in taken_over(taken.initiative, taken.left, "U0BOB").text
