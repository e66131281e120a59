"""What both addresses say of their answers in the API's description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

HEADERS: Mapping[int, Mapping[str, Any]] = {
    401: {"WWW-Authenticate": {"required": True, "schema": {"type": "string", "const": "Bearer"}}},
    429: {
        "Retry-After": {
            "required": True,
            "schema": {"type": "integer", "minimum": 1},
            "description": "Seconds to wait.",
        }
    },
}
"""HTTP status → the headers that come with it."""


def responses(answers: Mapping[int, str], schema: str) -> dict[str, Any]:
    """Return the `responses` of an operation.

    Args:
        answers: HTTP status → what it means; 201 is the one where something was stored.
        schema: Name of the component that describes the body of a 201; all others have an `Error`.
    """
    return {
        str(status): {
            "description": meaning,
            **({"headers": HEADERS[status]} if status in HEADERS else {}),
            "content": {
                "application/json": {
                    "schema": {"$ref": f"#/components/schemas/{schema if status == 201 else 'Error'}"}
                }
            },
        }
        for status, meaning in answers.items()
    }
