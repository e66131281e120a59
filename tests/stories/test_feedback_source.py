"""What people answered becomes a criterion's value: a prompt, its close, and the criterion that reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)


async def test_a_criterion_takes_the_mean_of_a_prompt_once_it_has_closed(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 12 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.general, '/feedback ask "How clear is it?" scale closes in 2d')
    await stage.settle()
    prompt = next(message for message in stage.posts(stage.general) if "How clear is it?" in message.shown)
    await stage.bob.click(prompt, "4")
    await stage.charlie.click(prompt, "5")

    line = "/criteria add Clarity >= 4 by 12 Dec source feedback with prompt=#1 measure=mean"
    early = await stage.alice.command(stage.general, line)
    await stage.settle()
    assert "prompt #1 is still open" in early.messages[-1].shown

    await stage.pass_time(timedelta(days=2, minutes=1))
    saved = await stage.alice.command(stage.general, line)
    await stage.settle()
    assert "4.5" in saved.messages[-1].shown
    assert "Clarity" in await stage.says(stage.bob, stage.general, "/criteria list")
