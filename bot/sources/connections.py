"""Connections: the pools the fetcher sends through, one for everybody and one for each client certificate."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from functools import partial

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver
from httpx_aiohttp import AiohttpTransport

from bot.credentials import GivenCertificate
from bot.errors import SourceError
from bot.sources.address import AllowedHosts, GuardedSockets
from bot.sources.request import Request, is_bound_to
from bot.sources.url import host_of


class Connections:
    """Connections to sources, opened when the first request needs them, never to refused addresses."""

    def __init__(
        self,
        *,
        allowed: AllowedHosts,
        proxy: str | None,
        most: int,
        certificates: Iterable[GivenCertificate],
        ssl_context: ssl.SSLContext | None,
        resolver: AbstractResolver | None,
    ) -> None:
        """Prepare; see `Fetcher` for what is given.

        Args:
            allowed: What may be read inside the network.
            proxy: Address of the operator's HTTP proxy, or None.
            most: Most connections of a pool at the same time.
            certificates: Client certificates; each has a pool of its own.
            ssl_context: Which certificates are trusted; None for the machine's and certifi's.
            resolver: Who turns names into addresses; None for the machine's. Left open.
        """
        self._allowed = allowed
        self._most = most
        self._resolver = resolver
        self._proxy = httpx.Proxy(proxy) if proxy is not None else None
        self._plain = self._open_pool(ssl_context or _trusting_context())
        self._certificates = {one.name: one for one in certificates}
        self._certified: dict[str, AiohttpTransport] = {}

    @property
    def are_proxied(self) -> bool:
        """Whether requests go through the operator's proxy."""
        return self._proxy is not None

    async def aclose(self) -> None:
        """Close them all."""
        await self._plain.aclose()
        for transport in self._certified.values():
            await transport.aclose()

    def refuse_certificate(self, request: Request, url: httpx.URL) -> None:
        """Refuse a request whose certificate there is not, or which is not for its host.

        Raises:
            SourceError: names the certificate and what there is instead.
        """
        if request.client_cert is None:
            return
        host = host_of(url)
        given = self._certificates.get(request.client_cert)
        if given is None:
            names = ", ".join(sorted(self._certificates)) or "none"
            sentence = (
                f"there is no client certificate called {request.client_cert}; the operator gives them in "
                f"LOOPMARK_CLIENT_CERTS: {names}"
            )
        elif not is_bound_to(host, given.hosts):
            bound_to = ", ".join(given.hosts)
            sentence = f"the certificate {given.name} is bound to {bound_to}, so it is not shown to {host}"
        else:
            return
        raise SourceError(sentence, cause="secret", host=host)

    def to(self, url: httpx.URL, request: Request) -> AiohttpTransport:
        """Return the pool with the request's certificate for its own hosts, and the one without for others.

        Raises:
            SourceError: the certificate's file can't be read any more.
        """
        given = self._certificates.get(request.client_cert) if request.client_cert is not None else None
        if given is None or not is_bound_to(host_of(url), given.hosts):
            return self._plain
        if given.name not in self._certified:
            context = _trusting_context()
            try:
                context.load_cert_chain(given.certificate, given.key, password="")
            except (OSError, ValueError):
                raise SourceError(
                    f"the file of the certificate {given.name} can't be read any more", cause="secret"
                ) from None
            self._certified[given.name] = self._open_pool(context)
        return self._certified[given.name]

    def _open_pool(self, context: ssl.SSLContext) -> AiohttpTransport:
        return AiohttpTransport(
            verify=context, trust_env=False, proxy=self._proxy, client=partial(self._open_session, context)
        )

    def _open_session(self, context: ssl.SSLContext) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            ssl=context,
            limit=self._most,
            resolver=self._resolver,
            # A proxy stands inside the network as a rule; it enforces addresses in our place.
            socket_factory=None if self.are_proxied else GuardedSockets(self._allowed),
        )
        return aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False, auto_decompress=False
        )


def _trusting_context() -> ssl.SSLContext:
    # httpx trusts certifi's list, for machines without a store; the machine's store is where an operator
    # installs the company's own authority (OpenSSL reads SSL_CERT_FILE, too).
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context
