"""A team that wants to see status changes in the channel says so; and a criterion is edited from a post."""

from __future__ import annotations

import pytest

from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)


async def test_status_changes_are_shown_in_the_channel_only_where_the_initiative_says_so(
    stage: Stage,
) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Support calls <= 9 guardrail source manual")
    await stage.says(stage.alice, stage.general, "/progress")
    outcome = await stage.alice.command(stage.general, "/progress")
    await stage.settle()
    await stage.alice.click(outcome.messages[-1], "Post here")
    await stage.settle()
    post = stage.posts(stage.general)[-1]

    async def set_value(value: int) -> tuple[bool, str | None]:
        await stage.says(stage.alice, stage.general, f"/criteria set Support calls {value}")
        await stage.settle()
        told = [each for each in stage.workspace.messages(stage.general) if each.thread_ts == post.ts][-1]
        return told.reply_broadcast, told.thread_ts

    assert await set_value(4) == (False, post.ts)
    refused = await stage.alice.command(stage.general, "/initiative broadcast loudly")
    assert "Say on or off" in refused.messages[-1].shown
    await stage.says(stage.bob, stage.general, "/criteria list")
    await stage.settle()
    assert "Only its owner" in await stage.says(stage.bob, stage.general, "/initiative broadcast on")
    said = await stage.says(stage.alice, stage.general, "/initiative broadcast on")
    assert "in the thread and in the channel" in said
    assert "told in the channel too" in await stage.says(stage.alice, stage.general, "/initiative show")
    assert await set_value(30) == (True, post.ts)
    assert "in the thread alone" in await stage.says(
        stage.alice, stage.general, "/initiative broadcast off Checkout rewrite"
    )
    assert await set_value(4) == (False, post.ts)


async def test_a_criterion_is_edited_from_the_menu_of_a_post(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Support calls <= 9 guardrail source manual")
    outcome = await stage.alice.command(stage.general, "/progress")
    await stage.settle()
    await stage.alice.click(outcome.messages[-1], "Post here")
    await stage.settle()
    post = stage.posts(stage.general)[-1]
    await stage.alice.choose(post, "post_menu", "Edit a criterion")
    await stage.alice.wait_view(lambda view: "Baseline" in view.shown)
    await stage.says(stage.alice, stage.general, "/criteria add Complaints <= 2 guardrail source manual")
    asked = await stage.alice.choose(post, "post_menu", "Edit a criterion")
    await stage.settle()
    assert "Which criterion of *Checkout rewrite*" in asked.messages[-1].shown
    await stage.alice.click(asked.messages[-1], "Complaints")
    await stage.alice.wait_view(lambda view: "Baseline" in view.shown)
