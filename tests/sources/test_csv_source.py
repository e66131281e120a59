"""The source `csv`: which cell it finds, what counts as a number there, and what it says where there is none."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.criterion import SourceKind, SourceSpec
from bot.errors import SourceError, UserError
from bot.sources.csv import LOOP_LIMIT_BYTES, Csv
from bot.sources.http import Fetcher
from bot.sources.jsonpath import Evaluator
from bot.sources.protocol import Observed, SourceContext, SourceRequest
from bot.sources.sheet import read_day, read_sheet
from bot.sources.sheet_text import decode_sheet, find_delimiter

from .conftest import NOW, MetricServer
from .metric_recordings import SIGNUPS, sheet

URL = "https://sheets.example.com/signups.csv"


def spec(url: str | None = URL, path: str | None = None, **options: str) -> SourceSpec:
    return SourceSpec(SourceKind.CSV, url, path, tuple(sorted(options.items())))


async def read(made: SourceSpec, fetcher: Fetcher, paths: Evaluator, now: datetime = NOW) -> Observed:
    source = Csv()
    source.check(made)
    ctx = SourceContext(http=fetcher, paths=paths, now=lambda: now)
    return await source.read(SourceRequest(made, "T0METRICS", None), ctx)


def found(body: bytes | str, **asked: str | None) -> dict[str, str | None]:
    body = body.encode() if isinstance(body, str) else body
    return read_sheet(body, {"rows": "last", **asked}, "h")


def sentence(body: bytes | str, **asked: str | None) -> str:
    with pytest.raises(SourceError) as caught:
        found(body, **asked)
    assert len(str(caught.value)) <= 300
    return str(caught.value)


# Columns and rows


@pytest.mark.parametrize("column", ["Signups", " signups ", "SIGNUPS", "#2"])
def test_a_column_is_found_by_its_name_or_place(column: str) -> None:
    assert found(SIGNUPS, column=column)["value"] == "412"


def test_a_name_that_looks_like_a_place_is_a_name() -> None:
    assert found("a,#1\n7,8\n", column="#1")["value"] == "8"


def test_of_two_columns_alike_the_exact_one_is_meant() -> None:
    assert found("users,Users\n7,8\n", column="Users")["value"] == "8"
    assert "2 columns are called “USERS”; name one by its place, #1 or #2" in sentence(
        "users,Users\n7,8\n", column="USERS"
    )


@pytest.mark.parametrize(
    ("column", "says"),
    [
        ("Singups", "no column “Singups”; nearest: Signups"),
        ("x", "no column “x”; there is Date, Signups, Revenue, Conversion, …"),
        ("#6", "there is no column #6; there are 5"),
        ("#0", "there is no column #0; there are 5"),
    ],
)
def test_a_column_there_is_not_is_told_with_what_there_is(column: str, says: str) -> None:
    assert sentence(SIGNUPS, column=column) == says


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"rows": "number", "row": "5"}, "row 5 has nothing in Signups"),
        ({"rows": "number", "row": "1"}, "row 1 is not below the header, which is row 1"),
        ({"rows": "number", "row": "6"}, "there is no row 6; the last is 5"),
        (
            {"rows": "match", "row": "2026-02-25", "day": "2026-02-25"},
            "no row has “2026-02-25” in Date; nearest: 2026-02-26",
        ),
        (
            {"rows": "match", "row": "today", "day": "2029-01-01"},
            "no row has “today” in Date; nearest: 2026-03-01",
        ),
        ({"rows": "match", "row": "total"}, "no row has “total” in Date; there is 2026-02-26, 2026-02-27,"),
        ({"rows": "match", "row": "2026-03-01"}, "row 5 has nothing in Signups"),
    ],
)
def test_a_row_there_is_not_is_told_with_what_there_is(asked: dict[str, str], says: str) -> None:
    assert sentence(SIGNUPS, column="Signups", **asked).startswith(says)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("a,b\n", "no row has anything in b"),
        ("a,b\n1\n2, \n", "no row has anything in b"),
        ("a,b\n1,2\n1,3\n", "2 rows have “1” in a; choose by another column, or add with reduce=sum"),
    ],
)
def test_nothing_and_too_much_are_sentences(body: str, says: str) -> None:
    asked = {"rows": "match", "row": "1"} if "3" in body else {}
    assert sentence(body, column="b", **asked).startswith(says)


def test_rows_are_numbered_as_a_spreadsheet_does() -> None:
    body = '\n\nday,n\n"a\nb",5\n\nc,7\n'
    assert found(body, column="n", rows="number", row="4")["value"] == "5"
    assert found(body, column="n", rows="number", row="6")["value"] == "7"
    assert "row 3 is not below the header, which is row 3" in sentence(
        body, column="n", rows="number", row="3"
    )


def test_a_reducer_takes_the_rows_that_have_something() -> None:
    body = "team,n\nA,1\nb,\na ,4\nB,9\n"
    assert found(body, column="n", rows="all", reduce="count")["value"] == "3"
    assert found(body, column="n", rows="all", reduce="sum")["value"] == "14"
    assert found(body, column="n", rows="match", row="a", reduce="avg")["value"] == "2.5"
    assert found(body, column="n", rows="match", row="c", reduce="sum")["value"] == "0"
    assert sentence(body, column="n", rows="match", row="c", reduce="max") == "nothing at n, so it has no max"
    assert found(body, column="team", rows="all", reduce="count")["value"] == "4"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-24", date(2026, 11, 24)),
        ("2026/1/4", date(2026, 1, 4)),
        ("2026-11-24T09:30:00Z", date(2026, 11, 24)),
        ("2026-11-24 09:30", date(2026, 11, 24)),
        ("24 Nov 2026", date(2026, 11, 24)),
        ("24. november 2026", date(2026, 11, 24)),
        ("24-Nov-2026", date(2026, 11, 24)),
        ("Sept 1st, 2026", date(2026, 9, 1)),
        ("Jul. 1 2026", date(2026, 7, 1)),
        ("03/04/2026", None),
        ("24.11.2026", None),
        ("2026-02-30", None),
        ("2026-11/24", None),
        ("24 Novice 2026", None),
        ("0000-01-01", None),
        ("20261124", None),
        ("2026-11-24 or so", None),
        ("", None),
    ],
)
def test_a_date_is_one_only_where_it_can_be_no_other(text: str, day: date | None) -> None:
    assert read_day(text) == day


@given(day=st.dates(min_value=date(1000, 1, 1)), form=st.sampled_from(["%Y-%m-%d", "%d %b %Y", "%B %d, %Y"]))
def test_a_day_is_found_however_it_is_written(day: date, form: str) -> None:
    body = f'day,n\n"{day.strftime(form)}",7\nother,8\n'
    assert found(body, column="n", rows="match", row="x", day=day.isoformat())["value"] == "7"


@pytest.mark.parametrize(
    ("row", "value"),
    [("today", 412), ("Yesterday", 401), ("26 Feb 2026", 388), ("last", 412), ("FIRST", 388), ("#3", 401)],
)
async def test_rows_as_they_are_typed(
    server: MetricServer, fetcher: Fetcher, paths: Evaluator, row: str, value: int
) -> None:
    made = spec(server.say("/s.csv", SIGNUPS), column="Signups", row=row)
    now = datetime(2026, 2, 28, 23, 59, tzinfo=UTC)
    assert (await read(made, fetcher, paths, now)).value == value


async def test_a_number_is_looked_up_like_a_text_in_a_column_that_is_named(
    server: MetricServer, fetcher: Fetcher, paths: Evaluator
) -> None:
    url = server.say("/s.csv", b"n,week\n7,2\n8,3\n9,4\n")
    assert (await read(spec(url, column="n", row="3"), fetcher, paths)).value == 8
    assert (await read(spec(url, column="n", row="2", by="Week"), fetcher, paths)).value == 7
    assert (await read(spec(url, column="n", row="#2", by="Week"), fetcher, paths)).value == 7
    assert (await read(spec(url, column="n", row="4", by="#2"), fetcher, paths)).value == 9


# When a value held


@pytest.mark.parametrize(
    ("options", "at"),
    [
        ({}, NOW),
        ({"dated": "no"}, NOW),
        ({"dated": "yes"}, datetime(2026, 2, 28, 23, 59, 59, 999999, tzinfo=UTC)),
        ({"dated": "yes", "row": "2026-02-26"}, datetime(2026, 2, 26, 23, 59, 59, 999999, tzinfo=UTC)),
    ],
    ids=["when it was fetched", "said so", "the last row's day", "another row's day"],
)
async def test_a_reading_is_as_old_as_its_row_only_when_asked(
    server: MetricServer, fetcher: Fetcher, paths: Evaluator, options: dict[str, str], at: datetime
) -> None:
    made = spec(server.say("/s.csv", SIGNUPS), column="Signups", **options)
    assert (await read(made, fetcher, paths)).at == at


async def test_a_day_that_has_not_ended_holds_until_now(
    server: MetricServer, fetcher: Fetcher, paths: Evaluator
) -> None:
    body = f"day,n\n{NOW.date()},7\n{NOW.date() + timedelta(days=9)},\n".encode()
    made = spec(server.say("/s.csv", body), column="n", dated="yes")
    assert (await read(made, fetcher, paths)).at == NOW


async def test_a_row_without_a_day_is_not_dated(
    server: MetricServer, fetcher: Fetcher, paths: Evaluator
) -> None:
    made = spec(server.say("/s.csv", b"what,n\nTotal,7\n"), column="n", dated="yes")
    with pytest.raises(SourceError, match="dated=yes needs a date, and found “Total” in what") as caught:
        await read(made, fetcher, paths)
    assert (caught.value.cause, caught.value.host) == ("path_missing", "127.0.0.1")


# Numbers


@pytest.mark.parametrize(
    ("cell", "asked", "value"),
    [
        ("412", {}, "412"),
        (" -0.50 ", {}, "-0.50"),
        ("-0", {}, "0"),
        ("1.5e3", {}, "1.5E+3"),
        (".5", {}, "0.5"),
        ("0.10000000000000000000000000000001", {}, "0.10000000000000000000000000000001"),
        ("1,234.5", {"text": "yes"}, "1234.5"),
        ("99.9 %", {"text": "yes"}, "99.9"),
        ("€ 7", {"text": "yes"}, "7"),
        ("12,5", {"decimal": ","}, "12.5"),
        ("-12", {"decimal": ","}, "-12"),
        ("1.234,50 €", {"decimal": ",", "text": "yes"}, "1234.50"),
        ("12,5 %", {"decimal": ",", "text": "yes"}, "12.5"),
    ],
)
def test_a_cell_is_a_number(cell: str, asked: dict[str, str], value: str) -> None:
    assert found(f'n\n"{cell}"\n', column="n", **asked)["value"] == value


@pytest.mark.parametrize(
    ("cell", "asked", "says"),
    [
        (
            "1,234.5",
            {},
            "found the text “1,234.5” at row 2 of n, not a number; add with text=yes to take it as 1234.5",
        ),
        ("1.234,5", {"decimal": ","}, "add with text=yes to take it as 1234.5"),
        ("12,5", {}, "found the text “12,5” at row 2 of n, not a number"),
        ("12,5", {"text": "yes"}, "found the text “12,5” at row 2 of n, not a number"),
        ("n/a", {"text": "yes"}, "found the text “n/a” at row 2 of n, not a number"),
        ("NaN", {}, "found the text “NaN”"),
        ("٤٢", {"text": "yes"}, "not a number"),
        ("#DIV/0!", {}, "found the text “#DIV/0!”"),
        ("1" * 41, {}, "at most 40 digits count"),
        ("1e99", {}, "too large"),
        ("7" * 90_000, {"text": "yes"}, "not a number"),
    ],
)
def test_a_cell_that_is_no_number_is_shown(cell: str, asked: dict[str, str], says: str) -> None:
    assert says in sentence(f'n\n"{cell}"\n', column="n", **asked)


# Text


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("n\nü7".encode(), None),
        ("n\nü7".encode("utf-8-sig"), "text/csv"),
        ("n\nü7".encode("utf-16"), None),
        (b"\xfe\xff" + "n\nü7".encode("utf-16-be"), "text/csv; charset=utf-8"),
        ("n\nü7".encode("utf-16-le"), "text/csv; charset=UTF-16LE"),
        ("n\nü7".encode("latin-1"), 'text/csv; charset="iso-8859-1"'),
        ("n\nü7".encode("cp1252"), "text/csv;charset=Windows-1252"),
        ("n\nü7".encode(), "text/csv; charset=iso-8859-1"),
    ],
    ids=[
        "UTF-8",
        "with a mark",
        "UTF-16",
        "big-endian",
        "declared",
        "Latin-1",
        "Windows",
        "wrongly declared",
    ],
)
def test_the_text_is_read_in_its_alphabet(body: bytes, content_type: str | None) -> None:
    assert decode_sheet(body, content_type, "h") == "n\nü7"


@pytest.mark.parametrize(
    ("body", "content_type", "says"),
    [
        ("n\nü".encode("latin-1"), None, "is not UTF-8 text"),
        ("n\nü".encode("latin-1"), "text/csv; charset=klingon", "is not UTF-8 text"),
        (b"\xff\xfen", None, "is not UTF-8 text"),
        (b"\x00\x01\x02", None, "it is not text"),
        (b"", None, "is empty"),
        (b"\xef\xbb\xbf \r\n", None, "is empty"),
        (b"PK\x03\x04", None, "is a workbook, not CSV"),
        (
            b"\xef\xbb\xbf\n<!DOCTYPE html><title>Sign in</title>",
            "text/html",
            "is a web page, not CSV; often it wants",
        ),
        (b"<HTML lang=en>", None, "is a web page"),
    ],
)
def test_what_is_no_sheet_is_told(body: bytes, content_type: str | None, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        decode_sheet(body, content_type, "h")
    assert says in str(caught.value)
    assert str(caught.value).startswith("the answer from h ")
    assert caught.value.cause == "not_json"


@pytest.mark.parametrize(
    ("text", "typed", "delimiter"),
    [
        ("a,b\n", None, ","),
        ("a;b\n1,5;2,5;3,5\n", "auto", ";"),
        ("a\tb\n", None, "\t"),
        ('"a,b,c";d\n', None, ";"),
        ('"a\nb,c,d";e\n', None, ";"),
        ("\r\n\r\na;b\r\n", None, ";"),
        ("a, b;c\n", None, ";"),
        ("a\n", None, ","),
        ("a;b,c\n", ",", ","),
        ("a,b\n", "tab", "\t"),
        ("sep=;\r\na,b\r\n", None, ";"),
        ('"sep=\t"\na,b\n', None, "\t"),
    ],
)
def test_the_header_tells_what_parts_the_cells(text: str, typed: str | None, delimiter: str) -> None:
    rest, found_delimiter = find_delimiter(text, typed)
    assert found_delimiter == delimiter
    assert "sep=" not in rest


def test_a_recorded_sheet_of_another_country_is_read() -> None:
    assert found(sheet("umsatz.csv"), column="Umsatz", decimal=",", text="yes")["value"] == "1002.25"


cells = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)


@given(
    rows=st.lists(st.tuples(cells, cells, st.integers(-999, 999)), min_size=1, max_size=6),
    delimiter=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    # Before Python 3.13 the module leaves a lone \r unquoted where lines end in \n, which no one can read back.
    lines=st.sampled_from([("\r\n", csv.QUOTE_MINIMAL), ("\n", csv.QUOTE_ALL), ("\r", csv.QUOTE_ALL)]),
    data=st.data(),
)
def test_a_sheet_with_odd_cells_is_read_back(
    rows: list[tuple[str, str, int]],
    delimiter: str,
    encoding: str,
    lines: tuple[str, Literal[0, 1]],
    data: st.DataObject,
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=lines[0], quoting=lines[1])
    writer.writerow(["what", "note", "n"])
    writer.writerows(rows)
    place = data.draw(st.integers(0, len(rows) - 1))
    body = written.getvalue().encode(encoding)
    assert found(body, column="n", rows="number", row=str(place + 2))["value"] == str(rows[place][2])
    assert found(body, column="#3")["value"] == str(rows[-1][2])
    assert found(body, column="n", rows="all", reduce="sum")["value"] == str(sum(row[2] for row in rows))


def outcome(body: bytes, asked: dict[str, str | None]) -> Decimal | SourceError:
    try:
        return Decimal(read_sheet(body, asked, "h")["value"] or "")
    except SourceError as error:
        return error


@given(
    body=st.binary(max_size=60) | st.text('a1,;\t"\n\r#%€.-', max_size=60).map(str.encode),
    column=st.sampled_from(["a", "#1", "", "\ud800"]),
    rows=st.sampled_from(["last", "first", "all", "number", "match"]),
    row=st.sampled_from(["1", "2", "3"]),
    reduce=st.sampled_from([None, "sum", "count", "p95"]),
    text=st.sampled_from([None, "yes"]),
    decimal=st.sampled_from([None, ","]),
)
def test_whatever_is_published_it_is_a_value_or_a_sentence(
    body: bytes,
    column: str,
    rows: str,
    row: str,
    reduce: str | None,
    text: str | None,
    decimal: str | None,
) -> None:
    asked = {"column": column, "rows": rows, "row": row, "reduce": reduce, "text": text, "decimal": decimal}
    if rows == "all" and reduce is None:
        asked["reduce"] = "sum"
    result = outcome(body, asked)
    if isinstance(result, SourceError):
        assert result.cause in ("path_missing", "not_a_number", "not_json")
        assert 0 < len(str(result)) <= 300
    else:
        assert result.is_finite()


async def test_a_large_sheet_is_read_in_a_process(
    server: MetricServer, fetcher: Fetcher, paths: Evaluator
) -> None:
    body = b"day,n\n" + b"x,1\n" * 20_000 + b"last,7\n"
    made = spec(server.say("/s.csv", body), column="n")
    assert len(body) > LOOP_LIMIT_BYTES
    assert (await read(made, fetcher, paths)).value == 7
    assert paths.processes_started == 1
    with pytest.raises(SourceError, match="no column “m”") as caught:
        await read(spec(server.url("/s.csv"), column="m"), fetcher, paths)
    assert (caught.value.cause, caught.value.host) == ("path_missing", "127.0.0.1")
    server.say("/s.csv", body[:LOOP_LIMIT_BYTES])
    await read(made, fetcher, paths)
    assert paths.processes_started == 1


async def test_csv_is_asked_for(server: MetricServer, fetcher: Fetcher, paths: Evaluator) -> None:
    made = spec(server.say("/s.csv", SIGNUPS), column="Signups", auth="bearer", token="t")
    await read(made, fetcher, paths)
    sent = server.seen[0].headers
    assert sent["accept"].startswith("text/csv")
    assert sent["authorization"] == "Bearer t"


# What is refused before anything is asked


@pytest.mark.parametrize(
    ("made", "field", "says"),
    [
        (spec(None, column="a"), "url", "an address is missing"),
        (spec("file:///etc/passwd", column="a"), "url", "http://"),
        (spec(path="$.a", column="a"), "path", "by column and row"),
        (spec(), "source", "say which column"),
        (spec(column="a", sheet="2"), "source", "has no option “sheet”"),
        (spec(column="a", delimiter="|"), "source", "delimiter is auto or , or ; or tab"),
        (spec(column="a", decimal="·"), "source", "decimal is . or ,"),
        (spec(column="a", dated="maybe"), "source", "dated is yes or no"),
        (spec(column="a", text="maybe"), "source", "text is yes or no"),
        (spec(column="a", decimal=",", delimiter=","), "source", "A comma can't be both"),
        (spec(column="a", reduce="sum", row="last"), "source", "leave row out"),
        (spec(column="a", reduce="sum", row="7"), "source", "leave row out"),
        (spec(column="a", reduce="sum", dated="yes"), "source", "leave dated or reduce out"),
        (spec(column="a", by="Day"), "source", "say which row"),
        (spec(column="a", by="Day", reduce="sum"), "source", "say which rows"),
        (spec(column="a", auth="basic"), "source", "needs user and password"),
    ],
)
def test_a_spec_that_can_never_work_is_refused(made: SourceSpec, field: str, says: str) -> None:
    with pytest.raises(UserError) as caught:
        Csv().check(made)
    assert caught.value.field == field
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "made",
    [
        spec(
            column="a",
            row="today",
            by="Day",
            dated="yes",
            decimal=",",
            delimiter=";",
            text="yes",
            math="/ 10",
        ),
        spec(column="a", by="Day", dated="yes"),
        spec(column="a", row="Search", by="Team", reduce="sum"),
        spec(column="a", reduce="p95", auth="header", header="X-Key", token="{{secret:FILES}}"),
    ],
)
def test_a_spec_that_could_work_passes(made: SourceSpec) -> None:
    Csv().check(made)
