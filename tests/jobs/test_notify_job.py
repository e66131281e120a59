"""Sending what waits in the outbox: once each, in order, whatever happens in between."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from functools import partial

import pytest
import structlog

from bot.db.models import CriterionRow, InitiativeRow, PromptRow, ScheduleRow
from bot.db.schedules import delete_schedule
from bot.deps import Database, Priority
from bot.domain.prompt import PromptKind
from bot.domain.requests import AskPrompt
from bot.errors import DeliveryError
from bot.services.asking import ask_prompt
from bot.services.delivery import claim_deliveries, deliver
from bot.services.initiatives import close_initiative
from bot.services.judging import judge_by_time
from handlers.progress import press_held
from jobs import notify, post
from tests.progress_world import ALICE, BOB, World
from tests.slack_double import (
    CRASH_AFTER_SENDING,
    CRASH_BEFORE_SENDING,
    CrashError,
    buttons,
    refused,
    unclear,
)


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    return made


async def due_post(world: World) -> None:
    """A week passes and the scheduled post of one criterion is due."""
    await world.read(await world.add(), 700)
    await world.settle()
    world.slack.sent.clear()
    await world.schedule()
    world.forward(days=7)


async def crash(world: World) -> None:
    """Send what is due, and end the process where the script says so."""
    (claim,) = await claim_deliveries(world.deps, 10)
    with pytest.raises(CrashError):
        await notify.run(world.deps, claim)


async def write_due_posts(world: World) -> None:
    await post.tick(world.deps, world.queue)
    await world.queue.idle()


async def test_a_due_post_goes_out_once_with_its_key_and_becomes_the_last_post(world: World) -> None:
    await due_post(world)
    await world.settle()
    (sent,) = world.slack.sent
    assert sent.channel_id == "C0GENERAL"
    assert sent.key == "post:1:2026-11-30T08:00:00+00:00:1"
    assert sent.priority is Priority.DUE_POST
    assert await world.last_post() == sent.ts
    (*_, row) = await world.outbox()
    assert (row.state, row.ts, row.due_at, row.lease_token) == ("sent", sent.ts, None, None)


@pytest.mark.parametrize("where", ["a status change", "a due post"])
async def test_a_crash_after_sending_is_found_by_the_key_and_not_sent_twice(world: World, where: str) -> None:
    if where == "a due post":
        await due_post(world)
        await write_due_posts(world)
    else:
        await world.read(await world.add(), 830)
    world.slack.script = [CRASH_AFTER_SENDING]
    await crash(world)
    assert len(world.slack.sent) == 1
    await world.settle()
    assert world.slack.looks == [], "the lease still holds"
    world.forward(minutes=3)
    await world.settle()
    (sent,) = world.slack.sent
    assert world.slack.looks == [sent.key]
    assert await world.last_post() == sent.ts
    assert (await world.states())[-1][1] == "sent"


async def test_a_crash_before_sending_is_sent_after_two_looks(world: World) -> None:
    await world.read(await world.add(), 830)
    world.slack.script = [CRASH_BEFORE_SENDING]
    await crash(world)
    world.forward(minutes=3)
    await world.settle()
    assert (len(world.slack.looks), len(world.slack.sent)) == (1, 0)
    world.forward(seconds=14)
    await world.settle()
    assert (len(world.slack.looks), len(world.slack.sent)) == (1, 0)
    world.forward(seconds=1)
    await world.settle()
    assert (len(world.slack.looks), len(world.slack.sent)) == (2, 1)
    assert (await world.states()) == [("status_reply", "sent")]


async def test_a_row_is_marked_as_attempted_by_slacks_clock_before_it_is_sent(world: World) -> None:
    await world.read(await world.add(), 830)
    world.slack.skew = timedelta(seconds=90)
    seen: list[tuple[int, datetime | None]] = []

    async def look_at_the_row() -> None:
        (row,) = await world.outbox()
        seen.append((row.attempts, row.attempted_at))

    world.slack.on_post = look_at_the_row
    await world.settle()
    assert seen == [(1, world.moment + timedelta(seconds=90))]


async def test_an_unclear_answer_is_looked_up_at_once_and_found(world: World) -> None:
    await due_post(world)
    world.slack.script = [unclear(taken=True)]
    await world.settle()
    (sent,) = world.slack.sent
    assert world.slack.looks == [sent.key]
    assert await world.last_post() == sent.ts
    assert (await world.states())[-1] == ("progress", "sent")


async def test_an_unclear_answer_that_is_not_found_is_sent_once_after_the_second_look(world: World) -> None:
    await due_post(world)
    world.slack.script = [unclear(taken=False)]
    await world.settle()
    assert (len(world.slack.looks), len(world.slack.sent)) == (1, 0)
    world.forward(seconds=world.deps.settings.second_look_s)
    await world.settle()
    world.forward(hours=1)
    await world.settle()
    assert (len(world.slack.looks), len(world.slack.sent)) == (2, 1)


async def test_a_message_that_shows_up_late_is_found_at_the_second_look(world: World) -> None:
    await due_post(world)
    world.slack.script = [unclear(taken=True)]
    world.slack.look_errors = [
        DeliveryError("Slack took too long.", error="timeout", permanent=False),
    ]
    await world.settle()
    world.forward(minutes=1)
    await world.settle()
    assert len(world.slack.sent) == 1
    assert (await world.states())[-1] == ("progress", "sent")


async def test_a_reply_is_looked_for_in_its_thread(world: World) -> None:
    await due_post(world)
    await world.settle()
    world.slack.script = [unclear(taken=True)]
    await world.read(1, 830)
    await world.settle()
    post, reply = world.slack.sent
    assert reply.thread_ts == post.ts
    assert await world.last_post() == post.ts
    assert (await world.states())[-1] == ("status_reply", "sent")


async def test_a_post_that_takes_longer_than_its_lease_allows_is_called_unclear(world: World) -> None:
    await world.read(await world.add(), 830)
    world.slack.on_post = asyncio.Event().wait
    (claim,) = await claim_deliveries(world.deps, 10)
    short = timedelta(milliseconds=20)
    await deliver(world.deps, claim, partial(notify.build, world.deps), longest_post=short)
    assert (len(world.slack.looks), len(world.slack.sent)) == (1, 0)
    (row,) = await world.outbox()
    assert (row.state, row.looked) == ("pending", 1)


@pytest.mark.parametrize("error", ["is_archived", "channel_not_found", "restricted_action"])
async def test_a_refused_scheduled_post_pauses_its_schedule_and_tells_its_creator_once(
    world: World, error: str
) -> None:
    await due_post(world)
    await world.start("Refunds")
    world.slack.script = [refused(error)]
    await world.settle()
    schedule = await world.schedule_row()
    assert (schedule.state, schedule.due_at) == ("paused", None)
    assert error in schedule.paused_because
    (told,) = world.slack.sent
    assert told.channel_id == "U0ALICE"
    assert "I paused schedule #1" in told.message.text
    assert error in told.message.text
    assert list(buttons(told.message)) == ["Try again", "Move", "Remove"]
    kinds = [(kind, state) for kind, state in await world.states() if kind != "status_reply"]
    assert kinds == [("progress", "failed"), ("progress", "dropped"), ("schedule_paused", "sent")]
    world.forward(days=14)
    await world.settle()
    assert len(world.slack.sent) == 1


async def test_other_refused_messages_fail_with_their_reason_and_tell_the_owner_once_a_day(
    world: World,
) -> None:
    criterion_id = await world.add()
    for value in (830, 700):
        await world.read(criterion_id, value)
        world.slack.script = [refused("is_archived")]
        await world.settle()
    rows = await world.outbox()
    failed = [row for row in rows if row.state == "failed"]
    assert [row.kind for row in failed] == ["status_reply", "status_reply"]
    assert all("is_archived" in row.last_error for row in failed)
    told = world.slack.to("U0ALICE")
    assert len(told) == 1
    assert "the status change of “p95 latency”" in told[0].message.text


async def test_slack_asking_to_wait_is_respected_to_the_second(world: World) -> None:
    await due_post(world)
    world.slack.script = [refused("ratelimited", permanent=False, retry_after_s=90)]
    await world.settle()
    world.forward(seconds=89)
    await world.settle()
    assert world.slack.sent == []
    world.forward(seconds=1)
    await world.settle()
    assert len(world.slack.sent) == 1
    assert world.slack.looks == [], "a clear refusal needs no look"


async def test_failures_that_may_pass_are_tried_again_ever_more_slowly(world: World) -> None:
    await due_post(world)
    await write_due_posts(world)
    waits = []
    for _ in range(12):
        world.slack.script = [refused("internal_error", permanent=False)]
        await world.settle()
        (row,) = [row for row in await world.outbox() if row.state == "pending"]
        assert row.due_at is not None
        waits.append((row.due_at - world.moment).total_seconds())
        world.moment = row.due_at
    assert waits[0] < 6
    assert waits[1] > 8
    assert all(wait <= 660 for wait in waits)
    assert waits[-1] > 500
    await world.settle()
    assert len(world.slack.sent) == 1


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive"])
async def test_a_refused_token_makes_everything_wait_and_is_logged_once(world: World, error: str) -> None:
    await due_post(world)
    leads = await world.start("Refunds", "C0LEADS")
    await world.schedule(channel_id="C0LEADS")
    world.forward(days=7)
    world.slack.script = [refused(error)] * 2
    with structlog.testing.capture_logs() as logs:
        await world.settle()
        world.forward(minutes=5)
        world.slack.script = [refused(error)]  # one message tries for them all
        await world.settle()
        assert world.slack.script == []
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["posts wait"]
    assert [row.state for row in await world.rows(ScheduleRow)] == ["active", "active"]
    world.forward(minutes=5)
    await world.settle()
    assert sorted(sent.channel_id for sent in world.slack.sent) == ["C0GENERAL", "C0LEADS"]
    assert await world.last_post("C0LEADS", leads) is not None


async def test_without_the_history_permission_the_owner_is_asked_and_decides(world: World) -> None:
    await due_post(world)
    world.slack.script = [unclear(taken=False)]
    world.slack.look_errors = [DeliveryError("No.", error="missing_scope", permanent=True)]
    await world.settle()
    (asked,) = world.slack.sent
    assert asked.channel_id == "U0ALICE"
    assert "the progress post of “Checkout rewrite”" in asked.message.text
    held = next(row for row in await world.outbox() if row.state == "held")
    assert buttons(asked.message) == {
        "It is there": ("held_post", f"there:{held.id}"),
        "Post it again": ("held_post:again", f"again:{held.id}"),
    }
    world.forward(days=1)
    await world.settle()
    assert len(world.slack.sent) == 1, "nothing happens until somebody decides"
    not_hers = await world.press(press_held, f"again:{held.id}", BOB)
    assert "decided before" in not_hers.message.text
    await world.press(press_held, f"again:{held.id}")
    again = await world.press(press_held, f"there:{held.id}")
    assert "decided before" in again.message.text
    await world.settle()
    assert [sent.channel_id for sent in world.slack.sent] == ["U0ALICE", "C0GENERAL"]


async def test_a_held_message_that_is_there_is_left_alone(world: World) -> None:
    await world.read(await world.add(), 830)
    world.slack.script = [unclear(taken=True)]
    world.slack.look_errors = [DeliveryError("No.", error="missing_scope", permanent=True)]
    await world.settle()
    held = next(row for row in await world.outbox() if row.state == "held")
    answer = await world.press(press_held, f"there:{held.id}")
    assert "leave it" in answer.message.text
    await world.settle()
    assert [sent.channel_id for sent in world.slack.sent] == ["C0GENERAL", "U0ALICE"]


async def test_a_direct_message_that_can_not_be_looked_for_is_not_sent_twice(world: World) -> None:
    await due_post(world)
    world.slack.script = [refused("is_archived"), unclear(taken=True)]
    world.slack.look_errors = [DeliveryError("No.", error="missing_scope", permanent=True)]
    await world.settle()
    world.forward(days=1)
    await world.settle()
    assert len(world.slack.sent) == 1
    assert (await world.states())[-1] == ("schedule_paused", "held")


async def test_two_workers_share_what_is_due_and_send_each_message_once(world: World) -> None:
    for number in range(6):
        world.slack.channels[f"C{number}"] = world.slack.channels["C0LEADS"]
        initiative_id = await world.start(f"Initiative {number}", f"C{number}")
        await world.read(await world.add(f"m{number}", initiative_id=initiative_id), 900)
    both = await asyncio.gather(*(claim_deliveries(world.deps, 10) for _ in range(2)))
    claimed = [claim.outbox_id for claims in both for claim in claims]
    assert sorted(claimed) == sorted(set(claimed))
    assert len(claimed) == 6
    await asyncio.gather(*(notify.run(world.deps, claim) for claims in both for claim in claims))
    assert len({sent.key for sent in world.slack.sent}) == len(world.slack.sent) == 6


async def test_two_workers_never_send_to_one_channel_at_a_time(world: World) -> None:
    criterion_id = await world.add()
    for value in (830, 700, 830, 700):
        await world.read(criterion_id, value)
    both = await asyncio.gather(*(claim_deliveries(world.deps, 10) for _ in range(2)))
    assert sum(len(claims) for claims in both) == 1


async def test_a_claim_that_was_lost_sends_nothing(world: World) -> None:
    await world.read(await world.add(), 830)
    (slow,) = await claim_deliveries(world.deps, 10)
    world.forward(minutes=3)
    (fast,) = await claim_deliveries(world.deps, 10)
    await notify.run(world.deps, fast)
    await notify.run(world.deps, slow)
    assert len(world.slack.sent) == 1


async def test_cancelled_before_its_attempt_a_message_is_given_back_as_it_was(world: World) -> None:
    await world.read(await world.add(), 830)
    (claim,) = await claim_deliveries(world.deps, 10)
    task = asyncio.create_task(notify.run(world.deps, claim))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    (row,) = await world.outbox()
    assert (row.state, row.lease_token, row.attempts) == ("pending", None, 0)
    await world.settle()
    assert (len(world.slack.sent), world.slack.looks) == (1, [])


async def test_cancelled_while_it_is_sent_a_message_is_looked_for_first(world: World) -> None:
    await world.read(await world.add(), 830)
    (claim,) = await claim_deliveries(world.deps, 10)
    on_its_way, never = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        on_its_way.set()
        await never.wait()

    world.slack.on_post = hang
    task = asyncio.create_task(notify.run(world.deps, claim))
    await on_its_way.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    world.slack.on_post = None
    (row,) = await world.outbox()
    assert (row.state, row.attempts) == ("pending", 1)
    await world.settle()
    assert (len(world.slack.sent), len(world.slack.looks)) == (0, 1)
    world.forward(seconds=15)
    await world.settle()
    assert (len(world.slack.sent), len(world.slack.looks)) == (1, 2)


async def test_status_changes_reply_in_the_thread_of_the_last_post_in_order(world: World) -> None:
    await due_post(world)
    await world.settle()
    (post,) = world.slack.sent
    for value in (830, 700, 900):
        await world.read(1, value)
        world.forward(minutes=1)
    await world.settle()
    replies = world.slack.sent[1:]
    assert [reply.thread_ts for reply in replies] == [post.ts] * 3
    assert [reply.message.text.partition(". ")[0] for reply in replies] == [
        "❌ *p95 latency*: holds → *breached*",
        "✅ *p95 latency*: breached → *holds* after 1 min",
        "❌ *p95 latency*: holds → *breached*",
    ]
    assert {reply.priority for reply in replies} == {Priority.STATUS_REPLY}


async def test_order_holds_even_when_the_first_of_several_replies_has_to_wait(world: World) -> None:
    await due_post(world)
    await world.settle()
    await world.read(1, 830)
    await world.read(1, 700)
    world.slack.script = [refused("internal_error", permanent=False)]
    await world.settle()
    assert len(world.slack.sent) == 1
    world.forward(minutes=1)
    await world.settle()
    assert ["holds → *breached*" in sent.message.text for sent in world.slack.sent[1:]] == [True, False]


async def test_without_a_post_a_status_change_starts_the_thread_for_the_next_ones(world: World) -> None:
    await world.read(await world.add(), 830)
    await world.settle()
    await world.read(1, 700)
    await world.settle()
    first, second = world.slack.sent
    assert first.thread_ts is None
    assert first.message.text.startswith("*Checkout rewrite*\n❌ *p95 latency*: no data → *breached*. ")
    assert second.thread_ts == first.ts
    assert await world.last_post() == first.ts


async def test_a_reply_whose_parent_is_gone_becomes_the_new_parent(world: World) -> None:
    await due_post(world)
    await world.settle()
    (post,) = world.slack.sent
    world.slack.deleted.add(post.ts)
    await world.read(1, 830)
    await world.settle()
    await world.read(1, 700)
    await world.settle()
    _, orphan, child = world.slack.sent
    assert orphan.thread_ts is None
    assert child.thread_ts == orphan.ts


async def test_replies_go_to_the_home_channel_whatever_was_posted_elsewhere(world: World) -> None:
    await world.read(await world.add(), 700)
    await world.settle()
    await world.schedule(channel_id="C0LEADS", names=("Checkout rewrite",))
    world.forward(days=7)
    await world.settle()
    await world.read(1, 830)
    await world.settle()
    start, elsewhere, reply = world.slack.sent
    assert (start.channel_id, elsewhere.channel_id) == ("C0GENERAL", "C0LEADS")
    assert (reply.channel_id, reply.thread_ts) == ("C0GENERAL", start.ts)


async def test_a_closed_initiative_is_posted_no_more_but_its_changes_are_still_told(world: World) -> None:
    await due_post(world)
    await write_due_posts(world)
    await world.read(1, 830)
    await world.deps.database.write(close_initiative, ALICE, 1, world.moment)
    await world.settle()
    (reply,) = world.slack.sent
    assert "breached" in reply.message.text
    dropped = [row for row in await world.outbox() if row.state == "dropped"]
    assert [(row.kind, row.last_error) for row in dropped] == [("progress", "the initiative was closed")]


async def test_an_archived_criterion_s_change_is_told_and_it_is_left_out_of_the_post(world: World) -> None:
    await due_post(world)
    await write_due_posts(world)
    await world.read(1, 830)
    await world.change(CriterionRow, 1, state="archived")
    await world.settle()
    post, reply = world.slack.sent
    assert "p95 latency" not in post.message.text
    assert "p95 latency" in reply.message.text


@pytest.mark.parametrize("state", ["paused", "removed"])
async def test_a_post_waiting_while_its_schedule_was_stopped_is_dropped(world: World, state: str) -> None:
    await due_post(world)
    await write_due_posts(world)
    if state == "paused":
        await world.change(ScheduleRow, 1, state="paused", due_at=None)
    else:
        await world.deps.database.write(delete_schedule, 1)
    await world.settle()
    assert world.slack.sent == []
    assert (await world.states())[-1] == ("progress", "dropped")


async def test_a_home_that_became_private_is_no_longer_posted_elsewhere(world: World) -> None:
    await world.schedule(actor=BOB, channel_id="C0LEADS", names=("Checkout rewrite",))
    world.forward(days=7)
    await write_due_posts(world)
    await world.make_private("C0GENERAL")
    await world.settle()
    assert world.slack.sent == []
    assert await world.states() == [("progress", "dropped")]


async def test_a_prompt_is_posted_and_remembers_where(world: World) -> None:
    asked = await ask_prompt(world.deps, ALICE, AskPrompt("How clear is it?", PromptKind.SCALE))
    await world.settle()
    (sent,) = world.slack.sent
    assert "How clear is it?" in sent.message.text
    (row,) = await world.rows(PromptRow)
    assert (row.id, row.ts) == (asked.prompt.id, sent.ts)


async def test_a_due_date_without_a_verdict_is_asked_about_once_by_direct_message(world: World) -> None:
    criterion_id = await world.add(
        "Conversion",
        kind="success",
        direction="at_least",
        due_on=date(2026, 11, 25),
        every_typed="1h",
        longest_gap_s=3_600,
    )
    await world.read(criterion_id, 700)
    for _ in range(4):
        world.forward(days=1)
        await judge_by_time(world.deps)
        await world.settle()
    (asked,) = world.slack.to("U0ALICE")
    assert "has passed its due date: no verdict, last value" in asked.message.text
    assert buttons(asked.message) == {"Set a value": ("set_value", str(criterion_id))}


async def test_a_value_given_before_it_was_asked_for_drops_the_question(world: World) -> None:
    criterion_id = await world.add("Conversion", kind="success", due_on=date(2026, 11, 25), longest_gap_s=60)
    await world.read(criterion_id, 700)
    world.forward(days=4)
    await judge_by_time(world.deps)
    await world.change(CriterionRow, criterion_id, frozen=True)
    await world.settle()
    assert world.slack.to("U0ALICE") == []
    assert ("verdict_asked", "dropped") in await world.states()


async def test_lines_that_do_not_fit_follow_in_the_thread_each_once(world: World) -> None:
    for number in range(45):
        await world.read(await world.add(f"Criterion {number:02}"), 700)
    await world.change(InitiativeRow, 1, channel_id="C0LEADS")
    await world.settle()
    world.slack.sent.clear()
    await world.schedule(channel_id="C0LEADS")
    world.forward(days=7)
    world.slack.script = [unclear(taken=True)]
    await world.settle()
    first, second, third = world.slack.sent
    assert "and 25 more, in the thread" in first.message.text
    assert second.thread_ts == third.thread_ts == first.ts
    shown = "".join(str(sent.message.blocks) for sent in world.slack.sent)
    assert all(shown.count(f"*Criterion {number:02}*") == 1 for number in range(45))
    world.forward(minutes=10)
    await world.settle()
    assert len(world.slack.sent) == 3


async def test_a_quiet_tick_writes_nothing(world: World) -> None:
    await due_post(world)
    await world.settle()
    world.database.writes = 0
    world.forward(minutes=1)
    await world.settle()
    assert world.database.writes == 0
