"""`POST /api/v1/ships`: what a pipeline shipped, with a token; and its part of the API's description."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from bot.deps import Deps
from bot.domain.names import NAME_LIMIT, parse_name
from bot.errors import SourceError, UserError
from bot.services.pushing import ClosedError, ReusedKeyError, RevokedError
from bot.services.ship_tokens import SentShip, ship_by_program, ship_token_works
from bot.sources.body import parse_body
from bot.web.described import responses
from bot.web.incoming import (
    KEY_SCHEMA,
    RefusedError,
    idempotency_key,
    json_body,
    take_turn,
    token_of,
    unauthorised,
)
from bot.web.rates import Rates

PATH = "/api/v1/ships"
LINK_LIMIT = 2_000
"""Characters of an address beside a ship."""

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "a ship": {"name": "New checkout form"},
    "one with the run that shipped it": {
        "name": "New checkout form",
        "link": "https://ci.example.com/runs/1840",
    },
}
"""Name → body."""

ANSWERS: Mapping[int, str] = {
    201: "The ship is stored and will be announced; a repeated request gets the same answer.",
    401: "No token that works was sent.",
    409: "The initiative is closed.",
    413: "The body is too large.",
    415: "The body is not sent as application/json.",
    422: "Something in the body is wrong, or the Idempotency-Key came with another body before; nothing is stored.",
    429: "Too many requests with this token; Retry-After says how many seconds to wait.",
}
"""HTTP status → what it means."""

_FIELDS = frozenset({"name", "link"})


async def take_ship(deps: Deps, rates: Rates, request: Request) -> Response:
    """Store what a program shipped and return what it is told.

    Raises:
        RefusedError: it is not done, and why.
    """
    token = token_of(request)
    if token is None or not await deps.database.read(ship_token_works, deps.team_id, token):
        raise unauthorised("/loop token")
    take_turn(rates, token, deps.now(), "wait a little")
    key = idempotency_key(request)
    body = await json_body(request, "send the name alone")
    try:
        answer = await deps.database.write(
            ship_by_program,
            deps.team_id,
            token,
            read_ship(body),
            deps.now(),
            key=key,
            digest=hashlib.sha256(body).hexdigest(),
        )
    except RevokedError:
        raise unauthorised("/loop token") from None
    except ClosedError as error:
        raise RefusedError(409, str(error)) from None
    except ReusedKeyError as error:
        raise RefusedError(422, str(error), field="Idempotency-Key") from None
    except UserError as error:
        raise RefusedError(422, str(error), field=error.field) from None
    deps.wake.set()
    return JSONResponse(dict(answer), status_code=201)


def read_ship(body: bytes) -> SentShip:
    """Return what a body says was shipped.

    Raises:
        UserError: it is no JSON object, or a field in it is missing, unknown or can't be read.
    """
    try:
        sent = parse_body(body)
    except SourceError as error:
        raise UserError(f"the body can't be read as JSON: {error}") from None
    if not isinstance(sent, Mapping):
        raise UserError("the body has to be one JSON object with a name")
    for field in sent:
        if field not in _FIELDS:
            raise UserError(
                f"there is no field {str(field)[:60]}; a ship has name and link", field=str(field)[:60]
            )
    name, link = sent.get("name"), sent.get("link", "")
    if not isinstance(name, str):
        raise UserError("the name has to be text: what was shipped", field="name")
    if len(name) > NAME_LIMIT:
        # As it is sent, as the description has it, and not as it is stored.
        raise UserError(f"the name has {len(name):,} characters; {NAME_LIMIT} is the most", field="name")
    if not isinstance(link, str) or not _is_link(link):
        raise UserError(
            f"the link has to be an http or https address of at most {LINK_LIMIT:,} characters", field="link"
        )
    return SentShip(parse_name(name, what="ship"), link)


def _is_link(link: str) -> bool:
    if not link:
        return True
    plain = link.isascii() and link.isprintable() and not set(link) & set(' <>|"')
    return plain and len(link) <= LINK_LIMIT and link.startswith(("https://", "http://"))


def describe() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the OpenAPI description of the path, and the schemas it names."""
    ship = {
        "type": "object",
        "required": ["name"],
        "additionalProperties": False,
        "properties": {
            "name": {
                "type": "string",
                "minLength": 1,
                "maxLength": NAME_LIMIT,
                "description": "What was shipped, in the words of the people who will notice it; "
                "something to see, and not blanks alone.",
            },
            "link": {
                "type": "string",
                "maxLength": LINK_LIMIT,
                "pattern": r"^(https?://[!#-;=?-{}~]*)?$",
                "description": "An http or https address the announcement links to.",
            },
        },
    }
    shipped = {
        "type": "object",
        "required": ["ship", "name", "initiative", "shipped_at"],
        "properties": {
            "ship": {"type": "integer", "description": "Its number in Loopmark."},
            "name": {"type": "string"},
            "initiative": {"type": "string"},
            "shipped_at": {"type": "string", "format": "date-time"},
        },
    }
    post = {
        "operationId": "ship",
        "summary": "Say that a change is in front of users",
        "security": [{"shipToken": []}],
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "schema": KEY_SCHEMA,
                "description": "A request repeated with the same key and body ships once; kept for two days.",
            }
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/Ship"},
                    "examples": {name: {"value": body} for name, body in EXAMPLES.items()},
                }
            },
        },
        "responses": responses(ANSWERS, "Shipped"),
    }
    return {"post": post}, {"Ship": ship, "Shipped": shipped}
