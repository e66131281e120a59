"""The demo as a visitor finds it, and what comes of the guide's steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlmodel import col, select

from bot.db.models import CriterionRow, InitiativeRow, PromptRow, ResponseRow, StatusChangeRow, Table
from bot.demo import Demo
from bot.demo.clock import MOST_RATE
from bot.demo.week import QUESTION
from bot.sandbox import Channel, Message

pytestmark = pytest.mark.asyncio(loop_scope="module")

Row = TypeVar("Row", bound=Table)

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""09:00 in Berlin, two days before the visitor comes."""


async def rows(demo: Demo, table: type[Row], *conditions: Any) -> Sequence[Row]:
    return await demo.loopmark.deps.database.read(
        lambda session: session.exec(select(table).where(*conditions)).all()
    )


def roots(demo: Demo, channel: Channel) -> list[Message]:
    """Return the bot's messages at a channel's root."""
    return [
        message
        for message in demo.workspace.messages(channel)
        if message.user.is_bot and message.thread_ts in (None, message.ts)
    ]


def posted_at(message: Message) -> datetime:
    return datetime.fromtimestamp(float(message.ts), UTC)


def done(demo: Demo) -> dict[str, bool]:
    return {step.id: step.done for step in demo.guide.steps()}


def prompt_of(demo: Demo) -> Message:
    return next(message for message in roots(demo, demo.cast.general) if QUESTION in message.text)


async def own_criteria(demo: Demo) -> Sequence[CriterionRow]:
    return [row for row in await rows(demo, CriterionRow) if "signups" not in row.name]


async def test_two_initiatives_have_five_criteria_that_stand_in_different_ways(demo: Demo) -> None:
    initiatives = await rows(demo, InitiativeRow)
    assert sorted(row.name for row in initiatives) == ["Checkout rewrite", "Faster search"]
    criteria = await own_criteria(demo)
    assert len(criteria) == 5
    assert Counter(row.kind for row in criteria) == {"success": 4, "guardrail": 1}
    assert len({row.status for row in criteria}) >= 3
    [guardrail] = [row for row in criteria if row.kind == "guardrail"]
    assert guardrail.status == "missed", "so that a visitor sees what a breach looks like"


async def test_one_source_broke_during_the_week_and_recovered(demo: Demo) -> None:
    [refunds] = [row for row in await own_criteria(demo) if row.name == "Refunds"]
    changes = await rows(
        demo, StatusChangeRow, StatusChangeRow.criterion_id == refunds.id, col(StatusChangeRow.at) <= MONDAY
    )
    path = [change.to_status for change in changes]
    assert path[:2] == ["source_broken", "on_pace"]
    assert path[-1] == "met"


async def test_the_weekly_posts_went_out_on_the_past_monday_on_time(demo: Demo) -> None:
    posts = [
        message for message in roots(demo, demo.cast.leads) if posted_at(message) < MONDAY + timedelta(days=1)
    ]
    assert [message.text.split(",")[0] for message in posts] == ["Checkout rewrite", "Faster search"]
    for message in posts:
        assert posted_at(message) - MONDAY < timedelta(seconds=1)
        assert "late by" not in message.text


async def test_everything_in_the_week_kept_slacks_rules(demo: Demo) -> None:
    assert demo.workspace.violations == []
    assert demo.workspace.failures == []


async def test_the_clock_runs_in_real_time_and_shows_what_comes_next(demo: Demo) -> None:
    state = demo.control.state()
    assert (state.rate, state.busy) == (1, "")
    assert state.next_at is not None
    assert state.next_at.weekday() == MONDAY.weekday()
    assert state.next_what == "the progress post in #leads"


async def test_three_people_can_be_played_in_three_zones_one_of_them_an_admin(demo: Demo) -> None:
    played = demo.workspace.page.documents.people()
    assert [person.name for person in played] == ["Alice", "Bob", "Kofi"]
    assert len({person.tz for person in played}) == 3
    assert [person.is_admin for person in played] == [True, False, False]


async def test_the_visitors_answer_is_the_fifth_and_opens_the_results(demo: Demo) -> None:
    assert not done(demo)["answer"]
    [prompt] = await rows(demo, PromptRow, PromptRow.question == QUESTION)
    assert (prompt.anonymous, prompt.state, prompt.close_after) == (True, "open", 5)
    assert len(await rows(demo, ResponseRow, ResponseRow.prompt_id == prompt.id)) == 4
    message = prompt_of(demo)
    assert "4 answers so far" in message.shown
    assert "Mean" not in message.shown
    outcome = await demo.workspace.person(demo.cast.kofi).click(message, "4")
    await demo.loopmark.settle()
    await demo.control.look()
    assert "the prompt is closed" in outcome.text
    assert "5 answers. Mean 3.8 of 5, spread " in prompt_of(demo).shown
    assert done(demo)["answer"]


async def test_the_proposed_criterion_is_met_half_an_hour_later(demo: Demo) -> None:
    assert not done(demo)["add"]
    step = next(step for step in demo.guide.steps() if step.id == "add")
    person = demo.workspace.person(demo.cast.bob)
    outcome = await person.command(demo.cast.checkout, step.go["command"])
    await demo.loopmark.settle()
    await demo.control.look()
    assert "Saved on *Checkout rewrite*" in outcome.text
    assert (done(demo)["add"], done(demo)["watch"]) == (True, False)
    for minutes in (30, 1):
        demo.clock.move_to(demo.clock.now() + timedelta(minutes=minutes))
        await demo.loopmark.settle()
    await demo.control.look()
    assert done(demo)["watch"]
    told = [
        message.text
        for message in demo.workspace.messages(demo.cast.checkout)
        if "Beta signups" in message.text
    ]
    assert "*met*" in told[-1]


async def test_a_note_ticks_its_step_off(demo: Demo) -> None:
    assert not done(demo)["note"]
    step = next(step for step in demo.guide.steps() if step.id == "note")
    await demo.workspace.person(demo.cast.alice).command(demo.cast.checkout, step.go["command"])
    await demo.loopmark.settle()
    await demo.control.look()
    assert done(demo)["note"]


async def test_a_jump_posts_the_weekly_post_exactly_once_with_fresh_lines(demo: Demo) -> None:
    due_at = demo.control.state().next_at
    assert due_at is not None
    before = roots(demo, demo.cast.leads)
    await demo.control.jump()
    new = roots(demo, demo.cast.leads)[len(before) :]
    assert [message.text.split(",")[0] for message in new] == ["Checkout rewrite", "Faster search"]
    for message in new:
        assert posted_at(message) - due_at < timedelta(seconds=1)
        assert "late by" not in message.text
    for row in await own_criteria(demo):
        read_at = row.value_at if row.status != "source_broken" else row.failing_since
        assert read_at is not None
        assert row.status == "source_broken" or due_at - read_at < timedelta(hours=4)
    await demo.loopmark.settle()
    assert len(roots(demo, demo.cast.leads)) == len(before) + 2
    state = demo.control.state()
    assert state.next_at == due_at + timedelta(weeks=1)
    assert state.busy == ""
    assert done(demo)["weekly"]


async def test_while_the_clock_is_moved_it_can_not_be_moved_and_a_rate_waits(demo: Demo) -> None:
    with demo.control.setting_up():
        assert demo.control.state().busy == "Setting up last week …"
        with pytest.raises(LookupError, match="Wait until that is done"):
            await demo.control.jump()
        demo.control.set_rate(60)
        assert (demo.control.state().rate, demo.clock.rate) == (60, 1)
    assert demo.clock.rate == 60
    demo.control.set_rate(1)


async def test_a_faster_clock_gives_a_trigger_as_much_of_the_visitors_time(demo: Demo) -> None:
    demo.control.set_rate(60)
    assert demo.workspace.trigger_life_s == 180
    demo.control.set_rate(1)
    assert demo.workspace.trigger_life_s == 3


@pytest.mark.parametrize(("asked", "got"), [(0.5, 1), (30, 30), (60, 60), (86_400, MOST_RATE)])
async def test_a_rate_it_can_not_do_becomes_the_nearest(demo: Demo, asked: float, got: float) -> None:
    demo.control.set_rate(asked)
    assert demo.control.state().rate == demo.clock.rate == got
    demo.control.set_rate(1)


async def test_with_nothing_scheduled_there_is_nothing_to_jump_to(demo: Demo) -> None:
    alice = demo.workspace.person(demo.cast.alice)
    for number in (1, 2):
        await alice.command(demo.cast.leads, f"/progress pause #{number}")
    await demo.loopmark.settle()
    before = demo.clock.now()
    with pytest.raises(LookupError, match="Nothing is scheduled"):
        await demo.control.jump()
    assert demo.clock.now() - before < timedelta(minutes=1)
    state = demo.control.state()
    assert (state.next_at, state.next_what, state.busy) == (None, "", "")
    for number in (1, 2):
        await alice.command(demo.cast.leads, f"/progress resume #{number}")
    await demo.loopmark.settle()
    await demo.control.look()
    assert demo.control.state().next_at is not None
