"""Extraction: from a JSON body along a path to the one value of a reading."""

from __future__ import annotations

import difflib
import itertools
from collections import deque
from collections.abc import Iterator, Mapping
from decimal import Decimal

from jsonpath.exceptions import JSONPathError

from bot.domain.criterion import SourceKind, SourceSpec
from bot.errors import SourceError
from bot.sources.body import parse_body, shorten, to_decimal
from bot.sources.path import Path, Step, compile_path, write_path
from bot.sources.shaping import REDUCERS, read_number, shape

MOST_MATCHES = 100_000

_KEYS_COMPARED = 100
_NODES_SEARCHED = 2_000

Shaping = Mapping[str, str]
"""The options `reduce`, `math` and `text`, as far as they were typed."""

UNSHAPED: Shaping = {}


def extract(body: bytes, path_text: str, host: str | None = None, shaping: Shaping = UNSHAPED) -> Decimal:
    """Return the one value a path leads to in a JSON body, shaped. Blocks as long as it takes.

    Raises:
        SourceError: ``not_json``, ``not_a_number``, ``path_missing`` for nothing or for more than one without
            a reducer, ``too_large`` for more than 100,000 matches, or ``bad_request``.
    """
    path = compile_path(path_text)
    reducer = shaping.get("reduce")
    matches = _find(parse_body(body, host), path, spread=reducer is not None)
    if reducer is None and len(matches) > 1:
        raise SourceError(
            f"{shorten(path.text)} matches {len(matches):,} values; choose one, "
            f"or add with reduce={'|'.join(REDUCERS)}",
            cause="path_missing",
        )
    if reducer is None and not matches:
        raise SourceError(f"nothing matches {shorten(path.text)}", cause="path_missing")
    if reducer == "count":  # what is counted need not be a number
        values = [Decimal(0)] * len(matches)
    else:
        values = [_to_number(found, path.text, texts=shaping.get("text") == "yes") for found in matches]
    return shape(SourceSpec(SourceKind.HTTP_JSON, options=tuple(sorted(shaping.items()))), values, path.text)


def _find(data: object, path: Path, *, spread: bool) -> list[object]:
    """Return what a path matches; with `spread`, a list that a plain path leads to is taken apart."""
    if path.steps is not None:
        found = _walk(data, path.steps)
        matches = found if spread and isinstance(found, list) else [found]
    else:
        try:
            found_here = itertools.islice(path.query.finditer(data), MOST_MATCHES + 1)  # type: ignore[arg-type]  # JSON of any type; the library's alias has no None
            matches = [match.obj for match in found_here]
        except (JSONPathError, RecursionError):
            raise SourceError(
                f"the answer is nested too deeply for {shorten(path.text)}", cause="path_missing"
            ) from None
    if len(matches) > MOST_MATCHES:
        raise SourceError(
            f"{shorten(path.text)} matches more than {MOST_MATCHES:,} values; choose fewer", cause="too_large"
        )
    return matches


def _to_number(found: object, where: str, *, texts: bool) -> Decimal:
    number = read_number(found) if isinstance(found, str) else None
    if number is None:
        return to_decimal(found, where)
    if texts:
        return to_decimal(number, where)
    try:
        return to_decimal(found, where)
    except SourceError as error:
        raise SourceError(f"{error}; add with text=yes to read it as one", cause=error.cause) from None


def _walk(data: object, steps: tuple[Step, ...]) -> object:
    here = data
    for depth, step in enumerate(steps):
        match here, step:
            case dict(), str() if step in here:
                here = here[step]
            case list(), int() if -len(here) <= step < len(here):
                here = here[step]
            case _:
                raise SourceError(_missing(data, here, steps, depth), cause="path_missing")
    return here


def _missing(data: object, here: object, steps: tuple[Step, ...], depth: int) -> str:
    """Say what a path did not find, with the nearest thing there is."""
    step, rest = steps[depth], steps[depth + 1 :]
    nothing = f"nothing at {shorten(write_path(steps), 100)}"
    if isinstance(step, str) and isinstance(here, dict):
        keys = [key for key in itertools.islice(here, _KEYS_COMPARED) if len(key) <= 60]
        close = difflib.get_close_matches(step[:60], keys, n=1)
        if close:
            nearest = write_path((*steps[:depth], close[0], *_as_far_as_it_goes(here[close[0]], rest)))
            return f"{nothing}; nearest: {shorten(nearest, 100)}"
    parent = shorten(write_path(steps[:depth]), 60)
    if isinstance(step, int) and isinstance(here, list):
        return f"{nothing}; {parent} is a list of {len(here):,}"
    name = next((step for step in reversed(steps) if isinstance(step, str)), None)
    elsewhere = next((found for found in _search(data) if found[-1] == name), None)
    if elsewhere is not None and elsewhere != steps[:depth]:
        return f"{nothing}; nearest: {shorten(write_path(elsewhere), 100)}"
    if isinstance(here, dict) and here:
        names = ", ".join(shorten(key, 20) for key in itertools.islice(here, 5))
        return f"{nothing}; {parent} has {names}{', …' if len(here) > 5 else ''}"
    what = (
        "an empty object"
        if isinstance(here, dict)
        else "a list"
        if isinstance(here, list)
        else "a single value"
    )
    return f"{nothing}; {parent} is {what}"


def _as_far_as_it_goes(here: object, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    for depth, step in enumerate(steps):
        if not isinstance(here, dict) or step not in here:
            return steps[:depth]
        here = here[step]
    return steps


def _search(data: object) -> Iterator[tuple[Step, ...]]:
    """Yield the paths of the first nodes that have a name, breadth first."""
    queue: deque[tuple[object, tuple[Step, ...]]] = deque([(data, ())])
    budget = _NODES_SEARCHED
    while queue and budget > 0:
        node, steps = queue.popleft()
        children: Iterator[tuple[Step, object]]
        if isinstance(node, Mapping):
            children = iter(node.items())
        elif isinstance(node, list):
            children = iter(enumerate(node))
        else:
            continue
        for key, child in itertools.islice(children, budget):
            budget -= 1
            if isinstance(key, str):
                yield (*steps, key)
            if isinstance(child, dict | list):
                queue.append((child, (*steps, key)))
