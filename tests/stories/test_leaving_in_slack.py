"""Somebody is deactivated in Slack, and their work goes on."""

from __future__ import annotations

import pytest

from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)


async def test_the_channel_is_asked_who_takes_over_and_the_question_becomes_the_answer(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 12 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Calls <= 9 guardrail source manual")
    stage.workspace.deactivate(stage.alice_user)
    await stage.settle()
    (question,) = stage.posts(stage.general)
    assert "has left and owned *Checkout rewrite*. Who takes it over?" in question.shown
    await stage.bob.choose(question, "take_over", stage.bob_user.id)
    await stage.settle()
    (answer,) = stage.posts(stage.general)
    assert (
        f"<@{stage.bob_user.id}> takes over *Checkout rewrite* from <@{stage.alice_user.id}>." in answer.shown
    )
    said = await stage.says(stage.bob, stage.general, "/criteria list mine")
    assert "Calls" in said
