"""The words a request begins with."""

from __future__ import annotations

from bot.domain.entities import Line, cut, tokenize
from bot.errors import UserError


def first_word(line: Line, start: int) -> tuple[str, int, bool]:
    """Return the first word's key, where it ends, and whether anything follows."""
    tokens = tokenize(line, start)
    if not tokens:
        return "", start, False
    return tokens[0].key or tokens[0].text, tokens[0].end, len(tokens) > 1


def refuse_more(line: Line, start: int) -> None:
    """Refuse what stands after a request that takes nothing more (field ``text``)."""
    rest = line.show_inline(start)
    if rest:
        raise UserError(f"I can't read “{cut(rest)}” after that. Leave it out.", field="text")
