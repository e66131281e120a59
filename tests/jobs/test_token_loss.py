"""The bot's token is revoked: every message waits, nothing is used up, and a good one lets the latest run out."""

from __future__ import annotations

import pytest
import structlog

from bot.db.token_waits import end_token_wait
from bot.deps import Database
from tests.progress_world import TEAM, World
from tests.slack_double import refused

ERRORS = ["token_revoked", "account_inactive", "invalid_auth"]


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    await made.read(await made.add(), 700)
    await made.settle()
    await made.schedule()
    made.slack.sent.clear()
    return made


async def tries(world: World) -> int:
    """Count the attempts Slack saw since the last count."""
    return 50 - len(world.slack.script)


@pytest.mark.parametrize("error", ERRORS)
async def test_one_message_in_five_minutes_tries_the_token_and_no_attempt_is_used_up(
    world: World, error: str
) -> None:
    await world.start("Refunds", "C0LEADS")
    await world.schedule(channel_id="C0LEADS")
    world.forward(days=7)
    world.slack.script = [refused(error)] * 50
    with structlog.testing.capture_logs() as logs:
        for _ in range(60):
            await world.settle()
            world.forward(minutes=1)
    # Two at once when it was lost, then one every five minutes, for both channels.
    assert 2 + 10 <= await tries(world) <= 2 + 12
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["posts wait"]
    rows = [row for row in await world.outbox() if row.state == "pending"]
    assert len(rows) == 2
    assert [(row.attempts, row.lease_token, row.last_error) for row in rows] == [(0, None, error)] * 2

    world.slack.script = []
    world.forward(minutes=5)
    await world.settle()
    assert sorted(sent.channel_id for sent in world.slack.sent) == ["C0GENERAL", "C0LEADS"]
    assert world.slack.looks == []


async def test_what_comes_meanwhile_waits_too(world: World) -> None:
    world.forward(days=7)
    world.slack.script = [refused("invalid_auth")] * 50
    await world.settle()
    await world.start("Refunds", "C0LEADS")
    await world.read(await world.add("late", initiative_id=2), 900)
    await world.settle()
    assert await tries(world) == 1


async def test_after_three_mondays_without_a_token_only_the_latest_goes_out_and_names_the_others(
    world: World,
) -> None:
    world.slack.script = [refused("token_revoked")] * 9_000
    for _ in range(3):
        world.forward(days=7)
        await world.settle()
    world.slack.script = []
    world.forward(hours=2)
    # Started again with a token Slack takes.
    await world.deps.database.write(end_token_wait, TEAM, world.moment)
    await world.settle()
    (post,) = world.slack.sent
    assert post.key == "post:1:2026-12-14T08:00:00+00:00:1"
    said = str(post.message.blocks)
    assert "late by 2 h" in said
    assert "also missed: 7 Dec 09:00, 30 Nov 09:00" in said
    world.forward(days=7)
    await world.settle()
    assert "missed" not in str(world.slack.sent[-1].message.blocks)
    assert len(world.slack.sent) == 2
