"""Do-not-disturb: what asks something waits for its end, and goes out where Slack does not tell it."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.quiet import save_quiet_hours
from bot.deps import Database
from bot.domain.quiet import QuietHours
from bot.errors import DeliveryError
from tests.progress_world import MONDAY, TEAM, World

HOUR = timedelta(hours=1)


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    await made.add("Calls")
    return made


async def put(world: World, kind: OutboxKind = OutboxKind.VALUE_DUE, key: str = "one") -> None:
    facts = {"criterion_id": 1, "value_at": None}
    await world.deps.database.write(
        add_to_outbox, team_id=TEAM, key=key, kind=kind, channel_id="U0ALICE", facts=facts, now=world.moment
    )


def got(world: World) -> list[str | None]:
    return [sent.key for sent in world.slack.to("U0ALICE")]


async def test_a_reminder_waits_until_do_not_disturb_ends(world: World) -> None:
    world.slack.do_not_disturb["U0ALICE"] = MONDAY + 3 * HOUR
    await put(world)
    await world.settle()
    [row] = await world.outbox()
    assert (row.state, row.due_at, row.waits_until) == ("pending", MONDAY + 3 * HOUR, MONDAY + 3 * HOUR)
    looks, writes = len(world.slack.dnd_looks), world.database.writes
    world.moment = MONDAY + 2 * HOUR
    await world.settle()
    assert (len(world.slack.dnd_looks), world.database.writes, got(world)) == (looks, writes, [])
    world.moment = MONDAY + 3 * HOUR
    await world.settle()
    assert got(world) == ["one"]


async def test_one_that_was_made_longer_meanwhile_is_waited_for_too(world: World) -> None:
    world.slack.do_not_disturb["U0ALICE"] = MONDAY + HOUR
    await put(world)
    await world.settle()
    world.moment, world.slack.do_not_disturb["U0ALICE"] = MONDAY + HOUR, MONDAY + 2 * HOUR
    await world.settle()
    assert got(world) == []
    world.moment = MONDAY + 2 * HOUR
    await world.settle()
    assert got(world) == ["one"]


async def test_one_without_an_end_is_looked_at_anew_each_day(world: World) -> None:
    world.slack.do_not_disturb["U0ALICE"] = MONDAY + timedelta(days=400)
    await put(world)
    await world.settle()
    [row] = await world.outbox()
    assert row.due_at == MONDAY + timedelta(days=1)
    del world.slack.do_not_disturb["U0ALICE"]
    world.moment = MONDAY + timedelta(days=1)
    await world.settle()
    assert got(world) == ["one"]


async def test_quiet_hours_come_first_and_ask_slack_nothing(world: World) -> None:
    await world.deps.database.write(save_quiet_hours, TEAM, "U0ALICE", QuietHours(time(8), time(11)))
    await put(world)
    await world.settle()
    assert (got(world), world.slack.dnd_looks) == ([], [])
    world.moment = MONDAY + 2 * HOUR  # 11:00 in Berlin
    world.slack.do_not_disturb["U0ALICE"] = MONDAY + 4 * HOUR
    await world.settle()
    assert (got(world), world.slack.dnd_looks) == ([], ["U0ALICE"])
    world.moment = MONDAY + 4 * HOUR
    await world.settle()
    assert got(world) == ["one"]


@pytest.mark.parametrize(
    ("error", "permanent"),
    [("missing_scope", True), ("ratelimited", False), ("timeout", False), ("invalid_auth", True)],
)
async def test_where_slack_does_not_tell_it_nothing_waits(world: World, error: str, permanent: bool) -> None:
    world.slack.dnd_error = DeliveryError("No.", error=error, permanent=permanent)
    await put(world)
    await world.settle()
    assert got(world) == ["one"]


async def test_what_asks_nothing_does_not_look(world: World) -> None:
    world.slack.do_not_disturb["U0ALICE"] = MONDAY + HOUR
    view = await world.schedule()
    facts = {"schedule_id": view.schedule.id, "because": "The channel is archived.", "refused": False}
    await world.deps.database.write(
        add_to_outbox, team_id=TEAM, key="two", kind=OutboxKind.SCHEDULE_PAUSED, channel_id="U0ALICE",
        facts=facts, now=MONDAY,
    )  # fmt: skip
    await world.settle()
    assert (got(world), world.slack.dnd_looks) == (["two"], [])


async def test_what_is_not_needed_any_more_does_not_look(world: World) -> None:
    await put(world)
    await world.read(1, 7)
    await world.settle()
    assert (got(world), world.slack.dnd_looks) == ([], [])
    assert ("value_due", "dropped") in await world.states()
