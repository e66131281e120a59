"""Inboxes: where a reply to words that were written anonymously waits, and the codes that open them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.wallclock import day_at
from bot.errors import UserError

CODE_BYTES = 10
"""80 random bits: nobody guesses a code, however often they try."""

EXAMPLE = "7KX3-9QPM-H2TV-0ABC"
"""A code as it is shown: in Douglas Crockford's Base32, which has no letter that is taken for another."""

KEPT = timedelta(days=90)
"""How long after the close a reply can come, and how long after it came it can be read."""

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES = str.maketrans("OILU", "011V")
_CHARACTERS, _GROUP = 16, 4
# Dashes of all kinds, since telephones put others in, and what may be copied along with a code.
_BETWEEN = re.compile(r"[\s\-‐‑‒–—―−`'\"“”„‘’.:,]+")
_AS_SHOWN = re.compile(r"(?<![\w-])[0-9a-z]{4}(?:[-‐‑‒–—−][0-9a-z]{4}){3}(?![\w-])", re.I)


@dataclass(frozen=True, slots=True)
class Inbox:
    """Where one reply to one written answer waits.

    Attributes:
        address: What a code and a question come to (`bot.seal.address_of`); it tells neither who wrote nor the code.
        replied_on: The day the reply came, in the prompt's zone, or None.
    """

    address: str
    replied_on: date | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """Words of one's own with their reply; seen by whoever has the code, and kept nowhere.

    Attributes:
        question: What they answered, as typed.
        text: What was written, as it is stored.
        reply: What was replied, or None.
        replied_on: The day of the reply in the prompt's zone, or None.
        until: The last day on which the inbox opens.
        is_shown: Whether results show these words, so that a reply can come.
    """

    question: str
    text: str
    reply: str | None
    replied_on: date | None
    until: date
    is_shown: bool


def last_day(inbox: Inbox, closed_at: datetime, zone: str) -> date:
    """Return the last day on which an inbox opens: for its reply, or while there is none for one to come.

    Args:
        inbox: Of an answer to a closed prompt.
        closed_at: When it closed, aware UTC.
        zone: The prompt's IANA zone, in which days are counted.
    """
    return (inbox.replied_on or day_at(closed_at, zone)) + KEPT


def spell_code(random: bytes) -> str:
    """Return a code as people read and type it (``7KX3-9QPM-H2TV-0ABC``) for `CODE_BYTES` random bytes."""
    number = int.from_bytes(random)
    digits = "".join(_DIGITS[number >> 5 * place & 31] for place in reversed(range(_CHARACTERS)))
    return _grouped(digits)


def read_code(typed: str) -> str | None:
    """Return a code as `spell_code` makes it, whatever its case, dashes and look-alikes; None where it is none."""
    digits = _digits(typed)
    is_code = len(digits) == _CHARACTERS and set(digits) <= set(_DIGITS)
    return _grouped(digits) if is_code else None


def parse_code(typed: str) -> str:
    """Return a code as `spell_code` makes it.

    Raises:
        UserError: what was typed has not the shape of a code (field ``code``); that tells nothing about any.
    """
    code = read_code(typed)
    if code is None:
        count = sum(digit in _DIGITS for digit in _digits(typed))
        raise UserError(
            f"A code has {_CHARACTERS} letters and digits, like {EXAMPLE}; this has {count}. "
            "Compare it with your receipt.",
            field="code",
        )
    return code


def seems_code(typed: str) -> bool:
    """Say whether a text was probably meant as a code, right or mistyped: half of its words have digits in them."""
    words = typed.split()
    with_digits = sum(any(character.isdigit() for character in word) for word in words)
    is_long = len(_digits(typed)) >= _CHARACTERS // 2
    return is_long and with_digits * 2 >= len(words) and re.fullmatch(r"[\w\s\-–—`]+", typed) is not None


def is_shown_code(typed: str) -> bool:
    """Say whether a text is a code as it is shown, and nothing else."""
    return _AS_SHOWN.fullmatch(typed) is not None


def holds_code(typed: str) -> bool:
    """Say whether there is a code in a text, as it is shown, or at its end after a word or two."""
    if _AS_SHOWN.search(typed):
        return True
    words = typed.split()
    ends = [" ".join(words[-count:]) for count in (1, _CHARACTERS // _GROUP) if count <= len(words)]
    return len(words) <= _GROUP + 2 and any(read_code(end) is not None and seems_code(end) for end in ends)


def refuse_code(typed: str) -> None:
    """Let a text be kept under somebody's name unless there is a code in it, which would say whose words it opens.

    Raises:
        UserError: there is one (field ``text``).
    """
    if holds_code(typed):
        raise UserError(
            "There is the code of an inbox in that, so it was not saved as a note: notes carry your name. "
            "To open the inbox type `/feedback inbox` and the code, without anything else.",
            field="text",
        )


def _digits(typed: str) -> str:
    folded = unicodedata.normalize("NFKC", typed)
    return _BETWEEN.sub("", folded).upper().translate(_LOOK_ALIKES)


def _grouped(digits: str) -> str:
    return "-".join(digits[place : place + _GROUP] for place in range(0, len(digits), _GROUP))
