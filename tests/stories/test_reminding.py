"""A value that only people can give: the owner is asked when it is due, and answers from the message."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.conftest import Stage


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_the_owner_is_asked_for_a_due_value_in_their_morning_and_gives_it_from_there(
    stage: Stage,
) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 12 Dec')
    await stage.says(stage.bob, stage.general, "/criteria list")
    await stage.settle()
    await stage.says(
        stage.alice,
        stage.general,
        f"/criteria add Support calls <= 9 guardrail source manual owner {stage.bob_user.mention}",
    )
    # A week later it is 03:00 in New York.
    await stage.pass_time(timedelta(days=7, minutes=1))
    assert stage.workspace.direct_messages(stage.bob_user) == []
    await stage.pass_time(timedelta(hours=6))
    [message] = stage.workspace.direct_messages(stage.bob_user)
    assert "A value of *Support calls* of *Checkout rewrite* is due" in message.shown
    assert "There is none yet." in message.shown

    await stage.bob.click(message, "Set a value")
    await stage.bob.wait_view(lambda view: "Value" in view.shown)
    await stage.bob.submit({"Value": "7"})
    await stage.settle()
    [_, answer] = stage.workspace.direct_messages(stage.bob_user)
    assert "Saved: *Support calls* is *7*" in answer.shown
    await stage.pass_time(timedelta(days=6))
    assert len(stage.workspace.direct_messages(stage.bob_user)) == 2
    await stage.pass_time(timedelta(days=1))
    assert "The last one was 7, 7 d ago." in stage.workspace.direct_messages(stage.bob_user)[-1].shown


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_who_is_away_is_asked_when_they_are_back(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Support calls <= 9 guardrail source manual")
    assert "You are here" in await stage.says(stage.alice, stage.general, "/loop away")
    said = await stage.says(stage.alice, stage.general, "/loop away 10d")
    assert "You are away until 3 Dec 09:00 (Europe/Berlin)" in said
    await stage.pass_time(timedelta(days=9), step=timedelta(hours=12))
    assert stage.workspace.direct_messages(stage.alice_user) == []
    await stage.pass_time(timedelta(days=2), step=timedelta(hours=12))
    assert len(stage.workspace.direct_messages(stage.alice_user)) == 1

    await stage.says(stage.alice, stage.general, "/criteria set Support calls 4")
    outcome = await stage.alice.command(stage.general, "/loop away 60d")
    await stage.pass_time(timedelta(days=8), step=timedelta(hours=12))
    assert len(stage.workspace.direct_messages(stage.alice_user)) == 1
    await stage.alice.click(outcome.messages[-1], "I am back")
    await stage.pass_time(timedelta(days=1), step=timedelta(hours=12))
    assert len(stage.workspace.direct_messages(stage.alice_user)) == 2
    for typed in ("5 min", "200d", "forever"):
        refused = await stage.says(stage.alice, stage.general, f"/loop away {typed}")
        assert "/loop away 3d" in refused


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_in_quiet_hours_nothing_is_asked_and_answers_come_at_once(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    await stage.says(
        stage.alice, stage.general, "/criteria add Support calls <= 9 by 24 Dec from 20 source manual"
    )
    await stage.says(stage.bob, stage.general, "/criteria list")
    await stage.settle()
    assert "You have no quiet hours" in await stage.says(stage.alice, stage.general, "/loop quiet")
    said = await stage.says(stage.alice, stage.general, "/loop quiet from 8am till 15:00")
    assert "08:00 to 15:00 (Europe/Berlin). They run now and end at 15:00." in said
    said = await stage.says(stage.bob, stage.general, "/loop nudge Support calls")
    assert "at 09:00 (America/New_York): until then they have quiet hours" in said
    assert "Support calls" in await stage.says(stage.alice, stage.general, "/criteria list")
    await stage.pass_time(timedelta(hours=5, minutes=59))
    assert stage.workspace.direct_messages(stage.alice_user) == []
    await stage.pass_time(timedelta(minutes=1))
    [nudge, reminder] = stage.workspace.direct_messages(stage.alice_user)
    assert f"<@{stage.bob_user.id}> would like a check-in" in nudge.shown
    assert "waits for a check-in" in reminder.shown
    refused = await stage.says(stage.alice, stage.general, "/loop quiet all night")
    assert "I can't read “all night” as quiet hours" in refused
    assert "/loop quiet 20:00 to 08:00" in refused


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_a_reminder_waits_for_do_not_disturb_and_what_failed_does_not(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Calls <= 9 guardrail source manual")
    now = stage.clock.moment
    stage.workspace.set_do_not_disturb(
        stage.alice_user, now + timedelta(days=6), now + timedelta(days=7, hours=3)
    )
    await stage.pass_time(timedelta(days=7))
    assert stage.workspace.direct_messages(stage.alice_user) == []
    await stage.pass_time(timedelta(hours=2, minutes=59))
    assert stage.workspace.direct_messages(stage.alice_user) == []
    await stage.pass_time(timedelta(minutes=1))
    [message] = stage.workspace.direct_messages(stage.alice_user)
    assert "A value of *Calls*" in message.shown
