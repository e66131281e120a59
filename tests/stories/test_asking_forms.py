"""A form of several questions, from its builder to its results."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.conftest import Stage


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_a_form_is_built_answered_changed_and_read(stage: Stage) -> None:
    await stage.alice.command(stage.general, "/feedback ask")
    await stage.settle()
    await stage.alice.click_view("Ask several questions")
    await stage.settle()
    fill = stage.alice.fill
    await fill({"title": "Sprint pulse", "k1_text": "How clear is the goal?", "k1_more": ["With a comment"]})
    await stage.alice.click_view("Add a question")
    await stage.settle()
    await fill({"k2_text": "What slows you down?", "k2_kind": "Several", "k2_options": "Builds\nReviews"})
    await stage.alice.click_view("Write them as text")
    await stage.settle()
    await stage.alice.click_view("Show them as inputs")
    await stage.settle()
    await stage.alice.submit({})
    await stage.settle()
    [posted] = stage.posts(stage.general)
    assert "1. How clear is the goal?" in posted.shown
    assert "2. What slows you down?" in posted.shown

    await stage.bob.click(posted, "Answer")
    await stage.settle()
    refused = await stage.bob.submit({"comment_q1": "hm", "answer_q2": ["Builds"]})
    assert "complete this required field" in str(refused)
    await stage.bob.submit({"answer_q1": "4", "comment_q1": "better", "answer_q2": ["Builds", "Reviews"]})
    assert "Your answer to “Sprint pulse” is counted" in str(stage.bob.view and stage.bob.view.blocks)
    assert "Builds, Reviews" in str(stage.bob.view and stage.bob.view.blocks)
    await stage.bob.click_view("Change")
    await stage.settle()
    await stage.bob.submit({"answer_q1": "2"})
    await stage.pass_time(timedelta(seconds=5))
    [posted] = stage.posts(stage.general)
    assert "1. How clear is the goal? Mean 2.0 of 5. 1 comment" in posted.shown
    results = await stage.says(stage.alice, stage.general, "/feedback results #1")
    assert "Builds 1 · Reviews 1" in results


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_a_comment_goes_with_a_press(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/feedback ask "Ship it?" thumbs comment')
    await stage.settle()
    [posted] = stage.posts(stage.general)
    receipt = await stage.bob.click(posted, "Thumbs down")
    await stage.settle()
    await stage.bob.click(receipt.messages[-1], "Add a comment")
    await stage.settle()
    await stage.bob.submit({"comment_q": "Not on a Friday"})
    await stage.pass_time(timedelta(seconds=5))
    results = await stage.says(stage.alice, stage.general, "/feedback results #1")
    assert "Not on a Friday" in results
    assert "Thumbs down 👎 · 1 of 1" in results


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_a_form_that_was_mistyped_opens_with_everything_that_was_typed(stage: Stage) -> None:
    said = await stage.alice.command(
        stage.general, '/feedback ask "Pulse" question "How clear?" scal question "Why?" text anonymous'
    )
    await stage.settle()
    assert "“scal” is no way of answering. Did you mean scale?" in said.messages[-1].shown
    await stage.alice.click(said.messages[-1], "Open as form")
    await stage.settle()
    assert '"How clear?" scal' in str(stage.alice.view and stage.alice.view.blocks)
    assert "Pulse" in str(stage.alice.view and stage.alice.view.blocks)
