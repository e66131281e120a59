"""A bad reading is voided in the open, in Slack."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)


async def set_scene(stage: Stage) -> None:
    stage.metrics.body = {"p95": 450}
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 12 Dec')
    await stage.settle()
    source = f"source {stage.metrics.address}/stats path $.p95 every 15m"
    await stage.says(stage.alice, stage.general, f"/criteria add p95 latency <= 500 ms guardrail {source}")
    await stage.settle()
    stage.metrics.body = {"p95": 4120}
    await stage.pass_time(timedelta(minutes=31), step=timedelta(minutes=15))


def thread(stage: Stage) -> list[str]:
    return [message.shown for message in stage.workspace.messages(stage.general) if not message.deleted]


async def test_a_reading_is_chosen_struck_told_and_restored(stage: Stage) -> None:
    await set_scene(stage)
    assert "breached" in await stage.says(stage.bob, stage.general, "/criteria show p95 latency")
    outcome = await stage.alice.command(stage.general, "/criteria strike p95 latency")
    choice = outcome.messages[-1]
    assert "Which reading of *p95 latency* does not count?" in choice.shown
    await stage.alice.click(choice, "Strike", value="1:3")
    await stage.settle()
    await stage.alice.wait_view(lambda view: "Why does it not count?" in view.shown)
    await stage.alice.submit({"Why does it not count?": "the probe <broke>"})
    await stage.settle()
    assert any(
        f"~4,120 ms~ of 09:30 struck by <@{stage.alice_user.id}>: “the probe &lt;broke&gt;”" in line
        for line in thread(stage)
    )
    assert any("breached → *holds*" in line for line in thread(stage))
    history = await stage.bob.command(stage.general, "/criteria history p95 latency")
    await stage.settle()
    shown = history.messages[-1]
    assert "4,120 ms~  struck by" in shown.shown
    assert "lowest 450 ms, highest 4,120 ms" in shown.shown  # the first of the two is left
    refused = await stage.bob.click(shown, "Restore")
    await stage.settle()
    assert "Only its owner" in refused.messages[-1].shown
    history = await stage.alice.command(stage.general, "/criteria history p95 latency")
    await stage.settle()
    restored = await stage.alice.click(history.messages[-1], "Restore")
    await stage.settle()
    assert "counts again" in restored.messages[-1].shown
    assert any("counts again, restored by" in line for line in thread(stage))


async def test_the_newest_reading_is_struck_on_one_line(stage: Stage) -> None:
    await set_scene(stage)
    said = await stage.says(stage.alice, stage.general, '/criteria strike p95 latency 4120 "a typo"')
    assert "~4,120 ms~ of *p95 latency* counts no more" in said
    refused = await stage.says(stage.alice, stage.general, '/criteria strike p95 latency 7 "a typo"')
    assert "None of the last 2 readings" in refused
    asked = await stage.says(stage.bob, stage.general, '/criteria strike p95 latency "a typo"')
    assert "Ask the owner" in asked
