"""The source `sql`: one read-only statement that returns one number, from a database the operator named."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from decimal import Decimal

from bot.domain.criterion import SourceKind, SourceSpec
from bot.errors import SourceError, UserError
from bot.sources.body import shorten, to_decimal
from bot.sources.protocol import Observed, SourceContext, SourceRequest

LONGEST_QUERY = 2000

_OPTIONS = ("connection", "query")
_BEGINS = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
_EXAMPLE = 'source sql with connection=REPORTING query="select count(*) from orders"'


class Sql:
    """Asks one of the operator's databases; neither its address nor its password is ever shown."""

    kind = SourceKind.SQL
    readable_by_schedule = True
    default_every = timedelta(hours=1)
    default_readings_needed = 2

    def check(self, spec: SourceSpec) -> None:
        """Do nothing when the spec names a connection and holds one statement that reads.

        What is really allowed is decided by the database: the transaction is read-only.

        Raises:
            UserError: field ``url``, ``path`` or ``source``.
        """
        if spec.url or spec.path:
            raise UserError(
                "a database is named by the operator and never typed here, so there is no address and no path; "
                f"type {_EXAMPLE}",
                field="url" if spec.url else "path",
            )
        unknown = [name for name, _ in spec.options if name not in _OPTIONS]
        if unknown:
            raise UserError(f"{unknown[0]} means nothing to a sql source; type {_EXAMPLE}", field="source")
        query = spec.option("query") or ""
        if not spec.option("connection") or not query:
            raise UserError(f"a sql source needs a connection and a query: {_EXAMPLE}", field="source")
        if len(query) > LONGEST_QUERY:
            raise UserError(
                f"that query has {len(query):,} characters; {LONGEST_QUERY:,} is the most. Make it a view.",
                field="source",
            )
        if not _BEGINS.match(query) or ";" in _QUOTED.sub("", query).rstrip().removesuffix(";"):
            raise UserError(
                "the query has to be one statement that begins with select or with", field="source"
            )

    async def read(self, request: SourceRequest, ctx: SourceContext) -> Observed:
        """Ask the database once.

        Raises:
            SourceError: the connection is not known or not reachable, the statement failed, took too long or
                would change something, or there is not exactly one number.
        """
        name = request.spec.option("connection") or ""
        query = (request.spec.option("query") or "").rstrip().removesuffix(";")
        if ctx.connections is None or name not in ctx.connections.names:
            raise SourceError(
                f"there is no connection called {shorten(name, 60)}; "
                "the person who runs Loopmark names them in its settings",
                cause="bad_request",
                permanent=True,
                host=shorten(name, 60),
            )
        started = time.monotonic()
        found = await ctx.connections.ask(name, query)
        if isinstance(found, float):
            found = Decimal(repr(found))
        try:
            value = to_decimal(found, "the query's only value")
        except SourceError as error:
            raise SourceError(str(error), cause=error.cause, host=name) from None
        return Observed(
            value=value, at=ctx.now(), origin_host=name, detail="", elapsed_s=time.monotonic() - started
        )
