"""The benchmark runs: a handful of requests to each case, each answer checked, nothing timed."""

from __future__ import annotations

import io

from rich.console import Console

from benchmarks.__main__ import measure_commands
from benchmarks.cases import CASES, FLOOR


async def test_every_case_is_answered_beside_the_floor() -> None:
    report = await measure_commands(seconds=0.05, rounds=1, concurrencies=(2,))
    rows = {row[1]: row for row in report.rows()}
    assert set(rows) == {FLOOR.name, *(case.name for case in CASES)}
    assert all(float(rows[case.name][3]) > 0 for case in CASES)
    output = io.StringIO()
    report.show(Console(file=output, width=120))
    assert "/criteria set" in output.getvalue()
