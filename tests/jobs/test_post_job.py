"""Schedules whose run has come: one message for each initiative, once, however late and by however many."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from bot.db.models import ScheduleRow
from bot.deps import Database
from bot.domain.post_schedule import PostOnly
from bot.domain.requests import ScheduleChange
from bot.services.initiatives import close_initiative
from bot.services.schedules import change_schedule
from jobs import post
from jobs.queue import LocalQueue
from tests.progress_world import ALICE, BOB, World
from tests.slack_double import refused


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    return made


async def keys(world: World) -> list[str]:
    return [row.key for row in await world.outbox() if row.kind == "progress"]


async def due_at(world: World) -> datetime | None:
    return (await world.schedule_row()).due_at


async def test_before_its_time_nothing_is_posted_and_nothing_written(world: World) -> None:
    await world.schedule()
    world.forward(days=6, hours=23)
    world.database.writes = 0
    await world.settle()
    assert world.database.writes == 0
    assert world.slack.sent == []


async def test_at_its_time_it_posts_every_open_initiative_at_home_and_plans_the_next_run(
    world: World,
) -> None:
    await world.start("Refunds")
    await world.start("Elsewhere", "C0LEADS")
    await world.schedule()
    world.forward(days=7)
    await world.settle()
    assert [sent.message.text.partition(",")[0] for sent in world.slack.to("C0GENERAL")] == [
        "Checkout rewrite",
        "Refunds",
    ]
    assert await due_at(world) == datetime(2026, 12, 7, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "away", "planned", "next_run"),
    [
        pytest.param(
            "every Mon 09:00", {"days": 7, "hours": 2}, "2026-11-30T08:00", "2026-12-07T08:00", id="one"
        ),
        pytest.param("every day 09:30", {"days": 20}, "2026-12-12T08:30", "2026-12-13T08:30", id="twenty"),
        pytest.param(
            "every 30m", {"hours": 9, "minutes": 10}, "2026-11-23T17:00", "2026-11-23T17:30", id="30m"
        ),
        pytest.param(
            'cron "* * * * *"', {"days": 40}, "2027-01-02T08:00", "2027-01-02T08:01", id="each minute"
        ),
        pytest.param(
            'cron "0 9 1 1 *"', {"days": 60}, "2027-01-01T08:00", "2028-01-01T08:00", id="once a year"
        ),
        pytest.param(
            "every weekday 16:00",
            {"days": 12, "hours": 4},
            "2026-12-04T15:00",
            "2026-12-07T15:00",
            id="weekend",
        ),
    ],
)
async def test_of_all_missed_runs_only_the_latest_is_posted_once(
    world: World, every: str, away: dict[str, float], planned: str, next_run: str
) -> None:
    await world.schedule(every)
    world.forward(**away)
    await world.settle()
    await world.settle()
    assert await keys(world) == [f"post:1:{planned}:00+00:00:1"]
    assert len(world.slack.sent) == 1
    assert await due_at(world) == datetime.fromisoformat(f"{next_run}:00+00:00")


async def test_a_post_after_an_outage_names_the_runs_it_stands_for(world: World) -> None:
    await world.schedule("every day 09:00")
    world.forward(days=3, hours=2)
    await world.settle()
    [sent] = world.slack.sent
    assert "late by 2 h" in sent.message.text
    assert "also missed: 25 Nov 09:00, 24 Nov 09:00" in sent.message.text


@pytest.mark.parametrize(
    ("late", "said"),
    [
        pytest.param({"minutes": 5}, None, id="five minutes are not worth saying"),
        pytest.param({"minutes": 6}, "late by 6 min", id="six minutes"),
        pytest.param({"hours": 2}, "late by 2 h", id="two hours"),
    ],
)
async def test_a_late_post_says_how_late_it_is(
    world: World, late: dict[str, float], said: str | None
) -> None:
    await world.schedule()
    world.forward(days=7, **late)
    await world.settle()
    (sent,) = world.slack.sent
    assert ("late by" in sent.message.text) == (said is not None)
    assert said is None or said in sent.message.text


async def test_while_slack_can_not_be_reached_posts_do_not_pile_up(world: World) -> None:
    await world.schedule("every 30m")
    world.slack.script = [refused("connection", permanent=False)] * 500
    for _ in range(20):
        world.forward(minutes=30)
        await world.settle()
    world.slack.script = []
    world.forward(minutes=15)
    await world.settle()
    (sent,) = world.slack.sent
    assert sent.key == "post:1:2026-11-23T18:00:00+00:00:1"
    states = [state for _, state in await world.states()]
    assert states.count("sent") == 1
    assert states.count("dropped") == 19


async def test_wall_time_is_kept_when_the_clocks_change(world: World) -> None:
    world.moment = datetime(2027, 3, 22, 8, 0, tzinfo=UTC)
    await world.schedule()
    assert await due_at(world) == datetime(2027, 3, 29, 7, 0, tzinfo=UTC)


async def test_two_workers_write_the_messages_of_a_run_once(world: World) -> None:
    await world.schedule()
    world.forward(days=7)
    queues = [LocalQueue(5), LocalQueue(5)]
    await asyncio.gather(*(post.tick(world.deps, queue) for queue in queues))
    await asyncio.gather(*(queue.idle() for queue in queues))
    assert len(await keys(world)) == 1
    assert await due_at(world) == datetime(2026, 12, 7, 8, 0, tzinfo=UTC)


async def test_a_full_queue_leaves_schedules_due(world: World) -> None:
    await world.schedule()
    world.forward(days=7)
    await post.tick(world.deps, LocalQueue(0))
    assert await keys(world) == []
    await world.settle()
    assert len(await keys(world)) == 1


async def test_a_paused_schedule_posts_nothing_and_a_resumed_one_does_not_catch_up(world: World) -> None:
    await world.schedule()
    await change_schedule(world.deps, ALICE, ScheduleChange.PAUSE, None)
    world.forward(days=8)
    await world.settle()
    await change_schedule(world.deps, ALICE, ScheduleChange.RESUME, None)
    await world.settle()
    assert world.slack.sent == []
    assert await due_at(world) == datetime(2026, 12, 7, 8, 0, tzinfo=UTC)


async def test_a_schedule_whose_initiatives_are_all_closed_pauses_and_says_so_once(world: World) -> None:
    await world.schedule(channel_id="C0LEADS", names=("Checkout rewrite",))
    await world.deps.database.write(close_initiative, ALICE, 1, world.moment)
    world.forward(days=7)
    await world.settle()
    world.forward(days=7)
    await world.settle()
    (told,) = world.slack.sent
    assert told.channel_id == "U0ALICE"
    assert "every initiative it was for is closed" in told.message.text
    assert (await world.schedule_row()).state == "paused"


async def test_a_schedule_of_a_channel_without_open_initiatives_just_goes_on(world: World) -> None:
    await world.schedule()
    await world.deps.database.write(close_initiative, ALICE, 1, world.moment)
    world.forward(days=7)
    await world.settle()
    await world.start("Refunds")
    world.forward(days=7)
    await world.settle()
    assert [sent.message.text.partition(",")[0] for sent in world.slack.sent] == ["Refunds"]


async def test_a_digest_elsewhere_leaves_out_what_became_private(world: World) -> None:
    await world.start("Refunds", "C0OUTSIDE")
    await world.schedule(actor=BOB, channel_id="C0LEADS", names=("Checkout rewrite", "Refunds"))
    await world.make_private("C0GENERAL")
    world.forward(days=7)
    await world.settle()
    digest, details = (sent.message.text for sent in world.slack.sent)
    assert "1 initiative" in digest
    assert "Refunds" in digest
    assert "Checkout" not in digest + details


async def test_a_private_initiative_is_posted_elsewhere_on_its_owner_s_schedule(world: World) -> None:
    await world.make_private("C0GENERAL")
    await world.schedule(channel_id="C0LEADS", names=("Checkout rewrite",), confirmed=True)
    world.forward(days=7)
    await world.settle()
    assert [sent.channel_id for sent in world.slack.sent] == ["C0LEADS"]


async def test_a_removed_schedule_is_gone_for_good(world: World) -> None:
    await world.schedule(channel_id="C0LEADS", names=("Checkout rewrite",))
    await change_schedule(world.deps, ALICE, ScheduleChange.REMOVE, 1)
    world.forward(days=7)
    await world.settle()
    assert world.slack.sent == []
    assert await world.rows(ScheduleRow) == []
    assert (await world.schedule()).schedule.number == 2, "numbers are not given out again"


async def posts(world: World, days: int = 1) -> int:
    """Return how many progress posts the next days bring."""
    before = len(await keys(world))
    for _ in range(days):
        world.forward(days=1)
        await world.settle()
    return len(await keys(world)) - before


async def test_only_if_changed_is_silent_while_nothing_changes(world: World) -> None:
    criterion_id = await world.add(kind="guardrail", direction="at_most", target=300)
    await world.read(criterion_id, 250)
    await world.schedule("every day 09:00", only=PostOnly.CHANGED)
    assert await posts(world) == 1, "the first one always comes"
    assert await posts(world, 3) == 0
    world.forward(hours=1)
    await world.read(criterion_id, 250)
    assert await posts(world) == 0, "the same value again is no change"
    world.forward(hours=1)
    await world.read(criterion_id, 260)
    assert await posts(world, 3) == 1
    world.forward(hours=1)
    await world.add("Refunds", created_at=world.moment)
    assert await posts(world, 2) == 1, "a criterion is new"


async def test_only_if_status_changed_is_silent_when_values_move_alone(world: World) -> None:
    criterion_id = await world.add(kind="guardrail", direction="at_most", target=300, longest_gap_s=10**7)
    await world.read(criterion_id, 250)
    await world.schedule("every day 09:00", only=PostOnly.STATUS)
    assert await posts(world) == 1
    world.forward(hours=1)
    await world.read(criterion_id, 260)
    assert await posts(world) == 0
    world.forward(hours=1)
    for value in (400, 410):
        await world.read(criterion_id, value)
    assert await posts(world, 2) == 1


async def test_a_silent_run_leaves_another_initiative_its_post(world: World) -> None:
    await world.start("Refunds")
    quiet = await world.add("p95 latency", initiative_id=1)
    busy = await world.add("Refund rate", initiative_id=2)
    for each in (quiet, busy):
        await world.read(each, 250)
    await world.schedule("every day 09:00", only=PostOnly.CHANGED)
    assert await posts(world) == 2
    world.forward(hours=1)
    await world.read(busy, 251)
    assert await posts(world) == 1
