"""A host goes down and comes back: one message each, however many criteria read it; and a planned maintenance."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)


async def test_one_outage_is_one_message_and_a_maintenance_none(stage: Stage) -> None:
    stage.metrics.body = {"n": 3}
    for initiative in ("Checkout rewrite", "Faster search"):
        await stage.says(stage.alice, stage.general, f'/initiative new "{initiative}" by 24 Dec')
        await stage.settle()
        for number in (1, 2):
            await stage.alice.command(
                stage.general,
                f"/criteria add {initiative.split()[0]} {number} <= 9 guardrail source {stage.metrics.address}/n "
                f'path $.n every 15m for "{initiative}"',
            )
            await stage.settle()
    before = len(stage.workspace.messages(stage.general))
    stage.metrics.status = 503
    await stage.pass_time(timedelta(hours=2), step=timedelta(minutes=5))
    told = stage.workspace.messages(stage.general)[before:]
    assert len(told) == 1
    assert "*4 criteria can't be read*: " in told[0].shown
    assert "*Checkout rewrite*: Checkout 1, Checkout 2" in told[0].shown
    assert "*Faster search*: Faster 1, Faster 2" in told[0].shown
    stage.metrics.status = 200
    await stage.pass_time(timedelta(hours=3), step=timedelta(minutes=5))
    told = stage.workspace.messages(stage.general)[before:]
    assert len(told) == 2
    assert "Over after " in told[0].shown
    assert "*4 criteria are read again* after " in told[1].shown
    assert told[1].thread_ts == told[0].ts

    host = stage.metrics.address.split("//")[1].split(":")[0]
    assert "No host is under maintenance" in await stage.says(stage.alice, stage.general, "/loop maintenance")
    said = await stage.says(stage.alice, stage.general, f"/loop maintenance {stage.metrics.address} 3h")
    assert f"*{host}* is under maintenance until 17:00 (Europe/Berlin)" in said
    assert "4 criteria are neither read nor judged" in said
    stage.metrics.status = 503
    asked = stage.metrics.asked
    await stage.pass_time(timedelta(hours=2, minutes=55), step=timedelta(minutes=5))
    assert stage.metrics.asked == asked
    outcome = await stage.bob.command(stage.general, "/loop maintenance")
    await stage.settle()
    stage.metrics.status = 200
    await stage.bob.click(outcome.messages[-1], "End it")
    await stage.settle()
    assert stage.metrics.asked > asked
    assert len(stage.workspace.messages(stage.general)) == before + 2
    for typed, refused in (
        ("nowhere.example.com 2h", "No criterion reads nowhere.example.com"),
        (f"{host} 2min", "A maintenance lasts 5 min at least"),
        (f"{host} soon", "Say in one word how long"),
        (f"{host}", "Say in one word how long"),
        ("? 2h", "is no host"),
    ):
        assert refused in await stage.says(stage.alice, stage.general, f"/loop maintenance {typed}")
