"""People answer with reactions and see that it counted; Slack tells of it twice and in any order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.model import Message
from tests.stories.conftest import Stage


async def react(stage: Stage, *, settle: bool = True) -> None:
    """Let the events arrive, and what follows from them."""
    await stage.workspace.drained()
    if settle:
        await stage.pass_time(timedelta(seconds=5))


def asked(stage: Stage) -> Message:
    return stage.posts(stage.general)[-1]


async def test_reactions_are_answers_where_the_prompt_says_so(stage: Stage) -> None:
    said = await stage.says(stage.alice, stage.general, '/feedback ask "Ship it?" thumbs reactions')
    await stage.settle()
    assert "A reaction shows everybody here who gave it." in said
    assert "Reactions count too: :+1: :-1:." in asked(stage).shown

    await stage.bob.react(asked(stage), "+1::skin-tone-3")
    await stage.bob.react(asked(stage), "tada")
    await react(stage)
    [receipt] = stage.workspace.ephemerals(stage.bob_user)
    assert "is counted: *Thumbs up 👍*" in receipt.shown
    assert "Thumbs up 👍 · 1 of 1" in asked(stage).shown

    await stage.restart()
    await stage.bob.unreact(asked(stage), "+1::skin-tone-3")
    await react(stage)
    assert "is withdrawn" in stage.workspace.ephemerals(stage.bob_user)[-1].shown
    assert "No answers yet" in asked(stage).shown

    await stage.bob.react(asked(stage), "-1")
    await react(stage)
    pressed = await stage.bob.click(stage.workspace.ephemerals(stage.bob_user)[-1], "Change")
    await stage.settle()
    await stage.bob.click(pressed.messages[-1], "Thumbs up 👍")
    await stage.bob.unreact(asked(stage), "-1")
    await react(stage)
    assert "Thumbs up 👍 · 1 of 1" in asked(stage).shown


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_events_that_come_twice_and_in_the_wrong_order_leave_the_last_state(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/feedback ask "How?" scale reactions')
    await stage.settle()
    faults = stage.workspace.faults
    faults.duplicate_events(3)
    faults.hold_events()
    await stage.bob.react(asked(stage), "four")
    await stage.bob.unreact(asked(stage), "four")
    await stage.bob.react(asked(stage), "five")
    faults.release_events()
    await react(stage)
    assert "5 · 1 of 1" in asked(stage).shown
    assert "1 answer so far" in asked(stage).shown


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_who_reacts_too_late_is_told_privately(stage: Stage) -> None:
    await stage.says(
        stage.alice, stage.general, '/feedback ask "Which?" choice "A" "B" reactions closes in 1h'
    )
    await stage.settle()
    assert ":one: A · :two: B" in asked(stage).shown
    await stage.pass_time(timedelta(hours=2))
    await stage.bob.react(asked(stage), "two")
    await react(stage)
    [told] = stage.workspace.ephemerals(stage.bob_user)
    assert "Your reaction changed nothing" in told.shown
    assert "closed" in told.shown
    assert "Reactions count" not in asked(stage).shown


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_an_anonymous_prompt_takes_no_reactions(stage: Stage) -> None:
    said = await stage.says(stage.alice, stage.general, '/feedback ask "Safe?" scale anonymous reactions')
    assert "can't answer an anonymous prompt" in said
    await stage.says(stage.alice, stage.general, '/feedback ask "Safe?" scale anonymous')
    await stage.settle()
    await stage.bob.react(asked(stage), "four")
    await react(stage)
    assert "No answers yet" in asked(stage).shown
    assert stage.workspace.ephemerals(stage.bob_user) == []


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_reactions_on_a_ship_count_where_its_form_was_ticked(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    await stage.alice.command(stage.general, "/loop ship")
    await stage.alice.wait_view(lambda view: "What was shipped?" in str(view.body))
    await stage.alice.submit({"What was shipped?": "New checkout form", "Reactions": ["Reactions count"]})
    await stage.settle()
    assert "Reactions count too: :+1: :-1:." in asked(stage).shown
    await stage.bob.react(asked(stage), "+1")
    await stage.charlie.react(asked(stage), "-1")
    await react(stage)
    assert "👍 1 · 👎 1" in asked(stage).shown
    assert "Counted: 👍 for *New checkout form*" in stage.workspace.ephemerals(stage.bob_user)[-1].shown
    await stage.bob.unreact(asked(stage), "+1")
    await react(stage)
    assert "👍 0 · 👎 1" in asked(stage).shown

    await stage.says(stage.alice, stage.general, '/loop ship "Another" reactions')
    await stage.settle()
    await stage.bob.react(asked(stage), "thumbsup")
    await react(stage)
    assert "👍 1 · 👎 0" in asked(stage).shown


async def test_reactions_while_the_bot_was_off_are_counted_at_its_start(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/feedback ask "Ship it?" thumbs reactions')
    await stage.settle()
    await stage.bob.react(asked(stage), "+1")
    await react(stage)
    stage.workspace.retry_delays_s = ()
    await stage.stop()
    await stage.bob.unreact(asked(stage), "+1")
    await stage.charlie.react(asked(stage), "-1")
    await stage.workspace.drained()
    stage.clock.advance(timedelta(minutes=30))
    await stage.start()
    await stage.settle()
    await stage.pass_time(timedelta(seconds=5))
    assert "Thumbs up 👍 · 0 of 1" in asked(stage).shown or "Thumbs up 👍 · 0" in asked(stage).shown
    assert "Thumbs down 👎 · 1 of 1" in asked(stage).shown
    assert "is withdrawn" in stage.workspace.ephemerals(stage.bob_user)[-1].shown
    assert "is counted: *Thumbs down" in stage.workspace.ephemerals(stage.charlie_user)[-1].shown
