"""Exports: files by direct message, of what somebody may see and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.sandbox import User
from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)


async def set_scene(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 12 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Support calls <= 9 guardrail source manual")
    await stage.says(stage.alice, stage.general, '/criteria set Support calls 12 "=cmd|x"')
    await stage.says(stage.alice, stage.secret, '/initiative new "Quiet riot" by 12 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.secret, "/criteria add Leaks <= 0 guardrail source manual")
    await stage.says(stage.bob, stage.general, "/criteria list")
    await stage.settle()


def files_of(stage: Stage, user: User) -> dict[str, bytes]:
    """Return the files of a person's last direct message with files, by their ending."""
    with_files = [message for message in stage.workspace.direct_messages(user) if message.files]
    files: list[Any] = with_files[-1].files
    return {
        str(file["name"]).rpartition(".")[2]: stage.workspace.file_content(str(file["id"])) for file in files
    }


async def test_readings_come_as_two_files_by_direct_message(stage: Stage) -> None:
    await set_scene(stage)
    outcome = await stage.bob.command(stage.general, "/criteria export support calls")
    await stage.settle()
    assert "Preparing the files …" in outcome.messages[0].shown
    assert "1 criterion with 1 reading, as CSV and as JSON" in outcome.messages[-1].shown
    files = files_of(stage, stage.bob_user)
    assert b"'=cmd|x" in files["csv"]
    [criterion] = json.loads(files["json"])["criteria"]
    assert criterion["readings"][0]["value"] == "12"


async def test_an_export_holds_only_what_somebody_may_see(stage: Stage) -> None:
    await set_scene(stage)
    await stage.bob.command(stage.lonely, "/progress export")
    await stage.settle()
    files = files_of(stage, stage.bob_user)
    assert b"Support calls" in files["csv"]
    assert b"Leaks" not in files["csv"] + files["json"]
    await stage.alice.command(stage.lonely, "/progress export")
    await stage.settle()
    assert b"Leaks" in files_of(stage, stage.alice_user)["csv"]


async def test_a_post_s_menu_exports_its_initiative(stage: Stage) -> None:
    await set_scene(stage)
    outcome = await stage.alice.command(stage.general, "/progress")
    await stage.settle()
    await stage.alice.click(outcome.messages[-1], "Post here")
    await stage.settle()
    post = stage.posts(stage.general)[-1]
    await stage.bob.choose(post, "post_menu", "Export where it stands")
    await stage.settle()
    assert b"breached" not in files_of(stage, stage.bob_user)["csv"]
    assert b"missed" in files_of(stage, stage.bob_user)["csv"]
    await stage.bob.choose(post, "post_menu", "Export all readings")
    await stage.settle()
    assert b"'=cmd|x" in files_of(stage, stage.bob_user)["csv"]


async def test_an_unknown_name_and_nothing_to_export_are_said(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, "/criteria list")
    await stage.settle()
    for line, says in (
        ("/criteria export", "There are no criteria to export yet."),
        ("/progress export for Chekout", "There is no open initiative “Chekout”."),
    ):
        outcome = await stage.alice.command(stage.general, line)
        await stage.settle()
        assert says in outcome.messages[-1].shown


async def test_results_of_a_prompt_come_without_names_and_only_once_they_may_be_shown(stage: Stage) -> None:
    await stage.says(stage.bob, stage.general, "/criteria list")
    await stage.settle()
    await stage.says(stage.alice, stage.general, '/feedback ask "=Recommend us?" enps')
    await stage.settle()
    prompt = stage.workspace.messages(stage.general)[-1]
    await stage.bob.click(prompt, "9")
    await stage.settle()
    outcome = await stage.bob.command(stage.general, "/feedback export #1")
    await stage.settle()
    assert "results of “=Recommend us?” (1 answer)" in outcome.messages[-1].shown
    files = files_of(stage, stage.bob_user)
    assert b"#1,'=Recommend us?,enps,9,1" in files["csv"]
    [exported] = json.loads(files["json"])["prompts"]
    assert (exported["enps"], exported["responses"]) == (100, 1)
    assert stage.bob_user.id.encode() not in files["csv"] + files["json"]

    await stage.says(stage.alice, stage.general, '/feedback ask "And honestly?" score anonymous')
    await stage.settle()
    refused = await stage.alice.command(stage.general, "/feedback export #2")
    await stage.settle()
    assert "nothing to export: Results are shown once, when it closes." in refused.messages[-1].shown
