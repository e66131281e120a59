"""`POST /api/v1/criteria/{key}/readings`: what programs send, with a token; and its page at `/docs`."""

from __future__ import annotations

import hashlib
import math
import re
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from bot.deps import Deps
from bot.errors import UserError
from bot.services.pushing import ClosedError, ReusedKeyError, RevokedError, find_pushable, push_readings
from bot.services.tokens import digest_of
from bot.web.openapi import BODY_LIMIT, PATH, openapi, page
from bot.web.pushed_body import read_pushed
from bot.web.rates import Rates

_BEARER = re.compile(r"bearer +([A-Za-z0-9_-]{20,200})", re.IGNORECASE)
_KEY = re.compile(r"[!-~]{1,200}")


class _RefusedError(Exception):
    """A request that is not done, with its HTTP status and one sentence."""

    def __init__(
        self, status: int, sentence: str, *, field: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.field = field
        self.headers = headers or {}


def add_api(app: FastAPI, deps: Deps) -> None:
    """Give a web app the address programs push readings to, and the page that describes it."""
    rates = Rates()

    @app.post(PATH)
    async def push(key: str, request: Request) -> Response:
        try:
            return await _push(deps, rates, key, request)
        except _RefusedError as error:
            body: dict[str, Any] = {"error": str(error)}
            if error.field:
                body["field"] = error.field
            return JSONResponse(body, status_code=error.status, headers=error.headers)

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
    wait = rates.take(digest_of(token), deps.now())
    if wait:
        raise _RefusedError(
            429,
            "too many requests with this token; send several readings in one request",
            headers={"retry-after": str(math.ceil(wait.total_seconds()))},
        )
    idempotency_key = request.headers.get("idempotency-key")
    if idempotency_key is not None and not _KEY.fullmatch(idempotency_key):
        raise _RefusedError(
            422, "Idempotency-Key is 1 to 200 visible ASCII characters", field="Idempotency-Key"
        )
    body = await _body(request)
    now = deps.now()
    try:
        readings = read_pushed(body, now)
        pushed = await deps.database.write(
            push_readings,
            deps.team_id,
            token,
            readings,
            now,
            key=idempotency_key,
            digest=hashlib.sha256(body).hexdigest(),
        )
    except RevokedError:
        raise _unauthorised() from None
    except ClosedError as error:
        raise _RefusedError(409, str(error)) from None
    except ReusedKeyError as error:
        raise _RefusedError(422, str(error), field="Idempotency-Key") from None
    except UserError as error:
        raise _RefusedError(422, str(error), field=error.field) from None
    if pushed.changed:
        deps.wake.set()
    return JSONResponse(dict(pushed.answer), status_code=201)


async def _authenticate(deps: Deps, key: str, request: Request) -> str:
    match = _BEARER.fullmatch(request.headers.get("authorization", ""))
    if match is None:
        raise _unauthorised()
    public_key = await deps.database.read(find_pushable, deps.team_id, match[1])
    if public_key is None:
        raise _unauthorised()
    if public_key != key:
        raise _RefusedError(
            404, "this token is for no criterion at this address; look at the line it came with"
        )
    return match[1]


def _unauthorised() -> _RefusedError:
    return _RefusedError(
        401,
        "no token that works was sent; make one with /criteria token NAME and send it as Authorization: Bearer …",
        headers={"www-authenticate": "Bearer"},
    )


async def _body(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise _RefusedError(415, "the body has to be JSON; send Content-Type: application/json")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise _RefusedError(
                413, f"the body is larger than {BODY_LIMIT:,} bytes; send fewer readings in one request"
            )
    return bytes(body)
