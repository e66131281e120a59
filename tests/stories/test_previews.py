"""Before a criterion is saved: what its value would mean, and what it would have done before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.model import View
from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)


async def fill_form(stage: Stage, **changed: str) -> View:
    await stage.alice.command(stage.general, "/criteria add")
    await stage.alice.wait_view(lambda view: "Better when" in view.shown)
    await stage.alice.submit(
        {
            "Name": "p95 latency",
            "Kind": "Guardrail: must hold all the time",
            "Better when": "at most (≤)",
            "Target": "500",
            "Unit": "ms",
            "URL": f"{stage.metrics.address}/stats",
            "Value path": "$.p95",
            "Check every": "15m",
            **changed,
        }
    )
    await stage.settle()
    return await stage.alice.wait_view(lambda view: "Nothing counts" in view.shown)


async def test_the_form_shows_the_status_it_would_have_and_what_it_would_have_done(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 12 Dec')
    await stage.settle()
    stage.metrics.body = {"p95": 450}
    view = await fill_form(stage)
    assert "Found *450 ms*" in view.shown
    assert "It would show ✅ *holds* now: 450 ms is at most 500 ms." in view.shown
    assert "readings there are" not in view.shown
    await stage.alice.submit({})
    for value in (450, 300, 300, 450, 450):
        stage.metrics.body = {"p95": value}
        await stage.pass_time(timedelta(minutes=15, seconds=1))
    await stage.says(stage.alice, stage.general, "/criteria archive p95 latency")

    view = await fill_form(stage, Target="400")
    assert "It would show ❌ *breached* now: 450 ms is not at most 400 ms." in view.shown
    assert "readings there are of this source it would have changed status 2 times" in view.shown
    await stage.alice.close_view()
    view = await fill_form(stage, Target="500")
    assert "it would not have changed status in the last 1 h 15 min" in view.shown
    await stage.alice.close_view()
    # Another place of the same body has no history of its own.
    view = await fill_form(stage, **{"Value path": "$['p95']"})
    assert "readings there are" not in view.shown


async def test_a_success_criterion_is_shown_with_its_pace(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 12 Dec')
    await stage.settle()
    stage.metrics.body = {"p95": 550}
    view = await fill_form(
        stage,
        Kind="Success: reach the target by the due date",
        **{"Due date": "2026-12-12", "Baseline": "600"},
    )
    assert "It would show 🟢 *on pace* now: 550 ms is not at most 500 ms; 50 % of the way" in view.shown
