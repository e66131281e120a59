"""A loop from ship to decision: its stamps in the post, its report, and who may decide."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)


async def answer(stage: Stage, line: str, person: str = "alice") -> str:
    """Type a command whose answer comes after the acknowledgement, and return it."""
    outcome = await getattr(stage, person).command(stage.general, line)
    await stage.settle()
    return outcome.messages[-1].shown


async def test_a_loop_is_timed_from_ship_to_decision(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Support calls <= 9 guardrail source manual")
    assert "Nothing was shipped for *Checkout rewrite* yet" in await answer(stage, "/loop time")
    await stage.says(stage.alice, stage.general, '/loop ship "New checkout form"')
    await stage.settle()
    await stage.pass_time(timedelta(hours=3))
    await stage.says(stage.alice, stage.general, "/criteria set Support calls 8")
    await stage.says(stage.alice, stage.general, "/feedback I like it myself")
    waiting = await answer(stage, "/loop time")
    assert "3 h to signal · feedback open for 3 h · decision open for 3 h" in waiting
    await stage.pass_time(timedelta(hours=2))
    await stage.says(stage.bob, stage.general, "/feedback the address step is clear now")

    shown = await answer(stage, "/progress")
    assert "Loop (New checkout form): 3 h to signal · 5 h to feedback · decision open for 5 h" in shown
    assert "can change what is decided" in await answer(stage, "/loop decide keep", "bob")
    decided = await answer(stage, "/loop decide keep because calls went down")
    assert "Decided on *Checkout rewrite*: *keep*" in decided
    told = [message.shown for message in stage.workspace.messages(stage.general)]
    assert any("Decided: *keep*" in text and "calls went down" in text for text in told), told
    report = await answer(stage, "/loop time")
    assert "*Signal*: median 3 h, slowest 3 h (New checkout form), reached by 1" in report
    assert "5 h to decision (keep)" in report

    story = await stage.says(stage.alice, stage.general, "/initiative show")
    events = story[story.index("*Timeline*") :]
    assert events.index("started") < events.index("shipped New checkout form") < events.index("decided keep")

    await stage.pass_time(timedelta(minutes=5))
    started = await stage.says(
        stage.alice, stage.general, '/loop iterate "Cut the address step" by in 3 days'
    )
    assert "Started on *Checkout rewrite*: *Cut the address step*, until " in started
    running = await stage.says(stage.alice, stage.general, "/initiative show")
    assert "🔁 *Cut the address step*" in running
    assert "3 d left): 0 ships · 0 taps and notes · 0 readings" in running

    await stage.alice.command(stage.general, "/loop decide")
    await stage.alice.wait_view(lambda view: "Keep: it stays as it is" in str(view.body))
    submitted = await stage.alice.submit({"kind": "stop", "reason": "too slow after all"})
    assert not submitted.errors
    await stage.settle()
    told = [message.shown for message in stage.workspace.messages(stage.general)]
    assert any("Decided: *stop*" in text for text in told)
    assert "3 d left" not in await stage.says(stage.alice, stage.general, "/initiative show")
