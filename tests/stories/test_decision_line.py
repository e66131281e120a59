"""A decision line: written before the results, frozen by them, asked about on its day, owed after it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.model import Message
from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)

LINE = "/loop line keep if Support calls <= 9 decide by in 2 days"


def cards(stage: Stage) -> list[Message]:
    return [post for post in stage.posts(stage.general) if "⚖️" in post.shown]


async def set_scene(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Support calls <= 20 guardrail source manual")


async def test_a_choice_against_the_line_asks_why_and_the_card_tells_it(stage: Stage) -> None:
    await set_scene(stage)
    assert "has no criterion “Calls”" in await stage.says(
        stage.alice, stage.general, "/loop line keep if Calls <= 9 decide by in 2 days"
    )
    assert "can change the decision line" in await stage.says(stage.bob, stage.general, LINE)
    written = await stage.says(stage.alice, stage.general, LINE)
    assert "keep if Support calls &lt;= 9, *decide by " in written
    await stage.says(stage.alice, stage.general, '/loop ship "New checkout form"')
    await stage.pass_time(timedelta(hours=1))
    await stage.says(stage.alice, stage.general, "/criteria set Support calls 12")
    frozen = await stage.says(stage.alice, stage.general, LINE)
    assert "written before the results" in frozen

    await stage.pass_time(timedelta(days=2), step=timedelta(hours=6))
    [card] = cards(stage)
    assert "Keep if Support calls &lt;= 9: it is *12*, which does not hold" in card.shown
    refused = await stage.bob.click(card, "Keep")
    await stage.settle()
    assert "can change what is decided" in refused.messages[-1].shown
    await stage.alice.click(card, "Keep")
    view = await stage.alice.wait_view(lambda view: "The decision line: keep if" in str(view.body))
    assert view.title == "Decide"
    submitted = await stage.alice.submit({"reason": "the calls were about something else"})
    assert not submitted.errors
    await stage.pass_time(timedelta(seconds=5))
    [card] = cards(stage)
    assert "Decided: *keep*, against the decision line" in card.shown
    assert "about something else" in card.shown
    told = [message.shown for message in stage.workspace.messages(stage.general)]
    assert sum("Decided: *keep*" in text for text in told) == 2


async def test_what_is_not_decided_in_time_waits_on_home_and_in_digests(stage: Stage) -> None:
    await set_scene(stage)
    await stage.says(stage.alice, stage.general, LINE)
    await stage.pass_time(timedelta(days=4), step=timedelta(hours=12))
    assert len(cards(stage)) == 1
    await stage.alice.open_home()
    await stage.settle()
    home = stage.workspace.home(stage.alice_user)
    assert home is not None
    assert "decision due since" in str(home.body)
    await stage.alice.command(stage.general, "/progress schedule every day 10:00 for all")
    await stage.settle()
    await stage.pass_time(timedelta(days=1), step=timedelta(hours=12))
    digest = [post for post in stage.posts(stage.general) if "Decision debt" in post.shown]
    assert len(digest) == 1
    outcome = await stage.alice.command(stage.general, "/loop decide change because nobody called")
    await stage.settle()
    assert "*change*" in outcome.messages[-1].shown
    await stage.alice.open_home()
    await stage.settle()
    home = stage.workspace.home(stage.alice_user)
    assert home is not None
    assert "decision due since" not in str(home.body)
