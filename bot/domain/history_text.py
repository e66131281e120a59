"""`history NAME [last 30d | from DATE to DATE]`, read from the right: what is no period belongs to the name."""

from __future__ import annotations

from bot.domain.dates import looks_like_date, read_date
from bot.domain.entities import Line, Token, cut, tokenize
from bot.domain.names import parse_name
from bot.domain.period import EXAMPLES, Days, Last, Period
from bot.domain.quantities import parse_duration
from bot.domain.references import name_to_end
from bot.domain.requests import ShowHistory
from bot.errors import UserError


def read_history(line: Line, start: int) -> ShowHistory:
    """Return which criterion's history is asked for, and of which period.

    A name that itself ends like a period goes in quotes.

    Raises:
        UserError: no name (field ``name``), or a period that can't be read (field ``period``).
    """
    tokens = tokenize(line, start)
    at = next((at for at in reversed(range(len(tokens))) if _opens_period(tokens, at)), None)
    if at is None:
        return ShowHistory(name_to_end(line, start, what="criterion", field="name"))
    if at == 0:
        raise UserError("Say which criterion you mean, before the period.", field="name")
    if tokens[0].quoted and at == 1:
        name = parse_name(tokens[0].text, what="criterion", field="name")
    else:
        # A line that ends where the period begins; entities keep their places.
        head = Line(line.text[: tokens[at].start], line.entities)
        name = name_to_end(head, start, what="criterion", field="name")
    return ShowHistory(name, _read_period(tokens[at:]))


def _opens_period(tokens: list[Token], at: int) -> bool:
    rest = tokens[at + 1 :]
    if tokens[at].key == "last":
        return 0 < len(rest) <= 2 and "0" <= rest[0].key[:1] <= "9"
    return tokens[at].key == "from" and bool(rest) and looks_like_date(rest)


def _read_period(tokens: list[Token]) -> Period:
    if tokens[0].key == "last":
        return Last(parse_duration("".join(token.text for token in tokens[1:]), field="period"))
    first, used = read_date(tokens[1:], field="period")
    rest = tokens[1 + used :]
    if not rest:
        return Days(first)
    if rest[0].key == "to" and len(rest) > 1:
        last, used = read_date(rest[1:], field="period")
        rest = rest[1 + used :]
        if not rest:
            return Days(first, last)
    shown = cut(" ".join(token.text for token in rest))
    raise UserError(
        f"I can't read “{shown}” in that period. Type it like {EXAMPLES}.",
        field="period",
    )
