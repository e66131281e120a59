"""Gaps: spells in which a criterion's reads failed or no reading came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Gap:
    """A spell without a good reading.

    Attributes:
        start: The last good reading before it, or when the first one was to be expected; aware UTC.
        end: The next good reading, or when none was expected any more; aware UTC, None while it lasts.
        cause: Why, in plain words, or empty where nothing is known.
    """

    start: datetime
    end: datetime | None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Tail:
    """What came after the last reading.

    Attributes:
        until: Up to when readings were expected, aware UTC.
        lasts: True when they still are.
        cause: Why none comes at this moment, or empty when nothing hinders it.
    """

    until: datetime
    lasts: bool
    cause: str = ""


def find_gaps(
    moments: Sequence[datetime],
    *,
    longest: timedelta,
    breaks: Sequence[tuple[datetime, str]] = (),
    expected_from: datetime | None = None,
    tail: Tail | None = None,
) -> list[Gap]:
    """Return the gaps between readings, oldest first.

    That is what judging calls an outage: more than ``longest`` without a reading (the value was stale), or
    a source found broken. Failed reads before that leave no trace once one succeeded.

    Args:
        moments: Of the good readings, ascending, aware UTC.
        longest: The age from which a value is stale.
        breaks: When the source was found broken and why, ascending.
        expected_from: When readings began to be expected, where the first of ``moments`` is the first at all.
        tail: What came after the last of ``moments``, or None where another reading followed.
    """
    edges: list[datetime] = list(moments)
    if expected_from is not None and (not edges or expected_from < edges[0]):
        edges.insert(0, expected_from)
    gaps = []
    for before, after in pairwise(edges):
        causes = [cause for at, cause in breaks if before < at <= after]
        if causes or after - before > longest:
            gaps.append(Gap(before, after, _first(causes)))
    if tail is not None and edges and edges[-1] < tail.until:
        causes = [cause for at, cause in breaks if edges[-1] < at <= tail.until]
        if causes or tail.cause or tail.until - edges[-1] > longest:
            end = None if tail.lasts else tail.until
            gaps.append(Gap(edges[-1], end, tail.cause or _first(causes)))
    return gaps


def _first(causes: Sequence[str]) -> str:
    return next((cause for cause in causes if cause), "")
