"""The web app: `/healthz`, `/readyz`, what programs push to, initiatives' pages, and `/slack/events` in HTTP mode."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.async_app import AsyncApp

from bot.deps import Deps
from bot.web.api import add_api
from bot.web.pages import add_pages
from bot.web.slack_requests import bolt_request

Probe = Callable[[], Awaitable[str]]
"""Returns why something does not work now, one plain sentence, or empty."""


@dataclass
class Readiness:
    """What the health pages say.

    Attributes:
        live: Name → probe; one that fails means that the process should be started again.
        ready: Name → probe; one that fails means that requests can't be served now.
        starting: Why it is not ready yet, or empty once it is.
    """

    live: dict[str, Probe] = field(default_factory=dict)
    ready: dict[str, Probe] = field(default_factory=dict)
    starting: str = "starting"

    async def problems(self, *, only_live: bool) -> dict[str, str]:
        """Return what does not work now, by name."""
        probes = self.live if only_live else {**self.live, **self.ready}
        found = {name: problem for name, probe in probes.items() if (problem := await probe())}
        if self.starting and not only_live:
            found["start"] = self.starting
        return found


def make_web_app(readiness: Readiness, bolt: AsyncApp | None = None, deps: Deps | None = None) -> FastAPI:
    """Return the web app.

    Args:
        readiness: What the health pages say.
        bolt: Takes Slack's requests on `/slack/events` in HTTP mode; None in Socket Mode, where the path is not there.
        deps: For what programs push and for the pages of initiatives; without it those are not there.
    """
    app = FastAPI(title="Loopmark", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        return _health(await readiness.problems(only_live=True))

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        return _health(await readiness.problems(only_live=False))

    if bolt is not None:

        @app.post("/slack/events")
        async def slack_events(request: Request) -> Response:
            return to_starlette_response(
                await bolt.async_dispatch(bolt_request(await request.body(), request.headers))
            )

    if deps is not None:
        add_api(app, deps)
        add_pages(app, deps)

    return app


def _health(problems: dict[str, str]) -> JSONResponse:
    return JSONResponse({"ok": not problems, "problems": problems}, status_code=503 if problems else 200)
