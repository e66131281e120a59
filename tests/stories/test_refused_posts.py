"""A channel is archived, the bot is taken out of another, a third is renamed: the posts go on all the same."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.conftest import Stage

WEEK = timedelta(days=7)


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_a_refused_post_is_tried_again_and_moved_from_its_notice_and_a_new_name_changes_nothing(
    stage: Stage,
) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by in 10 weeks')
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Calls <= 9 guardrail source manual every 90d")
    await stage.says(stage.alice, stage.general, "/criteria set Calls 4")
    await stage.alice.command(stage.general, "/progress schedule every Mon 09:00")
    await stage.settle()

    # #general is archived: Alice is told once, and trying again says so until it is back.
    stage.workspace.archive(stage.general)
    await stage.pass_time(WEEK + timedelta(minutes=1))
    [notice] = stage.workspace.direct_messages(stage.alice_user)
    assert "That channel is archived: unarchive it or choose another one." in notice.shown
    outcome = await stage.alice.click(notice, "Try again")
    await stage.settle()
    assert "#general is archived, so nothing can be posted there." in outcome.messages[-1].shown
    before = len(stage.posts(stage.general))
    stage.workspace.unarchive(stage.general)
    await stage.alice.click(notice, "Try again")
    await stage.settle()
    [notice] = stage.workspace.direct_messages(stage.alice_user)
    assert "Schedule #1 posts progress of every initiative at home there" in notice.shown
    assert "What was refused goes out now." in notice.shown
    assert stage.alice.buttons(notice) == []
    assert len(stage.posts(stage.general)) == before + 1
    assert "Checkout rewrite" in stage.posts(stage.general)[-1].shown

    # It has another name, and the next Monday finds it.
    stage.workspace.rename(stage.general, "everybody")
    await stage.pass_time(WEEK)
    assert len(stage.posts(stage.general)) == before + 2

    # The bot is taken out: Alice moves the schedule to #leads.
    stage.workspace.remove_bot(stage.general)
    await stage.pass_time(WEEK)
    [_, notice] = stage.workspace.direct_messages(stage.alice_user)
    assert "Loopmark is not in that channel" in notice.shown
    await stage.alice.click(notice, "Move")
    await stage.alice.wait_view(lambda view: "Channel" in view.shown)
    await stage.alice.submit({"Channel": stage.lonely})
    await stage.settle()
    refused = await stage.alice.wait_view(lambda view: "⚠️" in view.shown)
    assert "I am not in #lonely." in refused.shown
    await stage.alice.submit({"Channel": stage.leads})
    await stage.settle()
    await stage.alice.wait_view(lambda view: "Moved: schedule #1" in view.shown)
    [_, notice] = stage.workspace.direct_messages(stage.alice_user)
    assert "What was refused goes out there now." in notice.shown
    assert [post.shown.count("Checkout rewrite") > 0 for post in stage.posts(stage.leads)] == [True]
    await stage.pass_time(WEEK)
    assert len(stage.posts(stage.leads)) == 2
