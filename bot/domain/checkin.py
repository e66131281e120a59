"""Check-ins: how sure a person is that a criterion will be met, and one sentence why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import UserError

MOST = 10
"""The surest somebody can be; 0 is the least."""

SENTENCE_LIMIT = 300
"""Most characters of a check-in's sentence."""

FRESH = timedelta(days=21)
"""How long a check-in stands in progress posts; what somebody felt longer ago says nothing of today."""


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A person's confidence in a criterion at a moment.

    Attributes:
        at: When it was given, aware UTC.
        by: Who gave it, a Slack user id.
        confidence: From 0 (it will not be met) to `MOST` (it will).
        sentence: Why, on one line; possibly empty.
    """

    at: datetime
    by: str
    confidence: int
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Confidence:
    """How confident people are in one criterion.

    Attributes:
        criterion_id: Row id.
        name: The criterion's, as typed.
        last: The last check-in.
        before: The confidence of the one before, or None.
    """

    criterion_id: int
    name: str
    last: CheckIn
    before: int | None


def parse_confidence(typed: str) -> int:
    """Return a confidence from a form.

    Raises:
        UserError: field ``confidence``; it is not a whole number from 0 to 10.
    """
    if typed.isascii() and typed.isdigit() and len(typed) <= 2 and int(typed) <= MOST:
        return int(typed)
    raise UserError(f"Choose how confident you are: a whole number from 0 to {MOST}.", field="confidence")


def parse_sentence(typed: str) -> str:
    """Return a check-in's sentence on one line.

    Raises:
        UserError: field ``sentence``; it is longer than `SENTENCE_LIMIT`.
    """
    sentence = " ".join(typed.split())
    if len(sentence) > SENTENCE_LIMIT:
        raise UserError(
            f"One sentence has at most {SENTENCE_LIMIT} characters, and this has {len(sentence)}. Shorten it.",
            field="sentence",
        )
    return sentence
