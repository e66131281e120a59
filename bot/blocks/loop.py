"""What people see of the loop clock: the line of a post, and the report with its chart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bot.blocks.charts import moment_labels
from bot.blocks.mrkdwn import escape, shorten, unmarked
from bot.blocks.parts import context, section
from bot.domain.durations import ago
from bot.domain.initiative import Initiative
from bot.domain.loop import (
    LoopTime,
    Step,
    StepSummary,
    say_deadline,
    say_lasted,
    say_loop,
    say_span,
    summarise,
)
from bot.domain.message import Block, Message
from bot.domain.wallclock import day_at, show_day

LISTED = 8
"""Ships in the list of a report, newest first; the chart has up to twenty."""

HOUR = timedelta(hours=1)
NAME = 60


def loop_row(time: LoopTime, now: datetime, zone: str, decide_by: date | None) -> str:
    """Return the loop line of a post as mrkdwn: ``Loop (New checkout form): 3 h to signal · …``."""
    name = escape(shorten(time.ship.name, NAME))
    return f"Loop ({name}): {escape(say_loop(time, now, zone, decide_by))}"


def loop_report_message(
    initiative: Initiative, times: Sequence[LoopTime], decide_by: date | None, now: datetime
) -> Message:
    """Return the answer to `/loop time`: median and slowest of each step, and the last ships with a chart.

    Args:
        initiative: The initiative.
        times: Of its last ships, oldest first.
        decide_by: The day by which it is to be decided, or None.
        now: Aware UTC.
    """
    name, zone = escape(initiative.name), initiative.zone
    if not times:
        text = f"Nothing was shipped for *{name}* yet, so there is no loop time."
        start = 'Start the clock when a change is in front of users: `/loop ship "New checkout form"`.'
        return Message(text=f"{text} {start}", blocks=(section(text), context(start)))
    count = "its only ship" if len(times) == 1 else f"its last {len(times)} ships"
    head = f"*Loop time of {name}*, {count}"
    rows = [_summary_row(each) for each in summarise(times)]
    listed = [_ship_row(time, now, zone) for time in reversed(times[-LISTED:])]
    more = len(times) - len(listed)
    left = [f"and {more} older, in the chart"] if more > 0 else []
    due = [say_deadline(decide_by, now, zone)] if decide_by else []
    notes = [
        "Each step counts from the ship. Feedback is anyone's but the shipper's; answers to prompts count by day.",
        *due,
    ]
    above = [section(head), section("\n".join(rows))]
    below = [section(shorten("\n".join([*listed, *left]), 3_000)), context(*notes)]
    return Message(
        text=shorten("\n".join([head, *rows, *listed, *left, *due]), 3_900),
        blocks=(*above, _chart(times, now, zone), *below),
        fallback=(*above, *below),
    )


def _summary_row(summary: StepSummary) -> str:
    waiting = f", {summary.open} still open" if summary.open else ""
    if summary.median is None or summary.slowest is None:
        return f"*{summary.step.value.capitalize()}*: none yet{waiting}"
    stamp = summary.slowest.stamp(summary.step)
    assert stamp is not None, "the slowest reached it"
    slowest = say_span(stamp, summary.slowest.ship.at)
    name = escape(shorten(summary.slowest.ship.name, NAME))
    return (
        f"*{summary.step.value.capitalize()}*: median {ago(summary.median)}, slowest {slowest} ({name}), "
        f"reached by {summary.reached}{waiting}"
    )


def _ship_row(time: LoopTime, now: datetime, zone: str) -> str:
    day = show_day(day_at(time.ship.at, zone), day_at(now, zone))
    steps = " · ".join(say_lasted(time, step, now) for step in Step)
    return f"*{escape(shorten(time.ship.name, NAME))}*, {day}: {escape(steps)}"


def _chart(times: Sequence[LoopTime], now: datetime, zone: str) -> Block:
    """Return the hours each ship took to each step, and how long those that wait for one have been open.

    Source: docs.slack.dev/reference/block-kit/blocks/data-visualization-block.
    """
    labels = moment_labels([time.ship.at for time in times], zone)
    series: list[dict[str, Any]] = []
    for step in Step:
        hours = [_hours(time.lasted(step) or timedelta()) for time in times]
        series.append(_series(f"to {step}", labels, hours))
    if any(time.is_open for time in times):
        waits = [_hours(now - time.ship.at) if time.is_open else 0.0 for time in times]
        series.append(_series("still open for", labels, waits))
    return {
        "type": "data_visualization",
        "title": unmarked("Hours from ship to each step"),
        "chart": {"type": "bar", "series": series, "axis_config": {"categories": labels, "y_label": "hours"}},
    }


def _series(name: str, labels: Sequence[str], values: Sequence[float]) -> dict[str, Any]:
    points = [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]
    return {"name": name, "data": points}


def _hours(lasted: timedelta) -> float:
    return round(lasted / HOUR, 1)
