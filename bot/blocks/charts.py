"""Charts: a criterion's readings against its target, as Slack's own chart and as a line of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from bot.blocks.mrkdwn import shorten, unmarked
from bot.domain.criterion import Direction, Kind
from bot.domain.evaluate import bounds_of, show_condition
from bot.domain.goalpost import conditions_at
from bot.domain.message import Block
from bot.domain.post import TREND, PostLine
from bot.domain.reading import Reading
from bot.domain.ship import Ship
from bot.domain.values import show_value
from bot.domain.wallclock import show_day, wall_at

LABEL_LIMIT = 20
TITLE_LIMIT = 50
BARS = "▁▂▃▄▅▆▇█"
SHIPPED = "🚀"
"""Marks the first point after a ship; how a ship is marked everywhere (bot/blocks/ships.py)."""


def line_chart(line: PostLine, zone: str) -> Block | None:
    """Return a line chart of a criterion's last readings and its target; None with fewer than two readings.

    Args:
        line: The criterion with its readings.
        zone: IANA zone the moments are shown in.

    Source: docs.slack.dev/reference/block-kit/blocks/data-visualization-block.
    """
    readings = line.readings[-TREND:]
    if len(readings) < 2:
        return None
    moments = [reading.at for reading in readings]
    labels = mark_ships(moment_labels(moments, zone), moments, line.ships)
    series = [_series("readings", labels, [reading.value for reading in readings])]
    # Where a goalpost was moved, the line steps; a name says what holds now.
    held = conditions_at(line.condition, line.goalposts, [reading.at for reading in readings])
    for place, (name, _) in enumerate(_bounds(line)):
        bounds = [bounds_of(condition) for condition in held]
        series.append(_series(name, labels, [each[min(place, len(each) - 1)] for each in bounds]))
    axes: dict[str, Any] = {"categories": labels}
    if line.unit:
        axes["y_label"] = shorten(unmarked(line.unit), TITLE_LIMIT)
    return {
        "type": "data_visualization",
        "title": shorten(unmarked(line.line.name), TITLE_LIMIT),
        "chart": {"type": "line", "series": series, "axis_config": axes},
    }


def sparkline(readings: Sequence[Reading]) -> str:
    """Return the course of the last readings as a row of bars; empty with fewer than two."""
    values = [Fraction(reading.value) for reading in readings[-TREND:]]
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    if low == high:
        return BARS[3] * len(values)
    return "".join(BARS[int((value - low) / (high - low) * (len(BARS) - 1))] for value in values)


def moment_labels(moments: Sequence[datetime], zone: str) -> list[str]:
    """Return one label for each moment, no two alike, at most 20 characters, as short as that allows."""
    walls = [wall_at(moment, ZoneInfo(zone)) for moment in moments]
    days = [show_day(wall.date(), wall.date()) for wall in walls]
    for time_format in ("", " %H:%M", " %H:%M:%S"):
        labels = [f"{day}{wall.strftime(time_format)}" for day, wall in zip(days, walls, strict=True)]
        if len(set(labels)) == len(labels):
            return labels
    # The same second twice: two readings at once, an hour the clocks went back over, or a year later.
    seen: Counter[str] = Counter()
    for place, label in enumerate(labels):
        seen[label] += 1
        if seen[label] > 1:
            labels[place] = f"{label} ({seen[label]})"
    return labels


def mark_ships(labels: Sequence[str], moments: Sequence[datetime], ships: Sequence[Ship]) -> list[str]:
    """Return the labels of a chart's points, those marked before which something was shipped.

    A label without room for the mark stays as it is; the ships stand beside the chart in words as well.
    """
    marked = {
        next((place for place, moment in enumerate(moments) if moment >= ship.at), None) for ship in ships
    }
    return [
        f"{label} {SHIPPED}" if place in marked and len(label) + 2 <= LABEL_LIMIT else label
        for place, label in enumerate(labels)
    ]


def _bounds(line: PostLine) -> list[tuple[str, Decimal]]:
    """Return the name and value of each bound; no two names are alike, nor called as the readings are."""
    bounds = bounds_of(line.condition)
    if line.condition.direction is Direction.BETWEEN:
        # The value comes last, so that what the limit cuts off is not what tells the two apart.
        return [
            (shorten(f"{word} {show_value(bound, line.unit)}", LABEL_LIMIT), bound)
            for word, bound in zip(("lowest", "highest"), bounds, strict=True)
        ]
    kind = "guardrail" if line.line.standing.kind is Kind.GUARDRAIL else "target"
    return [(shorten(f"{kind} {show_condition(line.condition, line.unit)}", LABEL_LIMIT), bounds[0])]


def _series(name: str, labels: Sequence[str], values: Sequence[Decimal]) -> Block:
    points = [
        {"label": label, "value": chart_number(value)} for label, value in zip(labels, values, strict=True)
    ]
    return {"name": unmarked(name), "data": points}


def chart_number(value: Decimal) -> int | float:
    """Return what JSON can carry; the text line has the exact value."""
    return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)
