"""Nudges: each once, at 75 % of the time without a mention and at 90 % with one, and by people once a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.db.away import save_away
from bot.db.checkin_plans import mute
from bot.db.checkins import add_check_in
from bot.db.models import CriterionRow, InitiativeRow
from bot.db.nudges import save_nudge
from bot.db.posts import save_last_post
from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.checkin import CheckIn
from bot.domain.message import Message
from bot.domain.nudge import gone_at
from bot.errors import UserError
from bot.services.nudging import nudge_owner
from jobs import checkins
from tests.progress_world import ALICE, BOB, MONDAY, TEAM, World
from tests.slack_double import buttons

DUE = datetime(2026, 12, 18, 23, 0, tzinfo=UTC)
"""The end of 18 Dec in Berlin; the criterion is 14 days old on Monday, and so has 39 d 15 h."""

START = MONDAY - timedelta(days=14)
AT_75, AT_90 = (gone_at(START, DUE, share) + timedelta(hours=10) for share in (75, 90))
"""By day in Berlin: the moments themselves lie in the night, and wait for the morning."""
DAY = timedelta(days=1)


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    await made.add("Calls", kind="success", due_on=date(2026, 12, 18))
    await made.database.write(save_nudge, TEAM, 1, MONDAY)
    post = await made.slack.post("C0GENERAL", Message("Progress"))
    await made.database.write(
        save_last_post,
        team_id=TEAM,
        initiative_id=1,
        channel_id="C0GENERAL",
        ts=post.ts,
        now=MONDAY,
        is_post=True,
    )
    return made


async def tick(world: World, moment: datetime) -> None:
    world.moment = moment
    await checkins.tick(world.deps, world.queue)
    await world.queue.idle()
    await world.settle()


def told(world: World) -> list[tuple[str, str | None, str]]:
    return [
        (sent.channel_id, sent.thread_ts, sent.message.text)
        for sent in world.slack.sent
        if "check-in" in sent.message.text
    ]


async def test_each_comes_once_and_only_the_last_mentions_the_owner(world: World) -> None:
    for moment in (MONDAY, AT_75 - DAY, AT_75 + DAY, AT_75 + 2 * DAY):
        await tick(world, moment)
    [(channel_id, thread_ts, text)] = told(world)
    assert (channel_id, thread_ts) == ("C0GENERAL", world.slack.sent[0].ts)
    assert text == "75 % of the time of *Calls* of *Checkout rewrite* is gone without a check-in by Alice."
    writes = world.database.writes
    await tick(world, AT_75 + 3 * DAY)
    assert world.database.writes == writes
    for days in range(1, 5):
        await tick(world, AT_90 + days * DAY)
    [_, (_, _, text)] = told(world)
    assert (
        text == "90 % of the time of *Calls* of *Checkout rewrite* is gone without a check-in by <@U0ALICE>."
    )
    names = buttons(world.slack.sent[-1].message)
    assert list(names) == ["Do it now", "Snooze a week", "Stop reminding"]


async def test_what_falls_into_the_night_waits_for_the_owner_s_morning(world: World) -> None:
    await tick(world, AT_75 - timedelta(hours=9))
    assert told(world) == []
    await tick(world, AT_75 - timedelta(hours=3))
    assert len(told(world)) == 1


async def test_without_a_post_the_owner_alone_is_told(world: World) -> None:
    await world.change(InitiativeRow, 1, channel_id="C0LEADS")
    await tick(world, AT_75 + DAY)
    [(channel_id, thread_ts, _)] = told(world)
    assert (channel_id, thread_ts) == ("U0ALICE", None)


async def test_after_a_check_in_nothing_is_told(world: World) -> None:
    await world.database.write(add_check_in, TEAM, 1, CheckIn(MONDAY, "U0BOB", 5))
    for moment in (MONDAY, AT_75 + DAY, AT_90 + DAY):
        await tick(world, moment)
    assert told(world) == []


@pytest.mark.parametrize(
    "columns",
    [{"kind": "guardrail"}, {"state": "paused"}, {"frozen": True}, {"due_on": None}],
    ids=["guardrail", "paused", "with its verdict", "without a due date"],
)
async def test_nobody_is_nudged_of_what_has_nothing_to_reach(world: World, columns: dict[str, Any]) -> None:
    await world.change(CriterionRow, 1, **columns)
    await tick(world, AT_75 + DAY)
    await tick(world, AT_90 + DAY)
    assert told(world) == []


async def test_after_a_long_stop_only_the_last_is_told_and_after_the_due_date_none(world: World) -> None:
    await tick(world, AT_90 + DAY)
    assert [text[:4] for _, _, text in told(world)] == ["90 %"]


async def test_a_snooze_and_being_away_delay_it_and_a_stop_ends_it(world: World) -> None:
    await world.database.write(save_away, TEAM, "U0ALICE", AT_75 + 2 * DAY)
    await tick(world, AT_75 + DAY)
    assert told(world) == []
    await world.database.write(mute, TEAM, "U0ALICE", [1], None)
    await tick(world, AT_75 + 3 * DAY)
    assert told(world) == []
    await world.database.write(mute, TEAM, "U0ALICE", [1], AT_75 + 4 * DAY)
    await tick(world, AT_75 + 5 * DAY)
    assert len(told(world)) == 1


async def test_somebody_nudges_once_a_day_and_the_owner_sees_who(world: World) -> None:
    await world.database.write(nudge_owner, BOB, "calls", MONDAY)
    await world.settle()
    [(channel_id, _, text)] = told(world)
    assert channel_id == "U0ALICE"
    assert text.startswith("<@U0BOB> would like a check-in on *Calls*")
    charlie = Actor(TEAM, "U0CHARLIE", "C0GENERAL", "general")
    with pytest.raises(UserError, match="was nudged about “Calls” today already"):
        await world.database.write(nudge_owner, charlie, "Calls", MONDAY + timedelta(hours=5))
    await world.database.write(nudge_owner, charlie, "Calls", MONDAY + DAY)


async def test_who_may_not_be_nudged_is_said_in_one_sentence(world: World) -> None:
    with pytest.raises(UserError, match="“Calls” is yours"):
        await world.database.write(nudge_owner, ALICE, "Calls", MONDAY)
    await world.database.write(mute, TEAM, "U0ALICE", [1], None)
    with pytest.raises(UserError, match="asked not to be reminded"):
        await world.database.write(nudge_owner, BOB, "Calls", MONDAY)
    await world.database.write(save_away, TEAM, "U0ALICE", MONDAY + DAY)
    with pytest.raises(UserError, match="is away until 24 Nov 09:00"):
        await world.database.write(nudge_owner, BOB, "Calls", MONDAY)
    await world.change(CriterionRow, 1, state="paused")
    with pytest.raises(UserError, match="is paused, so there is nothing to nudge about"):
        await world.database.write(nudge_owner, BOB, "Calls", MONDAY)
    with pytest.raises(UserError, match="There is no criterion “Cals”"):
        await world.database.write(nudge_owner, BOB, "Cals", MONDAY)
