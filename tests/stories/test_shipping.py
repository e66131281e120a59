"""A change is shipped, said something of with one tap, marked in posts, and taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.model import Message
from bot.sandbox.outcome import Outcome
from bot.sandbox.person import Person
from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)


async def set_scene(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Support calls <= 9 guardrail source manual")
    await stage.says(stage.alice, stage.general, "/criteria set Support calls 12")
    await stage.settle()


def announcements(stage: Stage) -> list[Message]:
    return [
        post
        for post in stage.posts(stage.general)
        if "is shipped" in post.shown or "taken back" in post.shown
    ]


async def tap(person: Person, announced: Message, thumb: str) -> Outcome:
    """Press a thumb under the announcement of the first ship."""
    [block] = [block for block in announced.blocks if block["type"] == "context_actions"]
    return await person.press(announced, block["block_id"], "ship_vote", value=f"1:{thumb}")


async def test_a_ship_is_announced_once_answered_with_a_tap_and_taken_back(stage: Stage) -> None:
    await set_scene(stage)
    outcome = await stage.alice.command(stage.general, '/loop ship "New checkout form"')
    await stage.settle()
    assert "Shipped: *New checkout form* of *Checkout rewrite*" in outcome.messages[-1].shown
    [announced] = announcements(stage)
    assert "🚀 *New checkout form* is shipped" in announced.shown

    receipt = await tap(stage.bob, announced, "up")
    await stage.settle()
    assert "Counted: 👍 for *New checkout form*" in receipt.messages[-1].shown
    again = await tap(stage.bob, announced, "down")
    await stage.settle()
    assert "Counted: 👎 (was 👍)" in again.messages[-1].shown
    await tap(stage.charlie, announced, "up")
    await stage.pass_time(timedelta(seconds=5))
    [announced] = announcements(stage)
    assert "👍 1 · 👎 1" in announced.shown
    await stage.bob.click(again.messages[-1], "Withdraw")
    await stage.bob.click(announced, "Say more")
    await stage.bob.wait_view(lambda view: "New checkout form" in str(view.body))
    submitted = await stage.bob.submit({"text": "The address step is clear now"})
    assert not submitted.errors
    await stage.pass_time(timedelta(seconds=5))
    [announced] = announcements(stage)
    assert "👍 1 · 👎 0 · 1 note" in announced.shown

    await stage.pass_time(timedelta(hours=1))
    await stage.says(stage.alice, stage.general, "/criteria set Support calls 8")
    shown = await stage.says(stage.alice, stage.general, "/criteria show Support calls")
    assert "*Ships*\nNew checkout form" in shown

    await stage.alice.click(outcome.messages[-1], "Take back")
    await stage.pass_time(timedelta(seconds=5))
    [announced] = announcements(stage)
    assert "was taken back" in announced.shown
    assert "Ships" not in await stage.says(stage.alice, stage.general, "/criteria show Support calls")


async def test_a_message_is_marked_as_shipped_from_its_menu(stage: Stage) -> None:
    await set_scene(stage)
    message = await stage.bob.post(stage.general, "New checkout form &amp; more\nis live for everyone")
    await stage.bob.message_shortcut("mark_as_shipped", message)
    view = await stage.bob.wait_view(lambda view: "What was shipped?" in str(view.body))
    assert "New checkout form & more" in str(view.body)
    submitted = await stage.bob.submit()
    assert not submitted.errors
    await stage.settle()
    [announced] = announcements(stage)
    assert "New checkout form &amp; more" in announced.shown or "New checkout form & more" in announced.shown
    assert len(announcements(stage)) == 1
