"""Fetching from real servers: good answers, and every way there is none."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.errors import CAUSES, SourceError
from bot.sources.address import AllowedHosts
from bot.sources.http import Fetcher
from bot.sources.request import Request

from .conftest import NOW, MetricServer

LIMIT_BYTES = 5_000_000


class NamesInATable(AbstractResolver):
    """Resolves names from a table, as a company's own resolver would."""

    def __init__(self, table: dict[str, str]) -> None:
        self.table = table

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        if host not in self.table:
            raise OSError(socket.EAI_NONAME, "Name or service not known")
        address = self.table[host]
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0),
        ]

    async def close(self) -> None:
        return


async def refusal(fetcher: Fetcher, url: str, **headers: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await fetcher.fetch(Request(url, headers))
    error = caught.value
    assert error.cause in CAUSES
    assert "\n" not in str(error)
    return error


async def test_a_good_answer_comes_with_its_moment_host_and_headers(
    server: MetricServer, fetcher: Fetcher
) -> None:
    url = server.say("/stats", b'{"a": 1}', etag='"v1"', set_cookie="a=b")
    fetched = await fetcher.fetch(Request(url))
    assert fetched.body == b'{"a": 1}'
    assert (fetched.status, fetched.host, fetched.url, fetched.at) == (200, "127.0.0.1", url, NOW)
    assert fetched.headers["etag"] == '"v1"'
    assert fetched.headers["content-type"] == "application/json"
    assert "set-cookie" not in fetched.headers
    assert fetched.elapsed_s >= 0


async def test_a_request_says_who_asks_and_what_it_can_decode(server: MetricServer, fetcher: Fetcher) -> None:
    await fetcher.fetch(Request(server.say("/stats"), {"X-Team": "checkout"}))
    sent = server.seen[0].headers
    assert sent["User-Agent"].startswith("Loopmark/")
    assert sent["Accept-Encoding"] == "gzip, deflate"
    assert sent["X-Team"] == "checkout"
    assert server.seen[0].method == "GET"


async def test_cookies_are_not_kept(server: MetricServer, fetcher: Fetcher) -> None:
    url = server.say("/stats", set_cookie="session=1; Path=/")
    await fetcher.fetch(Request(url))
    await fetcher.fetch(Request(url))
    assert [request.headers.get("Cookie") for request in server.seen] == [None, None]


async def test_the_environment_s_proxy_is_not_used(
    server: MetricServer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert (await fetcher.fetch(Request(server.say("/stats")))).status == 200


async def test_the_operator_s_proxy_is_asked_and_judges_names(other_server: MetricServer) -> None:
    other_server.say("/stats", b'{"through": "proxy"}')
    async with Fetcher(allowed=AllowedHosts(), now=lambda: NOW, proxy=other_server.base) as fetcher:
        fetched = await fetcher.fetch(Request("http://grafana.internal/stats"))
        assert fetched.body == b'{"through": "proxy"}'
        assert other_server.seen[0].headers["Host"] == "grafana.internal"
        literal = await refusal(fetcher, "http://10.0.0.5/stats")
        assert literal.cause == "address_refused"
        assert len(other_server.seen) == 1


async def test_a_proxy_that_is_down_is_named_as_the_cause() -> None:
    with closed_port() as port:
        async with Fetcher(
            allowed=AllowedHosts(), now=lambda: NOW, proxy=f"http://127.0.0.1:{port}"
        ) as fetcher:
            error = await refusal(fetcher, "http://api.example.com/stats")
    assert (error.cause, str(error)) == ("connect", "the proxy can't be reached")


@contextlib.contextmanager
def closed_port() -> AsyncIterator[int]:
    """A port that is taken and that nobody listens on, so that connections are refused."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


# Where it may not go


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "0.0.0.0",
        "0",
        "[::]",
        "[64:ff9b::7f00:1]",
        "[fe80::1%25lo]",
        "１２７.0.0.1",
        "169.254.169.254",
    ],
)
async def test_no_way_of_writing_an_inside_address_reaches_it(server: MetricServer, host: str) -> None:
    server.say("/stats")
    async with Fetcher(allowed=AllowedHosts(), now=lambda: NOW) as fetcher:
        error = await refusal(fetcher, f"http://{host}:{server.port}/stats")
    assert error.cause in {"address_refused", "bad_request"}
    assert error.permanent
    assert server.seen == []


async def test_a_refusal_says_what_the_operator_can_do(server: MetricServer) -> None:
    async with Fetcher(allowed=AllowedHosts(), now=lambda: NOW) as fetcher:
        literal = await refusal(fetcher, server.say("/stats"))
        name = await refusal(fetcher, f"http://localhost:{server.port}/stats")
    assert str(literal) == (
        "refused: 127.0.0.1 is an address inside this network; "
        "the operator can allow it in LOOPMARK_ALLOWED_HOSTS"
    )
    assert str(name) == (
        "refused: localhost leads to an address inside this network; "
        "the operator can allow it in LOOPMARK_ALLOWED_HOSTS"
    )
    assert (literal.cause, literal.host, name.host) == ("address_refused", "127.0.0.1", "localhost")


async def test_a_credentials_address_is_refused_even_when_everything_is_allowed() -> None:
    async with Fetcher(allowed=AllowedHosts.parse("0.0.0.0/0"), now=lambda: NOW) as fetcher:
        error = await refusal(fetcher, "http://169.254.169.254/latest/meta-data/")
    assert error.cause == "address_refused"
    assert "LOOPMARK_ALLOWED_HOSTS" not in str(error)


async def test_a_name_that_leads_inside_is_refused_and_one_that_is_allowed_is_not(
    server: MetricServer,
) -> None:
    server.say("/stats")
    resolver = NamesInATable({"evil.example": "127.0.0.1", "grafana.internal": "127.0.0.1"})
    async with Fetcher(
        allowed=AllowedHosts.parse(".internal"), now=lambda: NOW, resolver=resolver
    ) as fetcher:
        assert (await fetcher.fetch(Request(f"http://grafana.internal:{server.port}/stats"))).status == 200
        error = await refusal(fetcher, f"http://evil.example:{server.port}/stats")
        assert error.cause == "address_refused"
        assert "127.0.0.1" not in str(error)
        assert (await refusal(fetcher, server.url("/stats"))).cause == "address_refused"
    assert len(server.seen) == 1


async def test_requests_at_the_same_time_are_each_judged_by_their_own_host(server: MetricServer) -> None:
    server.say("/stats")
    names = {
        f"{kind}{number}.{kind}": "127.0.0.1" for number in range(10) for kind in ("internal", "example")
    }
    async with Fetcher(
        allowed=AllowedHosts.parse(".internal"), now=lambda: NOW, resolver=NamesInATable(names)
    ) as fetcher:

        async def try_it(name: str) -> bool:
            try:
                await fetcher.fetch(Request(f"http://{name}:{server.port}/stats"))
            except SourceError:
                return False
            return True

        reached = await asyncio.gather(*(try_it(name) for name in names))
    assert dict(zip(names, reached, strict=True)) == {name: name.endswith(".internal") for name in names}


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://example.com/x", "http:// or https://"),
        ("file:///etc/passwd", "http:// or https://"),
        ("example.com/stats", "http:// or https://"),
        ("", "http:// or https://"),
        ("https://", "names no host"),
        ("https:///stats", "names no host"),
        ("https://a..b/", "names no host"),
        (f"https://{'a' * 64}.example/", "names no host"),
        ("https://alice:hunter2@api.example.com/", "user name or password"),
        ("https://token@api.example.com/", "user name or password"),
        ("https://api.example.com:99999/", "1 to 65535"),
        ("https://api.example.com:0/", "1 to 65535"),
        ("https://api.example.com:80a/", "can't be read"),
        ("https://api.example.com/a\nb", "can't be read"),
        ("https://[::1/", "can't be read"),
        ("https://api.example.com/" + "a" * 2_000, "2,000 characters"),
    ],
)
async def test_an_unusable_address_is_refused_without_repeating_it(
    fetcher: Fetcher, url: str, says: str
) -> None:
    error = await refusal(fetcher, url)
    assert (error.cause, error.permanent) == ("bad_request", True)
    assert says in str(error)
    assert "hunter2" not in str(error)


# What goes wrong on the way


async def test_a_host_that_does_not_resolve() -> None:
    async with Fetcher(allowed=AllowedHosts(), now=lambda: NOW, resolver=NamesInATable({})) as fetcher:
        error = await refusal(fetcher, "https://api.example.com/stats?key=hush")
    assert (error.cause, str(error)) == ("dns", "api.example.com does not resolve")
    assert (error.host, error.permanent) == ("api.example.com", False)


async def test_a_port_nobody_listens_on(fetcher: Fetcher) -> None:
    with closed_port() as port:
        error = await refusal(fetcher, f"http://127.0.0.1:{port}/stats")
    assert (error.cause, str(error)) == ("connect", "127.0.0.1 refuses connections on that port")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503, 304, 300])
async def test_a_status_that_is_not_good(server: MetricServer, fetcher: Fetcher, status: int) -> None:
    error = await refusal(fetcher, server.say("/stats", b"{}", status=status) + "?key=hush")
    assert (error.cause, str(error)) == ("status", f"HTTP {status} from 127.0.0.1")
    assert not error.permanent


async def test_an_answer_that_does_not_come_in_time(server: MetricServer, fetcher: Fetcher) -> None:
    never = asyncio.Event()

    async def hang(_: web.Request) -> web.Response:
        await never.wait()
        return web.Response()

    url = server.on("/stats", hang)
    with pytest.raises(SourceError) as caught:
        await fetcher.fetch(Request(url), timeout_s=0.1)
    assert (caught.value.cause, str(caught.value)) == ("timeout", "127.0.0.1 did not answer within 0.1 s")
    never.set()


async def test_a_body_that_stops_in_the_middle_counts_into_the_same_time(
    server: MetricServer, fetcher: Fetcher
) -> None:
    never = asyncio.Event()

    async def trickle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b'{"a": ')
        await never.wait()
        return response

    url = server.on("/stats", trickle)
    with pytest.raises(SourceError) as caught:
        await fetcher.fetch(Request(url), timeout_s=0.1)
    assert caught.value.cause == "timeout"
    never.set()


async def test_a_connection_that_breaks_off_before_and_in_the_answer(
    server: MetricServer, fetcher: Fetcher
) -> None:
    async def drop(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def drop_later(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-length": "1000"})
        await response.prepare(request)
        await response.write(b'{"a": 1')
        assert request.transport is not None
        request.transport.close()
        return response

    for path, answer in (("/drop", drop), ("/later", drop_later)):
        error = await refusal(fetcher, server.on(path, answer))
        assert error.cause == "connect"
        assert str(error) == "127.0.0.1 closed the connection before its answer was complete"


async def test_an_answer_that_is_not_http(fetcher: Fetcher) -> None:
    async with raw_server(b"SSH-2.0-OpenSSH_9.7\r\n\r\n") as port:
        error = await refusal(fetcher, f"http://127.0.0.1:{port}/?key=hush")
    assert (error.cause, str(error)) == ("connect", "the answer from 127.0.0.1 is not HTTP")


@contextlib.asynccontextmanager
async def raw_server(answer: bytes) -> AsyncIterator[int]:
    async def handle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with listening:
        yield listening.sockets[0].getsockname()[1]


async def test_a_certificate_nobody_trusts(tls_server: MetricServer, fetcher: Fetcher) -> None:
    error = await refusal(fetcher, tls_server.say("/stats"))
    assert error.cause == "tls"
    assert str(error).startswith("the certificate of 127.0.0.1 is not trusted: ")


async def test_a_certificate_that_is_trusted(tls_server: MetricServer, trust: ssl.SSLContext) -> None:
    async with Fetcher(
        allowed=AllowedHosts.parse("127.0.0.1"), now=lambda: NOW, ssl_context=trust
    ) as fetcher:
        assert (await fetcher.fetch(Request(tls_server.say("/stats")))).status == 200


async def test_https_asked_of_a_server_without_tls(server: MetricServer, fetcher: Fetcher) -> None:
    error = await refusal(fetcher, f"https://127.0.0.1:{server.port}/stats")
    assert error.cause == "tls"
    assert str(error).startswith("no TLS connection to 127.0.0.1: ")


# How much it takes


async def test_a_body_at_the_limit_is_taken_and_one_byte_more_is_not(
    server: MetricServer, fetcher: Fetcher
) -> None:
    fits = server.say("/fits", b"1" * LIMIT_BYTES)
    assert len((await fetcher.fetch(Request(fits))).body) == LIMIT_BYTES
    error = await refusal(fetcher, server.say("/over", b"1" * (LIMIT_BYTES + 1)))
    assert (error.cause, str(error)) == ("too_large", "the answer from 127.0.0.1 is over 5 MB")


def endless(piece: bytes, **headers: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """An answer that goes on until the client hangs up."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(piece)
        return response

    return answer


async def test_a_body_without_end_is_cut_off(server: MetricServer, fetcher: Fetcher) -> None:
    assert (await refusal(fetcher, server.on("/endless", endless(b"1" * 65_536)))).cause == "too_large"


async def test_an_endless_gzip_body_that_decompresses_to_nothing_is_cut_off(
    server: MetricServer, fetcher: Fetcher
) -> None:
    url = server.on("/empty", endless(gzip.compress(b"") * 3_000, content_encoding="gzip"))
    assert (await refusal(fetcher, url)).cause == "too_large"


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"0" * 60_000_000, 9)),
        ("deflate", zlib.compress(b"0" * 60_000_000, 9)),
    ],
    ids=["gzip", "deflate"],
)
async def test_a_decompression_bomb_is_refused(
    server: MetricServer, fetcher: Fetcher, encoding: str, packed: bytes
) -> None:
    assert len(packed) < 100_000
    error = await refusal(fetcher, server.say("/bomb", packed, content_encoding=encoding))
    assert (error.cause, str(error)) == ("too_large", "the answer from 127.0.0.1 is over 5 MB")


@pytest.mark.parametrize(
    ("encoding", "packed", "says"),
    [
        pytest.param("br", b"\x0b\x02\x80{}\x03", "was not asked for", id="brotli"),
        pytest.param("gzip, gzip", gzip.compress(gzip.compress(b"{}")), "was not asked for", id="twice"),
        pytest.param("gzip", b'{"a": 1}', "it is not gzip", id="plain text"),
        pytest.param("gzip", gzip.compress(b'{"a": 1}')[:-9], "in the middle", id="cut off"),
    ],
)
async def test_an_encoding_that_does_not_decode(
    server: MetricServer, fetcher: Fetcher, encoding: str, packed: bytes, says: str
) -> None:
    error = await refusal(fetcher, server.say("/stats", packed, content_encoding=encoding))
    assert error.cause == "not_json"
    assert says in str(error)


async def test_a_fetcher_goes_on_working_after_every_kind_of_failure(
    server: MetricServer, fetcher: Fetcher
) -> None:
    for number in range(250):  # more than there are connections: a leak would block the pool
        await refusal(fetcher, server.say(f"/{number}", b"{}" * 10_000, status=500))
    assert (await fetcher.fetch(Request(server.say("/stats")), timeout_s=5)).status == 200
