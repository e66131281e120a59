"""The benchmark runs: a handful of requests to each case, each answer checked, nothing timed."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from benchmarks.__main__ import measure_commands
from benchmarks.cases import CASES, FLOOR
from benchmarks.polls import measure_polls, measure_storing, measure_ticks

pytestmark = pytest.mark.soak  # real time is what they measure


async def test_every_case_is_answered_beside_the_floor() -> None:
    report = await measure_commands(seconds=0.05, rounds=1, concurrencies=(2,))
    rows = {row[1]: row for row in report.rows()}
    assert set(rows) == {FLOOR.name, *(case.name for case in CASES)}
    assert all(float(rows[case.name][3]) > 0 for case in CASES)
    output = io.StringIO()
    report.show(Console(file=output, width=120))
    assert "/criteria set" in output.getvalue()


async def test_polls_ticks_and_stored_readings_are_measured() -> None:
    cost = await measure_polls(concurrent=3, rounds=1, polls=12)
    assert cost.floor_ms > 0
    assert cost.ratio > 0
    [(size, tick_ms)] = await measure_ticks((5,), ticks=2)
    assert (size, tick_ms > 0) == (5, True)
    assert await measure_storing(rows=200, at_once=100) > 0
