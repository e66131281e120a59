"""`make bench`: what commands, crowds, polls and posts cost, as ratios to a floor of the same run.

`python -m benchmarks commands`, `crowd`, `polls`, `posts` or `minute` measures one part. Rounds alternate between a
floor and what is measured, since the machine's speed changes while it runs. Bounded to about twelve minutes.
"""

from __future__ import annotations

import argparse
import asyncio
from urllib.parse import urlsplit

import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks.cases import CASES, CRITERIA, FLOOR, add_by_hand, seed, set_scene
from benchmarks.crowd import CROWD_ROWS, measure_crowd
from benchmarks.load import press
from benchmarks.minute import measure_loopmark, measure_prometheus
from benchmarks.polls import measure_polls, measure_storing, measure_ticks
from benchmarks.posts import measure_posts
from benchmarks.process import started
from benchmarks.report import Report
from bot.sandbox import Workspace

PARTS = ("commands", "crowd", "polls", "posts", "minute")


async def measure_commands(*, seconds: float, rounds: int, concurrencies: tuple[int, ...]) -> Report:
    """Start the bot, let Alice set the scene, and return what the cases came to.

    The server runs in a process of its own as `loopmark run` starts it; the load comes from this one.

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


async def measure_reading(*, rounds: int, sizes: tuple[int, ...]) -> Table:
    """Return what polls, ticks and stored readings cost, as a table.

    Args:
        rounds: Rounds of polls at each concurrency.
        sizes: Numbers of stored criteria to tick with.
    """
    table = Table("what", "seen", "aim", title="Reading sources, in processor time of the same run")
    for concurrent in (20, 100):
        cost = await measure_polls(concurrent=concurrent, rounds=rounds)
        table.add_row(
            f"a poll beside a bare fetch, {concurrent} concurrent",
            f"{cost.ratio:.2f} ({cost.poll_ms:.2f} ms / {cost.floor_ms:.2f} ms)",
            "≤ 1.5",
        )
    for size, cost_ms in await measure_ticks(sizes):
        table.add_row(f"a quiet tick with {size:,} criteria", f"{cost_ms:.2f} ms", "flat")
    table.add_row("readings stored a second", f"{await measure_storing():,.0f}", "≥ 50,000")
    return table


async def measure_crowds(*, people: int, prompts: int) -> Table:
    """Return what a crowd's answers come to over HTTP and over sockets, as a table."""
    table = Table(
        "", "over HTTP", "over sockets", "aim", title=f"{people:,} people answer {prompts} prompts at once"
    )
    http = await measure_crowd(people=people, prompts=prompts, transport="http")
    sockets = await measure_crowd(people=people, prompts=prompts, transport="socket")
    for name, cell, aim in CROWD_ROWS:
        table.add_row(name, cell(http), cell(sockets), aim)
    return table


def measure_building(*, rounds: int) -> Table:
    """Return what making a progress post costs, as a table."""
    cost = measure_posts(rounds=rounds)
    what = f"a post of {cost.criteria} criteria, {cost.characters:,} characters of JSON"
    table = Table("what", "a second", "beside writing it as JSON", title="Making progress posts")
    table.add_row(what, f"{cost.a_second:,.0f}", f"{cost.ratio:.1f} times")
    return table


def measure_a_minute(*, criteria: int, minutes: int) -> Table:
    """Return what reading so many criteria every minute takes, beside Prometheus where it is installed."""
    table = Table(title=f"{criteria:,} sources every minute, {minutes} min after one to warm up")
    for head in ("program", "CPU for 10,000 reads", "of a core", "memory", "late p50", "late p99"):
        table.add_column(head)
    ours = measure_loopmark(criteria=criteria, minutes=minutes)
    theirs = measure_prometheus(targets=criteria, minutes=minutes)
    for program, came_to in (("Loopmark", ours), ("Prometheus", theirs)):
        if came_to is None:
            table.add_row(program, "not installed")
            continue
        late = [came_to.late_p50_s, came_to.late_p99_s]
        table.add_row(
            program,
            f"{came_to.cpu_s:.2f} s",
            f"{came_to.core:.0%}",
            f"{came_to.memory_mb:,.0f} MB",
            *("" if one is None else f"{one:.2f} s" for one in late),
        )
    return table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="*", choices=[*PARTS, []], help="all of them unless some are named")
    parser.add_argument("--seconds", type=float, default=1.0, help="length of one stretch of commands")
    parser.add_argument("--rounds", type=int, default=5, help="stretches of each case, rounds of polls")
    parser.add_argument("--people", type=int, default=1_000, help="how many answer at once")
    parser.add_argument("--minutes", type=int, default=2, help="how long sources are read every minute")
    chosen = parser.parse_args()
    console = Console()
    what = chosen.what or PARTS
    if "commands" in what:
        asyncio.run(
            measure_commands(seconds=chosen.seconds, rounds=chosen.rounds, concurrencies=(1, 16, 64))
        ).show(console)
    if "crowd" in what:
        console.print(asyncio.run(measure_crowds(people=chosen.people, prompts=20)))
    if "polls" in what:
        console.print(uvloop.run(measure_reading(rounds=chosen.rounds, sizes=(1_000, 10_000, 100_000))))
    if "posts" in what:
        console.print(measure_building(rounds=chosen.rounds))
    if "minute" in what:
        console.print(measure_a_minute(criteria=10_000, minutes=chosen.minutes))


if __name__ == "__main__":
    main()
