"""`make bench`: commands a second beside a bare Bolt acknowledgement, as ratios of the same run.

The server runs in its own process as `loopmark run` starts it; the load comes from this one. Rounds alternate
between the floor and the cases, since the machine's speed changes while it runs. Bounded to about two minutes.
"""

from __future__ import annotations

import argparse
import asyncio
from urllib.parse import urlsplit

from rich.console import Console

from benchmarks.cases import CASES, CRITERIA, FLOOR, add_by_hand, seed, set_scene
from benchmarks.load import press
from benchmarks.process import started
from benchmarks.report import Report
from bot.sandbox import Workspace


async def measure_commands(*, seconds: float, rounds: int, concurrencies: tuple[int, ...]) -> Report:
    """Start the bot, let Alice set the scene, and return what the cases came to.

    Args:
        seconds: Length of one stretch of load.
        rounds: Stretches of each case at each concurrency.
        concurrencies: Connections at the same time, one after the other.
    """
    report = Report()
    async with Workspace(transport="http") as workspace:
        workspace.limits.enabled = False
        scene = set_scene(workspace)
        async with started(workspace) as server:
            workspace.request_url = server.says["bot"] + "/slack/events"
            values = [f'/criteria set "Signups {number}" 400' for number in range(1, CRITERIA + 1)]
            await seed(scene, [*map(add_by_hand, range(1, CRITERIA + 1)), *values])
            for concurrent in concurrencies:
                for _ in range(rounds):
                    for case in CASES:
                        floor_rate = None
                        for each in (FLOOR, case):
                            url = server.says[each.server] + "/slack/events"
                            parts = urlsplit(url)
                            assert parts.hostname is not None
                            assert parts.port is not None
                            piece = await press(
                                (parts.hostname, parts.port),
                                scene.prepared(each, url),
                                concurrent=concurrent,
                                seconds=seconds,
                            )
                            report.add(each, concurrent, piece, floor_rate)
                            floor_rate = piece.rate
    return report


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="length of one stretch of load")
    parser.add_argument("--rounds", type=int, default=5, help="stretches of each case")
    chosen = parser.parse_args()
    console = Console()
    report = await measure_commands(seconds=chosen.seconds, rounds=chosen.rounds, concurrencies=(1, 16, 64))
    report.show(console)


if __name__ == "__main__":
    asyncio.run(main())
