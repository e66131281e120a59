"""Charts of feedback: how often each option was chosen, as Slack's own chart beside the line of text."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bot.blocks.charts import LABEL_LIMIT, TITLE_LIMIT, chart_number, moment_labels
from bot.blocks.mrkdwn import shorten, unmarked
from bot.domain.answer import label_of
from bot.domain.message import Block
from bot.domain.prompt import Prompt, Tally
from bot.domain.trend import Trend

MOST_POINTS = 20
"""Of one series in Slack's chart."""


def count_charts(prompt: Prompt, tally: Tally) -> tuple[Block, ...]:
    """Return a bar chart of what was chosen; nothing where no counts may be shown, or nobody chose.

    Source: docs.slack.dev/reference/block-kit/blocks/data-visualization-block.
    """
    if not tally.counts or not any(count for _, count in tally.counts) or len(tally.counts) > MOST_POINTS:
        return ()
    labels = point_labels([label_of(prompt, answer) for answer, _ in tally.counts])
    points = [
        {"label": label, "value": count} for label, (_, count) in zip(labels, tally.counts, strict=True)
    ]
    chart = {
        "type": "bar",
        "series": [{"name": "answers", "data": points}],
        "axis_config": {"categories": labels, "y_label": "answers"},
    }
    title = shorten(unmarked(prompt.question), TITLE_LIMIT)
    return ({"type": "data_visualization", "title": title, "chart": chart},)


def trend_charts(prompt: Prompt, trend: Trend | None) -> tuple[Block, ...]:
    """Return a line chart over the waves of a series; nothing where fewer than two have a value."""
    waves = [wave for wave in trend.waves if wave.value is not None] if trend else []
    if trend is None or len(waves) < 2:
        return ()
    labels = moment_labels([wave.at for wave in waves], prompt.zone)
    points = [
        {"label": label, "value": chart_number(wave.value or Decimal())}
        for label, wave in zip(labels, waves, strict=True)
    ]
    name = shorten(unmarked(trend.measure), LABEL_LIMIT)
    axes: dict[str, object] = {"categories": labels}
    if trend.unit:
        axes["y_label"] = trend.unit
    chart = {"type": "line", "series": [{"name": name, "data": points}], "axis_config": axes}
    title = shorten(f"Waves of {unmarked(prompt.question)}", TITLE_LIMIT)
    return ({"type": "data_visualization", "title": title, "chart": chart},)


def point_labels(texts: Sequence[str]) -> list[str]:
    """Return one label for each text, no two alike and none empty, at most 20 characters each."""
    labels: list[str] = []
    for place, text in enumerate(texts, start=1):
        label = shorten(unmarked(text).strip(), LABEL_LIMIT) or str(place)
        turn = place
        while label in labels:
            # Those that begin alike are told apart by their place.
            label = f"{label[: LABEL_LIMIT - 5].rstrip(' …')} ({turn})"
            turn += 1
        labels.append(label)
    return labels
