"""A small metric server on this machine whose numbers move."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from types import TracebackType
from typing import Self

from aiohttp import web

MINUTE = timedelta(minutes=1)

BREACH = (5, 14)
"""Minutes of each half hour in which p95 latency is over its guardrail."""

OUTAGE = (4, 12)
"""Minutes of every 40 in which the payments service answers 503."""


def conversion_percent(minutes: float) -> float:
    """Return a rate that drifts up from 2.9 and then stays about 3.4, with a slow wave."""
    drift = min(minutes * 0.04, 0.5)
    return round(2.9 + drift + 0.25 * math.sin(minutes / 14) * drift / 0.5, 2)


def p95_ms(minutes: float) -> int:
    """Return a latency under 800 that goes over it for a while in each half hour."""
    first, last = BREACH
    ripple = round(25 * math.sin(minutes * 1.7))
    return (915 if first <= minutes % 30 < last else 655) + ripple


def refund_percent(minutes: float) -> float | None:
    """Return a rate that falls from 2 towards 1, or None while the service that counts is down."""
    first, last = OUTAGE
    if first <= minutes % 40 < last:
        return None
    return round(1 + math.exp(-minutes / 120) + 0.04 * math.sin(minutes), 2)


class MetricServer:
    """Answers ``/checkout`` and ``/payments`` with JSON; use it as an async context manager."""

    def __init__(self, elapsed: Callable[[], timedelta]) -> None:
        """Follow the demo's time.

        Args:
            elapsed: How much of it has passed.
        """
        self._elapsed = elapsed
        self._set_off_at: timedelta | None = None
        app = web.Application()
        app.router.add_get("/checkout", self._checkout)
        app.router.add_get("/payments", self._payments)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)

    async def __aenter__(self) -> Self:
        """Listen on a free port of this machine."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    @property
    def address(self) -> str:
        """Where it listens, without a slash at the end."""
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    def set_off(self) -> None:
        """Let the numbers move from now on; before, a slow machine could still be adding what reads them."""
        self._set_off_at = self._elapsed()

    @property
    def _minutes(self) -> float:
        return 0.0 if self._set_off_at is None else (self._elapsed() - self._set_off_at) / MINUTE

    async def _checkout(self, _request: web.Request) -> web.Response:
        minutes = self._minutes
        return web.json_response(
            {"conversion": {"percent": conversion_percent(minutes)}, "latency": {"p95_ms": p95_ms(minutes)}}
        )

    async def _payments(self, _request: web.Request) -> web.Response:
        percent = refund_percent(self._minutes)
        if percent is None:
            return web.json_response({"error": "the counting service is down"}, status=503)
        return web.json_response({"refunds": {"percent": percent}})
