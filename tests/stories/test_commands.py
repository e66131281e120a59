"""What can be typed can be done, one command after the other, as a person would."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.app import running
from bot.db.migrate import upgrade
from bot.errors import ConfigError
from bot.sandbox import Workspace
from bot.settings import load_settings
from tests.stories.conftest import Clock, Metrics, Stage

sockets_only = pytest.mark.parametrize("transport", ["socket"], indirect=True)


async def set_scene(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 12 Dec')
    await stage.settle()
    await stage.says(
        stage.alice, stage.general, "/criteria add p95 latency <= 300 ms guardrail source manual"
    )


@sockets_only
async def test_a_number_found_at_an_address_becomes_a_criterion(stage: Stage) -> None:
    await set_scene(stage)
    stage.metrics.body = {"stats": {"p95": 412, "name": "checkout"}, "list": [1, 2]}
    outcome = await stage.alice.command(stage.general, f"/criteria try {stage.metrics.address}/stats")
    await stage.settle()
    found = outcome.messages[-1]
    assert "$.stats.p95" in found.shown
    assert "412" in found.shown
    await stage.alice.click(
        found,
        "use_number",
        value=next(
            block["accessory"]["value"] for block in found.blocks if "$.stats.p95" in str(block.get("text"))
        ),
    )
    view = await stage.alice.wait_view(lambda view: "Better when" in view.shown)
    inputs = {
        block["block_id"]: block["element"] for block in view.body["blocks"] if block["type"] == "input"
    }
    assert inputs["url"]["initial_value"] == f"{stage.metrics.address}/stats"
    assert inputs["path"]["initial_value"] == "$.stats.p95"
    assert inputs["name"]["initial_value"] == "p95"
    assert "p95: *412*" in found.shown


@sockets_only
async def test_a_criterion_is_set_paused_resumed_and_archived(stage: Stage) -> None:
    await set_scene(stage)
    said = await stage.says(stage.alice, stage.general, '/criteria set p95 latency 412 "after the cache fix"')
    assert "breached" in said
    shown = await stage.says(stage.bob, stage.general, "/criteria show p95 latency")
    assert "after the cache fix" in shown
    assert "paused" in await stage.says(stage.alice, stage.general, "/criteria pause p95 latency")
    assert "paused" in await stage.says(stage.bob, stage.general, "/criteria list")
    assert "read and judged again" in await stage.says(
        stage.alice, stage.general, "/criteria resume p95 latency"
    )
    assert "archived" in await stage.says(stage.alice, stage.general, "/criteria archive p95 latency")
    assert "p95" not in await stage.says(stage.bob, stage.general, "/criteria list")


@sockets_only
async def test_who_may_not_change_something_can_ask_the_owner(stage: Stage) -> None:
    await set_scene(stage)
    outcome = await stage.bob.command(stage.general, "/criteria archive p95 latency")
    await stage.settle()
    await stage.bob.click(outcome.messages[-1], "Ask the owner")
    await stage.settle()
    [asked] = stage.workspace.direct_messages(stage.alice_user)
    assert "/criteria archive p95 latency" in asked.shown
    assert "p95 latency" in await stage.says(stage.bob, stage.general, "/criteria list")


@sockets_only
async def test_an_initiative_is_closed_after_a_confirmation(stage: Stage) -> None:
    await set_scene(stage)
    outcome = await stage.alice.command(stage.general, "/initiative close")
    await stage.settle()
    await stage.alice.click(outcome.messages[-1], "Close the initiative")
    await stage.settle()
    assert "No initiatives" in await stage.says(stage.alice, stage.general, "/initiative list")
    assert "p95" not in await stage.says(stage.alice, stage.general, "/criteria list all")


@sockets_only
async def test_an_initiative_is_started_in_the_modal(stage: Stage) -> None:
    await stage.alice.command(stage.general, "/initiative new")
    await stage.alice.wait_view(lambda view: "Home channel" in view.shown)
    submitted = await stage.alice.submit({"Name": "Search", "End date": "2026-12-31"})
    assert submitted.errors == {}
    await stage.settle()
    assert "Search" in await stage.says(stage.alice, stage.general, "/initiative show Search")


@sockets_only
async def test_a_value_is_set_in_the_modal(stage: Stage) -> None:
    await set_scene(stage)
    outcome = await stage.alice.command(stage.general, "/criteria show p95 latency")
    await stage.settle()
    await stage.alice.click(outcome.messages[-1], "Set a value")
    await stage.alice.wait_view(lambda view: "Value in ms" in view.shown)
    refused = await stage.alice.submit({"Value in ms": "1,5"})
    assert "reads two ways" in refused.errors["Value in ms"]
    await stage.alice.submit({"Value in ms": "250"})
    await stage.settle()
    assert "250 ms" in await stage.says(stage.alice, stage.general, "/criteria list")


@sockets_only
async def test_a_preview_is_private_until_it_is_posted_once(stage: Stage) -> None:
    await set_scene(stage)
    outcome = await stage.alice.command(stage.general, "/progress")
    await stage.settle()
    preview = outcome.messages[-1]
    assert "Checkout rewrite" in preview.shown
    assert stage.posts(stage.general) == []
    await stage.alice.click(preview, "Post here")
    await stage.alice.click(preview, "Post here")
    await stage.settle()
    assert len(stage.posts(stage.general)) == 1


@sockets_only
async def test_loop_takes_every_command_and_says_what_it_does_not_know(stage: Stage) -> None:
    await set_scene(stage)
    assert "p95 latency" in await stage.says(stage.alice, stage.general, "/loop criteria list")
    assert "/loop criteria" in await stage.says(stage.alice, stage.general, "/loop help")
    assert "Did you mean" in await stage.says(stage.alice, stage.general, "/criteria lst")


@sockets_only
async def test_a_list_longer_than_a_dozen_pages(stage: Stage) -> None:
    await set_scene(stage)
    for number in range(13):
        await stage.says(
            stage.alice, stage.general, f"/criteria add Number {number} >= 5 by 12 Dec source manual"
        )
    outcome = await stage.alice.command(stage.general, "/criteria list")
    first = outcome.messages[-1]
    assert "Next 2" in first.shown
    clicked = await stage.alice.click(first, "Next 2")
    await stage.settle()
    assert "Number" in (clicked.messages or outcome.messages)[-1].shown


async def test_a_prefix_renames_every_command(metrics: Metrics, tmp_path: Path) -> None:
    from bot.manifest import load_manifest

    manifest = load_manifest()
    for command in manifest["features"]["slash_commands"]:
        command["command"] = "/lm-" + command["command"].removeprefix("/")
    clock = Clock()
    async with Workspace(manifest, transport="socket", now=clock.now) as workspace:
        settings = load_settings(
            _env_file=None,
            SLACK_BOT_TOKEN=workspace.bot_token,
            SLACK_APP_TOKEN=workspace.app_token,
            SLACK_API_URL=workspace.api_url,
            DATABASE_URL=f"sqlite:///{tmp_path}/loopmark.db",
            PORT=0,
            LOOPMARK_COMMAND_PREFIX="lm-",
        )
        stage = Stage(clock, workspace, metrics, settings)
        await stage.start()
        assert "/lm-criteria add" in await stage.says(stage.alice, stage.general, "/lm-criteria help")
        await stage.stop()


@sockets_only
async def test_the_health_pages_say_what_is_wrong(stage: Stage) -> None:
    async with ClientSession() as session:
        for page in ("/healthz", "/readyz"):
            async with session.get(stage.address + page) as answer:
                assert (answer.status, (await answer.json())["ok"]) == (200, True)
        stage.workspace.revoke_tokens()
        await stage.alice.command(
            stage.general, f"/progress schedule every day 10:00 in {stage.general.mention}"
        )
        await stage.settle()
        async with session.get(stage.address + "/readyz") as answer:
            assert answer.status == 503
            assert "token" in (await answer.json())["problems"]["slack"]


async def test_the_loop_runs_on_postgresql_and_an_old_schema_is_refused(
    postgresql_url: str, databases: object, metrics: Metrics
) -> None:
    clock = Clock()
    async with Workspace(transport="socket", now=clock.now) as workspace:
        workspace.limits.enabled = False

        def settings_for(url: str) -> object:
            return load_settings(
                _env_file=None,
                SLACK_BOT_TOKEN=workspace.bot_token,
                SLACK_APP_TOKEN=workspace.app_token,
                SLACK_API_URL=workspace.api_url,
                DATABASE_URL=url,
                PORT=0,
                LOOPMARK_ALLOWED_HOSTS="127.0.0.1",
                LOOPMARK_SECRET_KEY="a key of thirty-two characters or more",
            )

        empty = databases.postgresql(migrated=False)  # type: ignore[attr-defined]
        with pytest.raises(ConfigError, match="loopmark migrate"):
            async with running(settings_for(empty), now=clock.now, ticking=False):  # type: ignore[arg-type]
                raise AssertionError("it started on an old schema")
        upgrade(empty)
        databases.drop(empty)  # type: ignore[attr-defined]

        stage = Stage(clock, workspace, metrics, settings_for(postgresql_url))  # type: ignore[arg-type]
        await stage.start()
        try:
            await set_scene(stage)
            metrics.body = {"value": 7}
            await stage.says(
                stage.alice,
                stage.general,
                f"/criteria add Speed >= 5 by 12 Dec source {metrics.address}/x path $.value every 15m",
            )
            await stage.settle()
            await stage.says(stage.alice, stage.general, "/progress schedule every day 09:30")
            await stage.settle()
            await stage.pass_time(timedelta(minutes=30))
            [post] = stage.posts(stage.general)
            assert "Speed" in post.shown
        finally:
            await stage.stop()
        assert workspace.violations == []
