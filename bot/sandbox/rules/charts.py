"""The data_visualization block: pie, bar, line and area charts.

Field names are those of docs.slack.dev/reference/block-kit/blocks/data-visualization-block. That page
once said six segments and six series; newer ones say twelve, as the facts sheet does.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.rules.problems import Inspection
from bot.sandbox.rules.shapes import Check, array, items, kinds, number, positive_number, shape, string

MAX_SERIES = 12
MAX_POINTS = 20
MAX_CHARTS = 2

_LABEL = string(20)


def _points_match(chart: Mapping[str, object], at: str, seen: Inspection) -> None:
    axis = chart.get("axis_config")
    categories = _texts(axis.get("categories") if isinstance(axis, Mapping) else None)
    if len(set(categories)) < len(categories):
        where = f"{at}/axis_config/categories"
        seen.add("duplicate_category", "categories must be unique", where, field="categories")
    names: set[str] = set()
    for index, entry in enumerate(items(chart.get("series"))):
        if not isinstance(entry, Mapping):
            continue
        name = entry.get("name")
        if isinstance(name, str):
            if name in names:
                where = f"{at}/series/{index}/name"
                seen.add("duplicate_series", f'series "{name}" already exists', where, field="name")
            names.add(name)
        points = [point for point in items(entry.get("data")) if isinstance(point, Mapping)]
        if points and sorted(_texts([point.get("label") for point in points])) != sorted(categories):
            message = "data points must match the categories"
            seen.add("unmatched_points", message, f"{at}/series/{index}/data", field="data")


def _texts(value: object) -> list[str]:
    return [item for item in items(value) if isinstance(item, str)]


def _axes(name: str) -> Check:
    series = shape(
        {
            "name": _LABEL,
            "data": array(shape({"label": _LABEL, "value": number}), 1, MAX_POINTS),
        }
    )
    axis = shape({"categories": array(_LABEL, 1, MAX_POINTS)}, {"x_label": string(50), "y_label": string(50)})
    return shape(
        {"series": array(series, 1, MAX_SERIES), "axis_config": axis}, None, _points_match, type_name=name
    )


chart = kinds(
    {
        "pie": shape(
            {"segments": array(shape({"label": _LABEL, "value": positive_number}), 1, 12)}, type_name="pie"
        ),
        **{name: _axes(name) for name in ("bar", "line", "area")},
    },
    (),
)


def count_chart(_value: Mapping[str, object], at: str, seen: Inspection) -> None:
    """Refuse the third chart of a message."""
    seen.charts += 1
    if seen.charts > MAX_CHARTS:
        message = f"no more than {MAX_CHARTS} data_visualization blocks allowed"
        seen.add("too_many_charts", message, at, MAX_CHARTS)
