"""Charts, tables and rich text: a payload that keeps each rule, and one that breaks just that rule."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.blockkit import check_blocks

Json = dict[str, Any]


def pie(*values: float, label: str = "yes") -> Json:
    return {"type": "pie", "segments": [{"label": label, "value": value} for value in values]}


def series(name: str = "p95", labels: tuple[str, ...] = ("Mon", "Tue"), value: Any = 1) -> Json:
    return {"name": name, "data": [{"label": label, "value": value} for label in labels]}


def line(*some: Json, categories: tuple[str, ...] = ("Mon", "Tue"), kind: str = "line", **axis: Any) -> Json:
    return {
        "type": kind,
        "series": list(some) or [series()],
        "axis_config": {"categories": list(categories), **axis},
    }


def chart(body: Any, title: str = "p95 latency") -> Json:
    return {"type": "data_visualization", "title": title, "chart": body}


def names(count: int) -> tuple[str, ...]:
    return tuple(map(str, range(count)))


def raw(text: str = "x") -> Json:
    return {"type": "raw_text", "text": text}


def figure(**more: Any) -> Json:
    return {"type": "raw_number", "value": 1, **more}


def rich(*parts: Json, **more: Any) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts), **more}]}


def words(text: str = "x") -> Json:
    return {"type": "text", "text": text}


def table(*rows: list[Json], **more: Any) -> Json:
    return {"type": "table", "rows": list(rows), **more}


def data_table(*rows: list[Json], **more: Any) -> Json:
    return {"type": "data_table", "caption": "Readings", "rows": list(rows), **more}


def listed(**more: Any) -> Json:
    section = {"type": "rich_text_section", "elements": [words()]}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_list", "style": "bullet", "elements": [section], **more}],
    }


def inline(part: Json) -> Json:
    return rich(part)


def pre(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": list(parts)}]}


CHART, SERIES = "/chart", "/chart/series"
ROW = [raw(), raw()]
CASES: list[tuple[str, Json, Json, str, str]] = [
    ("chart-title-50", chart(pie(1), "x" * 50), chart(pie(1), "x" * 51), "too_long", "/title"),
    (
        "chart-title-is-a-string",
        chart(pie(1)),
        {**chart(pie(1)), "title": {"type": "plain_text", "text": "x"}},
        "wrong_type",
        "/title",
    ),
    ("chart-kind", chart(line(kind="area")), chart({"type": "scatter"}), "invalid_enum", "/chart/type"),
    (
        "chart-is-there",
        chart(line(kind="bar")),
        {"type": "data_visualization", "title": "x"},
        "missing_field",
        "",
    ),
    ("pie-12", chart(pie(*[1] * 12)), chart(pie(*[1] * 13)), "too_many_items", "/chart/segments"),
    ("pie-not-empty", chart(pie(1)), chart(pie()), "too_few_items", "/chart/segments"),
    ("pie-above-zero", chart(pie(0.5)), chart(pie(0)), "too_small", "/chart/segments/0/value"),
    (
        "pie-label-20",
        chart(pie(1, label="x" * 20)),
        chart(pie(1, label="x" * 21)),
        "too_long",
        "/chart/segments/0/label",
    ),
    ("pie-has-no-axis", chart(pie(1)), chart({**pie(1), "axis_config": {}}), "additional_property", CHART),
    (
        "12-series",
        chart(line(*map(series, names(12)))),
        chart(line(*map(series, names(13)))),
        "too_many_items",
        SERIES,
    ),
    ("some-series", chart(line()), chart({**line(), "series": []}), "too_few_items", SERIES),
    (
        "series-name-20",
        chart(line(series("x" * 20))),
        chart(line(series("x" * 21))),
        "too_long",
        f"{SERIES}/0/name",
    ),
    (
        "series-names-differ",
        chart(line(series("a"), series("b"))),
        chart(line(series("a"), series("a"))),
        "duplicate_series",
        f"{SERIES}/1/name",
    ),
    (
        "20-points",
        chart(line(series(labels=names(20)), categories=names(20))),
        chart({**line(series(labels=names(21)), categories=names(20))}),
        "too_many_items",
        f"{SERIES}/0/data",
    ),
    (
        "20-categories",
        chart(line(series(labels=names(20)), categories=names(20))),
        chart(line(series(labels=names(20)), categories=names(21))),
        "too_many_items",
        "/chart/axis_config/categories",
    ),
    (
        "category-20",
        chart(line(series(labels=("x" * 20,)), categories=("x" * 20,))),
        chart(line(series(labels=("Mon",)), categories=("x" * 21,))),
        "too_long",
        "/chart/axis_config/categories/0",
    ),
    (
        "categories-differ",
        chart(line()),
        chart(line(series(labels=("a", "a")), categories=("a", "a"))),
        "duplicate_category",
        "/chart/axis_config/categories",
    ),
    (
        "points-match",
        chart(line()),
        chart(line(series(labels=("Mon", "Wed")))),
        "unmatched_points",
        f"{SERIES}/0/data",
    ),
    (
        "points-are-whole",
        chart(line()),
        chart(line(series(labels=("Mon",)))),
        "unmatched_points",
        f"{SERIES}/0/data",
    ),
    (
        "point-is-a-number",
        chart(line(series(value=-1.5))),
        chart(line(series(labels=("Mon",), value="1"), categories=("Mon",))),
        "wrong_type",
        f"{SERIES}/0/data/0/value",
    ),
    (
        "point-is-finite",
        chart(line(series(value=0))),
        chart(line(series(labels=("Mon",), value=float("inf")), categories=("Mon",))),
        "wrong_type",
        f"{SERIES}/0/data/0/value",
    ),
    (
        "axis-label-50",
        chart(line(x_label="x" * 50, y_label="y" * 50)),
        chart(line(y_label="x" * 51)),
        "too_long",
        "/chart/axis_config/y_label",
    ),
    ("axis-is-there", chart(line()), chart({"type": "line", "series": [series()]}), "missing_field", CHART),
    ("table-100-rows", table(*[ROW] * 100), table(*[ROW] * 101), "too_many_items", "/rows"),
    ("table-20-columns", table([raw()] * 20), table([raw()] * 21), "too_many_items", "/rows/0"),
    ("table-cell-not-empty", table(ROW), table([raw("")]), "too_short", "/rows/0/0/text"),
    (
        "table-cell-kinds",
        table([raw(), figure(), rich(words())]),
        table([{"type": "plain_text", "text": "x"}]),
        "invalid_enum",
        "/rows/0/0/type",
    ),
    (
        "table-columns",
        table(ROW, column_settings=[{"align": "right", "is_wrapped": True}, None]),
        table(ROW, column_settings=[{"align": "justify"}]),
        "invalid_enum",
        "/column_settings/0/align",
    ),
    (
        "table-20-settings",
        table(ROW, column_settings=[{}] * 20),
        table(ROW, column_settings=[{}] * 21),
        "too_many_items",
        "/column_settings",
    ),
    ("table-10000", table([raw("x" * 5000)] * 2), table([raw("x" * 5001)] * 2), "too_long", "/rows"),
    (
        "table-counts-rich-text",
        table([rich(words("x" * 10000))]),
        table([rich(words("x" * 10001))]),
        "too_long",
        "/rows",
    ),
    (
        "data-table-caption",
        data_table(ROW, ROW),
        {"type": "data_table", "rows": [ROW, ROW]},
        "missing_field",
        "",
    ),
    ("data-table-has-a-row", data_table(ROW, ROW), data_table(ROW), "too_few_items", "/rows"),
    ("data-table-200-rows", data_table(*[ROW] * 201), data_table(*[ROW] * 202), "too_many_items", "/rows"),
    (
        "data-table-20-columns",
        data_table([raw()] * 20, [raw()] * 20),
        data_table([raw()] * 20, [raw()] * 20, [raw()] * 21),
        "too_many_items",
        "/rows/2",
    ),
    (
        "data-table-header",
        data_table([raw()], [rich(words())]),
        data_table([rich(words())], [raw()]),
        "unsupported_type",
        "/rows/0/0/type",
    ),
    ("data-table-even", data_table(ROW, ROW), data_table(ROW, [raw()]), "uneven_rows", "/rows/1"),
    (
        "data-table-number",
        data_table([raw()], [figure(text="1")]),
        data_table([raw()], [figure()]),
        "missing_field",
        "/rows/1/0",
    ),
    (
        "data-table-no-settings",
        data_table(ROW, ROW),
        data_table(ROW, ROW, column_settings=[{}]),
        "additional_property",
        "",
    ),
    (
        "data-table-page",
        data_table(ROW, ROW, page_size=100),
        data_table(ROW, ROW, page_size=101),
        "too_large",
        "/page_size",
    ),
    (
        "data-table-page-1",
        data_table(ROW, ROW, page_size=1),
        data_table(ROW, ROW, page_size=0),
        "too_small",
        "/page_size",
    ),
    (
        "data-table-row-header",
        data_table(ROW, ROW, row_header_column_index=1),
        data_table(ROW, ROW, row_header_column_index=2),
        "too_large",
        "/row_header_column_index",
    ),
    (
        "data-table-20000",
        data_table([raw("x")], [raw("x" * 19999)]),
        data_table([raw("x")], [raw("x" * 20000)]),
        "too_long",
        "/rows",
    ),
    ("rich-not-empty", rich(words()), {"type": "rich_text", "elements": []}, "too_few_items", "/elements"),
    (
        "rich-kinds",
        rich(words()),
        {"type": "rich_text", "elements": [words()]},
        "invalid_enum",
        "/elements/0/type",
    ),
    ("rich-text-not-empty", rich(words("x")), rich(words("")), "too_short", "/elements/0/elements/0/text"),
    (
        "rich-style",
        rich({**words(), "style": {"bold": True}}),
        rich({**words(), "style": {"big": True}}),
        "additional_property",
        "/elements/0/elements/0/style",
    ),
    (
        "rich-link",
        inline({"type": "link", "url": "https://example.com"}),
        inline({"type": "link", "url": "file:///etc"}),
        "invalid_url",
        "/elements/0/elements/0/url",
    ),
    (
        "rich-part-kinds",
        inline({"type": "emoji", "name": "wave"}),
        inline({"type": "picture"}),
        "invalid_enum",
        "/elements/0/elements/0/type",
    ),
    (
        "rich-user",
        inline({"type": "user", "user_id": "U1"}),
        inline({"type": "user"}),
        "missing_field",
        "/elements/0/elements/0",
    ),
    (
        "rich-broadcast",
        inline({"type": "broadcast", "range": "here"}),
        inline({"type": "broadcast", "range": "all"}),
        "invalid_enum",
        "/elements/0/elements/0/range",
    ),
    (
        "rich-date",
        inline({"type": "date", "timestamp": 1, "format": "{date}"}),
        inline({"type": "date", "timestamp": "1", "format": "{date}"}),
        "wrong_type",
        "/elements/0/elements/0/timestamp",
    ),
    (
        "rich-color",
        inline({"type": "color", "value": "#00ff00"}),
        inline({"type": "color", "value": "green"}),
        "invalid_format",
        "/elements/0/elements/0/value",
    ),
    ("list-style", listed(style="ordered"), listed(style="dashed"), "invalid_enum", "/elements/0/style"),
    ("list-indent-8", listed(indent=8), listed(indent=9), "too_large", "/elements/0/indent"),
    ("list-border", listed(border=1), listed(border=2), "invalid_enum", "/elements/0/border"),
    (
        "preformatted-parts",
        pre(words()),
        pre({"type": "user", "user_id": "U1"}),
        "unsupported_type",
        "/elements/0/elements/0/type",
    ),
]


@pytest.mark.parametrize("good", [row[1] for row in CASES], ids=[row[0] for row in CASES])
def test_data_that_keeps_the_rule_passes(good: Json) -> None:
    assert check_blocks([good]) == []


@pytest.mark.parametrize(("bad", "code", "at"), [row[2:] for row in CASES], ids=[row[0] for row in CASES])
def test_data_that_breaks_the_rule_is_refused_for_that_alone(bad: Json, code: str, at: str) -> None:
    problems = [(problem.code, problem.pointer) for problem in check_blocks([bad])]
    # Too many points cannot match the categories, nor can a longer row the others: nothing new.
    told = [
        problem for problem in problems if problem[0] not in ("unmatched_points", "uneven_rows")
    ] or problems
    assert told == [(code, f"/blocks/0{at}")]
