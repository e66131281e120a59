"""Reminders of follow-ups: once on the day, by the owner's day, and again only after a snooze or when asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import Session

from bot.db.days_off import add_days_off
from bot.db.models import FollowUpRow
from bot.db.people import find_person, save_person
from bot.deps import Database
from bot.domain.actor import Actor, Person
from bot.domain.dates import In, Unit
from bot.domain.entities import UserRef
from bot.domain.follow_up import FollowUpMove
from bot.domain.quiet import QuietHours
from bot.domain.requests import AddFollowUp
from bot.errors import DeliveryError, UserError
from bot.services.away import stay_away
from bot.services.follow_up_reminders import ask_owner
from bot.services.follow_ups import add_follow_up, move_follow_up, take_back_follow_up
from bot.services.initiatives import close_initiative
from bot.services.quiet import keep_quiet
from jobs import follow_ups
from tests.progress_world import ALICE, BOB, CHARLIE, MONDAY, TEAM, World
from tests.slack_double import RecordingSlack, buttons

THURSDAY = MONDAY + timedelta(days=3)
"""Its day, 09:00 in Berlin."""


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    await add(made)
    return made


async def add(world: World, *, in_days: int = 3, actor: Actor = ALICE, owner: str = "U0BOB") -> int:
    request = AddFollowUp("Write the runbook", UserRef(owner), In(in_days, Unit.DAY))
    view = await world.deps.database.write(add_follow_up, actor, request, world.moment)
    return view.follow_up.id


async def move(world: World, to: FollowUpMove, actor: Actor = BOB) -> None:
    await world.deps.database.write(move_follow_up, actor, 1, to, world.moment, reason="too late")


async def write_due(world: World) -> None:
    await follow_ups.tick(world.deps, world.queue)
    await world.queue.idle()


async def tick(world: World, moment: datetime) -> list[str]:
    """Let everything happen that is due at a moment, and return whom something was told by then."""
    world.moment = moment
    await write_due(world)
    await world.settle()
    return [sent.channel_id for sent in world.slack.sent if "runbook" in sent.message.text]


async def know(world: World, user_id: str, zone: str, *, is_deleted: bool = False) -> None:
    person = Person(TEAM, user_id, "Bob", zone, is_admin=False, is_deleted=is_deleted)
    await world.deps.database.write(save_person, person, world.moment)


async def remind_at(world: World) -> datetime | None:
    row: FollowUpRow = await world.deps.database.read(Session.get_one, FollowUpRow, 1)
    return row.remind_at


async def test_the_owner_is_told_once_on_the_day_with_the_buttons(world: World) -> None:
    assert await tick(world, THURSDAY - timedelta(seconds=1)) == []
    for hours in (0, 1, 30, 400):
        assert await tick(world, THURSDAY + timedelta(hours=hours)) == ["U0BOB"]
    [message] = [sent.message for sent in world.slack.to("U0BOB")]
    assert message.text == "☐ A follow-up of yours is *due today*: *Write the runbook* of *Checkout rewrite*."
    assert buttons(message) == {
        "Done": ("follow_up:done", "done:1"),
        "Snooze a week": ("follow_up:snooze", "snooze:1"),
        "Not doing": ("follow_up:not_doing", "not_doing:1"),
    }


@pytest.mark.parametrize("to", [FollowUpMove.DONE, FollowUpMove.NOT_DOING], ids=str)
async def test_what_was_closed_before_its_day_is_told_to_nobody(world: World, to: FollowUpMove) -> None:
    await move(world, to)
    assert await tick(world, THURSDAY) == []


@pytest.mark.parametrize("how", ["done", "taken back", "handed over"])
async def test_what_changes_before_the_message_is_sent_drops_it(world: World, how: str) -> None:
    world.moment = THURSDAY
    await write_due(world)
    if how == "done":
        await move(world, FollowUpMove.DONE)
    elif how == "taken back":
        await world.deps.database.write(take_back_follow_up, ALICE, 1, world.moment)
    else:
        await world.change(FollowUpRow, 1, owner_id="U0ALICE")
    await world.settle()
    assert world.slack.sent == []
    assert await world.states() == [("follow_up", "dropped")]


async def test_it_is_the_morning_of_the_owners_own_zone(world: World) -> None:
    await know(world, "U0BOB", "America/New_York")
    assert await tick(world, THURSDAY) == []
    assert await tick(world, datetime(2026, 11, 26, 13, 59, 59, tzinfo=UTC)) == []
    assert await tick(world, datetime(2026, 11, 26, 14, 0, tzinfo=UTC)) == ["U0BOB"]


async def test_it_waits_for_who_is_away_and_comes_at_once_when_they_are_back(world: World) -> None:
    await world.deps.database.write(stay_away, BOB, timedelta(days=10), world.moment)
    assert await tick(world, THURSDAY) == []
    assert await tick(world, THURSDAY + timedelta(days=2)) == []
    await world.deps.database.write(stay_away, BOB, None, world.moment)
    assert await tick(world, THURSDAY + timedelta(days=2)) == ["U0BOB"]


async def test_in_somebodys_quiet_hours_it_waits_for_their_end(world: World) -> None:
    write = world.deps.database.write
    await write(keep_quiet, BOB, QuietHours(time(8), time(11)), world.moment)
    assert await tick(world, THURSDAY) == []
    await write(ask_owner, CHARLIE, 1, world.moment)
    assert await tick(world, THURSDAY + timedelta(hours=1, minutes=59)) == []
    assert await tick(world, THURSDAY + timedelta(hours=2)) == ["U0BOB"] * 2


async def test_who_asks_in_quiet_hours_is_told_until_when_it_waits(world: World) -> None:
    write = world.deps.database.write
    await write(keep_quiet, BOB, QuietHours(time(8), time(11)), world.moment)
    assert (await write(ask_owner, CHARLIE, 1, world.moment)).later == "11:00 (Europe/Berlin)"
    await write(keep_quiet, BOB, None, world.moment)
    assert (await write(ask_owner, ALICE, 1, world.moment)).later == ""


async def test_nobody_is_told_on_a_day_off(world: World) -> None:
    first, last = date(2026, 11, 26), date(2026, 11, 27)
    await world.deps.database.write(add_days_off, TEAM, first, last, by="U0ALICE")
    assert await tick(world, THURSDAY) == []
    assert await tick(world, THURSDAY + timedelta(days=1, hours=5)) == []
    assert await remind_at(world) == THURSDAY + timedelta(days=2)
    assert await tick(world, THURSDAY + timedelta(days=2)) == ["U0BOB"]


async def test_what_came_due_while_loopmark_was_off_waits_for_the_morning(world: World) -> None:
    assert await tick(world, THURSDAY + timedelta(hours=14)) == []
    assert await tick(world, THURSDAY + timedelta(days=1)) == ["U0BOB"]
    assert "1 d overdue" in world.slack.to("U0BOB")[0].message.text


async def test_a_snooze_tells_once_more_when_its_week_is_over(world: World) -> None:
    assert await tick(world, THURSDAY) == ["U0BOB"]
    await move(world, FollowUpMove.SNOOZE)
    week = timedelta(days=7)
    assert await tick(world, THURSDAY + week - timedelta(seconds=1)) == ["U0BOB"]
    for hours in (0, 1, 100):
        assert await tick(world, THURSDAY + week + timedelta(hours=hours)) == ["U0BOB"] * 2
    # Done and opened again, nothing is repeated.
    await move(world, FollowUpMove.DONE)
    await move(world, FollowUpMove.REOPEN)
    assert await tick(world, THURSDAY + 2 * week) == ["U0BOB"] * 2


async def test_a_snooze_that_is_taken_back_repeats_nothing(world: World) -> None:
    assert await tick(world, THURSDAY) == ["U0BOB"]
    await move(world, FollowUpMove.SNOOZE)
    await move(world, FollowUpMove.REOPEN)
    assert await tick(world, THURSDAY + timedelta(days=9)) == ["U0BOB"]


async def test_what_somebody_writes_down_for_themselves_today_is_not_told_to_them(world: World) -> None:
    await move(world, FollowUpMove.DONE)
    await add(world, in_days=0, actor=BOB)
    assert await tick(world, MONDAY + timedelta(hours=1)) == []
    await add(world, in_days=0, actor=ALICE)
    assert await tick(world, MONDAY + timedelta(hours=2)) == ["U0BOB"]


async def test_one_of_a_closed_initiative_is_told_and_says_so(world: World) -> None:
    await world.deps.database.write(close_initiative, ALICE, 1, world.moment)
    assert await tick(world, THURSDAY) == ["U0BOB"]
    assert "*Checkout rewrite (closed)*" in world.slack.to("U0BOB")[0].message.text


async def test_one_of_who_has_left_waits_for_an_heir(world: World) -> None:
    await know(world, "U0BOB", "Europe/Berlin", is_deleted=True)
    assert await tick(world, THURSDAY) == []
    await world.change(FollowUpRow, 1, owner_id="U0ALICE")
    assert await tick(world, THURSDAY + timedelta(days=1)) == ["U0ALICE"]


async def test_two_workers_and_a_lost_lease_tell_it_once(world: World) -> None:
    world.moment = THURSDAY
    await write_due(world)
    await world.change(FollowUpRow, 1, remind_at=THURSDAY)  # as if the first had died before it was done
    assert await tick(world, THURSDAY) == ["U0BOB"]
    assert await remind_at(world) is None


async def test_a_quiet_tick_writes_nothing(world: World) -> None:
    writes = world.database.writes
    await write_due(world)
    assert world.database.writes == writes


class SilentSlack(RecordingSlack):
    """Tells nothing of anybody."""

    async def person(self, team_id: str, user_id: str) -> Person:
        """Fail for now."""
        del team_id, user_id
        raise DeliveryError("Slack did not answer.", error="timeout", permanent=False)


@pytest.mark.parametrize("silent", [False, True])
async def test_an_owner_who_is_not_known_is_asked_about_and_told_even_so(world: World, silent: bool) -> None:
    if silent:
        world.deps = replace(world.deps, slack=SilentSlack(world.now))
    await world.change(FollowUpRow, 1, owner_id="U0DANA")
    await tick(world, THURSDAY)
    assert [row.channel_id for row in await world.outbox()] == ["U0DANA"]
    known = await world.deps.database.read(find_person, TEAM, "U0DANA")
    assert (known is None) is silent


async def test_anybody_asks_the_owner_once_a_day(world: World) -> None:
    write = world.deps.database.write
    await write(ask_owner, CHARLIE, 1, world.moment)
    with pytest.raises(UserError, match="You asked Bob about it today already"):
        await write(ask_owner, CHARLIE, 1, world.moment)
    await write(ask_owner, ALICE, 1, world.moment)
    assert await tick(world, MONDAY) == ["U0BOB"] * 2
    assert world.slack.to("U0BOB")[0].message.text == (
        "<@U0CHARLIE> asks: is *Write the runbook* of *Checkout rewrite* done? It is yours, and *due Thu 26 Nov*."
    )
    world.forward(days=1)
    await write(ask_owner, CHARLIE, 1, world.moment)
    # It is told on its day even so.
    assert await tick(world, THURSDAY) == ["U0BOB"] * 4


async def test_who_is_away_or_out_of_sight_is_not_asked(world: World) -> None:
    write = world.deps.database.write
    await write(stay_away, BOB, timedelta(days=2), world.moment)
    with pytest.raises(UserError, match="Bob is away until 25 Nov 09:00"):
        await write(ask_owner, CHARLIE, 1, world.moment)
    await write(stay_away, BOB, None, world.moment)
    await world.make_private("C0GENERAL")
    with pytest.raises(UserError, match="can't be seen from here"):
        await write(ask_owner, CHARLIE, 1, world.moment)
    await move(world, FollowUpMove.DONE)
    with pytest.raises(UserError, match="closed, so there is nothing to ask"):
        await write(ask_owner, ALICE, 1, world.moment)
