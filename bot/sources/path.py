"""Path: an RFC 9535 JSONPath, and how costly it may be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from jsonpath import CompoundJSONPath, JSONPath, JSONPathEnvironment
from jsonpath.exceptions import JSONPathError, JSONPathNameError
from jsonpath.segments import JSONPathChildSegment, JSONPathRecursiveDescentSegment
from jsonpath.selectors import IndexSelector, NameSelector, SliceSelector, WildcardSelector

from bot.errors import SourceError
from bot.sources.body import shorten

LONGEST_PATH = 1_000
PLAIN_LIMIT_BYTES = 256 * 1024
WIDE_LIMIT_BYTES = 16 * 1024
WIDE_LIMIT_CONTAINERS = 2_000

_LONGEST_IN_LOOP = 300
_SHORTHAND = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_UNNAMEABLE = re.compile(r"[\x00-\x07\x0b\x0e-\x1f\ud800-\udfff]")
_ESCAPES = {"'": "\\'", "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

Step = str | int


class _ExactEnvironment(JSONPathEnvironment):
    """Strict RFC 9535, comparing the numbers of a filter with Decimal exactly."""

    def compare(self, left: object, operator: str, right: object) -> bool:
        # A filter's literal 0.1 is a float; compared as one it would not equal the Decimal 0.1 of a body.
        return super().compare(_exact(left), operator, _exact(right))


def _exact(operand: object) -> object:
    return Decimal(repr(operand)) if isinstance(operand, float) else operand


_ENVIRONMENT = _ExactEnvironment(strict=True)


@dataclass(frozen=True, slots=True)
class Path:
    """A path that was understood.

    Attributes:
        text: As it was typed, without blanks around it.
        query: Compiled.
        steps: Names and indexes in their order, when there is nothing else in the path; else None.
        wide: How many segments can match more than one thing, when there are no filters or unions; else None.
    """

    text: str
    query: JSONPath
    steps: tuple[Step, ...] | None
    wide: int | None


def loop_limit_bytes(text: str) -> int:
    """Return the largest body, in bytes, that a path may be evaluated on in the event loop.

    Returns:
        256 KB for plain names and indexes, 16 KB with a single ``..``, ``[*]`` or slice, and 0 when the path
        must not even be parsed there: filters, functions, and whatever is too long to tell.

    Raises:
        SourceError: permanent, ``bad_request``: the path can't be read.
    """
    if len(text) > _LONGEST_IN_LOOP or "?" in text or "(" in text:
        _check_beginning(text)
        return 0
    path = compile_path(text)
    if path.steps is not None:
        return PLAIN_LIMIT_BYTES
    return WIDE_LIMIT_BYTES if path.wide == 1 else 0


def may_run_in_loop(text: str, body: bytes, *, many: bool = False) -> bool:
    """Say whether a path may be evaluated on this very body in the event loop.

    Args:
        text: The path.
        body: JSON.
        many: Whether all that stands there is wanted, and not one number.

    Raises:
        SourceError: permanent, ``bad_request``: the path can't be read.
    """
    limit_bytes = min(loop_limit_bytes(text), WIDE_LIMIT_BYTES if many else PLAIN_LIMIT_BYTES)
    if len(body) > limit_bytes:
        return False
    # 16 KB of nothing but brackets, 90 deep, took ``..`` 45 ms.
    return limit_bytes > WIDE_LIMIT_BYTES or body.count(b"[") + body.count(b"{") <= WIDE_LIMIT_CONTAINERS


@lru_cache(maxsize=2_048)
def compile_path(text: str) -> Path:
    """Return the path, compiled.

    Raises:
        SourceError: permanent, ``bad_request``; the sentence names the place that can't be read.
    """
    _check_beginning(text)
    try:
        query = _ENVIRONMENT.compile(text.strip())
    except JSONPathError as error:
        raise _unreadable(text.strip(), error) from None
    except (ValueError, RecursionError):  # the parser's own int() and its recursion on nested brackets
        raise SourceError("the path can't be read", cause="bad_request", permanent=True) from None
    assert not isinstance(query, CompoundJSONPath)  # unions of paths are not RFC 9535, strict refuses them
    return Path(text.strip(), query, _plain_steps(query), _count_wide(query))


def write_path(steps: Sequence[Step]) -> str:
    """Return the shortest usual form of a path: ``$.a['b c'][0]``."""
    written = ["$"]
    for step in steps:
        if isinstance(step, int):
            written.append(f"[{step}]")
        elif _SHORTHAND.fullmatch(step):
            written.append(f".{step}")
        else:
            written.append(f"['{''.join(_quoted(character) for character in step)}']")
    return "".join(written)


def can_be_named(steps: Sequence[Step]) -> bool:
    """Say whether a path can lead along these steps: the library reads no escaped control characters."""
    return not any(isinstance(step, str) and _UNNAMEABLE.search(step) for step in steps)


def _quoted(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character < " " or "\ud800" <= character <= "\udfff":
        return f"\\u{ord(character):04x}"
    return character


def _check_beginning(text: str) -> None:
    typed = text.strip()
    if not typed.startswith("$"):
        example = shorten("$" + (typed if typed.startswith((".", "[")) else "." + typed))
        sentence = f"a path starts with $, for example {example if typed else '$.signups.week'}"
    elif len(typed) > LONGEST_PATH:
        sentence = f"a path may have at most {LONGEST_PATH:,} characters"
    else:
        return
    raise SourceError(sentence, cause="bad_request", permanent=True)


def _unreadable(text: str, error: JSONPathError) -> SourceError:
    index = error.token.index if error.token is not None else -1
    if isinstance(error, JSONPathNameError):
        sentence = f"the path names a function that does not exist, at character {index + 1}"
    elif 0 <= index < len(text):
        sentence = f"the path can't be read from character {index + 1} on: {shorten(text[index:], 30)}"
    else:
        sentence = f"the path ends too early: {shorten(text)}"
    return SourceError(sentence, cause="bad_request", permanent=True)


def _plain_steps(query: JSONPath) -> tuple[Step, ...] | None:
    steps: list[Step] = []
    for segment in query.segments:
        if not isinstance(segment, JSONPathChildSegment) or len(segment.selectors) != 1:
            return None
        match segment.selectors[0]:
            case NameSelector(name=name):
                steps.append(name)
            case IndexSelector(index=index):
                steps.append(index)
            case _:
                return None
    return tuple(steps)


def _count_wide(query: JSONPath) -> int | None:
    wide = 0
    for segment in query.segments:
        if len(segment.selectors) != 1:
            return None
        wide += isinstance(segment, JSONPathRecursiveDescentSegment)
        match segment.selectors[0]:
            case WildcardSelector() | SliceSelector():
                wide += 1
            case NameSelector() | IndexSelector():
                pass
            case _:
                return None
    return wide
