"""The demo's metric server: a few addresses that answer with JSON, and a page that lists them."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from bot.demo import numbers

MORE = 25
"""How many sign up at once when a visitor presses the button."""

ADDRESSES: Mapping[str, str] = {
    "/signups": "Beta signups: one more a minute, and as many as you like by the button below.",
    "/checkout": "The checkout: conversion climbs, and latency goes over its guardrail now and then.",
    "/payments": "Refunds: they fall. The service answers HTTP 503 during its outages.",
    "/search": "The search: what is found hardly moves, what is not found gets less.",
}
"""Each address with what its numbers do."""


class MetricServer:
    """Answers on this machine only; use it as an async context manager."""

    def __init__(self, age: Callable[[], timedelta], *, port: int = 0) -> None:
        """Follow the demo's time.

        Args:
            age: How much time has passed since the demo's first day.
            port: Where to listen on 127.0.0.1; 0 means any free port.
        """
        self._age = age
        self._port = port
        self._more = 0
        app = web.Application()
        app.router.add_get("/", self._index)
        app.router.add_post("/signups", self._sign_up)
        for path in ADDRESSES:
            app.router.add_get(path, self._numbers)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)

    async def __aenter__(self) -> Self:
        """Listen."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
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

    @property
    def signups(self) -> int:
        """How many have signed up so far."""
        return numbers.beta_signups(self._age()) + self._more

    def _read(self, path: str) -> tuple[int, dict[str, Any]]:
        """Return the status and body of an address now."""
        age = self._age()
        match path:
            case "/signups":
                return 200, {"signups": {"total": self.signups}}
            case "/checkout":
                checkout = {"percent": numbers.conversion_percent(age)}
                return 200, {"conversion": checkout, "latency": {"p95_ms": numbers.p95_ms(age)}}
            case "/payments":
                percent = numbers.refund_percent(age)
                if percent is None:
                    return 503, {"error": "the counting service is down"}
                return 200, {"refunds": {"percent": percent}}
        found = {"found": numbers.found_percent(age), "nothing": numbers.empty_percent(age)}
        return 200, {"searches": {"percent": found}}

    async def _numbers(self, request: web.Request) -> web.Response:
        status, body = self._read(request.path)
        return web.json_response(body, status=status)

    async def _sign_up(self, _request: web.Request) -> web.Response:
        self._more += MORE
        raise web.HTTPSeeOther("/")

    async def _index(self, _request: web.Request) -> web.Response:
        rows = []
        for path, does in ADDRESSES.items():
            status, body = self._read(path)
            shown = html.escape(json.dumps(body) if status == 200 else f"HTTP {status}: {json.dumps(body)}")
            address = html.escape(self.address + path)
            rows.append(
                f'<dt><a href="{path}">{address}</a></dt><dd>{html.escape(does)}<br><code>{shown}</code></dd>'
            )
        text = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>The demo\'s numbers</title>'
            '<meta name="viewport" content="width=device-width">'
            "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;"
            "color-scheme:light dark}dd{margin:0 0 1rem}code{overflow-wrap:anywhere}</style>"
            "<h1>The demo's numbers</h1><p>Loopmark reads these over HTTP, as it would read yours. Type an address "
            "after <code>source</code>, or after <code>/criteria try</code> to see its numbers with their "
            f"paths.</p><dl>{''.join(rows)}</dl>"
            f'<form method="post" action="/signups"><button>Let {MORE} more sign up</button></form></html>'
        )
        return web.Response(text=text, content_type="text/html")
