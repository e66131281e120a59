"""The table and data_table blocks."""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.rules.problems import Inspection
from bot.sandbox.rules.richtext import rich_text
from bot.sandbox.rules.shapes import Check, array, boolean, choice, items, kinds, number, shape, string

TABLE_CHARS = 10_000
DATA_TABLE_CHARS = 20_000


def _cell(*, number_needs_text: bool) -> dict[str, Check]:
    text = {"text": string(DATA_TABLE_CHARS)}
    value: dict[str, Check] = {"value": number}
    return {
        "raw_text": shape(text, type_name="raw_text"),
        "raw_number": shape({**value, **text}, type_name="raw_number")
        if number_needs_text
        else shape(value, text, type_name="raw_number"),
        "rich_text": rich_text,
    }


_TABLE_CELLS = _cell(number_needs_text=False)
_DATA_CELLS = _cell(number_needs_text=True)
_HEADER_CELL = kinds({name: _DATA_CELLS[name] for name in ("raw_text", "raw_number")}, _DATA_CELLS)


def _apart(check: Check) -> Check:
    """Return the check without its text counting for the message: tables have a sum of their own."""

    def uncounted(value: object, at: str, seen: Inspection) -> None:
        before = seen.text_chars
        check(value, at, seen)
        seen.text_chars = before

    return uncounted


def _column(value: object, at: str, seen: Inspection) -> None:
    if value is not None:  # null keeps a column's defaults
        _COLUMN(value, at, seen)


def _row(value: object, at: str, seen: Inspection) -> None:
    (_HEADER_ROW if at.endswith("/rows/0") else _DATA_ROW)(value, at, seen)


_COLUMN = shape(None, {"align": choice("left", "center", "right"), "is_wrapped": boolean})
_HEADER_ROW = array(_HEADER_CELL, 1, 20)
_DATA_ROW = array(kinds(_DATA_CELLS, ()), 1, 20)

table_rows = _apart(array(array(kinds(_TABLE_CELLS, ()), 1, 20), 1, 100))
data_table_rows = _apart(array(_row, 2, 201))
column_settings = array(_column, 1, 20)


def _written(value: object) -> int:
    """Return how many code points a cell shows."""
    if isinstance(value, (list, tuple)):
        return sum(map(_written, value))
    if isinstance(value, Mapping):
        text = value.get("text")
        return (len(text) if isinstance(text, str) else 0) + _written(value.get("elements"))
    return 0


def count_table(block: Mapping[str, object], at: str, seen: Inspection) -> None:
    """Refuse the second table of a message, inside containers too, and too much text in one."""
    seen.tables += 1
    if seen.tables > 1:
        seen.add("only_one_table_allowed", "only_one_table_allowed", at, 1)
    limit = DATA_TABLE_CHARS if block.get("type") == "data_table" else TABLE_CHARS
    if _written(block.get("rows")) > limit:
        seen.add("too_long", f"must be less than {limit + 1} characters", f"{at}/rows", limit, "rows")


def rows_are_even(block: Mapping[str, object], at: str, seen: Inspection) -> None:
    """Refuse rows of different lengths, and a row header that points past them."""
    lengths = [len(items(row)) for row in items(block.get("rows"))]
    for index, length in enumerate(lengths):
        if length != lengths[0]:
            message = "all rows must have the same number of cells"
            seen.add("uneven_rows", message, f"{at}/rows/{index}", lengths[0])
    column = block.get("row_header_column_index")
    if isinstance(column, int) and lengths and column >= lengths[0]:
        last = lengths[0] - 1
        seen.add("too_large", f"must be at most {last}", f"{at}/row_header_column_index", last)
