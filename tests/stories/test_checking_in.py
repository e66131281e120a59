"""Check-ins and feedback from a progress post: what people feel stands beside the numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.model import Message
from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)

NEW = '/initiative new "Checkout rewrite" by 12 Dec'
BY_HAND = "/criteria add Support calls <= 9 by 12 Dec from 20 source manual"


async def post(stage: Stage) -> Message:
    """Post progress in #general now and return the post."""
    outcome = await stage.alice.command(stage.general, "/progress")
    await stage.settle()
    [preview] = outcome.messages
    await stage.alice.click(preview, "Post here")
    await stage.settle()
    return stage.posts(stage.general)[-1]


async def test_a_check_in_from_a_post_takes_a_value_and_stands_in_the_post(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, NEW)
    await stage.settle()
    await stage.says(stage.alice, stage.general, BY_HAND)
    await stage.says(stage.alice, stage.general, "/criteria set Support calls 14")
    posted = await post(stage)
    assert "Confidence" not in posted.shown

    await stage.bob.click(posted, "Check in")
    form = await stage.bob.wait_view(lambda view: "How confident" in view.shown)
    assert "Support calls" in form.shown
    await stage.bob.submit({"Value": "12", "How confident are you that it will be met?": "7"})
    await stage.settle()
    [saved] = stage.workspace.direct_messages(stage.bob_user)
    assert "Saved: *Support calls*, confidence *7/10*." in saved.shown
    assert "*12*" in saved.shown

    await stage.pass_time(timedelta(seconds=10))
    await stage.alice.click(posted, "Check in")
    form = await stage.alice.wait_view(lambda view: "How confident" in view.shown)
    await stage.alice.submit(
        {
            "Value": "",
            "How confident are you that it will be met?": "4",
            "Why, in one sentence": "The <big> customer is\tstill on the old flow",
        }
    )
    await stage.settle()
    await stage.pass_time(timedelta(seconds=10))
    drawn = stage.posts(stage.general)[-1]
    assert drawn.ts == posted.ts
    assert (
        "Confidence 4/10 (was 7) in Support calls: “The &lt;big&gt; customer is still on the old flow”, "
        f"<@{stage.alice_user.id}>"
    ) in drawn.shown
    assert "Confidence 4/10" in drawn.text


async def test_of_several_criteria_one_is_chosen_and_a_read_one_takes_no_value(stage: Stage) -> None:
    stage.metrics.body = {"signups": 400}
    await stage.says(stage.alice, stage.general, NEW)
    await stage.settle()
    await stage.says(stage.alice, stage.general, BY_HAND)
    await stage.says(
        stage.alice,
        stage.general,
        f"/criteria add Signups >= 500 by 12 Dec source {stage.metrics.address}/stats path $.signups",
    )
    await stage.settle()
    posted = await post(stage)
    await stage.bob.click(posted, "Check in")
    await stage.bob.wait_view(lambda view: "How confident" in view.shown)
    refused = await stage.bob.submit(
        {"Criterion": "Signups", "Value": "3", "How confident are you that it will be met?": "7"}
    )
    assert "“Signups” is read from its source. Leave the value empty." in str(refused)
    await stage.bob.submit(
        {"Criterion": "Signups", "Value": "", "How confident are you that it will be met?": "7"}
    )
    await stage.settle()
    [saved] = stage.workspace.direct_messages(stage.bob_user)
    assert "Saved: *Signups*, confidence *7/10*." in saved.shown


async def test_a_check_in_is_typed_and_names_are_looked_up(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, NEW)
    await stage.settle()
    await stage.says(stage.alice, stage.general, BY_HAND)
    await stage.says(stage.bob, stage.general, "/criteria list")
    await stage.settle()
    unknown = await stage.says(stage.bob, stage.general, "/criteria check-in Suport calls")
    assert "There is no criterion “Suport calls”. Did you mean “Support calls”?" in unknown
    await stage.bob.command(stage.general, "/criteria check-in support calls")
    await stage.bob.wait_view(lambda view: "How confident" in view.shown)
    await stage.says(stage.alice, stage.general, "/criteria pause Support calls")
    paused = await stage.says(stage.bob, stage.general, "/criteria check-in Support calls")
    assert "“Support calls” is paused. Start it again first" in paused


async def test_feedback_from_a_post_is_a_note_on_its_initiative(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, NEW)
    await stage.settle()
    await stage.says(stage.alice, stage.general, BY_HAND)
    posted = await post(stage)
    await stage.bob.click(posted, "Give feedback")
    form = await stage.bob.wait_view(lambda view: "What do you think?" in view.shown)
    assert "Checkout rewrite" in form.shown
    await stage.bob.submit({"What do you think?": "It is slow\non a phone"})
    await stage.settle()
    [saved] = stage.workspace.direct_messages(stage.bob_user)
    assert "Saved as a note on *Checkout rewrite*." in saved.shown
    assert "It is slow" in saved.shown
