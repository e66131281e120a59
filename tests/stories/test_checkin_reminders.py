"""An owner is reminded on Monday to check in, does it from the message, and has it stopped."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.conftest import Stage


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_an_owner_checks_in_from_the_reminder_and_stops_it(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    for name in ("Calls", "Refunds"):
        line = f"/criteria add {name} <= 9 by 24 Dec from 20 source manual"
        await stage.says(stage.alice, stage.general, line)
        await stage.says(stage.alice, stage.general, f"/criteria set {name} 15")
    said = await stage.says(stage.alice, stage.general, "/initiative check-ins every Tue 11:00")
    assert "every Tue 11:00, in their own zone" in said
    refused = await stage.says(stage.alice, stage.general, "/initiative check-ins every 5m")
    assert "Nobody is reminded to check in more than once a day." in refused

    await stage.pass_time(timedelta(days=1, hours=1), step=timedelta(hours=1))
    assert stage.workspace.direct_messages(stage.alice_user) == []
    await stage.pass_time(timedelta(hours=1))
    [message] = stage.workspace.direct_messages(stage.alice_user)
    assert "2 criteria of yours wait for a check-in" in message.shown
    await stage.alice.click(message, "Check in", value="criterion:1")
    await stage.alice.wait_view(lambda view: "How confident" in view.shown)
    await stage.alice.submit({"Value": "", "How confident are you that it will be met?": "6"})
    await stage.settle()
    assert "confidence *6/10*" in stage.workspace.direct_messages(stage.alice_user)[-1].shown

    await stage.alice.choose(message, "check_in_menu", "Stop reminding")
    await stage.settle()
    await stage.pass_time(timedelta(days=7), step=timedelta(days=1))
    reminders = [
        each for each in stage.workspace.direct_messages(stage.alice_user) if "check-in:" in each.shown
    ]
    assert [each.ts for each in reminders] == [message.ts]
