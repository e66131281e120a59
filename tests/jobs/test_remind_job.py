"""Reminders of values that people set: one for each that is due, by day, and none once it came."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.db.models import CriterionRow, InitiativeRow, ReminderRow
from bot.db.people import find_person, save_person
from bot.deps import Database
from bot.domain.actor import Person
from bot.domain.criterion import CriterionState
from bot.domain.requests import ChangeCriterionState, SetReading
from bot.errors import DeliveryError
from bot.services.criteria import change_state, set_reading
from bot.services.initiatives import close_initiative
from jobs import remind
from tests.progress_world import ALICE, MONDAY, TEAM, World
from tests.slack_double import RecordingSlack, buttons

WEEK = timedelta(days=7)


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    await made.add("Calls")
    return made


async def give(world: World, value: int = 7, name: str = "Calls") -> None:
    request = SetReading(name, Decimal(value))
    await world.deps.database.write(set_reading, ALICE, request, world.moment)


async def write_due(world: World) -> None:
    await remind.tick(world.deps, world.queue)
    await world.queue.idle()


async def tick(world: World) -> None:
    await write_due(world)
    await world.settle()


def asked(world: World) -> list[str]:
    """Return whom a value was asked of."""
    return [sent.channel_id for sent in world.slack.sent if "is due" in sent.message.text]


async def planned(world: World) -> list[datetime]:
    def load(session: Session) -> list[datetime]:
        return list(session.exec(select(ReminderRow.due_at)))

    return await world.deps.database.read(load)


async def test_the_owner_is_asked_once_when_a_value_is_due_and_again_after_the_next_one(world: World) -> None:
    await give(world)
    world.moment = MONDAY + WEEK - timedelta(seconds=1)
    await tick(world)
    assert asked(world) == []
    world.moment = MONDAY + WEEK  # 09:00 in Berlin
    for _ in range(3):
        await tick(world)
        world.forward(hours=1)
    assert asked(world) == ["U0ALICE"]
    [message] = [sent.message for sent in world.slack.sent if "is due" in sent.message.text]
    assert "The last one was 7 ms, 7 d ago." in message.text
    assert buttons(message) == {"Set a value": ("set_value", "1")}
    world.forward(days=20)
    await tick(world)
    assert asked(world) == ["U0ALICE"]
    await give(world)
    world.forward(days=8)
    await tick(world)
    assert asked(world) == ["U0ALICE"] * 2


async def test_a_value_that_came_meanwhile_makes_the_reminder_unneeded(world: World) -> None:
    await give(world)
    world.forward(days=3)
    await give(world, 8)
    world.moment = MONDAY + WEEK
    await tick(world)
    assert asked(world) == []
    assert await planned(world) == [MONDAY + WEEK + timedelta(days=3)]
    world.forward(days=3)
    # It stands in the outbox, and the value comes before it is sent.
    await write_due(world)
    await give(world, 9)
    await world.settle()
    assert asked(world) == []
    assert ("value_due", "dropped") in await world.states()


async def test_nobody_is_asked_in_the_night_of_their_own_zone(world: World) -> None:
    person = Person(TEAM, "U0ALICE", "Alice", "America/New_York", False)
    await world.deps.database.write(save_person, person, MONDAY)
    await give(world)
    world.moment = MONDAY + WEEK + timedelta(hours=6, seconds=-1)
    await tick(world)
    assert asked(world) == []
    world.forward(seconds=1)  # 09:00 in New York
    await tick(world)
    assert asked(world) == ["U0ALICE"]


async def test_what_fell_due_while_loopmark_was_off_waits_for_the_morning_too(world: World) -> None:
    await give(world)
    world.moment = MONDAY + WEEK + timedelta(hours=15)  # midnight in Berlin
    await tick(world)
    assert asked(world) == []
    world.moment = MONDAY + WEEK + timedelta(days=1)
    await tick(world)
    assert asked(world) == ["U0ALICE"]


async def test_a_pause_ends_reminders_and_going_on_does_not_repeat_one(world: World) -> None:
    def become(to: CriterionState) -> Any:
        request = ChangeCriterionState("Calls", to)
        return world.deps.database.write(change_state, ALICE, request, world.moment)

    await give(world)
    await become(CriterionState.PAUSED)
    world.moment = MONDAY + WEEK
    await tick(world)
    assert asked(world) == []
    await become(CriterionState.OPEN)
    await tick(world)
    assert asked(world) == ["U0ALICE"]
    await become(CriterionState.PAUSED)
    await become(CriterionState.OPEN)
    await tick(world)
    assert asked(world) == ["U0ALICE"]
    assert await planned(world) == []


async def test_nothing_is_asked_of_criteria_that_need_no_value(world: World) -> None:
    cases: dict[str, dict[str, object]] = {
        "archived": {"state": "archived"},
        "due before the value": {"due_on": date(2026, 11, 29)},
        "with its verdict": {"frozen": True},
        "read by itself": {"source_kind": "http_json"},
    }
    for name, columns in cases.items():
        kind = columns.get("source_kind", "manual")
        criterion_id = await world.add(name, source_kind=kind)
        await give(world, name=name)
        await world.change(CriterionRow, criterion_id, **columns)
    world.moment = MONDAY + WEEK
    await tick(world)
    assert asked(world) == []
    assert await planned(world) == []


async def test_a_closed_initiative_asks_for_nothing(world: World) -> None:
    await give(world)
    await world.deps.database.write(close_initiative, ALICE, 1, world.moment)
    world.moment = MONDAY + WEEK
    await tick(world)
    assert (asked(world), await planned(world)) == ([], [])


async def test_who_has_left_is_not_asked_but_the_initiatives_owner(world: World) -> None:
    await world.change(CriterionRow, 1, owner_id="U0BOB")
    await give(world)
    person = Person(TEAM, "U0BOB", "Bob", "Europe/Berlin", False, is_deleted=True)
    await world.deps.database.write(save_person, person, MONDAY)
    world.moment = MONDAY + WEEK
    await tick(world)
    assert asked(world) == ["U0ALICE"]


async def test_a_quiet_tick_writes_nothing(world: World) -> None:
    await give(world)
    writes = world.database.writes
    await write_due(world)
    assert world.database.writes == writes


class SilentSlack(RecordingSlack):
    """Tells nothing of anybody."""

    async def person(self, team_id: str, user_id: str) -> Person:
        """Fail for now."""
        del team_id, user_id
        raise DeliveryError("Slack did not answer.", error="timeout", permanent=False)


async def test_who_was_never_seen_is_asked_about_first(world: World) -> None:
    await world.change(CriterionRow, 1, owner_id="U0DANA")
    await give(world)
    world.moment = MONDAY + WEEK
    await tick(world)
    assert asked(world) == ["U0DANA"]
    assert await world.deps.database.read(find_person, TEAM, "U0DANA") is not None


async def test_where_slack_tells_nothing_of_a_person_the_initiatives_zone_says_what_night_is(
    world: World,
) -> None:
    world.deps = replace(world.deps, slack=SilentSlack(world.now))
    await world.change(CriterionRow, 1, owner_id="U0DANA")
    await give(world)
    world.moment = MONDAY + WEEK
    await write_due(world)
    assert [(row.kind, row.channel_id) for row in await world.outbox()][-1] == ("value_due", "U0DANA")


async def test_in_a_private_home_the_command_stands_in_place_of_the_button(world: World) -> None:
    await give(world)
    await world.make_private("C0GENERAL")
    await world.change(InitiativeRow, 1, owner_id="U0BOB")
    world.moment = MONDAY + WEEK
    await tick(world)
    [sent] = [sent for sent in world.slack.sent if "is due" in sent.message.text]
    assert buttons(sent.message) == {}
    assert '`/criteria set "Calls" VALUE` in <#C0GENERAL>' in sent.message.text
