"""Numbers found in a body, each with the path that leads to it."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from bot.errors import SourceError
from bot.sources.body import parse_body, to_decimal
from bot.sources.path import LONGEST_PATH, Step, can_be_named, write_path

MOST_FOUND = 100
LOOP_LIMIT_BYTES = 16 * 1024

_NODES_SEARCHED = 200_000


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """One number a person can choose.

    Attributes:
        path: The path that leads to it, and to nothing else.
        value: What stands there now.
        key: The nearest name above it, empty when there is none.
    """

    path: str
    value: Decimal
    key: str


class _Node(NamedTuple):
    value: object
    step: Step = ""
    parent: _Node | None = None
    length: int = 1  # of the written path

    def steps(self) -> list[Step]:
        steps: list[Step] = []
        node: _Node | None = self
        while node is not None and node.parent is not None:
            steps.append(node.step)
            node = node.parent
        return steps[::-1]


def find_numbers(body: bytes, host: str | None = None, *, most: int = MOST_FOUND) -> list[FoundNumber]:
    """Return the numbers of a JSON body, those nearest to its root first. Blocks as long as it takes.

    Args:
        body: As it was fetched.
        host: Named in the errors.
        most: How many to return at most. Numbers that could not be stored as a value are left out, and so is
            what comes after the first 200,000 things in the body.

    Raises:
        SourceError: ``not_json``, or ``not_a_number`` when the body holds NaN.
    """
    found: list[FoundNumber] = []
    queue = deque([_Node(parse_body(body, host))])
    budget = _NODES_SEARCHED
    while queue and len(found) < most:
        node = queue.popleft()
        children: Iterable[tuple[Step, object]]
        if isinstance(node.value, dict):
            children = node.value.items()
        elif isinstance(node.value, list):
            children = enumerate(node.value)
        else:
            number = _number(node)
            if number is not None:
                found.append(number)
            continue
        worth = (
            _Node(child, step, node, _length(node, step)) for step, child in children if _may_hold(child)
        )
        before = len(queue)
        # What no path can reach is dropped here: writing paths only to find them too long would take long.
        reachable = (one for one in worth if one.length <= LONGEST_PATH and can_be_named((one.step,)))
        queue.extend(itertools.islice(reachable, budget))
        budget -= len(queue) - before
    return found


def _may_hold(child: object) -> bool:
    return isinstance(child, dict | list | int | Decimal) and not isinstance(child, bool)


def _length(parent: _Node, step: Step) -> int:
    return parent.length + len(write_path((step,))) - 1


def _number(node: _Node) -> FoundNumber | None:
    try:
        value = to_decimal(node.value)
    except SourceError:
        return None
    steps = node.steps()
    key = next((step for step in reversed(steps) if isinstance(step, str)), "")
    return FoundNumber(write_path(steps), value, key)
