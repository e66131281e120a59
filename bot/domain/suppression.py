"""Suppression: a result is hidden when subtracting what else can be seen would show what a few people answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LOOKS = 500
"""Subtractions tried before a result is hidden unseen; more are needed only among dozens of small results."""


@dataclass(frozen=True, slots=True)
class Result:
    """How often each answer was given by a group of people.

    Results of the same question with the same answers can be subtracted from each other: everybody and a subgroup, one
    wave and another, a form's two questions on one scale.

    Attributes:
        people: How many answered.
        counts: How often each answer was given, in the same order in every result that is compared.
        floor: Fewest people whose answers may be seen together.
    """

    people: int
    counts: tuple[int, ...]
    floor: int


def find_visible(results: Sequence[Result]) -> frozenset[int]:
    """Return which results may be shown, by their places.

    A result is shown when its floor is reached and no subtraction among it and those shown before it leaves the answers
    of somebody, but of fewer people than the floor. What a subtraction leaves are answers only if nothing is below
    zero: 7 of one answer can't be among 5 people who gave it twice.

    Args:
        results: Of one question, in the order in which people could see them: what was shown is never hidden later.
    """
    shown: list[Result] = []
    places = []
    for place, result in enumerate(results):
        if result.people >= result.floor and not _reveals(result, shown):
            shown.append(result)
            places.append(place)
    return frozenset(places)


def _reveals(new: Result, shown: Sequence[Result]) -> bool:
    """Say whether a result beside those shown leaves a few people's answers, taken from them or they from it."""
    search = _Search()
    if search.finds(new, shown):
        return True
    for place, other in enumerate(shown):
        left = _subtract(other, new)
        if left is not None and (_is_few(left) or search.finds(left, [*shown[:place], *shown[place + 1 :]])):
            return True
    return False


class _Search:
    """Looks for results that leave a few people when they are taken from another, within `LOOKS` tries."""

    def __init__(self) -> None:
        self._looks = 0

    def finds(self, whole: Result, parts: Sequence[Result]) -> bool:
        for place, part in enumerate(parts):
            self._looks += 1
            if self._looks > LOOKS:
                return True
            left = _subtract(whole, part)
            if left is not None and (_is_few(left) or self.finds(left, parts[place + 1 :])):
                return True
        return False


def _subtract(whole: Result, part: Result) -> Result | None:
    """Return the answers of those who are left, or None when the part's people can't be among the others."""
    counts = tuple(a - b for a, b in zip(whole.counts, part.counts, strict=True))
    if part.people > whole.people or min(counts, default=0) < 0:
        return None
    return Result(whole.people - part.people, counts, max(whole.floor, part.floor))


def _is_few(left: Result) -> bool:
    return 0 < left.people < left.floor
