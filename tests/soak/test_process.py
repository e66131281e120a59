"""The real process: told to stop, deaf, crowded."""

from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from bot.sandbox import Channel, Message, Person, Workspace
from tests.soak.conftest import Process, SlowMetrics

pytestmark = pytest.mark.soak


async def connected(workspace: Workspace, *, opened_before: int = 0) -> None:
    await workspace.wait_for(
        lambda: workspace.open_sockets > 0 and workspace.sockets_opened > opened_before, timeout_s=30
    )


async def typed(person: Person, channel: Channel, line: str) -> str:
    """Type a command and wait until the bot has said all it has to say."""
    outcome = await person.command(channel, line)
    assert outcome.error is None, outcome.error
    while not outcome.messages or "…" in outcome.messages[-1].shown[-2:]:
        await outcome.next_message(timeout_s=10)
    return outcome.messages[-1].shown


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


async def test_a_crowd_answering_at_once_loses_no_vote_and_doubles_none(
    workspace: Workspace, process: Process
) -> None:
    people = [workspace.add_user(f"Person {number}", tz="Europe/Berlin") for number in range(150)]
    general = workspace.add_channel("general", members=people)
    asker = workspace.person(people[0])
    await process.start()
    await connected(workspace)
    await typed(asker, general, '/feedback ask "How clear is it?" scale')
    await workspace.wait_for(lambda: bool(prompts(workspace, general)), timeout_s=20)
    [prompt] = prompts(workspace, general)

    chance = random.Random(11)
    clicks = [(person, str(chance.randint(1, 5))) for person in people for _ in range(2)]
    chance.shuffle(clicks)
    outcomes = await asyncio.gather(
        *(workspace.person(person).click(prompt, answer) for person, answer in clicks)
    )
    assert all(outcome.error is None for outcome in outcomes)
    results = await typed(asker, general, "/feedback results #1")
    assert "150 answers" in results
    waits = sorted(outcome.elapsed_s for outcome in outcomes)
    print(f"acknowledged: p50 {waits[len(waits) // 2]:.3f} s, p99 {waits[int(len(waits) * 0.99)]:.3f} s")  # noqa: T201  (a figure of the soak run)


def prompts(workspace: Workspace, channel: Channel) -> list[Message]:
    return [message for message in workspace.messages(channel) if "How clear is it?" in message.shown]
