"""Follow-ups, from a decision to the day they are due: typed, in the form, by buttons, in the digest and on Home."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.model import Message, View
from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)


async def set_scene(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    # Whoever types or is named is known from then on.
    for person in (stage.bob, stage.charlie):
        await stage.says(person, stage.general, "/loop away")
        await stage.settle()


def runbook(stage: Stage, when: str = "in 3 days") -> str:
    return f'/loop follow-up "Write the runbook" owner {stage.bob_user.mention} by {when}'


def direct(stage: Stage, name: str) -> list[Message]:
    user = {"alice": stage.alice_user, "bob": stage.bob_user, "charlie": stage.charlie_user}[name]
    return stage.workspace.direct_messages(user)


def home_of(stage: Stage, name: str) -> View:
    user = {"alice": stage.alice_user, "bob": stage.bob_user}[name]
    home = stage.workspace.home(user)
    assert home is not None
    return home


async def test_a_line_without_an_owner_comes_back_with_an_example_and_its_form(stage: Stage) -> None:
    await set_scene(stage)
    outcome = await stage.charlie.command(stage.general, '/loop follow-up "Write the runbook" by 3 Dec')
    [refused] = outcome.messages
    assert "A follow-up needs an owner who sees to it" in refused.shown
    assert "For example: `/loop follow-up Write the runbook owner @Alice by 3 Dec`" in refused.shown
    await stage.charlie.click(refused, "Open as form")
    form = await stage.charlie.wait_view(lambda view: "What is to be done?" in view.shown)
    assert "2026-12-03" in str(form.body)
    assert "Write the runbook" in str(form.body)
    submitted = await stage.charlie.submit({"owner": stage.bob_user})
    assert not submitted.errors
    await stage.settle()
    assert "Kept: *Write the runbook* of *Checkout rewrite*" in direct(stage, "charlie")[-1].shown
    assert "Write the runbook" in await stage.says(stage.bob, stage.general, "/loop follow-ups mine")


async def test_after_a_decision_one_is_added_reminded_of_and_done(stage: Stage) -> None:
    await set_scene(stage)
    decided = await stage.alice.command(stage.general, "/loop decide keep because signups doubled")
    await stage.settle()
    assert "Add a follow-up" in stage.alice.buttons(decided.messages[-1])
    [told] = [each for each in stage.workspace.messages(stage.general) if "Decided: *keep*" in each.shown]
    await stage.charlie.click(told, "Add a follow-up")
    form = await stage.charlie.wait_view(lambda view: "What is to be done?" in view.shown)
    assert "For *Checkout rewrite*" in form.shown
    typed = {"text": "Write the runbook", "owner": stage.bob_user, "due": "2026-11-26"}
    refused = await stage.charlie.submit({**typed, "due": "2026-11-20"})
    assert "is in the past" in str(refused.errors)
    assert not (await stage.charlie.submit(typed)).errors
    await stage.settle()

    # On the day, in the morning of New York.
    await stage.pass_time(timedelta(days=3), step=timedelta(hours=12))
    assert not any("runbook" in each.shown for each in direct(stage, "bob"))
    await stage.pass_time(timedelta(hours=6), step=timedelta(hours=1))
    [reminder] = [each for each in direct(stage, "bob") if "runbook" in each.shown]
    assert "A follow-up of yours is *due today*" in reminder.shown
    await stage.bob.click(reminder, "Done")
    await stage.settle()
    [done] = [each for each in direct(stage, "bob") if "runbook" in each.shown]
    assert "✅ Done: *Write the runbook*" in done.shown
    story = await stage.says(stage.alice, stage.general, "/initiative show")
    assert "☑️ follow-up done: Write the runbook" in story
    await stage.bob.click(done, "Reopen")
    await stage.settle()
    [again] = [each for each in direct(stage, "bob") if "runbook" in each.shown]
    assert stage.bob.buttons(again) == ["Done", "Snooze a week", "Not doing"]
    await stage.bob.click(again, "Not doing")
    await stage.bob.wait_view(lambda view: "Why not, in one sentence" in view.shown)
    assert "Say why it is not done" in str((await stage.bob.submit({"reason": " "})).errors)
    assert not (await stage.bob.submit({"reason": "the old checkout is off"})).errors
    await stage.settle()
    assert "🚫 Not doing: *Write the runbook*" in direct(stage, "bob")[-1].shown
    assert "No open follow-ups" in await stage.says(stage.bob, stage.general, "/loop follow-ups")


async def test_only_its_owners_close_one_in_the_list_and_others_ask(stage: Stage) -> None:
    await set_scene(stage)
    added = await stage.alice.command(stage.general, runbook(stage))
    assert "Undo" in stage.alice.buttons(added.messages[-1])
    for number in range(13):
        line = f'/loop follow-up "Step {number}" owner {stage.alice_user.mention} by in {number + 4} days'
        await stage.says(stage.charlie, stage.general, line)
    outcome = await stage.charlie.command(stage.general, "/loop follow-ups")
    [page] = outcome.messages
    assert page.shown.index("Write the runbook") < page.shown.index("Step 0")
    assert "14 open follow-ups in this channel" in page.shown
    assert "Step 12" not in page.shown
    nexts = await stage.charlie.click(page, "Next 2")
    await stage.settle()
    assert "Step 12" in nexts.messages[-1].shown

    [page] = (await stage.charlie.command(stage.general, "/loop follow-ups")).messages
    refused = await stage.charlie.choose(page, "follow_up:1", "Done")
    await stage.settle()
    assert "Only its owner" in refused.messages[-1].shown
    asked = await stage.charlie.click(refused.messages[-1], "Ask the owner")
    await stage.pass_time(timedelta(minutes=1))
    assert "I ask" in asked.messages[-1].shown
    [question] = [each for each in direct(stage, "bob") if "asks: is" in each.shown]
    assert "is *Write the runbook* of *Checkout rewrite* done?" in question.shown
    await stage.bob.click(question, "Snooze a week")
    await stage.settle()
    assert "💤 Snoozed until Mon 30 Nov" in direct(stage, "bob")[-1].shown

    outcome = await stage.alice.command(stage.general, "/loop follow-ups for Checkout rewrite")
    [listed] = outcome.messages
    closed = await stage.alice.choose(listed, "follow_up:2", "Done")
    await stage.settle()
    redrawn = closed.messages[-1]
    assert "✅ Done: *Step 0*" in redrawn.shown
    assert "13 open follow-ups of Checkout rewrite" in redrawn.shown
    reopened = await stage.alice.click(redrawn, "Reopen")
    await stage.settle()
    assert "14 open follow-ups of Checkout rewrite" in reopened.messages[-1].shown

    undone = await stage.alice.click(added.messages[-1], "Undo")
    await stage.settle()
    assert "is no follow-up" in undone.messages[-1].shown
    assert "Write the runbook" not in await stage.says(stage.bob, stage.general, "/loop follow-ups all")


async def test_the_digest_and_home_tell_what_is_due_until_it_is_done(stage: Stage) -> None:
    await set_scene(stage)
    await stage.says(stage.alice, stage.general, runbook(stage))
    later = f'/loop follow-up "Much later" owner {stage.bob_user.mention} by in 30 days'
    await stage.says(stage.alice, stage.general, later)
    await stage.alice.command(stage.leads, "/progress schedule every Mon 09:00 for all")
    await stage.bob.open_home()
    await stage.settle()
    home = home_of(stage, "bob")
    assert "☐ *Write the runbook*: due Thu 26 Nov" in home.shown
    assert "*Much later*: due Wed 23 Dec" in home.shown

    await stage.pass_time(timedelta(days=7, seconds=1), step=timedelta(days=1))
    [digest] = stage.posts(stage.leads)
    assert "*Follow-ups due*\n⚠️ Write the runbook of Checkout rewrite: Bob, 4 d overdue" in digest.shown
    assert "Much later" not in digest.shown
    details = [each for each in stage.workspace.messages(stage.leads) if each.thread_ts == digest.ts]
    assert any("⚠️ Write the runbook: Bob, 4 d overdue" in each.shown for each in details)

    await stage.bob.choose(home_of(stage, "bob"), "follow_up:1", "Done")
    await stage.settle()
    await stage.pass_time(timedelta(seconds=10))
    answer = await stage.bob.wait_view(lambda view: "✅ Done: *Write the runbook*" in view.shown)
    assert "Write the runbook" not in home_of(stage, "bob").shown
    await stage.bob.click(answer, "Reopen")
    await stage.settle()
    await stage.pass_time(timedelta(seconds=10))
    await stage.bob.wait_view(lambda view: "⚠️ Open: *Write the runbook*" in view.shown)
    assert "⚠️ *Write the runbook*: 4 d overdue" in home_of(stage, "bob").shown


async def test_who_is_named_for_the_first_time_is_asked_about_first_and_i_am_no_owner(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    assert "<@" in await stage.says(stage.alice, stage.general, runbook(stage))
    await stage.alice.command(stage.general, "/loop follow up")
    await stage.alice.wait_view(lambda view: "What is to be done?" in view.shown)
    typed = {"text": "Call them", "owner": stage.charlie_user, "due": "2026-12-03"}
    assert not (await stage.alice.submit(typed)).errors
    await stage.settle()
    assert "Kept: *Call them*" in direct(stage, "alice")[-1].shown
    me = f"<@{stage.workspace.bot_user_id}>"
    line = f"/loop follow-up Call them owner {me} by tomorrow"
    assert "I can't see to it myself" in await stage.says(stage.alice, stage.general, line)


async def test_charlie_sees_nothing_of_a_private_initiative_s(stage: Stage) -> None:
    await set_scene(stage)
    await stage.says(stage.alice, stage.secret, '/initiative new "Layoffs tool" by 12 Dec')
    await stage.settle()
    line = f'/loop follow-up "Tell nobody" owner {stage.bob_user.mention} by in 3 days for "Layoffs tool"'
    assert "There is no open initiative" in await stage.says(stage.charlie, stage.general, line)
    await stage.says(stage.alice, stage.secret, line)
    await stage.alice.command(stage.leads, "/progress schedule every Mon 09:00 for all")
    for person in (stage.charlie, stage.bob):
        for which in ("", " all", " mine"):
            assert "Tell nobody" not in await stage.says(person, stage.general, f"/loop follow-ups{which}")
    assert "Tell nobody" in await stage.says(stage.bob, stage.secret, "/loop follow-ups")
    assert "Tell nobody" in await stage.says(stage.alice, stage.general, "/loop follow-ups all")
    await stage.pass_time(timedelta(days=7, seconds=1), step=timedelta(hours=12))
    everything = [each.shown for each in stage.workspace.messages(stage.leads)]
    assert everything
    assert not any("nobody" in shown or "Layoffs" in shown for shown in everything)
    # Bob, who owns it, was told by direct message, and closes it there.
    [reminder] = [each for each in direct(stage, "bob") if "Tell nobody" in each.shown]
    await stage.bob.click(reminder, "Done")
    await stage.settle()
    assert "✅ Done: *Tell nobody*" in direct(stage, "bob")[-1].shown
