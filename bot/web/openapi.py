"""The description of what programs can send: as OpenAPI, and as a page made of it that loads nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from bot.web import ships
from bot.web.described import responses
from bot.web.incoming import BODY_LIMIT, KEY_SCHEMA
from bot.web.pushed_body import MOST_NOTE, MOST_READINGS

PATH = "/api/v1/criteria/{key}/readings"
EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "one reading, now": {"value": 412},
    "one with its time and a note": {
        "value": 3.2,
        "at": "2026-11-23T07:45:00+01:00",
        "note": "nightly build 1840",
    },
    "several": {
        "readings": [
            {"value": 412, "at": "2026-11-22T08:00:00Z"},
            {"value": 398.5, "at": "2026-11-23T08:00:00Z"},
        ]
    },
}
"""Name → body."""

ANSWERS: Mapping[int, str] = {
    201: "The readings are stored and judged; a repeated request gets the same answer.",
    401: "No token that works was sent.",
    404: "The token is for no criterion at this address.",
    409: "The criterion takes no readings any more: archived, closed, or its verdict is taken.",
    413: f"The body is larger than {BODY_LIMIT:,} bytes.",
    415: "The body is not sent as application/json.",
    422: "Something in the body is wrong, or the Idempotency-Key came with another body before; nothing is stored.",
    429: "Too many requests with this token; Retry-After says how many seconds to wait.",
}
"""HTTP status → what it means."""


def openapi(address: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 description.

    Args:
        address: Of the web app, without a slash at the end.
    """
    error = {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {"type": "string", "description": "One sentence."},
            "field": {"type": "string", "description": "What is wrong, e.g. readings[3].at."},
        },
    }
    reading = {
        "type": "object",
        "required": ["value"],
        "additionalProperties": False,
        "properties": {
            "value": {
                "type": "number",
                "anyOf": [
                    {"const": 0},
                    {"minimum": 1e-30, "exclusiveMaximum": 1e31},
                    {"maximum": -1e-30, "exclusiveMinimum": -1e31},
                ],
                "description": "In the criterion's unit; at most 40 digits.",
            },
            "at": {
                "type": ["string", "null"],
                "format": "date-time",
                "description": "When the value held, with its offset; now when left out. At most 5 minutes ahead.",
            },
            "note": {
                "type": ["string", "null"],
                "maxLength": MOST_NOTE,
                "description": f"Text of at most {MOST_NOTE:,} characters.",
            },
        },
    }
    several = {
        "type": "object",
        "required": ["readings"],
        "additionalProperties": False,
        "properties": {
            "readings": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_READINGS,
                "items": {"$ref": "#/components/schemas/Reading"},
            }
        },
    }
    stored = {
        "type": "object",
        "required": ["stored", "criterion", "state", "status", "sentence"],
        "properties": {
            "stored": {"type": "integer", "description": "How many readings were stored."},
            "criterion": {"type": "string"},
            "state": {"type": "string", "enum": ["open", "paused"]},
            "status": {"type": "string", "description": "What the readings mean now."},
            "sentence": {"type": "string", "description": "Explains the status."},
        },
    }
    ship_path, ship_schemas = ships.describe()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Loopmark",
            "version": "1",
            "description": "Programs send readings of a criterion whose source is push, and say what was shipped.",
        },
        "servers": [{"url": address}],
        "paths": {
            PATH: {
                "post": {
                    "operationId": "pushReadings",
                    "summary": "Send one reading, or several at once",
                    "security": [{"token": []}],
                    "parameters": [
                        {
                            "name": "key",
                            "in": "path",
                            "required": True,
                            "schema": {"type": "string"},
                            "description": "Names the criterion; stands in the line that came with the token.",
                        },
                        {
                            "name": "Idempotency-Key",
                            "in": "header",
                            "schema": KEY_SCHEMA,
                            "description": "A request repeated with the same key and body changes nothing; "
                            "kept for two days.",
                        },
                    ],
                    "requestBody": {
                        "required": True,
                        "content": {
                            "application/json": {
                                "schema": {
                                    "oneOf": [
                                        {"$ref": "#/components/schemas/Reading"},
                                        {"$ref": "#/components/schemas/Readings"},
                                    ]
                                },
                                "examples": {name: {"value": body} for name, body in EXAMPLES.items()},
                            }
                        },
                    },
                    "responses": responses(ANSWERS, "Stored"),
                }
            },
            ships.PATH: ship_path,
        },
        "components": {
            "securitySchemes": {
                "shipToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made by /loop token in Slack; for one initiative.",
                },
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made by /criteria token NAME in Slack; for one criterion.",
                },
            },
            "schemas": {
                "Reading": reading,
                "Readings": several,
                "Stored": stored,
                **ship_schemas,
                "Error": error,
            },
        },
    }


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;"
    "color:#1d1c1d;background:#fff}"
    "pre,code{font:14px/1.5 ui-monospace,monospace;background:#f4f4f4;border-radius:4px}"
    "pre{padding:.75rem;overflow-x:auto}code{padding:.1rem .3rem}pre code{padding:0}"
    "table{border-collapse:collapse}th,td{text-align:left;vertical-align:top;padding:.35rem 1rem .35rem 0;"
    "border-bottom:1px solid #ddd}a{color:#1264a3}"
    "@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#1a1d21}pre,code{background:#2a2d31}"
    "th,td{border-color:#444}a{color:#7cb8e4}}"
)


def page(address: str) -> str:
    """Return the same description for people, as HTML that loads nothing from anywhere.

    Args:
        address: Of the web app, without a slash at the end.
    """
    post = openapi(address)["paths"][PATH]["post"]
    fields = openapi(address)["components"]["schemas"]["Reading"]["properties"]
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Loopmark: what programs send</title><style>{_STYLE}</style></head><body><main>",
        "<h1>Sending readings</h1>",
        "<p>Programs send readings of a criterion whose source is <code>push</code>. In Slack, "
        "<code>/criteria token NAME</code> makes the token and shows the address.</p>",
        f"<pre><code>POST {escape(address + PATH)}\nAuthorization: Bearer TOKEN\n"
        "Content-Type: application/json</code></pre>",
    ]
    for name, body in EXAMPLES.items():
        parts.append(f"<h2>{escape(name.capitalize())}</h2>")
        parts.append(f"<pre><code>{escape(json.dumps(body, indent=2))}</code></pre>")
    parts.append("<h2>A reading</h2><table><thead><tr><th>field</th><th>meaning</th></tr></thead><tbody>")
    for name, field in fields.items():
        parts.append(f"<tr><td><code>{escape(name)}</code></td><td>{escape(field['description'])}</td></tr>")
    parts.append("</tbody></table>")
    parts.append(f"<p>At most {MOST_READINGS:,} readings in one request; times may lie in the past.</p>")
    repeated = post["parameters"][1]["description"]
    parts.append(f"<p>Header <code>Idempotency-Key</code>: {escape(repeated)}</p>")
    parts.append("<h2>Answers</h2><table><thead><tr><th>status</th><th>meaning</th></tr></thead><tbody>")
    for status, meaning in ANSWERS.items():
        parts.append(f"<tr><td>{status}</td><td>{escape(meaning)}</td></tr>")
    parts.append("</tbody></table>")
    parts += _ships_part(address)
    parts.append(
        '<p>The same for programs: <a href="/openapi.json">openapi.json</a>.</p></main></body></html>'
    )
    return "\n".join(parts)


def _ships_part(address: str) -> list[str]:
    path, schemas = ships.describe()
    parts = [
        "<h1>Shipping</h1>",
        "<p>A pipeline says that a change is in front of users. In Slack, <code>/loop token</code> makes the token, "
        "which ships for one initiative. The ship is announced once, in the initiative's home channel.</p>",
        f"<pre><code>POST {escape(address + ships.PATH)}\nAuthorization: Bearer TOKEN\n"
        "Content-Type: application/json</code></pre>",
    ]
    for name, body in ships.EXAMPLES.items():
        parts.append(f"<h2>{escape(name.capitalize())}</h2>")
        parts.append(f"<pre><code>{escape(json.dumps(body, indent=2))}</code></pre>")
    parts.append("<h2>A ship</h2><table><thead><tr><th>field</th><th>meaning</th></tr></thead><tbody>")
    for name, field in schemas["Ship"]["properties"].items():
        parts.append(f"<tr><td><code>{escape(name)}</code></td><td>{escape(field['description'])}</td></tr>")
    parts.append("</tbody></table>")
    repeated = path["post"]["parameters"][0]["description"]
    parts.append(f"<p>Header <code>Idempotency-Key</code>: {escape(repeated)}</p>")
    parts.append("<h2>Answers</h2><table><thead><tr><th>status</th><th>meaning</th></tr></thead><tbody>")
    for status, meaning in ships.ANSWERS.items():
        parts.append(f"<tr><td>{status}</td><td>{escape(meaning)}</td></tr>")
    parts.append("</tbody></table>")
    return parts
