"""The real process: told to stop, deaf, cut off."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from bot.sandbox import Workspace
from tests.soak.conftest import Process, SlowMetrics, connected, typed

pytestmark = pytest.mark.soak


async def test_sigterm_gives_work_in_hand_back_and_ends_with_0_within_10_s(
    workspace: Workspace, process: Process, slow_metrics: SlowMetrics, tmp_path: Path
) -> None:
    user = workspace.add_user("Alice", tz="Europe/Berlin")
    general = workspace.add_channel("general", members=[user])
    alice = workspace.person(user)
    await process.start()
    await connected(workspace)
    await typed(alice, general, '/initiative new "Checkout rewrite" by 31 Dec')
    await typed(
        alice,
        general,
        f"/criteria add Speed >= 5 by 31 Dec source {slow_metrics.address}/x path $.value every 1m",
    )
    slow_metrics.go_on.clear()
    slow_metrics.asked.clear()
    checking = await alice.command(general, "/criteria check Speed")
    assert checking.error is None
    await asyncio.wait_for(slow_metrics.asked.wait(), 10)

    began = time.monotonic()
    assert await process.end(signal.SIGTERM) == 0
    assert time.monotonic() - began < 10

    with sqlite3.connect(tmp_path / "loopmark.db") as connection:
        [(readings,)] = connection.execute("SELECT count(*) FROM reading")
    assert readings == 1
    assert "Traceback" not in process.log

    slow_metrics.go_on.set()
    await process.start()
    await connected(workspace, opened_before=1)
    assert "Speed" in await typed(alice, general, "/criteria list")


async def test_a_deaf_socket_is_noticed_and_rebuilt(workspace: Workspace, process: Process) -> None:
    user = workspace.add_user("Alice", tz="Europe/Berlin")
    general = workspace.add_channel("general", members=[user])
    await process.start()
    await connected(workspace)
    opened = workspace.sockets_opened
    workspace.deafen_sockets()
    await workspace.wait_for(lambda: workspace.sockets_opened > opened, timeout_s=60)
    await connected(workspace, opened_before=opened)
    outcome = await workspace.person(user).command(general, "/criteria help")
    assert outcome.error is None


async def test_a_cut_and_a_refreshed_socket_are_rebuilt(workspace: Workspace, process: Process) -> None:
    user = workspace.add_user("Alice", tz="Europe/Berlin")
    general = workspace.add_channel("general", members=[user])
    await process.start()
    await connected(workspace)
    for break_it in (workspace.cut_sockets, workspace.refresh_sockets):
        opened = workspace.sockets_opened
        broken = break_it()
        if broken is not None:
            await broken
        await connected(workspace, opened_before=opened)
        # Right after the change the library may open one more connection; then the answer comes over that one.
        for _ in range(20):
            outcome = await workspace.person(user).command(general, "/criteria help")
            if outcome.error is None:
                break
            await asyncio.sleep(0.5)
        assert outcome.error is None
