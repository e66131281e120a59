"""A lead's digest: one message about many initiatives, with what needs them first and nothing private."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)


async def start(stage: Stage, name: str, value: int, channel: str = "general") -> None:
    """Start an initiative of Alice's with one guardrail that must stay at most 9."""
    where = getattr(stage, channel)
    await stage.says(stage.alice, where, f'/initiative new "{name}" by 12 Dec')
    await stage.settle()
    line = f'/criteria add {name} calls <= 9 guardrail source manual for "{name}"'
    await stage.says(stage.alice, where, line)
    await stage.says(stage.alice, where, f'/criteria set "{name} calls" {value}')
    await stage.settle()


async def test_a_digest_of_all_is_one_table_worst_first_with_details_in_its_thread(stage: Stage) -> None:
    await start(stage, "Checkout", 3)
    await start(stage, "Search", 12)
    await start(stage, "Quiet riot", 20, "secret")
    outcome = await stage.alice.command(stage.leads, "/progress schedule every Mon 09:00 for all")
    await stage.settle()
    said = outcome.messages[-1].shown
    assert "a digest of all initiatives" in said
    assert "Quiet riot" not in said

    await stage.pass_time(timedelta(days=7, seconds=1))
    [digest] = stage.posts(stage.leads)
    assert "*1 of 2 initiatives* needs attention" in digest.shown
    assert digest.shown.index("Search") < digest.shown.index("Checkout")
    assert "Search: guardrail breached, 1 of 1 need attention" in digest.text
    everything = [message.shown for message in stage.workspace.messages(stage.leads)]
    assert not any("Quiet riot" in shown for shown in everything)
    details = [message for message in stage.workspace.messages(stage.leads) if message.thread_ts == digest.ts]
    assert any("*Checkout calls*" in message.shown for message in details)

    # A week later it says what changed, once.
    await stage.pass_time(timedelta(minutes=1))
    await stage.says(stage.alice, stage.general, '/criteria set "Search calls" 2')
    await stage.pass_time(timedelta(days=7), step=timedelta(days=1))
    [_, second] = stage.posts(stage.leads)
    assert "✅ Search calls of Search: breached → *holds*" in second.shown


async def test_a_digest_only_if_a_status_changed_stays_silent_else(stage: Stage) -> None:
    await start(stage, "Checkout", 3)
    await start(stage, "Search", 12)
    line = '/progress schedule every day 10:00 only if status changed in #leads for "Checkout", "Search"'
    line = line.replace("#leads", f"<#{stage.leads.id}|leads>")
    outcome = await stage.alice.command(stage.general, line)
    await stage.settle()
    assert "a digest of *Checkout* and *Search*" in outcome.messages[-1].shown
    await stage.pass_time(timedelta(days=3), step=timedelta(hours=12))
    assert len(stage.posts(stage.leads)) == 1
    await stage.says(stage.alice, stage.general, '/criteria set "Checkout calls" 30')
    await stage.pass_time(timedelta(days=1), step=timedelta(hours=12))
    assert len(stage.posts(stage.leads)) == 2


async def test_mine_is_whoever_set_it_up_and_nothing_is_posted_of_nothing(stage: Stage) -> None:
    await start(stage, "Checkout", 3)
    await stage.bob.command(stage.general, "/progress schedule every day 10:00 for mine")
    await stage.alice.command(stage.general, "/progress schedule every day 10:00 for mine")
    await stage.settle()
    await stage.pass_time(timedelta(days=1), step=timedelta(hours=12))
    roots = stage.posts(stage.general)
    digests = [message for message in roots if "initiative*, none needs attention" in message.shown]
    assert len(digests) == 1
    listed = await stage.says(stage.bob, stage.general, "/progress list")
    assert f"a digest of <@{stage.bob_user.id}>'s initiatives (now none)" in listed


async def test_a_test_and_a_look_at_one_initiative_are_private(stage: Stage) -> None:
    await start(stage, "Checkout", 3)
    await start(stage, "Search", 12)
    await stage.alice.command(stage.general, '/progress schedule every Mon 09:00 for "Checkout", "Search"')
    await stage.settle()
    before = len(stage.posts(stage.general))
    outcome = await stage.alice.command(stage.general, "/progress test")
    await stage.settle()
    test = outcome.messages[-1]
    assert "Test of #1, seen only by you" in test.shown
    looked = await stage.alice.choose(test, "Look at …", "Search")
    await stage.settle()
    assert "Search" in looked.messages[-1].shown
    assert "Seen only by you." in looked.messages[-1].shown
    assert len(stage.posts(stage.general)) == before


async def test_the_form_makes_a_digest_and_refuses_two_answers_to_one_question(stage: Stage) -> None:
    await start(stage, "Checkout", 3)
    await stage.alice.command(stage.general, "/progress schedule")
    await stage.alice.wait_view(lambda view: "When" in view.shown)
    typed = {"When": "every Mon 09:00", "Of": "All initiatives, as one digest"}
    refused = await stage.alice.submit({**typed, "Initiatives": ["Checkout"]})
    assert "leave Initiatives empty" in str(refused)
    await stage.alice.submit({**typed, "Initiatives": []})
    await stage.settle()
    saved = await stage.alice.wait_view(lambda view: "Schedule #1" in view.shown)
    assert "a digest of all initiatives" in saved.shown
