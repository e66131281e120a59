"""Prompts that are put to somebody: who is asked, who may answer, and when results are seen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.conftest import Stage


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_named_people_answer_from_their_messages_and_results_are_shared_at_the_close(
    stage: Stage,
) -> None:
    bob, charlie = stage.bob_user, stage.charlie_user
    asked = await stage.alice.command(
        stage.general,
        f'/feedback ask "How was the launch?" scale to {bob.mention} {charlie.mention} results shared closes in 2d',
    )
    await stage.settle()
    assert "and by direct message to" in asked.messages[-1].shown
    [posted] = stage.posts(stage.general)
    assert "Nobody sees how many chose what before it closes" in posted.shown
    [message] = stage.workspace.direct_messages(bob)
    assert "You are asked: *How was the launch?*" in message.shown

    outcome = await stage.bob.click(message, "Answer")
    await stage.settle()
    receipt = await stage.bob.click(outcome.messages[-1], "4")
    await stage.settle()
    assert "is counted: *4*" in receipt.messages[-1].shown
    refused = await stage.alice.click(posted, "3")
    await stage.settle()
    assert "for the people it names, and you are not one of them" in refused.messages[-1].shown
    await stage.pass_time(timedelta(seconds=5))
    [posted] = stage.posts(stage.general)
    assert "1 answer so far." in posted.shown
    assert "1 of 1" not in posted.shown
    assert "Results are hidden until it closes." in await stage.says(
        stage.alice, stage.general, "/feedback results #1"
    )

    await stage.pass_time(timedelta(days=2))
    [posted, results] = stage.posts(stage.general)
    assert "4 · 1 of 1 (100 %)" in posted.shown
    assert "Results of *How was the launch?*" in results.shown
    assert "4 · 1 of 1 (100 %)" in results.shown


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_whoever_asked_sees_hidden_results_before_the_close(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/feedback ask "And now?" thumbs to everyone results hidden')
    await stage.settle()
    [posted] = stage.posts(stage.general)
    assert "anyone may answer" in posted.shown
    counted = await stage.bob.click(posted, "Thumbs up")
    await stage.settle()
    assert "is counted" in counted.messages[-1].shown
    assert "1 of 1" in await stage.says(stage.alice, stage.general, "/feedback results #1")
    await stage.says(stage.bob, stage.general, "/feedback list")
    assert "hidden until" in await stage.says(stage.bob, stage.general, "/feedback results #1")
    said = await stage.says(
        stage.alice,
        stage.general,
        f'/feedback ask "Safe?" scale anonymous to {stage.bob_user.mention}',
    )
    assert "1 person can't reach a floor of 5" in said


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_somebody_adds_an_option_and_another_votes_for_it(stage: Stage) -> None:
    asked = '/feedback ask "Lunch?" choice "Soup" "Salad" open options'
    await stage.says(stage.alice, stage.general, asked)
    await stage.settle()
    [posted] = stage.posts(stage.general)
    await stage.bob.click(posted, "Add an option")
    await stage.bob.wait_view(lambda view: "Option" in view.shown)
    await stage.bob.submit({"Option": "soup"})
    await stage.bob.wait_view(lambda view: "Option" in view.shown)
    await stage.bob.submit({"Option": "Noodles"})
    await stage.bob.wait_view(lambda view: "Press it there to vote" in view.shown)
    await stage.pass_time(timedelta(seconds=5))
    [posted] = stage.posts(stage.general)
    assert "No answers yet." in posted.shown
    await stage.alice.click(posted, "Noodles")
    await stage.pass_time(timedelta(seconds=5))
    [posted] = stage.posts(stage.general)
    assert "Noodles · 1 of 1 (100 %)" in posted.shown


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_who_has_not_answered_is_reminded_once_in_their_day_and_answers_from_there(
    stage: Stage,
) -> None:
    await stage.says(stage.alice, stage.general, '/feedback ask "Ready?" thumbs closes in 2d remind')
    await stage.says(
        stage.alice, stage.general, '/feedback ask "Safe?" scale anonymous floor 3 closes in 2d remind'
    )
    await stage.settle()
    ready, _ = stage.posts(stage.general)
    await stage.bob.click(ready, "Thumbs up")
    await stage.pass_time(timedelta(days=1))  # Tuesday 13:30 in Kolkata, 03:00 in New York
    [to_charlie] = stage.workspace.direct_messages(stage.charlie_user)
    assert "Your answer is still missing: *Ready?*" in to_charlie.shown
    assert "If you have not answered yet: *Safe?*" in to_charlie.shown
    assert stage.workspace.direct_messages(stage.bob_user) == []
    await stage.pass_time(timedelta(hours=6))
    [to_bob] = stage.workspace.direct_messages(stage.bob_user)
    assert "If you have not answered yet: *Safe?*" in to_bob.shown
    assert "Ready?" not in to_bob.shown
    await stage.pass_time(timedelta(hours=10), step=timedelta(hours=2))
    assert len(stage.workspace.direct_messages(stage.bob_user)) == 1
    assert stage.workspace.direct_messages(stage.alice_user) == []
    said = await stage.says(stage.bob, stage.general, "/feedback privacy")
    assert "asked by direct message" in said
