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
from bot.domain.inbox import Inbox
from bot.domain.prompt import Answers, Prompt, PromptKind, Question, Response
from bot.errors import ConfigError
from bot.seal import AnswerSeal, Seal

ROOM_FOR_CHOICE = 128
ROOM_FOR_SEVERAL = 512
"""Bytes an answer of several options is padded to: 20 ids of 9 characters, with quotes and commas, fit."""
ROOM_FOR_TEXT = 12 * 1024 + 256
"""Bytes a written answer is padded to: 2,000 characters of at most 6 bytes each in JSON, or 4 in UTF-8, fit, with an
inbox's address and 20 ids of options."""


def room_for(question: Question) -> int:
    """Return the bytes to which every answer to a question is padded, so that none is known by its length."""
    if question.kind is PromptKind.TEXT or question.comment:
        return ROOM_FOR_TEXT
    return ROOM_FOR_SEVERAL if question.kind is PromptKind.SEVERAL else ROOM_FOR_CHOICE


def seal_answers(key: bytes, prompt: Prompt, answers: Answers) -> dict[str, bytes]:
    """Return a person's answers sealed under a prompt's key, with one for every question of the prompt.

    Those that were left out are sealed too, empty: which questions somebody answered is part of the answer.
    """
    seal = AnswerSeal(key)
    return {
        question.id: _seal(seal, answers.get(question.id, Response()), room_for(question))
        for question in prompt.questions
    }


def unseal_response(key: bytes, sealed: bytes) -> Response | None:
    """Return a sealed answer; None when it was sealed under another key."""
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


def unsealer(session: Session, seal: Seal, row: PromptRow) -> Callable[[bytes], Response | None]:
    """Return what reads the answers to an open anonymous prompt; None for each where the secret key was changed."""
    try:
        answers = AnswerSeal(unseal_key(session, seal, row))
    except ConfigError:
        return lambda _sealed: None
    return lambda sealed: _read(answers, sealed)


def _seal(seal: AnswerSeal, response: Response, room: int) -> bytes:
    """Return an answer sealed, as long as any other in the same room; a longer one takes the room of written ones."""
    kept = [response.option_ids, response.value, response.text]
    kept += [] if response.inbox is None else [response.inbox.address]
    plain = json.dumps(kept, ensure_ascii=False).encode()
    room = room if len(plain) <= room else max(ROOM_FOR_TEXT, len(plain))
    return seal.seal(plain.ljust(room))


def _read(answers: AnswerSeal, sealed: bytes) -> Response | None:
    plain = answers.unseal(sealed)
    if plain is None:
        return None
    kept = json.loads(plain)
    if len(kept) == 2:  # sealed before an answer could be several options
        option_id, text = kept
        return Response(() if option_id is None else (option_id,), None, text)
    option_ids, value, text, *address = kept  # none before words had inboxes
    return Response(tuple(option_ids), value, text, Inbox(address[0]) if address else None)
