"""Sheet: the cells wanted out of a CSV somebody published, and the one number they come to."""

from __future__ import annotations

import csv
import difflib
import io
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from bot.domain.criterion import SourceSpec
from bot.errors import SourceError
from bot.sources.body import shorten, to_decimal
from bot.sources.shaping import read_number, shape
from bot.sources.sheet_text import decode_sheet, find_delimiter

_COMPARED = 200
_SHOWN = 4
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
)
_MONTH += r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
_DAYS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<year>[0-9]{4})([-/.])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})(?:[T ][0-9:.+\-Z ]{1,30})?",
        rf"(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th|\.)?[ -]{_MONTH},?[ -](?P<year>[0-9]{{4}})",
        rf"{_MONTH}[ ](?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,?[ ](?P<year>[0-9]{{4}})",
    )
)
_PLAIN = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?")
_PLACE = re.compile(r"#([0-9]{1,6})")
_DIGITS = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_SURELY_KEPT = 28  # so many digits are within every limit of a value
_LONGEST_NUMBER = 100
_COMMA_IS_DECIMAL = str.maketrans(",.", ".,")


class _Row(NamedTuple):
    """What is wanted of one row.

    Attributes:
        number: As a spreadsheet numbers it, from 1, its header included.
        cell: The text in the column, without blanks around it.
        label: The text in the `by` column.
    """

    number: int
    cell: str
    label: str


def read_sheet(body: bytes, asked: Mapping[str, str | None], host: str | None) -> dict[str, str | None]:
    """Return the value of a sheet, and the day its row is about. Blocks as long as it takes.

    Args:
        body: CSV, as it was fetched.
        asked: ``column`` and ``by`` (a name or ``#3``); ``rows``: last, first, all, number or match; ``row``, the
            number or the text to match; ``day``, ISO, where that text is a date; ``delimiter``, ``decimal``, ``text``,
            ``reduce``, ``math`` as typed; ``content_type`` as it was sent.
        host: Named in the errors.

    Returns:
        ``value`` in the sheet's unit; ``where`` it stands; of a single row ``label``, what its `by` column says, and
        ``day``, ISO, where that is a date.

    Raises:
        SourceError: ``not_json`` for what is no CSV, ``path_missing``, ``not_a_number``.
    """
    text = decode_sheet(body, asked.get("content_type"), host)
    decimal_comma = asked.get("decimal") == ","
    text, delimiter = find_delimiter(text, asked.get("delimiter"))
    records = _records(text, delimiter, host)
    at, header = next(((n, cells) for n, cells in records if any(cell.strip() for cell in cells)), (0, []))
    column = _find_column(asked.get("column") or "", header)
    by = _find_column(asked["by"] or "", header) if asked.get("by") else 0
    name = shorten(header[column].strip() or f"#{column + 1}", 40)
    by_name = shorten(header[by].strip() or f"#{by + 1}", 40)
    rows = (_Row(n, _cell(cells, column), _cell(cells, by)) for n, cells in records)
    chosen = _choose(rows, asked, at, name, by_name)
    if asked.get("reduce") == "count":  # of what is there, be it a number or not
        values = [Decimal(0)] * len(chosen)
    else:
        in_text = asked.get("text") == "yes"
        values = [_read_cell(row, name, decimal_comma=decimal_comma, in_text=in_text) for row in chosen]
    options = {option: typed for option in ("reduce", "math") if (typed := asked.get(option)) is not None}
    where = name if asked.get("reduce") else f"row {chosen[0].number} of {name}"
    value = shape(SourceSpec("csv", options=tuple(options.items())), values, where)
    only = chosen[0] if len(chosen) == 1 else None
    day = None if only is None else read_day(only.label)
    return {
        "value": str(value),
        "where": where,
        "label": None if only is None else f"“{shorten(only.label, 30)}” in {by_name}",
        "day": None if day is None else day.isoformat(),
    }


def read_day(text: str) -> date | None:
    """Return the day a text is, or None: ``2026-11-24``, ``2026/11/24 09:30``, ``24 Nov 2026``, ``Nov 24, 2026``.

    A date of numbers alone that does not begin with the year could be two days, so it is none.
    """
    if not 8 <= len(text) <= 60:
        return None
    for pattern in _DAYS:
        if (found := pattern.fullmatch(text)) is not None:
            month = found["month"]
            number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
            try:
                return date(int(found["year"]), number, int(found["day"]))
            except ValueError:
                return None
    return None


def _records(text: str, delimiter: str, host: str | None) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from enumerate(reader, start=1)
    except csv.Error as error:
        answer = f"the answer from {host}" if host else "the answer"
        why = shorten(str(error), 60)
        raise SourceError(
            f"{answer} is not CSV that can be read (line {reader.line_num:,}: {why})", cause="not_json"
        ) from None


def _key(text: str) -> str:
    return " ".join(text.split()).casefold()


def _cell(cells: Sequence[str], column: int) -> str:
    return cells[column].strip() if column < len(cells) else ""


def _find_column(wanted: str, header: Sequence[str]) -> int:
    """Return the place of a column, by its name or as ``#3``.

    Raises:
        SourceError: ``path_missing``; it names the nearest.
    """
    if not header:
        raise SourceError("the sheet is empty: it has no header row", cause="path_missing")
    exact = [place for place, name in enumerate(header) if name.strip() == wanted.strip()]
    alike = exact or [place for place, name in enumerate(header) if _key(name) == _key(wanted)]
    if len(alike) > 1:
        places = " or ".join(f"#{place + 1}" for place in alike[:3])
        raise SourceError(
            f"{len(alike):,} columns are called “{shorten(wanted, 40)}”; name one by its place, {places}",
            cause="path_missing",
        )
    if alike:
        return alike[0]
    if (place := _PLACE.fullmatch(wanted.strip())) is not None:
        if 0 < int(place[1]) <= len(header):
            return int(place[1]) - 1
        raise SourceError(f"there is no column {place[0]}; there are {len(header):,}", cause="path_missing")
    near = _nearest(wanted, header)
    raise SourceError(f"no column “{shorten(wanted, 40)}”; {near}", cause="path_missing")


def _choose(
    rows: Iterator[_Row], asked: Mapping[str, str | None], header_at: int, name: str, by_name: str
) -> list[_Row]:
    """Return the row that is wanted, or all of them where they are reduced; those with nothing in the column left out.

    Raises:
        SourceError: ``path_missing``.
    """
    match asked.get("rows"):
        case "all":
            return [row for row in rows if row.cell]
        case "match":
            return _match(rows, asked, name, by_name)
        case "number":
            return [_numbered(rows, int(asked.get("row") or 0), header_at, name)]
        case "first":
            found = next((row for row in rows if row.cell), None)
        case _:
            found = None
            for row in rows:
                found = row if row.cell else found
    if found is None:
        raise SourceError(f"no row has anything in {name}", cause="path_missing")
    return [found]


def _numbered(rows: Iterator[_Row], number: int, header_at: int, name: str) -> _Row:
    if number <= header_at:
        raise SourceError(
            f"row {number:,} is not below the header, which is row {header_at}", cause="path_missing"
        )
    last = header_at
    for row in rows:
        last = row.number
        if row.number == number:
            return _filled(row, name)
    raise SourceError(f"there is no row {number:,}; the last is {last:,}", cause="path_missing")


def _match(rows: Iterator[_Row], asked: Mapping[str, str | None], name: str, by_name: str) -> list[_Row]:
    wanted = asked.get("row") or ""
    day = date.fromisoformat(asked["day"] or "") if asked.get("day") else None
    key = _key(wanted)
    labels: list[str] = []
    nearest_day: date | None = None
    found: list[_Row] = []
    for row in rows:
        if len(labels) < _COMPARED and row.label:
            labels.append(row.label)
        its_day = None if day is None else read_day(row.label)
        if _key(row.label) == key or (its_day is not None and its_day == day):
            found.append(row)
        elif its_day is not None and day is not None:
            nearest_day = min(nearest_day or its_day, its_day, key=lambda other: abs(other - day))
    if asked.get("reduce"):
        return [row for row in found if row.cell]
    shown = shorten(wanted, 40)
    if not found:
        near = _nearest(wanted, labels) if nearest_day is None else f"nearest: {nearest_day}"
        raise SourceError(f"no row has “{shown}” in {by_name}; {near}", cause="path_missing")
    if len(found) > 1:
        raise SourceError(
            f"{len(found):,} rows have “{shown}” in {by_name}; choose by another column, "
            "or add with reduce=sum (or avg, max, …)",
            cause="path_missing",
        )
    return [_filled(found[0], name)]


def _filled(row: _Row, name: str) -> _Row:
    if not row.cell:
        raise SourceError(f"row {row.number:,} has nothing in {name}", cause="path_missing")
    return row


def _nearest(wanted: str, names: Sequence[str]) -> str:
    """Return what there is instead: the nearest name, or the first few."""
    by_key = {_key(name[:60]): name.strip() for name in itertools.islice(names, _COMPARED) if name.strip()}
    close = difflib.get_close_matches(_key(wanted[:60]), by_key, n=1)
    if close:
        return f"nearest: {shorten(by_key[close[0]], 40)}"
    if not by_key:
        return "there is none"
    shown = [shorten(name, 25) for name in itertools.islice(by_key.values(), _SHOWN)]
    return f"there is {', '.join(shown)}{', …' if len(by_key) > _SHOWN else ''}"


def _read_cell(row: _Row, name: str, *, decimal_comma: bool, in_text: bool) -> Decimal:
    cell = row.cell.translate(_COMMA_IS_DECIMAL) if decimal_comma else row.cell
    if len(cell) <= _SURELY_KEPT and _DIGITS.fullmatch(cell):
        return Decimal(cell) or Decimal(0)
    where = f"row {row.number} of {name}"
    if len(cell) <= _LONGEST_NUMBER and _PLAIN.fullmatch(cell):
        return to_decimal(Decimal(cell), where)
    what = f"found the text “{shorten(row.cell)}” at {where}, not a number"
    value = read_number(cell)
    if value is None:
        raise SourceError(what, cause="not_a_number")
    if not in_text:
        raise SourceError(f"{what}; add with text=yes to take it as {value}", cause="not_a_number")
    return to_decimal(value, where)
