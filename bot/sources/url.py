"""URLs of sources: which are accepted, and where a redirect may lead."""

from __future__ import annotations

from functools import lru_cache

import httpx

from bot.errors import SourceError
from bot.sources.address import looks_numeric, parse_literal

LONGEST_URL = 2_000

Origin = tuple[str, str, int]


def parse_source_url(text: str) -> httpx.URL:
    """Return the address a source is read at, without its fragment.

    Raises:
        SourceError: permanent; ``bad_request`` when it is not a usable http(s) address, ``address_refused``
            when its host is a number in disguise. What was typed is not repeated: it may hold a password.
    """
    if len(text) > LONGEST_URL:
        raise _unusable(f"an address may have at most {LONGEST_URL:,} characters")
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, UnicodeError):  # a lone surrogate is what httpx can't encode
        raise _unusable("that can't be read as an address like https://api.example.com/stats") from None
    if url.scheme not in {"http", "https"}:
        raise _unusable("a source's address starts with http:// or https://")
    if url.port is not None and not 0 < url.port < 65_536:
        raise _unusable("the port in that address is no number from 1 to 65535")
    if url.userinfo:
        raise _unusable("an address can't carry a user name or password, everybody could read it")
    host = host_of(url)
    if not host or any(len(label) > 63 or not label for label in host.split(".")):
        raise _unusable("that address names no host; it should look like https://api.example.com/stats")
    if looks_numeric(host) and ":" not in host and parse_literal(host) is None:
        raise SourceError(
            f"refused: {host} is an address in an unusual form; write it as four numbers",
            cause="address_refused",
            permanent=True,
            host=host,
        )
    return url.copy_with(fragment=None)


# A cycle of reads over more addresses than are kept would find none of them, so all of a large workspace's are.
parse_known_url = lru_cache(maxsize=16_384)(parse_source_url)
"""`parse_source_url` for addresses without secrets: read again and again, they are parsed once."""


def host_of(url: httpx.URL) -> str:
    """Return what messages and groups name: the ASCII host without final dot, port, credentials, brackets."""
    return url.raw_host.decode("ascii").strip("[]").rstrip(".").lower()


def origin_of(url: httpx.URL) -> Origin:
    """Return scheme, host and port; credentials never leave the origin they were meant for."""
    return url.scheme, host_of(url), url.port or (443 if url.scheme == "https" else 80)


def follow_redirect(url: httpx.URL, location: str) -> httpx.URL:
    """Return where a redirect leads.

    Raises:
        SourceError: ``redirect`` when it leads nowhere usable or from https to http; ``address_refused`` when
            to a number in disguise.
    """
    host = host_of(url)
    try:
        target = parse_source_url(str(url.join(location)))
    except (httpx.InvalidURL, UnicodeError, SourceError) as error:
        if isinstance(error, SourceError) and error.cause == "address_refused":
            raise
        raise SourceError(
            f"{host} redirects to something that is no plain http(s) address", cause="redirect", host=host
        ) from None
    if url.scheme == "https" and target.scheme == "http":
        raise SourceError(f"{host} redirects from https to http", cause="redirect", host=host)
    return target


def _unusable(sentence: str) -> SourceError:
    return SourceError(sentence, cause="bad_request", permanent=True)
