"""Recipes and GitHub repositories, as people add them."""

from __future__ import annotations

from tests.sources.github_recordings import github
from tests.stories.conftest import Stage


async def test_a_recipe_is_found_and_typed_and_becomes_an_address_and_a_path(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 12 Dec')
    assert "`statuspage`" in await stage.says(stage.alice, stage.general, "/criteria recipes")
    shown = await stage.says(stage.alice, stage.general, "/criteria recipes incidents unresolved")
    assert "is in no recipe" in shown
    asked = await stage.says(
        stage.alice, stage.general, "/criteria add Trouble <= 0 guardrail source recipe jira"
    )
    assert "The recipe jira needs site" in asked
    host = stage.metrics.address.removeprefix("http://")
    typed = await stage.alice.command(
        stage.general,
        f"/criteria add Trouble <= 0 guardrail source recipe statuspage_incidents with page={host}",
    )
    assert (
        f"Reading `$.incidents` in `https://{host}/api/v2/incidents/unresolved.json`"
        in typed.messages[0].shown
    )
    await stage.settle()
    assert "no TLS connection to 127.0.0.1" in typed.messages[-1].shown


async def test_a_repository_is_added_in_one_line(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 12 Dec')
    stage.metrics.text = github("issues").decode()
    api = f"{stage.metrics.address}/api/v3"
    line = f"/criteria add Open bugs <= 40 guardrail source github {api} with repo=octo/checkout"
    refused = await stage.says(stage.alice, stage.general, f"{line} measure=open_isues")
    assert "did you mean open_issues?" in refused
    added = await stage.alice.command(stage.general, f"{line} measure=open_issues label=bug")
    await stage.settle()
    assert "37" in added.messages[-1].shown
    assert "37" in await stage.says(stage.bob, stage.general, "/criteria list")
