"""Slack's native chart drawn with characters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

ROWS = 5
DOT, BOUND = "●", "╌"


def draw_chart(block: Mapping[str, Any]) -> list[str]:
    """Return a line chart as lines of text: the first series as dots, the others as level lines.

    Args:
        block: A ``data_visualization`` block with a line chart.
    """
    axes = block["chart"]["axis_config"]
    series: Sequence[Mapping[str, Any]] = block["chart"]["series"]
    numbers = [[float(point["value"]) for point in each["data"]] for each in series]
    low = min(min(values) for values in numbers)
    high = max(max(values) for values in numbers)
    width = len(numbers[0])
    grid = [[" "] * width for _ in range(ROWS)]
    for values, sign in reversed(list(zip(numbers, [DOT] + [BOUND] * len(numbers), strict=False))):
        for column, value in enumerate(values):
            grid[_row(value, low, high)][column] = sign
    gutter = max(len(_short(low)), len(_short(high)))
    edges = {0: _short(high), ROWS - 1: _short(low)}
    names = {
        _row(values[-1], low, high): each["name"]
        for each, values in zip(series, numbers, strict=True)
        if each is not series[0]
    }
    lines = [f"{block['title']}" + (f", {axes['y_label']}" if axes.get("y_label") else "")]
    for row, cells in enumerate(grid):
        name = f"  {names[row]}" if row in names else ""
        lines.append(f"{edges.get(row, ''):>{gutter}} ┤{' '.join(cells)}{name}".rstrip())
    first, last = axes["categories"][0], axes["categories"][-1]
    return [*lines, f"{'':>{gutter}}  {first} … {last}"]


def _row(value: float, low: float, high: float) -> int:
    if high == low:
        return ROWS // 2
    return round((high - value) / (high - low) * (ROWS - 1))


def _short(value: float) -> str:
    return f"{value:g}"
