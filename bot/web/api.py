"""What programs send: `POST /api/v1/criteria/{key}/readings`, `POST /api/v1/ships`; and their page at `/docs`."""

from __future__ import annotations

import hashlib

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from bot.deps import Deps
from bot.errors import UserError
from bot.services.pushing import ClosedError, ReusedKeyError, RevokedError, find_pushable, push_readings
from bot.web.incoming import (
    RefusedError,
    answering,
    idempotency_key,
    json_body,
    take_turn,
    token_of,
    unauthorised,
)
from bot.web.openapi import PATH, openapi, page
from bot.web.pushed_body import read_pushed
from bot.web.rates import Rates
from bot.web.ships import PATH as SHIPS_PATH
from bot.web.ships import take_ship

HOW = "/criteria token NAME"
"""The command that makes a token for readings."""


def add_api(app: FastAPI, deps: Deps) -> None:
    """Give a web app the addresses programs send to, and the page that describes them."""
    rates = Rates()

    @app.post(PATH)
    async def push(key: str, request: Request) -> Response:
        return await answering(lambda: _push(deps, rates, key, request))

    @app.post(SHIPS_PATH)
    async def ship(request: Request) -> Response:
        return await answering(lambda: take_ship(deps, rates, request))

    @app.get("/openapi.json")
    async def description() -> Response:
        return JSONResponse(openapi(deps.settings.web_address))

    @app.get("/docs")
    async def docs() -> Response:
        # Nothing is loaded from anywhere, and the browser is told so.
        policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
        return HTMLResponse(
            page(deps.settings.web_address),
            headers={"content-security-policy": policy, "x-content-type-options": "nosniff"},
        )


async def _push(deps: Deps, rates: Rates, key: str, request: Request) -> Response:
    token = await _authenticate(deps, key, request)
    take_turn(rates, token, deps.now(), "send several readings in one request")
    sent_key = idempotency_key(request)
    body = await json_body(request, "send fewer readings in one request")
    now = deps.now()
    try:
        readings = read_pushed(body, now)
        pushed = await deps.database.write(
            push_readings,
            deps.team_id,
            token,
            readings,
            now,
            key=sent_key,
            digest=hashlib.sha256(body).hexdigest(),
        )
    except RevokedError:
        raise unauthorised(HOW) from None
    except ClosedError as error:
        raise RefusedError(409, str(error)) from None
    except ReusedKeyError as error:
        raise RefusedError(422, str(error), field="Idempotency-Key") from None
    except UserError as error:
        raise RefusedError(422, str(error), field=error.field) from None
    if pushed.changed:
        deps.wake.set()
    return JSONResponse(dict(pushed.answer), status_code=201)


async def _authenticate(deps: Deps, key: str, request: Request) -> str:
    token = token_of(request)
    if token is None:
        raise unauthorised(HOW)
    public_key = await deps.database.read(find_pushable, deps.team_id, token)
    if public_key is None:
        raise unauthorised(HOW)
    if public_key != key:
        raise RefusedError(
            404, "this token is for no criterion at this address; look at the line it came with"
        )
    return token
