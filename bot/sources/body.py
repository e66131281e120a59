"""Body: JSON whose numbers stay exact, and the one number wanted out of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from bot.errors import SourceError

MOST_DIGITS = 40
MOST_EXPONENT = 30

_LONGEST_LITERAL = 100  # turning a million digits into a number would hold the event loop
_UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class OverlongNumber:
    """A number with more characters than any value may have; kept aside so that the rest stays readable."""

    text: str
    characters: int


class _NotFiniteError(ValueError):
    """NaN or Infinity, which JSON does not have."""


def parse_body(body: bytes, host: str | None = None) -> object:
    """Return the JSON of a body, its fractions as Decimal and its whole numbers as int.

    Args:
        body: UTF-8, UTF-16 or UTF-32, with or without a byte order mark.
        host: Named in the errors.

    Raises:
        SourceError: ``not_json``, or ``not_a_number`` when the body holds NaN or Infinity.
    """
    answer = f"the answer from {host}" if host else "the answer"
    if not body.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise SourceError(f"{answer} is empty", cause="not_json", host=host)
    try:
        return _load(body)
    except _NotFiniteError as error:
        raise SourceError(
            f"{answer} holds {error}, which is not a number", cause="not_a_number", host=host
        ) from None
    except json.JSONDecodeError as error:
        why = f"line {error.lineno}, column {error.colno}"
        if body.lstrip()[:1] == b"<":
            why = "it looks like a web page"
        raise SourceError(f"{answer} is not JSON ({why})", cause="not_json", host=host) from None
    except UnicodeDecodeError:
        raise SourceError(f"{answer} is not JSON (it is not text)", cause="not_json", host=host) from None
    except RecursionError:
        raise SourceError(f"{answer} is nested too deeply", cause="not_json", host=host) from None


def _load(body: bytes) -> object:
    try:
        # Whole numbers as the interpreter reads them, which refuses those of over 4,300 digits: ours would be
        # called for each of them, and most bodies hold more of them than of anything else.
        return json.loads(body, parse_float=_parse_fraction, parse_constant=_refuse_constant)
    except (_NotFiniteError, json.JSONDecodeError, UnicodeDecodeError):
        raise
    except ValueError:
        return json.loads(
            body, parse_float=_parse_fraction, parse_int=_parse_whole, parse_constant=_refuse_constant
        )


def to_decimal(found: object, path: str = "$") -> Decimal:
    """Return what was found as a value: a number of at most 40 digits between 10^-30 and 10^31, or zero.

    Args:
        found: A value out of `parse_body`.
        path: Where it stood, named in the error.

    Raises:
        SourceError: ``not_a_number``; the sentence shows the value and its type.
    """
    where = f"at {shorten(path, 100)}"
    match found:
        case bool() | None:
            what = f"found {json.dumps(found)} {where}, not a number"
        case str():
            what = f'found the text "{shorten(found)}" {where}, not a number'
        case Mapping():
            what = f"found an object {where}, not a number: {_sketch(found)}"
        case Sequence():
            what = f"found a list {where}, not a number: {_sketch(found)}"
        case OverlongNumber():
            size = f"{found.characters:,} characters"
            what = f"found a number of {size} {where}; at most {MOST_DIGITS} digits count"
        case int() | Decimal():
            return _bounded(Decimal(found), where)
        case _:
            what = f"found something {where} that is not a number"
    raise SourceError(what, cause="not_a_number")


def _bounded(value: Decimal, where: str) -> Decimal:
    if not value.is_finite():
        what = f"found {value} {where}, not a number"
    elif value.is_zero():
        # Zero has a sign and an exponent, too; neither means anything in a reading.
        return Decimal(0)
    elif len(value.as_tuple().digits) > MOST_DIGITS:
        what = f"found {shorten(str(value))} {where}; at most {MOST_DIGITS} digits count"
    elif value.adjusted() > MOST_EXPONENT:
        what = f"found {shorten(str(value))} {where}; it is too large (10^{MOST_EXPONENT} at most)"
    elif value.adjusted() < -MOST_EXPONENT:
        what = f"found {shorten(str(value))} {where}; it is too close to zero (10^-{MOST_EXPONENT} at least)"
    else:
        return value
    raise SourceError(what, cause="not_a_number")


def shorten(text: str, most: int = 60) -> str:
    """Return foreign text on one line, without control characters, cut with … where it is too long."""
    clean = _UNSHOWABLE.sub(" ", text[: most * 2]).strip()
    return clean if len(clean) <= most and len(text) <= most * 2 else clean[: most - 1].rstrip() + "…"


def _sketch(found: object, depth: int = 2) -> str:
    """Return the beginning of a value, however large it is."""
    match found:
        case str():
            return f'"{shorten(found, 20)}"'
        case Mapping() | Sequence() if not found:
            return "{}" if isinstance(found, Mapping) else "[]"
        case Mapping() if depth:
            inside = [
                f'"{shorten(str(key), 20)}": {_sketch(found[key], depth - 1)}' for key in list(found)[:3]
            ]
            return "{" + ", ".join(inside) + (", …}" if len(found) > 3 else "}")
        case Sequence() if depth:
            inside = [_sketch(item, depth - 1) for item in found[:3]]
            return "[" + ", ".join(inside) + (", …]" if len(found) > 3 else "]")
        case Mapping():
            return "{…}"
        case Sequence():
            return "[…]"
        case OverlongNumber():
            return found.text
        case bool() | None:
            return json.dumps(found)
        case _:
            return shorten(str(found), 20)


def _parse_whole(text: str) -> int | OverlongNumber:
    return int(text) if len(text) <= _LONGEST_LITERAL else _overlong(text)


def _parse_fraction(text: str) -> Decimal | OverlongNumber:
    if len(text) > _LONGEST_LITERAL:
        return _overlong(text)
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond what Decimal can hold
        return _overlong(text)


def _overlong(text: str) -> OverlongNumber:
    return OverlongNumber(shorten(text, 20), len(text))


def _refuse_constant(text: str) -> object:
    raise _NotFiniteError(text)
