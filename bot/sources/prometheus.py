"""The source `prometheus`: one number out of a query to Prometheus' HTTP API, or to one that speaks it."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote, urlencode

import httpx

from bot.domain.criterion import SourceKind, SourceSpec
from bot.domain.entities import straighten
from bot.domain.secret import secrets_named
from bot.errors import SourceError, UserError
from bot.sources.body import shorten
from bot.sources.protocol import Observed, SourceContext, SourceRequest
from bot.sources.request import Fetched
from bot.sources.requesting import check_request_options, fetch_described
from bot.sources.series import explain_refusal
from bot.sources.shaping import REDUCERS, check_shape
from bot.sources.url import parse_source_url

LONGEST_GET = 1_500
"""Characters of an address with its query; what is longer is posted, since servers and proxies have limits."""

MOST_POINTS = 11_000
"""Points of one series that Prometheus gives at most."""

LOOP_LIMIT_BYTES = 16 * 1024

EXPLAINED = frozenset({400, 422, 500, 503})
"""Statuses that come with the server's words."""

_OPTIONS = ("query", "range", "step", "reduce", "math")
_DEFAULT_STEPS = 60
_LONGEST_RANGE = timedelta(days=3 * 365)
_DURATION = re.compile(
    r"(?:([0-9]{1,9})y)?(?:([0-9]{1,9})w)?(?:([0-9]{1,9})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?"
    r"(?:([0-9]{1,9})s)?(?:([0-9]{1,9})ms)?"
)
_UNITS_MS = (31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1_000, 1)
_ENDPOINT = re.compile(rb"/(?:api/v1(?:/query(?:_range)?)?|graph|query)?/*\Z")
_ASKED_BY_PAGE = re.compile(r"g[0-9]+\..*|query|time|start|end|step|timeout")
_EXAMPLE = "source prometheus https://prometheus.example.com with query='sum(rate(errors_total[5m]))'"


class Prometheus:
    """Asks an instant or a range query and reads one number out of its series."""

    kind = SourceKind.PROMETHEUS
    readable_by_schedule = True
    default_every = timedelta(hours=1)
    default_readings_needed = 2

    def check(self, spec: SourceSpec) -> None:
        """Do nothing when address, query and options can be used; what the query means only the server knows.

        Raises:
            UserError: field ``url``, ``path`` or ``source``.
        """
        if not spec.url:
            raise UserError("an address is missing: where Prometheus is", field="url", example=_EXAMPLE)
        try:
            parse_source_url(spec.url)
        except SourceError as error:
            raise UserError(str(error), field="url") from None
        if spec.path:
            raise UserError(
                f"a prometheus source finds its number with a query, so it has no path; type {_EXAMPLE}",
                field="path",
            )
        if any(name == "body" or name.startswith("form.") for name, _ in spec.options):
            raise UserError("What is asked stands in query=…; leave body and form out.", field="source")
        check_request_options(spec, others=_OPTIONS)
        check_shape(spec)
        query = spec.option("query")
        if not query:
            raise UserError(f"say what to ask, as in {_EXAMPLE}", field="source")
        if secrets_named(query):
            raise UserError(
                "A secret has no place in a query; send it with auth=bearer or auth=basic.", field="source"
            )
        _check_range(spec)

    async def read(self, request: SourceRequest, ctx: SourceContext) -> Observed:
        """Ask once.

        Raises:
            SourceError: With a cause and one plain sentence; what the server says of a query it refuses is in it.
        """
        spec = request.spec
        if not spec.url or not spec.option("query"):
            raise SourceError("an address and a query are needed", cause="bad_request", permanent=True)
        query = straighten(spec.option("query") or "")
        asked = [("query", query)]
        if (typed := spec.option("range")) is not None:
            end, span = ctx.now(), parse_duration(typed)
            step = parse_duration(spec.option("step") or "") or _default_step(span)
            asked += [
                ("start", f"{(end - span).timestamp():.3f}"),
                ("end", f"{end.timestamp():.3f}"),
                ("step", f"{step.total_seconds():.3f}"),
            ]
        fetched = await _ask(spec, ctx, "query" if typed is None else "query_range", asked)
        if fetched.status >= 400:
            body = fetched.body if len(fetched.body) <= LOOP_LIMIT_BYTES else b""
            raise explain_refusal(body, fetched.status, fetched.host, await _hidden(spec, ctx))
        found = await ctx.paths.run(
            "series",
            fetched.body,
            {name: spec.option(name) for name in ("reduce", "math")},
            host=fetched.host,
            loop_limit_bytes=LOOP_LIMIT_BYTES,
        )
        at = fetched.at
        if (sampled := found["at"]) is not None:
            # A server's clock may run ahead, and a value can't hold before it was read.
            at = min(at, datetime.fromtimestamp(float(sampled), UTC))
        return Observed(
            value=Decimal(found["value"] or ""),
            at=at,
            origin_host=fetched.host,
            detail=f"{shorten(query)} from {fetched.host}",
            elapsed_s=fetched.elapsed_s,
        )


def parse_duration(typed: str) -> timedelta:
    """Return a duration as Prometheus writes it (``5m``, ``1h30m``, ``1d``); zero where it is none."""
    found = _DURATION.fullmatch(typed)
    if found is None:
        return timedelta(0)
    total_ms = sum(int(count) * unit_ms for count, unit_ms in zip(found.groups("0"), _UNITS_MS, strict=True))
    return timedelta(milliseconds=min(total_ms, 10**15))


def address_of(url: str, endpoint: str) -> str:
    """Return where an endpoint of the API is, given its server's address as people have it.

    They paste it with or without the API's path, or as the address of the page with the graph; a prefix such as
    ``/prometheus`` is kept, and so are parameters that are not the page's own.
    """
    base = parse_source_url(url)
    prefix = _ENDPOINT.sub(b"", base.raw_path.partition(b"?")[0])
    kept = [(name, text) for name, text in base.params.multi_items() if not _ASKED_BY_PAGE.fullmatch(name)]
    made = base.copy_with(raw_path=prefix + f"/api/v1/{endpoint}".encode())
    return str(made.copy_with(params=httpx.QueryParams(urlencode(kept))) if kept else made)


def _check_range(spec: SourceSpec) -> None:
    typed, typed_step = spec.option("range"), spec.option("step")
    if typed is None:
        if typed_step is not None:
            raise UserError("A step parts a range: add one, like range=1h step=1m.", field="source")
        return
    for name, text in (("range", typed), ("step", typed_step)):
        if text is not None and not parse_duration(text):
            raise UserError(
                f"“{shorten(text, 40)}” is no {name}; type it as Prometheus does: 5m, 1h30m, 1d.",
                field="source",
            )
    span = parse_duration(typed)
    if span > _LONGEST_RANGE:
        raise UserError("A range is at most 3y.", field="source")
    step = parse_duration(typed_step) if typed_step is not None else _default_step(span)
    if span / step > MOST_POINTS:
        raise UserError(
            f"That range has more than {MOST_POINTS:,} steps, and Prometheus gives no more; "
            "take a longer step or a shorter range.",
            field="source",
        )
    if spec.option("reduce") is None:
        raise UserError(
            f"A range has many values: say what to make of them with reduce={'|'.join(REDUCERS)}.",
            field="source",
        )


def _default_step(span: timedelta) -> timedelta:
    return max(span / _DEFAULT_STEPS, timedelta(seconds=1))


async def _ask(
    spec: SourceSpec, ctx: SourceContext, endpoint: str, asked: Sequence[tuple[str, str]]
) -> Fetched:
    url = address_of(spec.url or "", endpoint)
    encoded = urlencode(asked)
    if (spec.option("method") or "").upper() == "POST" or len(url) + len(encoded) > LONGEST_GET:
        return await fetch_described(
            spec,
            ctx,
            url=url,
            content=encoded.encode(),
            content_type="application/x-www-form-urlencoded",
            explained=EXPLAINED,
        )
    return await fetch_described(spec, ctx, url=url, query=asked, explained=EXPLAINED)


async def _hidden(spec: SourceSpec, ctx: SourceContext) -> set[str]:
    """Return the credentials of a request, in every form in which a server could repeat them."""
    texts = set(ctx.tokens.all_tokens() if ctx.tokens is not None else ())
    for name, text in spec.options:
        filled = await ctx.secrets.fill(text)
        if filled.names or name in ("token", "password"):
            texts.add(filled.text)
            texts.update(
                [(await ctx.secrets.fill(f"{{{{secret:{secret}}}}}")).text for secret in filled.names]
            )
    if (user := spec.option("user")) is not None and (password := spec.option("password")) is not None:
        pair = f"{(await ctx.secrets.fill(user)).text}:{(await ctx.secrets.fill(password)).text}"
        texts.add(base64.b64encode(pair.encode()).decode("ascii"))
    return {form for text in texts if text for form in (text, quote(text, safe=""))}
