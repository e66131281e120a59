"""Alice gives a lead without Slack a link to her initiative's page, and takes it back."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import httpx
import pytest

from bot.sandbox import Message
from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket", "http"], indirect=True)


def link_in(message: Message) -> str:
    """Return the path of the link that a message shows."""
    found = re.search(r"https://loopmark\.example\.com(/i/[^\s>|]+)", html.unescape(message.shown))
    assert found is not None, message.shown
    return found[1]


async def test_a_link_shows_the_page_until_it_is_revoked_or_ends(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 12 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Support calls <= 9 guardrail source manual")
    await stage.says(stage.alice, stage.general, "/criteria set Support calls 12")
    refused = await stage.says(stage.alice, stage.general, "/initiative share Checkout rewrite")
    assert "whoever runs Loopmark has to set LOOPMARK_PUBLIC_URL" in refused

    await stage.stop()
    stage.settings = stage.settings.model_copy(update={"public_url": "https://loopmark.example.com/"})
    await stage.start()
    assert "at least" in await stage.says(stage.alice, stage.general, "/initiative share for 5m")
    async with httpx.AsyncClient(base_url=stage.address) as browser:
        outcome = await stage.alice.command(stage.general, "/initiative share Checkout rewrite for 7d")
        [made] = outcome.messages
        alices = link_in(made)
        page = await browser.get(alices)
        assert page.status_code == 200
        assert "breached" in page.text
        pressed = await stage.alice.click(made, "Revoke")
        await stage.settle()
        assert "works no more" in pressed.messages[-1].shown
        assert (await browser.get(alices)).status_code == 404

        outcome = await stage.bob.command(stage.general, "/initiative share")
        await stage.settle()  # his zone was not known yet
        bobs = link_in(outcome.messages[-1])
        shown = await stage.says(stage.alice, stage.general, "/initiative show")
        assert f"Links to its page by <@{stage.bob_user.id}> until 23 Dec." in shown
        assert (await browser.get(bobs)).status_code == 200
        assert "The link to the page" in await stage.says(stage.alice, stage.general, "/initiative unshare")
        assert (await browser.get(bobs)).status_code == 404

        outcome = await stage.bob.command(stage.general, "/initiative share for 2d")
        ends = link_in(outcome.messages[-1])
        stage.clock.advance(timedelta(days=2))
        assert (await browser.get(ends)).status_code == 404


async def test_a_private_initiative_s_link_is_its_owner_s_after_a_warning(stage: Stage) -> None:
    await stage.stop()
    stage.settings = stage.settings.model_copy(update={"public_url": "https://loopmark.example.com"})
    await stage.start()
    await stage.says(stage.alice, stage.secret, '/initiative new "Quiet riot" by 12 Dec')
    await stage.settle()
    assert "Only its owner" in await stage.says(stage.bob, stage.secret, "/initiative share Quiet riot")
    assert "no open initiative" in await stage.says(stage.bob, stage.general, "/initiative share Quiet riot")
    outcome = await stage.alice.command(stage.secret, "/initiative share Quiet riot")
    assert "lives in a private channel" in outcome.messages[-1].shown
    pressed = await stage.alice.click(outcome.messages[-1], "Make the link")
    await stage.settle()
    async with httpx.AsyncClient(base_url=stage.address) as browser:
        assert "Quiet riot" in (await browser.get(link_in(pressed.messages[-1]))).text
