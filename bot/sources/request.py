"""Request: what a source asks for over HTTP, what comes back, and where the secrets in it may go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from bot import __version__
from bot.errors import SourceError
from bot.sources.address import normalize_host
from bot.sources.inflate import ACCEPT_ENCODING
from bot.sources.url import host_of

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


def headers_of(request: Request) -> dict[str, str]:
    """Return what is sent with a request to its own origin, names in lower case."""
    return {**_OWN_HEADERS, **{name.lower(): value for name, value in request.headers.items()}}


def headers_elsewhere(request: Request, headers: Mapping[str, str], url: httpx.URL) -> dict[str, str]:
    """Return what of a request's headers goes on to another origin."""
    bound = is_bound_to(host_of(url), request.bound_to or ())
    kept = _HARMLESS_HEADERS | (request.secret_headers if bound else frozenset())
    return {**_OWN_HEADERS, **{name: value for name, value in headers.items() if name in kept}}


def carries_secret(request: Request, headers: Mapping[str, str]) -> bool:
    """Say whether a request that is sent with these headers has a secret in it."""
    return request.secret_elsewhere or any(name in headers for name in request.secret_headers)


def refuse_unbound(request: Request, url: httpx.URL) -> None:
    """Refuse to send a request's secrets to a host they are not bound to.

    Raises:
        SourceError: names the secrets, their hosts and this one.
    """
    host = host_of(url)
    if request.bound_to is None or is_bound_to(host, request.bound_to):
        return
    raise SourceError(
        f"the secret {' and '.join(sorted(request.secret_names))} is bound to {', '.join(request.bound_to)}, "
        f"so it is not sent to {host}",
        cause="secret",
        host=host,
    )


def is_bound_to(host: str, bound: Iterable[str]) -> bool:
    """Say whether a host is one of those a secret is bound to: the same name or address, or below a ``.suffix``."""
    host = normalize_host(host)
    return any(host.endswith(one) if one.startswith(".") else host == normalize_host(one) for one in bound)
