"""What every address for programs does first: refuse in one sentence, and read the token, the key and the body."""

from __future__ import annotations

import math
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from bot.services.tokens import digest_of
from bot.web.rates import Rates

BODY_LIMIT = 1_000_000
"""Bytes of one body: a thousand readings with short notes fit many times over."""

_BEARER = re.compile(r"bearer +([A-Za-z0-9_-]{20,200})", re.IGNORECASE)
_KEY = re.compile(r"[!-~]{1,200}")
KEY_SCHEMA = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
"""The same, as the API's description has it."""


class RefusedError(Exception):
    """A request that is not done, with its HTTP status and one sentence."""

    def __init__(
        self, status: int, sentence: str, *, field: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        """Keep what the program is told."""
        super().__init__(sentence)
        self.status = status
        self.field = field
        self.headers = headers or {}


async def answering(work: Callable[[], Awaitable[Response]]) -> Response:
    """Do what a request asks for; a refusal becomes its answer."""
    try:
        return await work()
    except RefusedError as error:
        body: dict[str, Any] = {"error": str(error)}
        if error.field:
            body["field"] = error.field
        return JSONResponse(body, status_code=error.status, headers=error.headers)


def token_of(request: Request) -> str | None:
    """Return the token a program sent, whether it works or not, or None."""
    match = _BEARER.fullmatch(request.headers.get("authorization", ""))
    return match[1] if match else None


def unauthorised(how: str) -> RefusedError:
    """Return the refusal of a request without a token that works; `how` is the command that makes one."""
    return RefusedError(
        401,
        f"no token that works was sent; make one with {how} and send it as Authorization: Bearer …",
        headers={"www-authenticate": "Bearer"},
    )


def take_turn(rates: Rates, token: str, now: datetime, instead: str) -> None:
    """Count a request against its token's rate.

    Raises:
        RefusedError: too many came; `instead` says what to do about it.
    """
    wait = rates.take(digest_of(token), now)
    if wait:
        raise RefusedError(
            429,
            f"too many requests with this token; {instead}",
            headers={"retry-after": str(math.ceil(wait.total_seconds()))},
        )


def idempotency_key(request: Request) -> str | None:
    """Return the request's Idempotency-Key, or None.

    Raises:
        RefusedError: it can't be one.
    """
    key = request.headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise RefusedError(
            422, "Idempotency-Key is 1 to 200 visible ASCII characters", field="Idempotency-Key"
        )
    return key


async def json_body(request: Request, too_large: str) -> bytes:
    """Return the body of a request that says it is JSON.

    Raises:
        RefusedError: it says something else, or is larger than `BODY_LIMIT`; `too_large` says what to do then.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise RefusedError(415, "the body has to be JSON; send Content-Type: application/json")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise RefusedError(413, f"the body is larger than {BODY_LIMIT:,} bytes; {too_large}")
    return bytes(body)
