"""A note is answered, and whoever gave it reads what they said and what was done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)


async def test_a_note_is_acknowledged_acted_on_and_told_to_whoever_gave_it(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    await stage.says(
        stage.alice, stage.general, '/progress schedule every day 10:00 for "Checkout rewrite", all'
    )
    await stage.alice.command(stage.general, "/progress schedule every day 10:00 for all")
    await stage.settle()
    await stage.says(stage.bob, stage.general, "/feedback the <address> step is confusing")
    await stage.pass_time(timedelta(hours=2))

    outcome = await stage.bob.command(stage.general, "/feedback notes")
    await stage.settle()
    refused = await stage.bob.click(outcome.messages[-1], "Acknowledge")
    await stage.settle()
    assert "can change what becomes of that note" in refused.messages[-1].shown

    outcome = await stage.alice.command(stage.general, "/feedback notes new")
    await stage.settle()
    listed = outcome.messages[-1]
    assert "*1 note marked “new” in this channel*" in listed.shown
    clicked = await stage.alice.click(listed, "Acknowledge")
    await stage.settle()
    answered = clicked.messages[-1]
    assert "The note is marked “acknowledged”" in answered.shown
    told = stage.workspace.direct_messages(stage.bob_user)[-1]
    assert "*We read it:*" in told.shown

    await stage.pass_time(timedelta(hours=1))
    await stage.alice.click(answered, "Not doing")
    await stage.alice.wait_view(lambda view: "Why not?" in view.shown)
    await stage.alice.submit({"Why not?": "The bank\nneeds <both> lines"})
    await stage.settle()
    told = stage.workspace.direct_messages(stage.bob_user)[-1]
    assert "*You said:*" in told.shown
    assert "the &lt;address&gt; step is confusing" in told.shown
    assert "*We won't do it:* The bank needs &lt;both&gt; lines" in told.shown
    empty = await stage.says(stage.alice, stage.general, "/feedback notes new")
    assert "no notes marked “new”" in empty
    assert "The bank needs" in await stage.says(stage.alice, stage.general, "/feedback notes not doing")

    await stage.pass_time(timedelta(days=1), step=timedelta(hours=12))
    digest = stage.posts(stage.general)[-1]
    assert "1 note was acted on or turned down, after 3 h (median)" in digest.shown
