"""Sealing: while an anonymous prompt is open, an answer can be read under the prompt's key alone.

The order in which answers are stored can be found in SQLite's pages and its write-ahead log, beside what people
did with their names at the same time. Sealed, an answer tells nothing even to somebody who knows whose it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlmodel import Session

from bot.db.models import PromptRow
from bot.db.prompts import find_key
from bot.domain.prompt import PromptKind, Response
from bot.errors import ConfigError
from bot.seal import AnswerSeal, Seal

ROOM_FOR_CHOICE = 128
ROOM_FOR_TEXT = 12 * 1024
"""Bytes a written answer is padded to: 2,000 characters of at most 6 bytes each in JSON, or 4 in UTF-8, fit."""


def room_for(kind: PromptKind) -> int:
    """Return the bytes to which every answer to a kind of prompt is padded, so that none is known by its length."""
    return ROOM_FOR_TEXT if kind is PromptKind.TEXT else ROOM_FOR_CHOICE


def seal_response(key: bytes, response: Response, room: int) -> bytes:
    """Return an answer sealed under a prompt's key, as long as any other in the same room.

    Args:
        key: The prompt's key, unsealed.
        response: The answer.
        room: Bytes to pad to, from `room_for`; an answer that is longer takes the room of written ones.
    """
    plain = json.dumps([response.option_id, response.text], ensure_ascii=False).encode()
    room = room if len(plain) <= room else max(ROOM_FOR_TEXT, len(plain))
    return AnswerSeal(key).seal(plain.ljust(room))


def unseal_response(key: bytes, sealed: bytes) -> Response:
    """Return a sealed answer; an empty one when it was sealed under another key."""
    return _read(AnswerSeal(key), sealed)


def unseal_key(session: Session, seal: Seal, row: PromptRow) -> bytes:
    """Return the key of an open anonymous prompt.

    Raises:
        ConfigError: it was sealed under another secret key.
    """
    assert row.id is not None
    sealed = find_key(session, row.id)
    assert sealed is not None, "an open anonymous prompt has its key"
    return seal.unseal(sealed)


def unsealer(session: Session, seal: Seal, row: PromptRow) -> Callable[[bytes], Response]:
    """Return what reads the answers to an open anonymous prompt; empty ones where the secret key was changed."""
    try:
        answers = AnswerSeal(unseal_key(session, seal, row))
    except ConfigError:
        return lambda _sealed: Response()
    return lambda sealed: _read(answers, sealed)


def _read(answers: AnswerSeal, sealed: bytes) -> Response:
    plain = answers.unseal(sealed)
    return Response() if plain is None else Response(*json.loads(plain))
