"""The source `prometheus` reads a real server, which was given a minute of values to keep."""

from __future__ import annotations

import re
import shutil
import ssl
import struct
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import pytest

from bot.domain.criterion import SourceKind, SourceSpec
from bot.errors import SourceError
from bot.sources.address import AllowedHosts
from bot.sources.http import Fetcher
from bot.sources.jsonpath import Evaluator
from bot.sources.prometheus import Prometheus
from bot.sources.protocol import Observed, SourceContext, SourceRequest

MISSING = "Prometheus is not installed, so no real one was read: apt-get install prometheus"
LONGEST_START_S = 30.0

SERIES: list[tuple[dict[str, str], list[float]]] = [
    ({"__name__": "signups_total", "job": "shop", "team": "search"}, [400, 404, 408, 412]),
    ({"__name__": "signups_total", "job": "shop", "team": "checkout"}, [85, 86, 87, 88]),
    ({"__name__": "latency_seconds", "job": "shop"}, [0.5, 0.25, 0.375, 0.125]),
    ({"__name__": "failed_total", "job": "shop"}, [0]),
    ({"__name__": "asked_total", "job": "shop"}, [0]),
]
"""Labels, in the order of their names → values, ten seconds apart, the last of them now."""


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running Prometheus that keeps the series.

    They are written to it: it looks for what to scrape only five seconds after it started.
    """
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip(MISSING)
    home = tmp_path_factory.mktemp("prometheus")
    config = home / "prometheus.yml"
    config.write_text("global: {}\n")
    server = subprocess.Popen(
        [
            program,
            f"--config.file={config}",
            f"--storage.tsdb.path={home / 'data'}",
            "--web.listen-address=127.0.0.1:0",
            "--web.enable-remote-write-receiver",
        ],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        url = f"http://127.0.0.1:{_port_once_ready(server)}"
        _write_series(url)
        yield url
    finally:
        server.terminate()
        server.communicate(timeout=LONGEST_START_S)


def _port_once_ready(server: subprocess.Popen[str]) -> int:
    """Read what it says until it is ready; one that hangs is ended, which ends what it says."""
    assert server.stderr is not None
    too_long = threading.Timer(LONGEST_START_S, server.kill)
    too_long.start()
    said = []
    try:
        for line in server.stderr:
            said.append(line)
            if "Server is ready" in line:
                return int(re.findall(r'"Listening on".* address=\S*:([0-9]+)', "".join(said))[0])
    finally:
        too_long.cancel()
    raise AssertionError(f"Prometheus did not start: {''.join(said[-5:])}")


def _write_series(url: str) -> None:
    """Store the series by remote write 1.0: snappy around protobuf, both in their plainest form."""
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    written = b""
    for labels, values in SERIES:
        one = b"".join(
            _message(1, _message(1, name.encode()) + _message(2, text.encode()))
            for name, text in labels.items()
        )
        for place, value in enumerate(values, start=1):
            at_ms = now_ms - 10_000 * (len(values) - place)
            one += _message(2, b"\x09" + struct.pack("<d", value) + b"\x10" + _varint(at_ms))
        written += _message(1, one)
    literal = bytes([61 << 2]) + struct.pack("<H", len(written) - 1) + written
    httpx.post(
        f"{url}/api/v1/write",
        content=_varint(len(written)) + literal,
        headers={
            "content-encoding": "snappy",
            "content-type": "application/x-protobuf",
            "x-prometheus-remote-write-version": "0.1.0",
        },
        trust_env=False,
    ).raise_for_status()


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*written, number])


@pytest.fixture
async def ctx(paths: Evaluator, machine_trust: ssl.SSLContext) -> AsyncIterator[SourceContext]:
    """What a source works with, on the machine's own clock."""

    def now() -> datetime:
        return datetime.now(UTC)

    async with Fetcher(allowed=AllowedHosts.parse("127.0.0.1"), now=now, ssl_context=machine_trust) as http:
        yield SourceContext(http=http, paths=paths, now=now)


async def ask(url: str, ctx: SourceContext, **options: str) -> Observed:
    spec = SourceSpec(SourceKind.PROMETHEUS, url, None, tuple(sorted(options.items())))
    source = Prometheus()
    source.check(spec)
    return await source.read(SourceRequest(spec, "T0METRICS", None), ctx)


READ: list[tuple[dict[str, str], str]] = [
    ({"query": "latency_seconds"}, "0.125"),
    ({"query": "latency_seconds", "math": "* 1000"}, "125"),
    ({"query": "scalar(latency_seconds)", "method": "POST"}, "0.125"),
    ({"query": "signups_total{team=“search”}"}, "412"),
    ({"query": "sum(signups_total)" + " + 0" * 500}, "500"),
    ({"query": "signups_total", "reduce": "max"}, "412"),
    ({"query": "signups_total", "range": "1m", "step": "1s", "reduce": "min"}, "85"),
    ({"query": "sum(signups_total)", "range": "1m", "step": "5s", "reduce": "max", "math": "/ 100"}, "5"),
    ({"query": "latency_seconds[5m]", "reduce": "sum"}, "1.25"),
    ({"query": "latency_seconds[5m]", "reduce": "p50"}, "0.3125"),
]


async def test_a_real_prometheus_is_read(prometheus: str, ctx: SourceContext) -> None:
    begun = datetime.now(UTC)
    for options, value in READ:
        observed = await ask(prometheus, ctx, **options)
        assert observed.value == Decimal(value), options
        # Prometheus cuts its clock to milliseconds.
        assert begun - timedelta(milliseconds=1) <= observed.at <= datetime.now(UTC), options
        assert (observed.origin_host, observed.at.utcoffset()) == ("127.0.0.1", timedelta(0))


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"query": "signups_total"}, 'returned 2 series: {team="checkout"}, {team="search"}; narrow it'),
    ({"query": "signups_total[5m]"}, "returned 2 series"),
    ({"query": "latency_seconds[5m]"}, "values over time; add with reduce=avg"),
    ({"query": "sing_ups_total"}, "the query returned no series"),
    ({"query": "failed_total / asked_total"}, "gave NaN, which is not a number"),
    ({"query": "1 / asked_total"}, "gave +Inf, which is not a number"),
    ({"query": "latency_seconds * 1e300"}, "too large"),
    ({"query": "'a text'"}, "the query gives a text"),
    ({"query": "sum("}, 'HTTP 400 from 127.0.0.1: bad_data: invalid parameter "query": 1:5: parse error'),
    ({"query": "sum(" * 600}, "HTTP 400 from 127.0.0.1: bad_data"),
    ({"query": "signups_total + on() signups_total"}, "HTTP 422 from 127.0.0.1: execution: found duplicate"),
    ({"query": "up", "query.timeout": "soon"}, 'invalid parameter "timeout"'),
]


async def test_what_a_real_prometheus_refuses_is_a_sentence(prometheus: str, ctx: SourceContext) -> None:
    for options, says in REFUSED:
        with pytest.raises(SourceError) as caught:
            await ask(prometheus, ctx, **options)
        assert says in str(caught.value), options
        assert (caught.value.host, len(str(caught.value)) <= 300) == ("127.0.0.1", True), options


async def test_the_address_of_a_page_leads_to_the_same_server(prometheus: str, ctx: SourceContext) -> None:
    for pasted in (
        "/",
        "/api/v1/query",
        "/graph?g0.expr=nosuch&g0.tab=1",
        "/api/v1/query?query=nosuch&time=7",
    ):
        assert (await ask(prometheus + pasted, ctx, query="sum(signups_total)")).value == 500
