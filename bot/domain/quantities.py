"""Numbers and durations as people type them."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

from bot.domain.entities import PLACEHOLDER, clean, cut
from bot.errors import UserError

DIGITS_LIMIT = 40
EXPONENT_LIMIT = 30
COUNT_LIMIT = 1_000
"""Most answers a prompt can wait for before it closes by itself."""

NUMBER_LIKE = r"[-+−]?[.,]?[0-9](?:[0-9.,_'’]*[0-9])?(?:[eE][-+−]?[0-9]+)?"
"""What a person means as a number, readable or not."""

_NUMBER_LIKE = re.compile(NUMBER_LIKE)
_THOUSAND = re.compile(r"[kK](?![^\W_])")
_NUMBER = re.compile(r"([-+]?)(?:([0-9]+)|([0-9]{1,3}(?:,[0-9]{3})+))?(\.[0-9]+)?(?:[eE]([-+]?[0-9]+))?")
_ONE_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+")
_DURATION = re.compile(r"(?:[0-9]{1,6}[^\W\d_]+)+")
_DURATION_PART = re.compile(r"([0-9]{1,6})([^\W\d_]+)")

TIME_UNITS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(("w", "week", "weeks"), timedelta(weeks=1)),
}
"""Units of time, as typed in lower case."""


def parse_number(text: str, *, field: str = "target") -> Decimal:
    """Return a typed number: ``1000``, ``1,000``, ``2.5k``, ``20 %``, ``-3.5``, ``1e6``.

    Raises:
        UserError: no number, readable two ways (``1,5``), or out of bounds (more than 40 digits, an
            exponent beyond ±30).
    """
    text = clean(text)
    found = read_amount(text, field=field)
    if found is None:
        raise UserError(
            f"“{cut(text)}” is not a number. Type it like 1000, 1,000, 2.5k or 20 %.", field=field
        )
    number, unit, end = found
    unit = unit or text[end:].strip()
    if unit not in ("", "%"):
        raise UserError(f"“{cut(text)}” is more than a number. Type only {text[:end].strip()}.", field=field)
    return number


def read_amount(text: str, start: int = 0, *, field: str = "target") -> tuple[Decimal, str, int] | None:
    """Return the number that stands at a position, the unit glued to it (``300ms``), and where both end.

    Args:
        text: A line's text.
        start: Where the number begins.
        field: Field to blame.

    Returns:
        None when no number stands there. The unit is empty when none is glued to the number.

    Raises:
        UserError: a number stands there, but not one that reads one way and within bounds.
    """
    match = _NUMBER_LIKE.match(text, start)
    if match is None:
        return None
    end = match.end()
    thousand = _THOUSAND.match(text, end)
    if thousand is not None:
        end = thousand.end()
    after = end
    while after < len(text) and not text[after].isspace() and text[after] != PLACEHOLDER:
        after += 1
    unit = text[end:after]
    if unit[:1] in tuple(".,;:_-+−'’") or unit[:1].isdigit():
        raise UserError(
            f"“{cut(text[start:after])}” is not a number I can read. Type it like 1000 or 2.5k.", field=field
        )
    number = _exact(match[0], thousand=thousand is not None, field=field)
    if unit in ("M", "bn"):
        zeros = "000,000" if unit == "M" else "000,000,000"
        raise UserError(
            f"Type “{cut(match[0] + unit)}” out (1{unit} is 1,{zeros}); only k is read as a thousand.",
            field=field,
        )
    return number, unit, after


def parse_duration(text: str, *, field: str = "closes") -> timedelta:
    """Return a duration typed as one token: ``30m``, ``2d``, ``1h30m``; at least a minute, at most 366 days.

    Raises:
        UserError: another shape, an unknown unit of time, or out of bounds.
    """
    text = clean(text)
    duration = read_duration(text, field=field)
    if duration is None:
        raise UserError(f"“{cut(text)}” is not a duration. Type it like 30m, 4h or 2d.", field=field)
    if not timedelta(minutes=1) <= duration <= timedelta(days=366):
        raise UserError(f"“{cut(text)}” is out of bounds: from 1m to 366d.", field=field)
    return duration


def parse_count(text: str, *, field: str = "close_after") -> int:
    """Return after how many answers a prompt closes.

    Raises:
        UserError: no whole number from 1 to 1,000.
    """
    typed = clean(text)
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 6) or not 1 <= int(typed) <= COUNT_LIMIT:
        raise UserError(
            f"“{cut(typed)}” is no count of answers. Type a whole number from 1 to {COUNT_LIMIT:,}.",
            field=field,
        )
    return int(typed)


def read_duration(text: str, *, field: str) -> timedelta | None:
    """Return what a token such as ``1h30m`` lasts, or None when it has another shape.

    Raises:
        UserError: the shape is right but a unit of time is unknown.
    """
    if _DURATION.fullmatch(text) is None:
        return None
    parts = _DURATION_PART.findall(text)
    return sum((int(count) * time_unit(unit, field=field) for count, unit in parts), timedelta())


def time_unit(unit: str, *, field: str) -> timedelta:
    """Return how long a unit of time is.

    Raises:
        UserError: unknown unit.
    """
    size = TIME_UNITS.get(unit.casefold())
    if size is None:
        raise UserError(
            f"“{cut(unit)}” is no unit of time I know. Use m (minutes), h (hours), d (days) or w (weeks).",
            field=field,
        )
    return size


def _exact(typed: str, *, thousand: bool, field: str) -> Decimal:
    text = typed.replace("−", "-")
    shown = cut(typed)
    match = _NUMBER.fullmatch(text)
    if match is None or not any(match.group(2, 3, 4)):
        comma = _ONE_COMMA.fullmatch(text)
        if comma is not None:
            pointed, joined = cut(text.replace(",", ".")), cut(text.replace(",", ""))
            raise UserError(
                f"“{shown}” reads two ways. Type {pointed} or {joined}.",
                field=field,
            )
        raise UserError(
            f"“{shown}” is not a number I can read. Type it without separators, like 1000 or 1000.5.",
            field=field,
        )
    sign, plain, grouped, fraction, exponent = match.groups()
    digits = f"{sign}{(plain or grouped or '0').replace(',', '')}{fraction or ''}"
    if exponent is not None and len(exponent.lstrip("+-0")) > 3:
        raise _out_of_bounds(shown, field)
    # Built as text: arithmetic would round to the context's 28 digits.
    number = Decimal(f"{digits}e{int(exponent or 0) + (3 if thousand else 0)}")
    _, kept, power = number.as_tuple()
    assert isinstance(power, int), "the pattern lets no NaN or infinity through"
    if len(kept) > DIGITS_LIMIT or abs(power) > EXPONENT_LIMIT:
        raise _out_of_bounds(shown, field)
    return Decimal(f"{number:f}") if thousand else number


def _out_of_bounds(shown: str, field: str) -> UserError:
    return UserError(
        f"“{shown}” is out of bounds: at most {DIGITS_LIMIT} digits, an exponent within ±{EXPONENT_LIMIT}.",
        field=field,
    )
