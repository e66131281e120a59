"""Fetcher: HTTP for sources, made safe for addresses that somebody typed."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Self

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver
from httpx_aiohttp import AiohttpTransport

from bot import __version__
from bot.errors import SourceError
from bot.settings import GivenCertificate
from bot.sources.address import AllowedHosts, GuardedSockets, Hop, hop_to, normalize_host, parse_literal
from bot.sources.failure import TRANSPORT_ERRORS, explain_failure, refuse_address
from bot.sources.inflate import ACCEPT_ENCODING, Inflater, NotDecodableError, TooLargeError
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
_OWN_HEADERS = {
    "accept": "application/json, */*;q=0.5",
    "accept-encoding": ACCEPT_ENCODING,
    "user-agent": f"Loopmark/{__version__}",
}
# What may go on to another origin. Any other header may be a credential, whatever its name is.
_HARMLESS_HEADERS = frozenset({"accept", "accept-language", "user-agent"})


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        url: Where, http or https.
        headers: Sent beside Loopmark's own, which they may replace; when a redirect leaves the origin (scheme,
            host and port) they stay behind, except for a few that can't be credentials and for those with a
            secret that is bound to the new host.
        method: ``GET`` or ``POST``.
        content: Body of a POST, not shown.
        bound_to: Hosts and ``.suffixes`` its secrets may be sent to; None when there is none in it.
        secret_names: The secrets in it, for the sentence when they are refused.
        secret_headers: The headers with a secret in them, lower case.
        secret_elsewhere: Whether there is one in the address or the content, where it can't be left out.
        client_cert: Name of the operator's certificate that is shown to its hosts, or None.
        explained: Statuses that are no success and come with an explanation: such an answer is returned, unless it
            is a 503 that asks to wait. Who has 401, 403 or 429 explained says itself whose secret was refused, and
            when to ask again.
    """

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    method: str = "GET"
    content: bytes | None = field(default=None, repr=False)
    bound_to: tuple[str, ...] | None = None
    secret_names: frozenset[str] = frozenset()
    secret_headers: frozenset[str] = frozenset()
    secret_elsewhere: bool = False
    client_cert: str | None = None
    explained: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Fetched:
    """A good answer (2xx), or one the request wants explained, complete and decompressed.

    Attributes:
        status: 200 to 299, or one of the request's ``explained``.
        headers: Lower-case content-type, date, validators, link and what tells of limits, where sent.
        body: At most 5 MB.
        url: Where the answer came from in the end. It may hold secrets: not for messages or logs.
        host: Host of that address, without port and credentials.
        elapsed_s: From the call to the last byte, in seconds.
        at: When the last byte came, aware UTC.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    host: str
    elapsed_s: float
    at: datetime


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
        self._connections = connections
        self._resolver = resolver
        self._proxied = proxy is not None
        self._ssl_context = ssl_context or _trusting_context()
        self._proxy = httpx.Proxy(proxy) if proxy is not None else None
        self._transport = self._make_transport(self._ssl_context)
        self._certificates = {one.name: one for one in certificates}
        self._certified: dict[str, AiohttpTransport] = {}

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
        await self._transport.aclose()
        for transport in self._certified.values():
            await transport.aclose()

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
        headers = {**_OWN_HEADERS, **{name.lower(): value for name, value in request.headers.items()}}
        try:
            async with asyncio.timeout(limit_s):
                _refuse_unbound(request, url)
                self._refuse_certificate(request, url)
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
                                _refuse_unbound(request, answer)
                            headers = _kept_across_origins(request, headers, answer)
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
            if self._proxied:
                self._judge_literal(hop)
            try:
                response = await self._transport_to(url, asked).handle_async_request(request)
                try:
                    status = response.status_code
                    if status in _REDIRECTS and "location" in response.headers:
                        return follow_redirect(url, response.headers["location"])
                    hold = asks_to_wait(status, response.headers, self._now())
                    explained = status in asked.explained and not (status == 503 and hold)
                    if 200 <= status < 300 or explained:
                        return response, await self._read_body(response, host)
                    if status in (401, 403) and hold is None and _carries_secret(asked, headers):
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

    def _refuse_certificate(self, asked: Request, url: httpx.URL) -> None:
        if asked.client_cert is None:
            return
        host = host_of(url)
        given = self._certificates.get(asked.client_cert)
        if given is None:
            names = ", ".join(sorted(self._certificates)) or "none"
            sentence = (
                f"there is no client certificate called {asked.client_cert}; the operator gives them in "
                f"LOOPMARK_CLIENT_CERTS: {names}"
            )
        elif not any(is_bound_to(host, bound) for bound in given.hosts):
            bound_to = ", ".join(given.hosts)
            sentence = f"the certificate {given.name} is bound to {bound_to}, so it is not shown to {host}"
        else:
            return
        raise SourceError(sentence, cause="secret", host=host)

    def _transport_to(self, url: httpx.URL, asked: Request) -> AiohttpTransport:
        """Return the connections with the request's certificate for its own hosts, and those without for others."""
        given = self._certificates.get(asked.client_cert) if asked.client_cert is not None else None
        if given is None or not any(is_bound_to(host_of(url), bound) for bound in given.hosts):
            return self._transport
        if given.name not in self._certified:
            context = _trusting_context()
            try:
                context.load_cert_chain(given.certificate, given.key, password="")
            except (OSError, ValueError):
                raise SourceError(
                    f"the file of the certificate {given.name} can't be read any more", cause="secret"
                ) from None
            self._certified[given.name] = self._make_transport(context)
        return self._certified[given.name]

    def _judge_literal(self, hop: Hop) -> None:
        ip = parse_literal(hop.host)
        if ip is not None and not self._allowed.permits(hop.host, ip):
            hop.refused.append(ip)
            raise refuse_address(hop)

    def _make_transport(self, context: ssl.SSLContext) -> AiohttpTransport:
        return AiohttpTransport(
            verify=context, trust_env=False, proxy=self._proxy, client=partial(self._open_session, context)
        )

    def _open_session(self, context: ssl.SSLContext) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            ssl=context,
            limit=self._connections,
            resolver=self._resolver,
            # A proxy stands inside the network as a rule; it enforces addresses in our place.
            socket_factory=None if self._proxied else GuardedSockets(self._allowed),
        )
        return aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False, auto_decompress=False
        )


def _is_bound(request: Request, url: httpx.URL) -> bool:
    return any(is_bound_to(host_of(url), bound) for bound in request.bound_to or ())


def _carries_secret(asked: Request, headers: Mapping[str, str]) -> bool:
    return asked.secret_elsewhere or any(name in headers for name in asked.secret_headers)


def _refuse_unbound(request: Request, url: httpx.URL) -> None:
    if request.bound_to is None or _is_bound(request, url):
        return
    host = host_of(url)
    raise SourceError(
        f"the secret {' and '.join(sorted(request.secret_names))} is bound to {', '.join(request.bound_to)}, "
        f"so it is not sent to {host}",
        cause="secret",
        host=host,
    )


def is_bound_to(host: str, bound: str) -> bool:
    """Say whether a host is one a secret is bound to: the same name or address, or below a ``.suffix``."""
    host = normalize_host(host)
    return host.endswith(bound) if bound.startswith(".") else host == normalize_host(bound)


def _kept_across_origins(asked: Request, headers: Mapping[str, str], url: httpx.URL) -> dict[str, str]:
    kept = _HARMLESS_HEADERS | (asked.secret_headers if _is_bound(asked, url) else frozenset())
    return {**_OWN_HEADERS, **{name: value for name, value in headers.items() if name in kept}}


def _trusting_context() -> ssl.SSLContext:
    # httpx trusts certifi's list, for machines without a store; the machine's store is where an operator
    # installs the company's own authority (OpenSSL reads SSL_CERT_FILE, too).
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context
