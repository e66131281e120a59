"""Somebody nudges an owner, who does it from the message; a mention of what is not theirs to stop is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.conftest import Stage


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_somebody_nudges_and_the_thread_is_told_when_time_runs_out(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/initiative check-ins off")
    for name in ("Calls", "Refunds"):
        await stage.says(
            stage.alice, stage.general, f"/criteria add {name} <= 9 by 3 Dec from 20 source manual"
        )
        await stage.says(stage.alice, stage.general, f"/criteria set {name} 15")
    await stage.says(stage.bob, stage.general, "/criteria list")
    await stage.settle()
    shown = await stage.bob.command(stage.general, "/criteria show Calls")
    await stage.settle()
    answer = await stage.bob.click(shown.messages[-1], "Nudge")
    await stage.settle()
    assert "I asked" in answer.messages[-1].shown
    [message] = stage.workspace.direct_messages(stage.alice_user)
    assert f"<@{stage.bob_user.id}> would like a check-in on *Calls*" in message.shown
    assert "today already" in await stage.says(stage.bob, stage.general, "/loop nudge calls")
    assert "is yours" in await stage.says(stage.alice, stage.general, "/loop nudge calls")
    await stage.alice.click(message, "Do it now")
    await stage.alice.wait_view(lambda view: "How confident" in view.shown)
    await stage.alice.submit({"Value": "", "How confident are you that it will be met?": "6"})
    await stage.settle()

    preview = await stage.alice.command(stage.general, "/progress for Checkout rewrite")
    await stage.settle()
    await stage.alice.click(preview.messages[-1], "Post here")
    await stage.settle()
    await stage.pass_time(timedelta(days=10), step=timedelta(hours=6))
    thread = [each for each in stage.workspace.messages(stage.general) if "without a check-in" in each.shown]
    # Calls was checked in on; Refunds never was.
    assert [f"<@{stage.alice_user.id}>" in each.shown for each in thread] == [False, True]
    assert all("*Refunds*" in each.shown and each.thread_ts != each.ts for each in thread)
    refused = await stage.bob.click(thread[-1], "Stop reminding")
    await stage.settle()
    assert "None of these criteria is open and yours" in refused.messages[-1].shown
