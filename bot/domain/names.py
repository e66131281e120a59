"""Names people give, how they are compared, and what was probably meant."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

from bot.domain.entities import clean, collapse, straighten
from bot.errors import UserError

NAME_LIMIT = 120
"""Most characters of a criterion's or initiative's name (it has to fit a header and a button row)."""

_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co"})
"""Kinds of characters with nothing to see in them. What Python's tables do not know yet (Cn) may be a new emoji."""


def fold(name: str) -> str:
    """Return the key under which a name is unique and looked up.

    Case, compatible forms (full-width letters), kinds of quotes and runs of blanks make no difference.
    """
    # Folding can undo the normal form and the other way round (ﬃ, ẛ̣), hence twice, as Unicode's
    # "compatibility caseless match" asks (The Unicode Standard, 3.13, D146).
    folded = unicodedata.normalize("NFKC", straighten(name)).casefold()
    return collapse(unicodedata.normalize("NFKC", folded).casefold())


def nearest(word: str, names: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Return the names that were probably meant, best first, at most ``limit``; as stored, not folded."""
    by_key: dict[str, str] = {}
    for name in names:
        by_key.setdefault(fold(name), name)
    key = fold(word)[:NAME_LIMIT]
    close = difflib.get_close_matches(key, by_key, n=limit, cutoff=0.6)
    begins = [other for other in by_key if key and other.startswith(key) and other not in close]
    return tuple(by_key[other] for other in (close + begins)[:limit])


def parse_name(text: str, *, what: str = "criterion", field: str = "name") -> str:
    """Return a name on one line.

    Args:
        text: As typed, decoded.
        what: What is named, for the error's words.
        field: Field to blame.

    Raises:
        UserError: nothing to see in it, or longer than `NAME_LIMIT`.
    """
    name = collapse(clean(text))
    if not any(unicodedata.category(character) not in _UNSEEN for character in name):
        raise UserError(f"Give the {what} a name.", field=field)
    if len(name) > NAME_LIMIT:
        raise UserError(
            f"That name has {len(name):,} characters; {NAME_LIMIT} is the most. Shorten it.", field=field
        )
    return name
