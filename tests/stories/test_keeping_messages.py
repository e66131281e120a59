"""A message is kept as feedback from its menu, listed with its link, and whoever kept it reads what was done."""

from __future__ import annotations

import pytest

from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)


async def test_a_message_is_kept_listed_answered_and_undone(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    said = await stage.charlie.post(stage.general, "the address step is &lt;odd&gt;\n`two lines`")
    pressed = await stage.bob.message_shortcut("keep_as_feedback", said)
    await stage.settle()
    kept = pressed.messages[-1]
    assert "Saved as a note on *Checkout rewrite*" in kept.shown
    assert "&gt; the address step is &lt;odd&gt;" in kept.shown or "> the address step is" in kept.shown
    assert f"Said by <@{stage.charlie_user.id}>" in kept.shown
    link = f"/archives/{stage.general.id}/p{said.ts.replace('.', '')}"
    assert link in kept.shown

    again = await stage.bob.message_shortcut("keep_as_feedback", said)
    await stage.settle()
    assert "You kept that message before" in again.messages[-1].shown

    outcome = await stage.alice.command(stage.general, "/feedback notes")
    await stage.settle()
    listed = outcome.messages[-1]
    assert "*1 note in this channel*" in listed.shown
    assert link in listed.shown
    assert link in await stage.says(stage.alice, stage.general, "/feedback list")
    await stage.alice.click(listed, "Acknowledge")
    await stage.settle()
    told = stage.workspace.direct_messages(stage.bob_user)[-1]
    assert f"You kept what <@{stage.charlie_user.id}> said:" in told.shown
    assert stage.workspace.direct_messages(stage.charlie_user) == []

    undone = await stage.bob.click(kept, "Undo")
    await stage.settle()
    assert "The note is deleted" in undone.messages[-1].shown
    assert "1 note" not in await stage.says(stage.alice, stage.general, "/feedback notes")


async def test_where_the_bot_is_no_member_the_note_has_no_link_and_says_so(stage: Stage) -> None:
    hidden = stage.workspace.add_channel(
        "hidden", members=[stage.alice_user, stage.bob_user], private=True, bot_is_member=False
    )
    said = await stage.alice.post(hidden, "")
    pressed = await stage.bob.message_shortcut("keep_as_feedback", said)
    await stage.settle()
    assert "Slack gave no link to the message" in pressed.messages[-1].shown
    assert "(a message without words)" in pressed.messages[-1].shown
    assert "Saved as a note on this channel" in pressed.messages[-1].shown
    assert "1 note" in await stage.says(stage.alice, hidden, "/feedback notes")
    assert "no notes" in await stage.says(stage.charlie, stage.general, "/feedback notes")


async def test_among_several_initiatives_a_button_puts_the_note_on_one(stage: Stage) -> None:
    for name in ("Checkout rewrite", "Search"):
        await stage.says(stage.alice, stage.general, f'/initiative new "{name}" by 24 Dec')
        await stage.settle()
    said = await stage.charlie.post(stage.general, "too slow")
    pressed = await stage.bob.message_shortcut("keep_as_feedback", said)
    await stage.settle()
    moved = await stage.bob.click(pressed.messages[-1], "Put on Search")
    await stage.settle()
    assert "Saved as a note on *Search*" in moved.messages[-1].shown
    assert "The message" in moved.messages[-1].shown


async def test_a_mention_in_a_thread_is_a_note_only_its_writer_is_told_of(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    parent = await stage.alice.post(stage.general, "how is it?")
    bot = f"<@{stage.workspace.bot_user_id}>"
    said = await stage.bob.post(stage.general, f"{bot} the address step is &lt;odd&gt;", thread=parent)
    await stage.workspace.drained()
    await stage.settle()
    [shown] = stage.workspace.ephemerals(stage.bob_user)
    assert shown.thread_ts == parent.ts
    assert "Saved as a note on *Checkout rewrite*" in shown.shown
    assert f"p{said.ts.replace('.', '')}" in shown.shown
    assert all("Saved as a note" not in seen.shown for seen in stage.workspace.ephemerals(stage.alice_user))
    assert "&lt;odd&gt;" in await stage.says(stage.alice, stage.general, "/feedback notes")
    await stage.bob.click(shown, "Undo")
    await stage.settle()
    assert "no notes" in await stage.says(stage.alice, stage.general, "/feedback notes")

    await stage.bob.post(stage.lonely, f"{bot} hm")
    await stage.bob.post(stage.general, bot)
    await stage.workspace.drained()
    await stage.settle()
    assert "Mention me with what you think" in stage.workspace.ephemerals(stage.bob_user)[-1].shown
    assert "no notes" in await stage.says(stage.alice, stage.lonely, "/feedback notes")
