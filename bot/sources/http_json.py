"""The source `http_json`: one number out of JSON fetched over HTTP."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.criterion import SourceKind, SourceSpec
from bot.errors import SourceError, UserError
from bot.sources.body import shorten
from bot.sources.path import loop_limit_bytes
from bot.sources.protocol import Observed, SourceContext, SourceRequest
from bot.sources.requesting import check_request_options, fetch_described
from bot.sources.shaping import SHAPE_OPTIONS, check_shape
from bot.sources.url import parse_source_url


class HttpJson:
    """Fetches an address and reads the number its path leads to."""

    kind = SourceKind.HTTP_JSON
    readable_by_schedule = True
    default_every = timedelta(hours=1)
    default_readings_needed = 2

    def check(self, spec: SourceSpec) -> None:
        """Do nothing when address, path and options can be used.

        A path with filters or functions is only looked at from outside here; it is parsed in the process
        pool, when it is first read.

        Raises:
            UserError: field ``url``, ``path`` or ``source``.
        """
        if not spec.url:
            raise UserError(
                "an address is missing: where the number is read",
                field="url",
                example="source https://api.example.com/stats path $.signups.week",
            )
        try:
            parse_source_url(spec.url)
        except SourceError as error:
            raise UserError(str(error), field="url") from None
        if not spec.path:
            raise UserError(
                "a path is missing: where in the answer the number stands",
                field="path",
                example="path $.signups.week",
            )
        try:
            loop_limit_bytes(spec.path)
        except SourceError as error:
            raise UserError(str(error), field="path") from None
        check_request_options(spec, others=SHAPE_OPTIONS)
        check_shape(spec)

    async def read(self, request: SourceRequest, ctx: SourceContext) -> Observed:
        """Return the number as it is now.

        Raises:
            SourceError: With a cause and one plain sentence.
        """
        spec = request.spec
        if not spec.url or not spec.path:
            raise SourceError("an address and a path are needed", cause="bad_request", permanent=True)
        fetched = await fetch_described(spec, ctx, url=spec.url)
        shaping = {name: text for name, text in spec.options if name in SHAPE_OPTIONS}
        value = await ctx.paths.extract(fetched.body, spec.path, host=fetched.host, shaping=shaping)
        reducer = spec.option("reduce")
        return Observed(
            value=value,
            at=fetched.at,
            origin_host=fetched.host,
            detail=f"{f'{reducer} of ' if reducer else ''}{shorten(spec.path)} from {fetched.host}",
            elapsed_s=fetched.elapsed_s,
        )
