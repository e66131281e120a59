"""Answers of a real Prometheus and sheets as they are published, each with what is asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from bot.domain.criterion import SourceKind, SourceSpec
from bot.sources.contract import Recording

RECORDINGS = Path(__file__).parent / "recordings"
SIGN_IN = (RECORDINGS / "sign_in.html").read_bytes()

Asked = Mapping[str, str]


def prometheus(name: str) -> bytes:
    """Return an answer of Prometheus 2.42's HTTP API."""
    return (RECORDINGS / "prometheus" / f"{name}.json").read_bytes()


def sheet(name: str) -> bytes:
    """Return a sheet as a spreadsheet publishes or exports it."""
    return (RECORDINGS / "csv" / name).read_bytes()


def spec_of(
    kind: SourceKind, cases: list[tuple[Asked, Recording]], url: str, recording: Recording
) -> SourceSpec:
    """Return the spec that asks for a recording what its table says."""
    asked = next(asked for asked, one in cases if one is recording)
    return SourceSpec(kind, url, None, tuple(sorted(asked.items())))


UP = {"query": "up"}
RANGE = {"query": "up", "range": "20s", "step": "5s"}

PROMETHEUS: list[tuple[Asked, Recording]] = [
    (UP, Recording("one series", prometheus("one_series"), Decimal(500))),
    (UP | {"math": "/ 1000"}, Recording("arithmetic", prometheus("one_series"), Decimal("0.5"))),
    (UP, Recording("a scalar", prometheus("scalar"), Decimal("0.30000000000000004"))),
    (UP, Recording("a small number", prometheus("tiny"), Decimal("1e-12"))),
    (UP | {"reduce": "max"}, Recording("two series reduced", prometheus("two_series"), Decimal(412))),
    (RANGE | {"reduce": "avg"}, Recording("a range of two series", prometheus("range"), Decimal(250))),
    (RANGE | {"reduce": "count"}, Recording("a range counted", prometheus("range"), Decimal(10))),
    (UP | {"reduce": "sum"}, Recording("a series over time", prometheus("samples"), Decimal(5))),
    (UP, Recording("two series", prometheus("two_series"), "path_missing")),
    (UP, Recording("a series over time, not reduced", prometheus("samples"), "path_missing")),
    (UP, Recording("no series", prometheus("no_series"), "path_missing")),
    (UP | {"reduce": "sum"}, Recording("no series, reduced", prometheus("no_series"), "path_missing")),
    (UP, Recording("NaN", prometheus("not_a_number"), "not_a_number")),
    (UP | {"reduce": "sum"}, Recording("infinity", prometheus("infinite"), "not_a_number")),
    (UP, Recording("a number beyond all bounds", prometheus("huge"), "not_a_number")),
    (UP, Recording("a text", prometheus("string"), "not_a_number")),
    (UP, Recording("a query with a mistake", prometheus("unclosed"), "status", status=400)),
    (UP, Recording("a query that can't be evaluated", prometheus("duplicates"), "status", status=422)),
    (UP, Recording("a query that takes too long", prometheus("timed_out"), "status", status=503)),
    (UP, Recording("a broken server", b"<html>", "status", status=500)),
    (UP, Recording("a refused token", b"Unauthorized", "status", status=401)),
    (UP, Recording("other JSON", b'{"status": "ok", "data": [1]}', "path_missing")),
    (UP, Recording("a sign-in page", SIGN_IN, "not_json")),
    (UP, Recording("a nesting bomb", b"[" * 200_000, "not_json")),
    (UP, Recording("a redirect inside", b"", "address_refused", 302, {"location": "http://127.0.0.2/in"})),
]

SIGNUPS = sheet("signups.csv")
UMSATZ = sheet("umsatz.csv")
TEAMS = sheet("unicode_text.txt")
COLUMN = {"column": "Signups"}
EUROPEAN = {"column": "umsatz", "decimal": ",", "text": "yes"}
OPEN = {"column": "Open"}

CSV: list[tuple[Asked, Recording]] = [
    (COLUMN, Recording("the last row with a value", SIGNUPS, Decimal(412))),
    (COLUMN | {"row": "first"}, Recording("the first row", SIGNUPS, Decimal(388))),
    (COLUMN | {"row": "3"}, Recording("a row by its number", SIGNUPS, Decimal(401))),
    (COLUMN | {"row": "2026-02-28"}, Recording("a row by its day", SIGNUPS, Decimal(412))),
    (COLUMN | {"row": "27 Feb 2026", "by": "date"}, Recording("a day in words", SIGNUPS, Decimal(401))),
    (COLUMN | {"reduce": "sum"}, Recording("all rows", SIGNUPS, Decimal(1201))),
    ({"column": " revenue ", "text": "yes"}, Recording("money", SIGNUPS, Decimal("1288.25"))),
    ({"column": "#4", "text": "yes", "math": "/ 100"}, Recording("a share", SIGNUPS, Decimal("0.034"))),
    ({"column": "Note, free", "reduce": "count"}, Recording("texts counted", SIGNUPS, Decimal(2))),
    (EUROPEAN, Recording("a decimal comma", UMSATZ, Decimal("1002.25"))),
    (EUROPEAN | {"row": "märz"}, Recording("a row by its name", UMSATZ, Decimal("1002.25"))),
    ({"column": "Quote", "decimal": ",", "row": "Januar"}, Recording("no text", UMSATZ, Decimal("12.5"))),
    (
        {"column": "Kosten €", "decimal": ","},
        Recording(
            "a declared Latin alphabet",
            sheet("kosten.csv"),
            Decimal("12.5"),
            headers={"content-type": "text/csv; charset=ISO-8859-1"},
        ),
    ),
    (OPEN | {"row": "Checkout"}, Recording("UTF-16 with tabs", TEAMS, Decimal(4))),
    (OPEN | {"row": "search", "reduce": "sum"}, Recording("rows of one name", TEAMS, Decimal(8))),
    (OPEN | {"row": "billing", "reduce": "count"}, Recording("rows of no name", TEAMS, Decimal(0))),
    (OPEN | {"row": "Search"}, Recording("two rows of one name", TEAMS, "path_missing")),
    (OPEN | {"row": "Billing"}, Recording("no such row", TEAMS, "path_missing")),
    (COLUMN | {"row": "5"}, Recording("a row without a value", SIGNUPS, "path_missing")),
    (COLUMN | {"row": "1"}, Recording("the header's number", SIGNUPS, "path_missing")),
    (COLUMN | {"row": "99"}, Recording("a number beyond the last", SIGNUPS, "path_missing")),
    ({"column": "Singups"}, Recording("no such column", SIGNUPS, "path_missing")),
    ({"column": "#9"}, Recording("no such place", SIGNUPS, "path_missing")),
    ({"column": "Revenue"}, Recording("money without text=yes", SIGNUPS, "not_a_number")),
    ({"column": "Note, free"}, Recording("a text", SIGNUPS, "not_a_number")),
    ({"column": "Kosten €"}, Recording("an undeclared alphabet", sheet("kosten.csv"), "not_json")),
    (COLUMN, Recording("a sign-in page", SIGN_IN, "not_json")),
    (COLUMN, Recording("a workbook", b"PK\x03\x04\x14\x00" * 9, "not_json")),
    (COLUMN, Recording("an empty body", b"\r\n", "not_json")),
    (COLUMN, Recording("a field without an end", b'Signups\n"' + b"1" * 200_000, "not_json")),
    (COLUMN, Recording("a missing page", SIGN_IN, "status", status=404)),
    (COLUMN, Recording("a body over 5 MB", b" " * 5_000_001, "too_large")),
    (
        COLUMN,
        Recording("a redirect inside", b"", "address_refused", 302, {"location": "http://127.0.0.2/in"}),
    ),
]
