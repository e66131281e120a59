"""The contract every source keeps, as a test that a source's author can run.

    good = Recording("a good answer", body, expects=Decimal(412))
    await assert_source_keeps_contract(MySource(), [good, …], spec_of)

Recordings are answers of the real service, kept as files or bytes. They are played back by a small HTTP
server on this machine, so the source is read through the same guarded client as in production.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from aiohttp import web

from bot.domain.criterion import SourceSpec
from bot.errors import CAUSES, SourceError
from bot.sources.address import AllowedHosts
from bot.sources.body import to_decimal
from bot.sources.http import Fetcher
from bot.sources.jsonpath import Evaluator
from bot.sources.protocol import Answers, Connections, Observed, Source, SourceContext, SourceRequest

_SECRET = "query-secret-4711"
_NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Recording:
    """One recorded answer and what the source makes of it.

    Attributes:
        name: What it shows; named when the contract is broken.
        body: Exactly as the service sent it.
        expects: The value, or the cause (see ``CAUSES``) of the SourceError.
        status: HTTP status.
        headers: Sent with it.
    """

    name: str
    body: bytes
    expects: Decimal | str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "application/json"})


SpecOf = Callable[[str, Recording], SourceSpec]
"""Makes the spec for a recording out of the address it is played back at."""


async def assert_source_keeps_contract(
    source: Source,
    recordings: Sequence[Recording],
    spec_of: SpecOf,
    *,
    connections: Connections | None = None,
    answers: Answers | None = None,
) -> None:
    """Read every recording and return when the source did what every source has to do.

    Args:
        source: The source.
        recordings: At least one good and one bad answer; for a source that is not readable by schedule any
            answers, none of which may be asked for.
        spec_of: Makes a spec out of the address of a recording.
        connections: Databases for a source that asks one; it need not ask for the recordings then.
        answers: Prompts for a source that reads them.

    Raises:
        AssertionError: A sentence that says which recording and which promise.
    """
    _check_constants(source)
    if source.readable_by_schedule:
        _require(any(isinstance(one.expects, Decimal) for one in recordings), "no recording expects a value")
        _require(any(isinstance(one.expects, str) for one in recordings), "no recording expects a cause")
    asked: list[str] = []
    runner, base = await _play_back(recordings, asked)
    try:
        async with Fetcher(allowed=AllowedHosts.parse("127.0.0.1"), now=lambda: _NOW) as http:
            paths = Evaluator(workers=1)
            ctx = SourceContext(
                http=http, paths=paths, now=lambda: _NOW, connections=connections, answers=answers
            )
            try:
                for index, recording in enumerate(recordings):
                    spec = spec_of(f"{base}/{index}?token={_SECRET}", recording)
                    await _check_recording(source, recording, SourceRequest(spec, "T0CONTRACT", None), ctx)
            finally:
                await paths.aclose()
    finally:
        await runner.cleanup()
    if not source.readable_by_schedule:
        _require(not asked, f"{source.kind} is not readable by schedule and asked for {asked}")


def _check_constants(source: Source) -> None:
    _require(bool(source.kind), "a source has a kind")
    _require(source.default_every > timedelta(0), f"{source.kind}: default_every is a positive time")
    _require(source.default_readings_needed >= 1, f"{source.kind}: at least one reading is needed")


async def _check_recording(
    source: Source, recording: Recording, request: SourceRequest, ctx: SourceContext
) -> None:
    name = f"{source.kind}, {recording.name}"
    source.check(request.spec)
    first, second = await asyncio.gather(*(_outcome(source, request, ctx) for _ in range(2)))
    if isinstance(first, SourceError) or isinstance(second, SourceError):
        _require(isinstance(first, SourceError), f"{name}: read twice at once, it failed only once")
        _require(isinstance(second, SourceError), f"{name}: read twice at once, it failed only once")
        assert isinstance(first, SourceError)
        _check_error(name, first, recording, readable=source.readable_by_schedule)
    else:
        _require(source.readable_by_schedule, f"{name}: only a source readable by schedule returns values")
        _require(first.value == second.value, f"{name}: read twice at once, it gave two values")
        _check_value(name, first, recording)


async def _outcome(source: Source, request: SourceRequest, ctx: SourceContext) -> Observed | SourceError:
    try:
        return await source.read(request, ctx)
    except SourceError as error:
        return error


def _check_error(name: str, error: SourceError, recording: Recording, *, readable: bool) -> None:
    sentence = str(error)
    _require(error.cause in CAUSES, f"{name}: {error.cause!r} is no cause")
    _require(bool(sentence) and "\n" not in sentence, f"{name}: an error is one sentence: {sentence!r}")
    _require(len(sentence) <= 300, f"{name}: an error is at most 300 characters: {sentence!r}")
    _require(_SECRET not in sentence, f"{name}: the error shows the address's query: {sentence!r}")
    if readable:
        _require(
            error.cause == recording.expects,
            f"{name}: expected {recording.expects}, got {error.cause}: {sentence}",
        )
        _require(error.host is not None, f"{name}: the error names no host: {sentence!r}")
    else:
        _require(error.permanent, f"{name}: reading it can never help, so the error is permanent")


def _check_value(name: str, observed: Observed, recording: Recording) -> None:
    _require(
        observed.value == recording.expects, f"{name}: expected {recording.expects}, got {observed.value}"
    )
    _require(isinstance(observed.value, Decimal), f"{name}: a value is a Decimal")
    _require(to_decimal(observed.value) == observed.value, f"{name}: the value is within the limits")
    _require(observed.at.utcoffset() == timedelta(0), f"{name}: the time is aware UTC")
    _require(observed.elapsed_s >= 0, f"{name}: time does not run backwards")
    _require(_SECRET not in observed.detail, f"{name}: the detail shows the address's query")
    _require(_SECRET not in (observed.origin_host or ""), f"{name}: the host shows the address's query")


async def _play_back(recordings: Sequence[Recording], asked: list[str]) -> tuple[web.AppRunner, str]:
    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        recording = recordings[int(request.match_info["index"])]
        return web.Response(body=recording.body, status=recording.status, headers=recording.headers)

    app = web.Application()
    # A source may ask below the address it is given, as Prometheus' API wants it.
    app.router.add_route("*", "/{index:\\d+}{below:(?:/.*)?}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    return runner, f"http://127.0.0.1:{port}"


def _require(holds: bool, promise: str) -> None:
    if not holds:
        raise AssertionError(promise)
