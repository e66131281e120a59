"""Failures: what httpx and aiohttp raise, in plain words."""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterator

import aiohttp
import httpx

from bot.errors import SourceError
from bot.sources.address import Hop, is_never_read, parse_literal

TRANSPORT_ERRORS = (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, UnicodeError)
"""Everything a request is known to raise: httpx-aiohttp maps most of aiohttp's errors, not all."""


def explain_failure(error: Exception, hop: Hop) -> SourceError:
    """Return the error that says why a request got no answer.

    The mapped classes can't be relied on (a dropped connection arrives as ConnectTimeout, a refused address
    as ConnectError), so the words come from the chain of causes.
    """
    host = hop.host
    if hop.refused:
        return refuse_address(hop)
    for cause in _chain(error):
        match cause:
            case aiohttp.ClientConnectorDNSError():
                return SourceError(f"{host} does not resolve", cause="dns", host=host)
            case ssl.SSLCertVerificationError():
                why = cause.verify_message or "it can't be verified"
                return SourceError(f"the certificate of {host} is not trusted: {why}", cause="tls", host=host)
            case ssl.SSLError():
                why = str(cause.reason or "it broke off").replace("_", " ").lower()
                return SourceError(f"no TLS connection to {host}: {why}", cause="tls", host=host)
            case aiohttp.ClientProxyConnectionError():
                return SourceError("the proxy can't be reached", cause="connect", host=host)
            case aiohttp.ClientHttpProxyError():
                return SourceError(
                    f"the proxy did not connect to {host} (HTTP {cause.status})", cause="connect", host=host
                )
            case aiohttp.InvalidURL() | UnicodeError() | httpx.InvalidURL():
                return SourceError(
                    f"{host[:80]} is no usable host name", cause="bad_request", permanent=True, host=host
                )
            case aiohttp.ServerDisconnectedError() | aiohttp.ClientPayloadError() | ConnectionResetError():
                return SourceError(
                    f"{host} closed the connection before its answer was complete", cause="connect", host=host
                )
            case aiohttp.ClientResponseError():
                return SourceError(f"the answer from {host} is not HTTP", cause="connect", host=host)
            case TimeoutError():
                return SourceError(f"{host} does not answer", cause="timeout", host=host)
            case ConnectionRefusedError():
                return SourceError(f"{host} refuses connections on that port", cause="connect", host=host)
            case OSError(errno=errno.EHOSTUNREACH | errno.ENETUNREACH):
                return SourceError(f"there is no route to {host}", cause="connect", host=host)
    return SourceError(f"no connection to {host}", cause="connect", host=host)


def refuse_address(hop: Hop) -> SourceError:
    """Return the refusal of the address a hop was about to connect to.

    What a name resolves to inside the network is not told: people could map the network with it.
    """
    host = hop.host
    if any(is_never_read(ip) for ip in hop.refused):
        sentence = f"refused: {host} is an address that hands out a machine's credentials; it is never read"
    else:
        what = "is" if parse_literal(host) is not None else "leads to"
        sentence = (
            f"refused: {host} {what} an address inside this network; "
            "the operator can allow it in LOOPMARK_ALLOWED_HOSTS"
        )
    return SourceError(sentence, cause="address_refused", permanent=True, host=host)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what caused it, the innermost first, each once."""
    seen: list[BaseException] = []
    todo: BaseException | None = error
    while todo is not None and todo not in seen:
        seen.append(todo)
        # aiohttp keeps the operating system's error beside the chain as well.
        todo = todo.__cause__ or getattr(todo, "os_error", None) or todo.__context__
    # DNS and proxy errors wrap a plain OSError that says less than they do.
    telling = (aiohttp.ClientConnectorDNSError, aiohttp.ClientProxyConnectionError)
    yield from (one for one in seen if isinstance(one, telling))
    yield from reversed(seen)
