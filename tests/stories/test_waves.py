"""A pulse every Friday: asked, answered, closed by the next one, paused and stopped by buttons."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)

FOUR_DAYS = timedelta(days=4, hours=6)
"""From Monday 09:00 in Berlin to Friday 15:00."""
WEEK = timedelta(days=7)


async def test_a_team_runs_its_weekly_pulse(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, "/feedback list")
    outcome = await stage.alice.command(
        stage.general, '/feedback ask "How clear is it?" scale every Fri 15:00'
    )
    await stage.settle()
    answer = outcome.messages[-1].shown
    assert "every Fri 15:00" in answer
    assert "A wave closes when the next one is asked." in answer
    assert "next: Fri 27 Nov 15:00, Fri 4 Dec 15:00, Fri 11 Dec 15:00" in answer
    assert "Fri 25 Dec 15:00 (Europe/Berlin)" in answer
    assert stage.posts(stage.general) == []

    await stage.pass_time(FOUR_DAYS)
    [first] = stage.posts(stage.general)
    assert "closes when it is asked again" in first.shown
    await stage.bob.click(first, "4")
    await stage.settle()
    await stage.pass_time(WEEK)
    first, second = stage.posts(stage.general)
    assert "Mean 4.0 of 5." in first.shown
    assert "No answers yet." in second.shown

    results = await stage.says(stage.alice, stage.general, "/feedback results #1")
    assert "Waves:" not in results
    await stage.bob.click(second, "2")
    results = await stage.says(stage.alice, stage.general, "/feedback results #2")
    assert "Waves: Mean 2.0, was 4.0." in results

    # The bot is off over two Fridays: only the later one is asked.
    await stage.stop()
    stage.clock.advance(2 * WEEK + timedelta(hours=2))
    await stage.start()
    await stage.settle()
    assert len(stage.posts(stage.general)) == 3

    # The channel is archived: Alice is told once, and Resume posts what was refused.
    stage.workspace.archive(stage.general)
    await stage.pass_time(WEEK - timedelta(hours=2))
    [notice] = stage.workspace.direct_messages(stage.alice_user)
    assert "I paused “How clear is it?” (every Fri 15:00" in notice.shown
    stage.workspace.unarchive(stage.general)
    outcome = await stage.alice.click(notice, "Resume")
    await stage.settle()
    assert "What Slack refused goes out now." in outcome.messages[-1].shown
    assert len(stage.posts(stage.general)) == 4

    # Others may look, and not stop it.
    listed = await stage.bob.command(stage.general, "/feedback list")
    assert "🔁 How clear is it? · every Fri 15:00" in listed.messages[-1].shown
    refused = await stage.bob.click(listed.messages[-1], "Pause")
    await stage.settle()
    assert "Only whoever asks “How clear is it?”" in refused.messages[-1].shown
    await stage.bob.click(refused.messages[-1], "Ask the owner")
    await stage.settle()
    assert f"I asked <@{stage.alice_user.id}> by direct message." in refused.messages[-1].shown
    wish = stage.workspace.direct_messages(stage.alice_user)[-1]
    assert f"<@{stage.bob_user.id}> asks you to pause “How clear is it?” (every Fri 15:00" in wish.shown
    done = await stage.alice.click(wish, "Pause")
    await stage.settle()
    assert "Paused: “How clear is it?”" in done.messages[-1].shown
    listed = await stage.alice.command(stage.general, "/feedback list")
    stopped = await stage.alice.click(listed.messages[-1], "Stop")
    await stage.settle()
    assert "is asked no more" in stopped.messages[-1].shown
    await stage.pass_time(WEEK)
    assert len(stage.posts(stage.general)) == 4


async def test_a_pulse_is_set_up_in_the_form_where_a_wrong_rhythm_is_named(stage: Stage) -> None:
    await stage.alice.command(stage.general, "/feedback ask")
    await stage.alice.wait_view(lambda view: "Ask again" in view.shown)
    filled = {"Question": "How clear is it?", "Channel": stage.general}
    errors = await stage.alice.submit({**filled, "Ask again": "every 30m"})
    assert "several times a day" in str(errors)
    await stage.alice.submit({**filled, "Ask again": "every weekday 16:00"})
    await stage.settle()
    view = await stage.alice.wait_view(lambda view: "each time as a prompt of its own" in view.shown)
    assert "next: Mon 23 Nov 16:00, Tue 24 Nov 16:00" in view.shown
