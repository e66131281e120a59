"""A post is snoozed for a week by whoever may, is said to be, and comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)


async def set_scene(stage: Stage) -> None:
    """A daily post of one initiative in #general, posted once."""
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Support calls <= 9 guardrail source manual")
    await stage.alice.command(stage.general, "/progress schedule every day 10:00")
    await stage.settle()
    await stage.pass_time(timedelta(hours=1))
    assert len(stage.posts(stage.general)) == 1


async def test_a_snoozed_initiative_is_left_out_for_a_week_and_comes_back(stage: Stage) -> None:
    await set_scene(stage)
    post = stage.posts(stage.general)[-1]
    outcome = await stage.alice.choose(post, "post_menu", "Snooze a week")
    await stage.settle()
    assert "Schedules leave *Checkout rewrite* out of" in outcome.messages[-1].shown
    assert "until 30 Nov 10:00 (Europe/Berlin)" in outcome.messages[-1].shown
    listed = await stage.says(stage.alice, stage.general, "/progress list")
    assert "Snoozed here: *Checkout rewrite* until 30 Nov 10:00" in listed
    await stage.pass_time(timedelta(days=6, hours=12), step=timedelta(hours=12))
    assert len(stage.posts(stage.general)) == 1
    await stage.pass_time(timedelta(days=1), step=timedelta(hours=12))
    assert len(stage.posts(stage.general)) == 2


async def test_a_snooze_can_be_taken_back_and_is_not_everybody_s(stage: Stage) -> None:
    await set_scene(stage)
    post = stage.posts(stage.general)[-1]
    refused = await stage.bob.choose(post, "post_menu", "Snooze a week")
    await stage.settle()
    assert "can change when “Checkout rewrite” is posted" in refused.messages[-1].shown
    outcome = await stage.alice.choose(post, "post_menu", "Snooze a week")
    await stage.settle()
    await stage.alice.click(outcome.messages[-1], "Post it again")
    await stage.settle()
    await stage.pass_time(timedelta(days=1), step=timedelta(hours=12))
    assert len(stage.posts(stage.general)) == 2
