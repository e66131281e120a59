"""The Home tab: how to begin, what waits, what is somebody's own, and nothing that is private to others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox import Person, User
from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)

NEW = '/initiative new "Checkout rewrite" by 12 Dec'


async def look(stage: Stage, person: Person, user: User) -> str:
    """Open somebody's Home and return what they see."""
    await person.open_home()
    await stage.settle()
    home = stage.workspace.home(user)
    assert home is not None
    return home.shown


async def test_an_empty_home_says_how_to_begin_and_ticks_the_steps_off(stage: Stage) -> None:
    empty = await look(stage, stage.alice, stage.alice_user)
    assert "Begin in three steps" in empty
    assert "1. *Start an initiative*" in empty
    home = stage.workspace.home(stage.alice_user)
    assert home is not None
    await stage.alice.click(home, "Start an initiative")
    await stage.alice.wait_view(lambda view: "Name" in view.shown)

    await stage.says(stage.alice, stage.general, NEW)
    await stage.settle()
    begun = await look(stage, stage.alice, stage.alice_user)
    assert "✅ *Start an initiative*" in begun
    assert "2. *Say what success means*" in begun
    home = stage.workspace.home(stage.alice_user)
    assert home is not None
    await stage.alice.click(home, "Say what success means")
    await stage.alice.wait_view(lambda view: "Initiative" in view.shown)


async def test_home_follows_what_happens_to_somebody_s_criteria_and_schedules(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, NEW)
    await stage.settle()
    await look(stage, stage.alice, stage.alice_user)
    await stage.says(stage.alice, stage.general, "/criteria add Support calls <= 9 guardrail source manual")
    await stage.pass_time(timedelta(seconds=10))
    home = stage.workspace.home(stage.alice_user)
    assert home is not None
    assert "Waiting for you" in home.shown
    assert "A value is due." in home.shown
    await stage.alice.click(home, "Set a value")
    await stage.alice.wait_view(lambda view: "Value" in view.shown)
    await stage.alice.submit({"Value": "12"})
    await stage.pass_time(timedelta(seconds=10))
    home = stage.workspace.home(stage.alice_user)
    assert home is not None
    assert "Waiting for you" not in home.shown
    assert "Your criteria" in home.shown
    assert "breached" in home.shown
    await stage.says(stage.alice, stage.general, "/progress schedule every Mon 09:00")
    await stage.settle()
    await stage.pass_time(timedelta(seconds=10))
    home = stage.workspace.home(stage.alice_user)
    assert home is not None
    assert "*#1* every Mon 09:00" in home.shown
    assert "next 30 Nov 09:00" in home.shown


async def test_home_is_published_only_when_something_changed(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, NEW)
    await stage.settle()
    await look(stage, stage.alice, stage.alice_user)
    before = stage.workspace.home(stage.alice_user)
    await stage.pass_time(timedelta(hours=2), step=timedelta(minutes=30))
    after = stage.workspace.home(stage.alice_user)
    assert before is not None
    assert after is not None
    assert after.hash == before.hash


async def test_home_shows_what_is_private_to_its_owner_only(stage: Stage) -> None:
    await stage.says(stage.alice, stage.secret, '/initiative new "Layoffs tool" by 12 Dec')
    await stage.settle()
    line = f"/criteria add Leaks <= 0 guardrail source manual owner {stage.bob_user.mention}"
    await stage.says(stage.alice, stage.secret, line)
    mine = "/criteria add Doubts <= 3 guardrail source manual"
    await stage.says(stage.alice, stage.secret, mine)
    assert "Doubts" in await look(stage, stage.alice, stage.alice_user)
    for person, user in ((stage.bob, stage.bob_user), (stage.charlie, stage.charlie_user)):
        seen = await look(stage, person, user)
        assert "Leaks" not in seen
        assert "Layoffs" not in seen
        assert "✅" not in seen


async def test_a_home_tab_that_is_switched_off_is_said_once_and_harms_nothing(stage: Stage) -> None:
    stage.workspace.server.team.installation.home_tab = False
    await stage.alice.open_home()
    await stage.settle()
    assert stage.workspace.home(stage.alice_user) is None
    stage.workspace.server.team.installation.home_tab = True
    await stage.pass_time(timedelta(hours=1))
    assert stage.workspace.home(stage.alice_user) is None  # it is not tried again until she opens it
    assert "Begin in three steps" in await look(stage, stage.alice, stage.alice_user)


async def test_a_value_that_is_due_waits_and_closed_work_is_gone(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Support calls <= 9 guardrail source manual")
    await stage.says(stage.alice, stage.general, "/criteria set Support calls 4")
    assert "Waiting for you" not in await look(stage, stage.alice, stage.alice_user)
    await stage.pass_time(timedelta(days=7, hours=1), step=timedelta(hours=12))
    home = stage.workspace.home(stage.alice_user)
    assert home is not None
    assert "Waiting for you" in home.shown
    outcome = await stage.alice.command(stage.general, "/initiative close")
    await stage.settle()
    await stage.alice.click(outcome.messages[-1], "Close the initiative")
    await stage.pass_time(timedelta(seconds=10))
    home = stage.workspace.home(stage.alice_user)
    assert home is not None
    assert "Support calls" not in home.shown


async def test_an_answer_in_words_to_a_click_on_home_is_shown_in_a_modal(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, NEW)
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Calls <= 9 by 12 Dec from 20 source push")
    assert "Calls" in await look(stage, stage.alice, stage.alice_user)
    home = stage.workspace.home(stage.alice_user)
    assert home is not None
    await stage.says(stage.alice, stage.general, "/criteria pause Calls")
    # What she sees is from before the pause.
    await stage.alice.click(home, "Check in")
    shown = await stage.alice.wait_view(lambda view: "is paused" in view.shown)
    assert "Start it again first" in shown.shown


async def test_the_steps_stay_until_all_three_are_done(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, NEW)
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Calls <= 9 guardrail source manual")
    seen = await look(stage, stage.alice, stage.alice_user)
    assert "✅ *Say what success means*" in seen
    assert "3. *Have progress posted*" in seen
    assert "Waiting for you" in seen
    await stage.says(stage.alice, stage.general, "/progress schedule every Mon 09:00")
    await stage.settle()
    assert "Begin in three steps" not in await look(stage, stage.alice, stage.alice_user)


async def test_a_prompt_that_names_somebody_is_answered_from_home(stage: Stage) -> None:
    await stage.says(stage.bob, stage.general, "/criteria list")
    await stage.settle()
    await look(stage, stage.bob, stage.bob_user)
    to = f"to {stage.bob_user.mention} in {stage.general.mention}"
    await stage.alice.command(
        stage.general, f'/feedback ask "How clear is it?" choice "Very" "Not at all" {to}'
    )
    await stage.settle()
    await stage.pass_time(timedelta(seconds=10))
    home = stage.workspace.home(stage.bob_user)
    assert home is not None
    assert "*How clear is it?*" in home.shown
    await stage.bob.click(home, "Answer")
    choices = await stage.bob.wait_view(lambda view: "Choose your answer" in view.shown)
    assert "with your name" in choices.shown
    await stage.bob.click(choices, "Very")
    receipt = await stage.bob.wait_view(lambda view: "is counted: *Very*" in view.shown)
    await stage.bob.click(receipt, "Change")
    again = await stage.bob.wait_view(lambda view: "Now it is *Very*" in view.shown)
    await stage.bob.click(again, "Not at all")
    receipt = await stage.bob.wait_view(lambda view: "is now *Not at all*" in view.shown)
    await stage.bob.click(receipt, "Withdraw")
    await stage.bob.wait_view(lambda view: "is withdrawn" in view.shown)
    await stage.bob.click(home, "Answer")
    choices = await stage.bob.wait_view(lambda view: "Choose your answer" in view.shown)
    await stage.bob.click(choices, "Very")
    await stage.settle()
    await stage.pass_time(timedelta(seconds=10))
    home = stage.workspace.home(stage.bob_user)
    assert home is not None
    assert "How clear is it?" not in home.shown


async def test_a_verdict_that_is_asked_for_and_new_notes_wait_on_home(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Calls <= 9 by 24 Nov from 20 source manual")
    await look(stage, stage.alice, stage.alice_user)
    await stage.says(stage.bob, stage.general, "/feedback The new form is confusing")
    await stage.settle()
    await stage.pass_time(timedelta(seconds=10))
    home = stage.workspace.home(stage.alice_user)
    assert home is not None
    assert "📝 *Checkout rewrite*: 1 new note" in home.shown
    await stage.alice.click(home, "See them")
    notes = await stage.alice.wait_view(lambda view: "The new form is confusing" in view.shown)
    assert "1 new note on Checkout rewrite" in notes.shown
    assert "/feedback notes new" in notes.shown

    await stage.pass_time(timedelta(days=2), step=timedelta(hours=12))
    await stage.pass_time(timedelta(seconds=10))
    home = stage.workspace.home(stage.alice_user)
    assert home is not None
    assert "It is over its due date without a verdict." in home.shown
    await stage.alice.click(home, "Set a value")
    await stage.alice.wait_view(lambda view: "Value" in view.shown)
    await stage.alice.submit({"Value": "8"})
    await stage.settle()
    await stage.pass_time(timedelta(seconds=10))
    home = stage.workspace.home(stage.alice_user)
    assert home is not None
    assert "without a verdict" not in home.shown


async def test_an_answer_for_which_the_click_s_trigger_comes_too_late_is_a_direct_message(
    stage: Stage,
) -> None:
    await stage.says(stage.alice, stage.general, NEW)
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Calls <= 9 by 12 Dec from 20 source push")
    await look(stage, stage.alice, stage.alice_user)
    home = stage.workspace.home(stage.alice_user)
    assert home is not None
    await stage.says(stage.alice, stage.general, "/criteria pause Calls")
    stage.workspace.faults.error("views.open", "expired_trigger_id", times=2)
    await stage.alice.click(home, "Check in")
    await stage.settle()
    [message] = stage.workspace.direct_messages(stage.alice_user)
    assert "is paused" in message.shown


@pytest.mark.parametrize("anonymous", ["", "anonymous "], ids=["named", "anonymous"])
async def test_no_anonymous_answer_stands_in_a_message_that_is_kept(stage: Stage, anonymous: str) -> None:
    people = [stage.workspace.add_user(f"Guest{number}") for number in range(4)]
    stage.general.members.update(person.id for person in people)
    await stage.says(stage.bob, stage.general, "/criteria list")
    await stage.settle()
    to = " ".join(each.mention for each in (stage.bob_user, *people))
    line = f'/feedback ask "How clear is it?" choice "Very" "Not at all" {anonymous}to {to} in {stage.general.mention}'
    await stage.alice.command(stage.general, line)
    await stage.settle()
    await look(stage, stage.bob, stage.bob_user)
    [post] = stage.posts(stage.general)
    await stage.bob.click(post, "Very")
    await stage.settle()
    if anonymous:
        home = stage.workspace.home(stage.bob_user)
        assert home is not None
        asked = len(stage.workspace.direct_messages(stage.bob_user))
        stage.workspace.faults.error("views.open", "expired_trigger_id")
        await stage.bob.click(home, "Answer")
        await stage.settle()
        *_, message = stage.workspace.direct_messages(stage.bob_user)
        assert len(stage.workspace.direct_messages(stage.bob_user)) == asked + 1
        assert "Choose your answer" in message.shown
        assert "Now it is" not in message.shown
        return
    await stage.pass_time(timedelta(seconds=10))
    assert "How clear is it?" not in await look(stage, stage.bob, stage.bob_user)
