"""The source `csv`: one number out of a published sheet, or of a CSV file fetched over HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from bot.domain.criterion import SourceKind, SourceSpec
from bot.errors import SourceError, UserError
from bot.sources.body import shorten
from bot.sources.protocol import Observed, SourceContext, SourceRequest
from bot.sources.requesting import check_request_options, fetch_described
from bot.sources.shaping import SHAPE_OPTIONS, check_shape
from bot.sources.sheet import read_day
from bot.sources.url import parse_source_url

LOOP_LIMIT_BYTES = 16 * 1024

ACCEPT = "text/csv, text/plain;q=0.9, */*;q=0.5"

_OPTIONS = frozenset({"column", "row", "by", "delimiter", "decimal", "dated"}) | SHAPE_OPTIONS
_CHOICES = {
    "delimiter": ("auto", ",", ";", "tab"),
    "decimal": (".", ","),
    "dated": ("yes", "no"),
}
_NUMBER = re.compile(r"#?([0-9]{1,7})")
_EXAMPLE = "source csv https://sheets.example.com/signups.csv with column=Signups row=last"


class Csv:
    """Fetches a sheet and reads the number in one column of one row, or of all its rows."""

    kind = SourceKind.CSV
    readable_by_schedule = True
    default_every = timedelta(hours=1)
    default_readings_needed = 2

    def check(self, spec: SourceSpec) -> None:
        """Do nothing when address and options can be used; what columns there are only the sheet knows.

        Raises:
            UserError: field ``url``, ``path`` or ``source``.
        """
        if not spec.url:
            raise UserError(
                "an address is missing: where the sheet is published", field="url", example=_EXAMPLE
            )
        try:
            parse_source_url(spec.url)
        except SourceError as error:
            raise UserError(str(error), field="url") from None
        if spec.path:
            raise UserError(
                f"a csv source finds its number by column and row, so it has no path; type {_EXAMPLE}",
                field="path",
            )
        check_request_options(spec, others=_OPTIONS)
        check_shape(spec)
        if not spec.option("column"):
            raise UserError(f"say which column the number stands in, as in {_EXAMPLE}", field="source")
        for name, choices in _CHOICES.items():
            if (typed := spec.option(name)) is not None and typed not in choices:
                raise UserError(
                    f"{name} is {' or '.join(choices)}, not “{shorten(typed, 40)}”.", field="source"
                )
        if spec.option("decimal") == "," and spec.option("delimiter") == ",":
            raise UserError(
                "A comma can't be both: cells are parted by ; or tab where numbers have one.", field="source"
            )
        _check_row(spec)

    async def read(self, request: SourceRequest, ctx: SourceContext) -> Observed:
        """Return the number as it stands in the sheet now.

        Raises:
            SourceError: With a cause and one plain sentence.
        """
        spec = request.spec
        if not spec.url or not spec.option("column"):
            raise SourceError("an address and a column are needed", cause="bad_request", permanent=True)
        fetched = await fetch_described(spec, ctx, url=spec.url, accept=ACCEPT)
        found = await ctx.paths.run(
            "sheet",
            fetched.body,
            {
                **{name: spec.option(name) for name in (*_OPTIONS, "column")},
                **_wanted(spec, ctx.now()),
                "content_type": fetched.headers.get("content-type"),
            },
            host=fetched.host,
            loop_limit_bytes=LOOP_LIMIT_BYTES,
        )
        at = fetched.at
        if spec.option("dated") == "yes":
            if found["day"] is None:
                raise SourceError(
                    f"dated=yes needs a date, and found {found['label']}",
                    cause="path_missing",
                    host=fetched.host,
                )
            ends = datetime.combine(datetime.fromisoformat(found["day"]), time.max, UTC)
            at = min(at, ends)
        return Observed(
            value=Decimal(found["value"] or ""),
            at=at,
            origin_host=fetched.host,
            detail=f"{found['where']} from {fetched.host}",
            elapsed_s=fetched.elapsed_s,
        )


def _check_row(spec: SourceSpec) -> None:
    row, reduced = spec.option("row"), spec.option("reduce") is not None
    if reduced and spec.option("dated") == "yes":
        raise UserError("Only a single row has a date: leave dated or reduce out.", field="source")
    if reduced and row is not None and _wanted_rows(spec) != "match":
        raise UserError(
            "reduce takes all rows, or those with one text in a column (row=TEXT by=COLUMN): leave row out.",
            field="source",
        )
    if not reduced and row is None and spec.option("by") is not None and spec.option("dated") != "yes":
        raise UserError("by says where row=… is looked up: say which row, like row=today.", field="source")
    if reduced and row is None and spec.option("by") is not None:
        raise UserError("by says where row=… is looked up: say which rows, or leave by out.", field="source")


def _wanted_rows(spec: SourceSpec) -> str:
    row = spec.option("row")
    if row is None:
        return "last" if spec.option("reduce") is None else "all"
    if row.lower() in ("last", "first"):
        return row.lower()
    # In a column that was named a number is looked up as a text, such as the number of a week.
    if _NUMBER.fullmatch(row) and (row.startswith("#") or spec.option("by") is None):
        return "number"
    return "match"


def _wanted(spec: SourceSpec, now: datetime) -> dict[str, str | None]:
    """Return which rows are wanted; ``today`` and ``yesterday`` are days in UTC, the only zone a source knows."""
    row, rows = spec.option("row") or "", _wanted_rows(spec)
    if rows != "match":
        return {"rows": rows, "row": row.removeprefix("#"), "day": None}
    days = {"today": now.date(), "yesterday": now.date() - timedelta(days=1)}
    day = days.get(row.lower()) or read_day(row)
    if row.lower() in days and day is not None:
        row = day.isoformat()
    return {"rows": rows, "row": row, "day": None if day is None else day.isoformat()}
