"""Sharing: criteria that ask for the same share one answer, and nobody is sent again what has not changed."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from bot.errors import SourceError
from bot.sources.http import Fetcher
from bot.sources.request import Fetched, Request

KEPT_BYTES = 64_000_000
"""Most bytes of all bodies kept to be asked for again on condition."""

_OVERHEAD_BYTES = 1_000  # of an answer beside its body, roughly
_NEVER = timedelta(0)
_CONDITIONS = frozenset({"if-none-match", "if-modified-since"})
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class _Recent:
    fetched: Fetched
    until: datetime


class SharedFetches:
    """One fetch for all who ask for the same at the same time, or shortly after one another (RFC 9111, RFC 9110 §13).

    What makes two requests the same is method, address, headers, content and the hosts they may go to. Answers with an
    ETag or a date of change are kept, those used least recently dropped first, and asked for again on condition.
    """

    def __init__(
        self, fetcher: Fetcher, *, now: Callable[[], datetime], kept_bytes: int = KEPT_BYTES
    ) -> None:
        """Start with nothing kept.

        Args:
            fetcher: Who really asks; closed by `aclose`.
            now: The clock, aware UTC.
            kept_bytes: Most bytes of all bodies kept to be asked for again on condition.
        """
        self._fetcher = fetcher
        self._now = now
        self._kept_bytes = kept_bytes
        self._under_way: dict[Hashable, asyncio.Future[Fetched | None]] = {}
        self._recent: OrderedDict[Hashable, _Recent] = OrderedDict()
        self._kept: OrderedDict[Hashable, Fetched] = OrderedDict()
        self._size_bytes = 0

    async def aclose(self) -> None:
        """Close the connections."""
        await self._fetcher.aclose()

    def within(self, reuse: timedelta) -> ReusingFetches:
        """Return a client that is content with an answer of at most this age."""
        return ReusingFetches(self, reuse)

    async def fetch(self, request: Request, *, reuse: timedelta = _NEVER) -> Fetched:
        """Return the answer to a request, shared with those who ask for the same.

        Args:
            request: What to ask for.
            reuse: An answer of at most this age will do; the answer says itself from when it is.

        Raises:
            SourceError: As `Fetcher.fetch`; everybody who shared the request gets it.
        """
        key = _key_of(request)
        while True:
            recent = self._recent.get(key)
            if recent is not None and self._now() - recent.fetched.at <= reuse:
                return recent.fetched
            under_way = self._under_way.get(key)
            if under_way is None:
                return await self._lead(key, request, reuse)
            # Shielded: one who goes away must not take the answer from the others.
            shared = await asyncio.shield(under_way)
            if shared is not None:
                return shared
            # Whoever asked was cancelled; the next in line asks.

    async def _lead(self, key: Hashable, request: Request, reuse: timedelta) -> Fetched:
        answer: asyncio.Future[Fetched | None] = asyncio.get_running_loop().create_future()
        self._under_way[key] = answer
        try:
            fetched = await self._ask(key, request)
        except SourceError as error:
            answer.set_exception(error)
            answer.exception()  # looked at, so that nothing is said about it where nobody shares it
            raise
        else:
            if reuse:
                self._remember(key, _Recent(fetched, fetched.at + reuse))
            answer.set_result(fetched)
            return fetched
        finally:
            del self._under_way[key]
            if not answer.done():
                answer.set_result(None)

    async def _ask(self, key: Hashable, request: Request) -> Fetched:
        kept = self._kept.get(key)
        if kept is None or request.method != "GET":
            fetched = await self._fetcher.fetch(request)
        else:
            self._kept.move_to_end(key)
            fetched = await self._fetcher.fetch(_on_condition(request, kept))
            if fetched.status == _NOT_MODIFIED:
                return replace(kept, at=fetched.at, elapsed_s=fetched.elapsed_s)
        if request.method == "GET":
            self._keep(key, request, fetched)
        return fetched

    def _remember(self, key: Hashable, recent: _Recent) -> None:
        now = self._now()
        self._recent[key] = recent
        self._recent.move_to_end(key)
        while self._recent and next(iter(self._recent.values())).until < now:
            self._recent.popitem(last=False)

    def _keep(self, key: Hashable, request: Request, fetched: Fetched) -> None:
        before = self._kept.pop(key, None)
        if before is not None:
            self._size_bytes -= _size_of(before)
        has_validator = "etag" in fetched.headers or "last-modified" in fetched.headers
        # Behind a redirect the validator is another address's; and who sets conditions wants to see what comes of them.
        is_direct = fetched.url == request.url
        sets_conditions = any(name.lower() in _CONDITIONS for name in request.headers)
        size_bytes = _size_of(fetched)
        if (
            fetched.status >= 300
            or not has_validator
            or not is_direct
            or sets_conditions
            or size_bytes > self._kept_bytes
        ):
            return
        self._kept[key] = fetched
        self._size_bytes += size_bytes
        while self._size_bytes > self._kept_bytes:
            _, dropped = self._kept.popitem(last=False)
            self._size_bytes -= _size_of(dropped)


@dataclass(frozen=True, slots=True)
class ReusingFetches:
    """Shared fetches for one who is content with a recent answer.

    Attributes:
        shared: Where they are shared.
        reuse: Longest age of an answer.
    """

    shared: SharedFetches
    reuse: timedelta

    async def fetch(self, request: Request) -> Fetched:
        """Return the answer to a request; see `SharedFetches.fetch`."""
        return await self.shared.fetch(request, reuse=self.reuse)


def _key_of(request: Request) -> Hashable:
    parts = (
        request.method,
        request.url,
        tuple(request.headers.items()),
        request.content,
        request.bound_to,
        request.client_cert,
        request.explained,
    )
    if not request.secret_names:
        return parts
    # What is kept for a while must not hold a secret.
    return blake2b(repr(parts).encode(), digest_size=32).digest()


def _on_condition(request: Request, kept: Fetched) -> Request:
    conditions = {}
    if "etag" in kept.headers:
        conditions["if-none-match"] = kept.headers["etag"]
    if "last-modified" in kept.headers:
        conditions["if-modified-since"] = kept.headers["last-modified"]
    return replace(
        request,
        headers={**request.headers, **conditions},
        explained=request.explained | {_NOT_MODIFIED},
    )


def _size_of(fetched: Fetched) -> int:
    return len(fetched.body) + len(fetched.url) + _OVERHEAD_BYTES
