"""Quiet hours: what asks something of somebody waits for their end, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from bot.db.away import save_away
from bot.db.checkin_plans import look_at_plans
from bot.db.models import AskingRow, CriterionRow, FollowUpRow, PromptRow, ReminderRow
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.overview import waiting_messages
from bot.db.people import save_person
from bot.db.quiet import quiet_hours_of, save_quiet_hours
from bot.deps import Database
from bot.domain.actor import Person
from bot.domain.prompt import PromptKind
from bot.domain.quiet import QuietHours
from bot.domain.requests import KeepQuiet, ShowQuiet
from bot.errors import UnknownPersonError
from bot.services.away import stay_away
from bot.services.disturbing import ASKING
from bot.services.nudging import nudge_owner
from bot.services.quiet import keep_quiet, show_quiet
from handlers import quiet
from handlers.context import Redrawn
from jobs import checkins, remind
from tests.progress_world import ALICE, BOB, MONDAY, TEAM, World
from tests.slack_double import buttons

MORNING_OFF = QuietHours(time(8), time(11))
"""Berlin; it is 09:00 on MONDAY."""
ELEVEN = MONDAY + timedelta(hours=2)


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    await made.add("Calls", kind="success", due_on=date(2026, 12, 18))
    return made


def prompt_row() -> PromptRow:
    return PromptRow(
        id=1, team_id=TEAM, number=1, question="How clear is it?",
        kind=PromptKind.SCALE, channel_id="C0GENERAL", asked_by="U0BOB", zone="Europe/Berlin",
        created_at=MONDAY, reach="named", named=["U0ALICE"], ts="1.1",
    )  # fmt: skip


def follow_up_row() -> FollowUpRow:
    return FollowUpRow(
        id=1, team_id=TEAM, initiative_id=1, text="Write the runbook", owner_id="U0ALICE",
        due_on=MONDAY.date(), created_by="U0BOB", created_at=MONDAY,
    )  # fmt: skip


FACTS: dict[OutboxKind, dict[str, Any]] = {
    OutboxKind.VALUE_DUE: {"criterion_id": 1, "value_at": None},
    OutboxKind.VERDICT_ASKED: {"criterion_id": 1},
    OutboxKind.CHECK_INS_DUE: {"criterion_ids": [1]},
    OutboxKind.NUDGE: {"criterion_id": 1, "criterion_ids": [1], "share": None, "by": "U0BOB"},
    OutboxKind.PROMPT_ASKED: {"prompt_ids": [1], "reminded": []},
    OutboxKind.FOLLOW_UP: {"follow_up_id": 1, "by": None},
}


async def put(world: World, kind: OutboxKind, facts: dict[str, Any], key: str = "one") -> None:
    await world.deps.database.write(
        add_to_outbox, team_id=TEAM, key=key, kind=kind, channel_id="U0ALICE", facts=facts, now=world.moment
    )


async def keep(world: World, hours: QuietHours | None, user_id: str = "U0ALICE") -> None:
    await world.deps.database.write(save_quiet_hours, TEAM, user_id, hours)


@pytest.mark.parametrize("kind", sorted(ASKING))
async def test_what_asks_something_waits_until_quiet_hours_end(world: World, kind: OutboxKind) -> None:
    await world.deps.database.write(lambda session: session.add_all([prompt_row(), follow_up_row()]))
    await keep(world, MORNING_OFF)
    await put(world, kind, FACTS[kind])
    await world.settle()
    assert world.slack.to("U0ALICE") == []
    [row] = await world.outbox()
    assert (row.state, row.due_at, row.waits_until, row.attempts) == ("pending", ELEVEN, ELEVEN, 0)
    writes = world.database.writes
    world.moment = ELEVEN - timedelta(seconds=1)
    await world.settle()
    assert world.database.writes == writes, "a quiet tick writes nothing"
    world.moment = ELEVEN
    await world.settle()
    assert len(world.slack.to("U0ALICE")) == 1
    assert await world.states() == [(kind, "sent")]


async def test_what_failed_goes_out_at_once_and_before_what_waits(world: World) -> None:
    await keep(world, MORNING_OFF)
    await put(world, OutboxKind.CHECK_INS_DUE, FACTS[OutboxKind.CHECK_INS_DUE])
    await world.settle()
    view = await world.schedule()
    facts = {"schedule_id": view.schedule.id, "because": "The channel is archived.", "refused": False}
    await put(world, OutboxKind.SCHEDULE_PAUSED, facts, "two")
    await world.settle()
    assert [sent.key for sent in world.slack.to("U0ALICE")] == ["two"]
    world.moment = ELEVEN
    await world.settle()
    assert [sent.key for sent in world.slack.to("U0ALICE")] == ["two", "one"]


async def test_a_verdict_is_asked_for_by_day_and_what_a_person_asks_at_night_too(world: World) -> None:
    world.moment = datetime(2026, 12, 18, 23, 0, tzinfo=UTC)  # the end of the due day in Berlin
    await put(world, OutboxKind.VERDICT_ASKED, FACTS[OutboxKind.VERDICT_ASKED])
    await put(world, OutboxKind.NUDGE, FACTS[OutboxKind.NUDGE], "nudge")
    await world.settle()
    assert [sent.key for sent in world.slack.to("U0ALICE")] == ["nudge"]
    world.moment = datetime(2026, 12, 19, 8, 0, tzinfo=UTC)
    await world.settle()
    assert [sent.key for sent in world.slack.to("U0ALICE")] == ["nudge", "one"]


async def test_the_end_of_quiet_hours_that_were_changed_counts_at_once(world: World) -> None:
    await keep(world, MORNING_OFF)
    await put(world, OutboxKind.CHECK_INS_DUE, FACTS[OutboxKind.CHECK_INS_DUE])
    await world.settle()
    for hours, expected in ((QuietHours(time(8), time(10)), []), (None, ["one"])):
        await world.deps.database.write(keep_quiet, ALICE, hours, world.moment)
        await world.settle()
        assert [sent.key for sent in world.slack.to("U0ALICE")] == expected


async def test_what_is_needed_no_more_when_quiet_hours_end_is_dropped(world: World) -> None:
    await keep(world, MORNING_OFF)
    await put(world, OutboxKind.VALUE_DUE, FACTS[OutboxKind.VALUE_DUE])
    await world.settle()
    await world.change(CriterionRow, 1, state="paused")
    world.moment = ELEVEN
    await world.settle()
    assert await world.states() == [("value_due", "dropped")]


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (OutboxKind.VALUE_DUE, FACTS[OutboxKind.VALUE_DUE]),
        (OutboxKind.NUDGE, {**FACTS[OutboxKind.NUDGE], "share": 90, "by": None}),
    ],
    ids=["value", "nudge"],
)
async def test_what_waited_beyond_the_due_date_is_dropped(
    world: World, kind: OutboxKind, facts: dict[str, Any]
) -> None:
    await keep(world, QuietHours(time(20), time(17)))
    world.moment = datetime(2026, 12, 18, 14, 0, tzinfo=UTC)
    await put(world, kind, facts)
    await world.settle()
    assert await world.states() == [(kind, "pending")]
    world.moment = datetime(2026, 12, 19, 16, 0, tzinfo=UTC)
    await world.settle()
    assert await world.states() == [(kind, "dropped")]


async def test_who_came_back_while_it_waited_gets_it_at_once(world: World) -> None:
    await world.deps.database.write(save_away, TEAM, "U0ALICE", ELEVEN)
    await put(world, OutboxKind.CHECK_INS_DUE, FACTS[OutboxKind.CHECK_INS_DUE])
    await world.settle()
    assert world.slack.to("U0ALICE") == []
    await world.deps.database.write(stay_away, ALICE, None, world.moment)
    await world.settle()
    assert len(world.slack.to("U0ALICE")) == 1


async def test_what_waits_for_somebody_is_nothing_the_doctor_worries_about(world: World) -> None:
    await keep(world, MORNING_OFF)
    await put(world, OutboxKind.CHECK_INS_DUE, FACTS[OutboxKind.CHECK_INS_DUE])
    await world.settle()
    for moment, pending in ((world.moment, 0), (ELEVEN, 1)):
        waiting = await world.deps.database.read(waiting_messages, moment)
        assert (waiting.pending, waiting.since is None) == (pending, pending == 0)


@pytest.mark.parametrize(
    ("make_due", "tick"),
    [
        pytest.param(
            lambda session: session.add(ReminderRow(criterion_id=1, team_id=TEAM, due_at=MONDAY)),
            remind.tick,
            id="values",
        ),
        pytest.param(
            lambda session: look_at_plans(session, TEAM, ["U0ALICE"], MONDAY - timedelta(days=7)),
            checkins.tick,
            id="check-ins",
        ),
    ],
)
async def test_reminders_are_planned_after_quiet_hours(
    world: World, make_due: Callable[[Session], Any], tick: Any
) -> None:
    await keep(world, QuietHours(time(8), time(15)))
    await world.deps.database.write(make_due)
    for hours, sent in ((0, 0), (1.5, 0), (5.9, 0), (6, 1)):
        world.moment = MONDAY + timedelta(hours=hours)
        await tick(world.deps, world.queue)
        await world.queue.idle()
        await world.settle()
        assert len(world.slack.to("U0ALICE")) == sent, hours


async def test_whoever_nudges_somebody_in_quiet_hours_is_told_when_they_get_it(world: World) -> None:
    assert (await world.deps.database.write(nudge_owner, BOB, "Calls", MONDAY)).later == ""
    await keep(world, MORNING_OFF)
    nudged = await world.deps.database.write(nudge_owner, BOB, "Calls", MONDAY + timedelta(days=1))
    assert nudged.later == "11:00 (Europe/Berlin)"


async def test_quiet_hours_are_shown_set_and_ended(world: World) -> None:
    message = await quiet.show(ShowQuiet(), world.at())
    assert "You have no quiet hours." in message.text
    assert buttons(message) == {"Quiet from 20:00 to 08:00": ("quiet_hours", "20:00 to 08:00")}
    redrawn = await world.press(quiet.press, "20:00 to 08:00")
    assert isinstance(redrawn, Redrawn)
    said = "Your quiet hours are 20:00 to 08:00 (Europe/Berlin). They end next at 24 Nov 08:00."
    assert redrawn.message.text.startswith(said)
    message = await quiet.keep(KeepQuiet(MORNING_OFF), world.at())
    assert "They run now and end at 11:00." in message.text
    assert await world.deps.database.read(quiet_hours_of, TEAM, "U0BOB") is None
    await world.press(quiet.press, buttons(message)["No quiet hours"][1])
    assert await world.deps.database.read(quiet_hours_of, TEAM, "U0ALICE") is None


async def test_the_hours_are_those_of_the_persons_zone_wherever_they_move(world: World) -> None:
    await keep(world, MORNING_OFF)
    person = Person(TEAM, "U0ALICE", "Alice", "Asia/Kolkata", is_admin=False)
    await world.deps.database.write(save_person, person, MONDAY)
    found = await world.deps.database.read(show_quiet, ALICE, MONDAY)  # 13:30 there
    assert (found.runs, found.zone) == (False, "Asia/Kolkata")
    assert found.ends == datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


async def test_who_is_not_known_is_asked_about_first(database: Database) -> None:
    world = World(database)
    await world.set_scene(people=False)
    with pytest.raises(UnknownPersonError):
        await world.deps.database.write(keep_quiet, ALICE, MORNING_OFF, MONDAY)


async def test_a_reminder_of_a_prompt_that_was_kept_by_the_night_is_looked_at_anew(world: World) -> None:
    def add(session: Session) -> None:
        session.add(prompt_row())
        session.flush()
        session.add_all(
            AskingRow(
                team_id=TEAM, prompt_id=1, user_id=user_id, kind="reminder", due_at=ELEVEN, because=because
            )
            for user_id, because in (("U0ALICE", "time"), ("U0BOB", "time"))
        )

    await world.deps.database.write(add)
    await world.deps.database.write(keep_quiet, ALICE, MORNING_OFF, MONDAY)
    assert [(row.user_id, row.due_at) for row in await world.rows(AskingRow)] == [
        ("U0ALICE", MONDAY),
        ("U0BOB", ELEVEN),
    ]
