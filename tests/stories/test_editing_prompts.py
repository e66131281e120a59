"""A prompt is edited after people answered: what would be dropped is said before it is saved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)


async def test_an_option_is_renamed_and_another_is_removed_with_its_answers(stage: Stage) -> None:
    await stage.alice.command(stage.general, '/feedback ask "Which one?" choice "Left" "Right" "Both"')
    await stage.settle()
    [prompt] = stage.posts(stage.general)
    await stage.bob.click(prompt, "Left")
    await stage.charlie.click(prompt, "Right")
    await stage.settle()

    refused = await stage.bob.command(stage.general, "/feedback edit #1")
    await stage.settle()
    assert "Only whoever asked “Which one?” or a workspace admin can edit it." in refused.messages[-1].shown
    assert "Ask the owner" in stage.bob.buttons(refused.messages[-1])

    await stage.alice.command(stage.general, "/feedback edit #1")
    await stage.alice.wait_view(lambda view: "Votes follow when it is renamed" in view.shown)
    errors = await stage.alice.submit({"Kind": "Scale"})
    assert "somebody has answered" in str(errors)
    await stage.alice.submit({"Kind": "Choice", "Option 1": "The left one", "Option 2": ""})
    warned = await stage.alice.wait_view(lambda view: "will be dropped" in view.shown)
    assert "1 answer will be dropped, for “Right”." in warned.shown
    await stage.alice.submit({})
    await stage.alice.wait_view(lambda view: "Saved: “Which one?”" in view.shown)
    await stage.pass_time(timedelta(seconds=5))
    [prompt] = stage.posts(stage.general)
    assert "The left one · 1 of 1 (100 %)" in prompt.shown
    assert "Right" not in prompt.shown
    assert "edited" in prompt.shown


async def test_a_prompt_is_put_to_somebody_and_its_results_are_kept_until_the_close(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/feedback ask "Ship it?" thumbs')
    await stage.settle()
    await stage.alice.command(stage.general, "/feedback edit #1")
    await stage.alice.wait_view(lambda view: "Who may answer" in view.shown)
    await stage.alice.submit({"Only these people": [stage.bob_user], "Results": "Shared"})
    await stage.alice.wait_view(lambda view: "Saved: “Ship it?”" in view.shown)
    await stage.pass_time(timedelta(seconds=5))
    [prompt] = stage.posts(stage.general)
    assert f"for <@{stage.bob_user.id}>" in prompt.shown
    assert "Nobody sees how many chose what before it closes" in prompt.shown
    [invited] = stage.workspace.direct_messages(stage.bob_user)
    assert "Ship it?" in invited.shown
    refused = await stage.charlie.click(prompt, "Thumbs up")
    await stage.settle()
    assert "you are not one of them" in refused.messages[-1].shown


async def test_of_an_anonymous_prompt_the_form_tells_no_number(stage: Stage) -> None:
    await stage.alice.command(
        stage.general, '/feedback ask "Which one?" choice "Left" "Right" "Both" anonymous'
    )
    await stage.settle()
    [prompt] = stage.posts(stage.general)
    await stage.bob.click(prompt, "Right")
    await stage.settle()
    await stage.alice.command(stage.general, "/feedback edit")
    await stage.alice.wait_view(lambda view: "It can only be raised" in view.shown)
    errors = await stage.alice.submit({"Results from how many answers": "4"})
    assert "can't go down from 5 to 4" in str(errors)
    await stage.alice.submit({"Results from how many answers": "6", "Option 2": ""})
    warned = await stage.alice.wait_view(lambda view: "will be dropped" in view.shown)
    assert "Answers for “Right” will be dropped. How many there are is not told" in warned.shown
    await stage.alice.submit({})
    await stage.alice.wait_view(lambda view: "Saved: “Which one?”" in view.shown)
    await stage.pass_time(timedelta(seconds=5))
    [prompt] = stage.posts(stage.general)
    assert "1 answer so far." in prompt.shown
    assert "never of fewer than 6 people" in prompt.shown
