"""Reminders to check in: one message for all that is due, by day, in the initiative's rhythm, and none twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from bot.db.away import save_away
from bot.db.checkin_plans import look_at_plans
from bot.db.checkins import add_check_in
from bot.db.days_off import add_days_off
from bot.db.models import CriterionRow, InitiativeRow
from bot.deps import Database
from bot.domain.checkin import CheckIn
from bot.domain.commands import parse
from bot.errors import NotAllowedError, UserError
from bot.services.checkin_reminders import remind_again, set_check_ins, stop_reminding
from jobs import checkins
from tests.progress_world import ALICE, BOB, MONDAY, TEAM, World

TEN = MONDAY + timedelta(hours=1)
"""Monday 10:00 in Berlin."""

WEEK = timedelta(days=7)
SUCCESS: dict[str, Any] = {"kind": "success", "due_on": date(2026, 12, 18)}


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    await made.add("Calls", **SUCCESS)
    await made.add("Signups", **SUCCESS)
    await made.database.write(look_at_plans, TEAM, ["U0ALICE"], MONDAY)
    return made


async def tick(world: World, moment: datetime) -> None:
    world.moment = moment
    await checkins.tick(world.deps, world.queue)
    await world.queue.idle()
    await world.settle()


def asked(world: World) -> list[tuple[str, str]]:
    return [
        (sent.channel_id, sent.message.text) for sent in world.slack.sent if "check-in" in sent.message.text
    ]


async def check_in(world: World, criterion_id: int, at: datetime) -> None:
    await world.database.write(add_check_in, TEAM, criterion_id, CheckIn(at, "U0ALICE", 7))


async def test_one_message_a_week_lists_all_and_a_quiet_tick_writes_nothing(world: World) -> None:
    await tick(world, MONDAY)
    await tick(world, TEN - timedelta(seconds=1))
    assert asked(world) == []
    await tick(world, TEN)
    [(channel_id, text)] = asked(world)
    assert channel_id == "U0ALICE"
    assert text.startswith("2 criteria of yours wait for a check-in")
    assert "Calls" in text
    assert "Signups" in text
    writes = world.database.writes
    await tick(world, TEN + timedelta(hours=5))
    assert world.database.writes == writes
    await tick(world, TEN + WEEK)
    assert len(asked(world)) == 2


@pytest.mark.parametrize(
    ("days_before", "expected"), [(2.9, "A criterion of yours waits"), (3.1, "2 criteria of yours wait")]
)
async def test_what_was_checked_in_within_three_days_is_left_out(
    world: World, days_before: float, expected: str
) -> None:
    await check_in(world, 1, TEN - timedelta(days=days_before))
    await tick(world, TEN)
    [(_, text)] = asked(world)
    assert text.startswith(expected)


async def test_a_check_in_between_writing_and_sending_makes_the_message_unneeded(world: World) -> None:
    world.moment = TEN
    await checkins.tick(world.deps, world.queue)
    await world.queue.idle()
    for criterion_id in (1, 2):
        await check_in(world, criterion_id, TEN)
    await world.settle()
    assert asked(world) == []
    assert await world.states() == [("check_ins_due", "dropped")]


@pytest.mark.parametrize(
    "columns",
    [
        {"kind": "guardrail"},
        {"state": "paused"},
        {"state": "archived"},
        {"frozen": True},
        {"due_on": date(2026, 11, 22)},
        {"owner_id": "U0BOB"},
    ],
    ids=["guardrail", "paused", "archived", "with its verdict", "past its due date", "of somebody else"],
)
async def test_nobody_is_reminded_of_what_is_not_open_and_theirs(
    world: World, columns: dict[str, Any]
) -> None:
    for criterion_id in (1, 2):
        await world.change(CriterionRow, criterion_id, **columns)
    await tick(world, TEN)
    assert asked(world) == []


@pytest.mark.parametrize("columns", [{"state": "closed"}, {"check_ins": ""}], ids=["closed", "switched off"])
async def test_nobody_is_reminded_by_an_initiative_that_asks_for_nothing(
    world: World, columns: dict[str, Any]
) -> None:
    await world.change(InitiativeRow, 1, **columns)
    await tick(world, TEN)
    await tick(world, TEN + WEEK)
    assert asked(world) == []


async def test_it_waits_while_they_are_away_and_comes_once(world: World) -> None:
    await world.database.write(save_away, TEAM, "U0ALICE", TEN + timedelta(days=15))
    for days in range(15):
        await tick(world, TEN + timedelta(days=days))
    assert asked(world) == []
    await tick(world, TEN + timedelta(days=15))
    await tick(world, TEN + timedelta(days=16))
    assert len(asked(world)) == 1


async def test_a_day_off_moves_it_to_the_next_working_day(world: World) -> None:
    await world.database.write(add_days_off, TEAM, date(2026, 11, 23), date(2026, 11, 23), by="U0BOB")
    await tick(world, TEN)
    assert asked(world) == []
    await tick(world, TEN + timedelta(days=1))
    assert len(asked(world)) == 1


async def test_a_rhythm_at_night_waits_for_the_morning(world: World) -> None:
    request = parse("initiative", "check-ins every Mon 22:00")
    await world.database.write(set_check_ins, ALICE, request, MONDAY)
    await tick(world, TEN)
    await tick(world, TEN + timedelta(hours=12))
    assert asked(world) == []
    await tick(world, TEN + timedelta(hours=23))
    assert len(asked(world)) == 1


async def test_snooze_ends_by_itself_and_stop_by_asking_again(world: World) -> None:
    await tick(world, TEN)
    [row] = await world.outbox()

    def stop(session: Session, *, for_good: bool) -> object:
        return stop_reminding(session, ALICE, row.id or 0, world.moment, for_good=for_good)

    await world.database.write(stop, for_good=False)
    await tick(world, TEN + WEEK - timedelta(hours=1))
    await tick(world, TEN + WEEK)
    assert len(asked(world)) == 2
    await world.database.write(stop, for_good=True)
    await tick(world, TEN + 2 * WEEK)
    assert len(asked(world)) == 2
    await world.database.write(remind_again, ALICE, row.id)
    await tick(world, TEN + 3 * WEEK)
    assert len(asked(world)) == 3


async def test_the_menu_of_somebody_else_s_reminder_changes_nothing(world: World) -> None:
    await tick(world, TEN)
    [row] = await world.outbox()
    for outbox_id in (row.id, 999):
        with pytest.raises(UserError, match="None of these criteria"):
            await world.database.write(stop_reminding, BOB, outbox_id, TEN, for_good=True)


async def test_only_the_owner_changes_the_rhythm(world: World) -> None:
    request = parse("initiative", "check-ins off")
    with pytest.raises(NotAllowedError, match="when owners of “Checkout rewrite” are reminded"):
        await world.database.write(set_check_ins, BOB, request, MONDAY)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("check-ins", "Say when owners are reminded"),
        ("check-ins every 30m", "more than once a day"),
        ('check-ins cron "0 * * * *"', "more than once a day"),
        ("check-ins every Mon", "At what time"),
        ("check-ins weekly", "can't read"),
        ("check-ins off every Mon 09:00", "can't read"),
    ],
)
def test_a_rhythm_that_cannot_be_read_is_refused(typed: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        parse("initiative", typed)
