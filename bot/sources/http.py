"""Fetcher: HTTP for sources, made safe for addresses that somebody typed."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import TracebackType
from typing import Self

import httpx
from aiohttp.abc import AbstractResolver

from bot.credentials import GivenCertificate
from bot.errors import SourceError
from bot.sources.address import AllowedHosts, Hop, hop_to, parse_literal
from bot.sources.connections import Connections
from bot.sources.failure import TRANSPORT_ERRORS, explain_failure, refuse_address
from bot.sources.inflate import Inflater, NotDecodableError, TooLargeError
from bot.sources.request import (
    Fetched,
    Request,
    carries_secret,
    headers_elsewhere,
    headers_of,
    refuse_unbound,
)
from bot.sources.url import follow_redirect, host_of, origin_of, parse_known_url, parse_source_url
from bot.sources.waiting import asks_to_wait, say_until

LIMIT_BYTES = 5_000_000
MOST_REDIRECTS = 3

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEPT_HEADERS = (
    "content-type",
    "date",
    "etag",
    "last-modified",
    "link",
    "retry-after",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
)


class Fetcher:
    """One pool of connections for all sources.

    Requests go to httpx's transport without an `httpx.AsyncClient` around it: of what the client adds,
    redirects, cookies and credentials out of the address must not happen here, its log line shows whole
    addresses with the secrets in them, and it costs as much processor time again as the request itself.
    """

    def __init__(
        self,
        *,
        allowed: AllowedHosts,
        now: Callable[[], datetime],
        timeout_s: float = 10.0,
        proxy: str | None = None,
        limit_bytes: int = LIMIT_BYTES,
        connections: int = 200,
        certificates: Iterable[GivenCertificate] = (),
        ssl_context: ssl.SSLContext | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        """Prepare; connections are opened when the first request needs them.

        Args:
            allowed: What may be read inside the network.
            now: The clock, aware UTC.
            timeout_s: Longest time of one fetch with all its redirects, in seconds.
            proxy: Address of the operator's HTTP proxy, which then has to enforce addresses itself (only
                addresses that are spelled out are still judged here), or None.
            limit_bytes: Longest body, on the wire and decompressed.
            connections: Most connections at the same time; more requests wait for one.
            certificates: Client certificates; each has connections of its own, opened when it is first used.
            ssl_context: Which certificates are trusted; None for the machine's and certifi's.
            resolver: Who turns names into addresses; None for the machine's. Left open when this closes.
        """
        self._allowed = allowed
        self._now = now
        self._timeout_s = timeout_s
        self._limit_bytes = limit_bytes
        self._connections = Connections(
            allowed=allowed,
            proxy=proxy,
            most=connections,
            certificates=certificates,
            ssl_context=ssl_context,
            resolver=resolver,
        )

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._connections.aclose()

    async def fetch(self, request: Request, *, timeout_s: float | None = None) -> Fetched:
        """Return the answer to a request, after at most three redirects.

        A POST that is redirected is an error, so that its body goes nowhere but where it was meant to. To another
        origin a request goes on without its headers, those with a secret excepted where that is bound to the new
        host. One with a secret in its address goes nowhere the secret is not bound to.

        Args:
            request: What to ask for.
            timeout_s: Longest time for all of it, in seconds; None for the fetcher's own.

        Raises:
            SourceError: One sentence with host and cause, without address, query or credentials. Permanent
                for addresses that are refused or can't be used.
        """
        limit_s = self._timeout_s if timeout_s is None else timeout_s
        loop = asyncio.get_running_loop()
        started_s = loop.time()
        url = (parse_source_url if request.secret_elsewhere else parse_known_url)(request.url)
        headers = headers_of(request)
        try:
            async with asyncio.timeout(limit_s):
                refuse_unbound(request, url)
                self._connections.refuse_certificate(request, url)
                for _ in range(MOST_REDIRECTS + 1):
                    answer = await self._hop(url, headers, request)
                    if isinstance(answer, httpx.URL):
                        if request.method != "GET":
                            raise SourceError(
                                f"{host_of(url)} redirects a {request.method}; use the address it leads to",
                                cause="redirect",
                                host=host_of(url),
                            )
                        if origin_of(answer) != origin_of(url):
                            if request.secret_elsewhere:
                                refuse_unbound(request, answer)
                            headers = headers_elsewhere(request, headers, answer)
                        url = answer
                        continue
                    response, body = answer
                    sent = response.headers
                    return Fetched(
                        status=response.status_code,
                        headers={name: sent[name] for name in _KEPT_HEADERS if name in sent},
                        body=body,
                        url=str(url),
                        host=host_of(url),
                        elapsed_s=loop.time() - started_s,
                        at=self._now(),
                    )
        except TimeoutError:
            host = host_of(url)
            raise SourceError(
                f"{host} did not answer within {limit_s:g} s", cause="timeout", host=host
            ) from None
        host = host_of(url)
        raise SourceError(
            f"more than {MOST_REDIRECTS} redirects, the last to {host}", cause="redirect", host=host
        )

    async def _hop(
        self, url: httpx.URL, headers: Mapping[str, str], asked: Request
    ) -> httpx.URL | tuple[httpx.Response, bytes]:
        """Make one request; return where it is redirected to, or the good answer and its body."""
        host = host_of(url)
        request = httpx.Request(asked.method, url, headers=headers, content=asked.content)
        with hop_to(host) as hop:
            if self._connections.are_proxied:
                self._judge_literal(hop)
            try:
                response = await self._connections.to(url, asked).handle_async_request(request)
                try:
                    status = response.status_code
                    if status in _REDIRECTS and "location" in response.headers:
                        return follow_redirect(url, response.headers["location"])
                    hold = asks_to_wait(status, response.headers, self._now())
                    explained = status in asked.explained and not (status == 503 and hold)
                    if 200 <= status < 300 or explained:
                        return response, await self._read_body(response, host)
                    if status in (401, 403) and hold is None and carries_secret(asked, headers):
                        named = " and ".join(sorted(asked.secret_names))
                        were = "secrets {} were" if len(asked.secret_names) > 1 else "secret {} was"
                        sentence = f"{status} from {host}: the {were.format(named)} refused"
                        raise SourceError(sentence, cause="status", host=host)
                    until = f", which asks to wait until {say_until(hold)}" if hold else ""
                    sentence = f"HTTP {status} from {host}{until}"
                    raise SourceError(sentence, cause="status", host=host, retry_at=hold)
                finally:
                    await response.aclose()
            except TRANSPORT_ERRORS as error:
                # Not chained: httpx's and aiohttp's messages hold the whole address.
                raise explain_failure(error, hop) from None

    async def _read_body(self, response: httpx.Response, host: str) -> bytes:
        received_bytes = 0
        try:
            declared = response.headers.get("content-length", "")
            if declared.isdecimal() and int(declared) > self._limit_bytes:
                raise TooLargeError
            inflater = Inflater(response.headers.get("content-encoding", ""), limit_bytes=self._limit_bytes)
            assert isinstance(response.stream, httpx.AsyncByteStream)
            async for chunk in response.stream:
                received_bytes += len(chunk)  # gzip can be endless and empty, so the wire has the limit too
                if received_bytes > self._limit_bytes:
                    raise TooLargeError
                inflater.feed(chunk)
            return inflater.finish()
        except TooLargeError:
            raise SourceError(
                f"the answer from {host} is over {self._limit_bytes / 1e6:g} MB", cause="too_large", host=host
            ) from None
        except NotDecodableError as error:
            raise SourceError(
                f"the answer from {host} can't be decoded: {error}", cause="not_json", host=host
            ) from None

    def _judge_literal(self, hop: Hop) -> None:
        ip = parse_literal(hop.host)
        if ip is not None and not self._allowed.permits(hop.host, ip):
            hop.refused.append(ip)
            raise refuse_address(hop)
