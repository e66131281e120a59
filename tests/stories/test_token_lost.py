"""The app is removed from the workspace over two Mondays and put back: the health page, the doctor and the posts."""

from __future__ import annotations

from datetime import timedelta

import aiohttp
import pytest

from bot.doctor import Mark, examine
from tests.stories.conftest import Stage


async def ready(stage: Stage) -> tuple[int, str]:
    """Return what the health page says."""
    async with aiohttp.ClientSession() as session, session.get(f"{stage.address}/readyz") as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_without_a_token_posts_wait_and_say_so_and_afterwards_the_latest_run_goes_out_once(
    stage: Stage,
) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by in 10 weeks')
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Calls <= 9 guardrail source manual every 90d")
    await stage.says(stage.alice, stage.general, "/criteria set Calls 4")
    await stage.alice.command(stage.general, "/progress schedule every Mon 09:00")
    await stage.settle()
    before = len(stage.posts(stage.general))
    assert (await ready(stage))[0] == 200

    stage.workspace.revoke_tokens("account_inactive")
    await stage.pass_time(timedelta(days=14, hours=1), step=timedelta(days=7))
    status, said = await ready(stage)
    assert status == 503
    assert "Slack refuses the bot token (account_inactive)" in said
    examination = await examine(stage.settings, now=stage.clock.now)
    found = {finding.about: finding for finding in examination.findings if finding.mark is Mark.WRONG}
    assert "The app was removed from the workspace" in found["bot token"].text
    # The latest run waits; the one of the week before gave way to it.
    assert found["outbox"].text == "1 waiting, the longest for 1 h (account_inactive)"
    assert "SLACK_BOT_TOKEN" in found["outbox"].next_step
    assert len(stage.posts(stage.general)) == before

    stage.workspace.server.team.installation.dead_tokens.clear()
    await stage.restart()
    await stage.settle()
    assert (await ready(stage))[0] == 200
    [*_, post] = stage.posts(stage.general)
    assert len(stage.posts(stage.general)) == before + 1
    assert "late by 1 h" in post.shown
    assert "also missed: 30 Nov 09:00" in post.shown
