"""Standings: where a criterion stands, in a mark and a word, and which of several is the worst."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.domain.criterion import CriterionState, Kind, Status
from bot.domain.initiative import Initiative
from bot.domain.wallclock import show_day

WORST_FIRST = (
    (Kind.GUARDRAIL, Status.MISSED),
    (Kind.SUCCESS, Status.MISSED),
    (None, Status.BEHIND),
    (None, Status.SOURCE_BROKEN),
    (None, Status.STALE),
    (None, Status.NO_DATA),
    (None, Status.NOT_STARTED),
    (None, Status.ON_PACE),
    (Kind.SUCCESS, Status.MET),
    (Kind.GUARDRAIL, Status.MET),
)
"""What an initiative shows first (product.md, "Status"); None stands for either kind."""

_RANKS = {
    (kind, status): rank
    for rank, (only, status) in enumerate(WORST_FIRST)
    for kind in ((only,) if only else tuple(Kind))
}

_MARKS = {
    Status.NOT_STARTED: "⏳",
    Status.NO_DATA: "❔",
    Status.ON_PACE: "🟢",
    Status.BEHIND: "⚠️",
    Status.MET: "✅",
    Status.MISSED: "❌",
    Status.STALE: "⚠️",
    Status.SOURCE_BROKEN: "⚠️",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What rolling up needs of one criterion.

    Attributes:
        kind: Success or guardrail.
        status: One of the eight.
        state: Paused and archived criteria do not count.
    """

    kind: Kind
    status: Status
    state: CriterionState = CriterionState.OPEN

    @property
    def rank(self) -> int:
        """Return its place from the worst (0) to the best, to sort lines by what needs attention."""
        return _RANKS[self.kind, self.status]


def worst(standings: Iterable[Standing]) -> Standing | None:
    """Return the worst of the open criteria's standings, or None when none is open."""
    counted = (standing for standing in standings if standing.state is CriterionState.OPEN)
    return min(counted, key=lambda standing: standing.rank, default=None)


def mark(status: Status) -> str:
    """Return the sign a line starts with; it never stands without its word."""
    return _MARKS[status]


def word(status: Status, kind: Kind = Kind.SUCCESS) -> str:
    """Return a criterion's status in words: ``on pace``, ``source broken``; a guardrail ``holds``."""
    if kind is Kind.GUARDRAIL and status is Status.MET:
        return "holds"
    if kind is Kind.GUARDRAIL and status is Status.MISSED:
        return "breached"
    return status.value.replace("_", " ")


def headline(standing: Standing | None) -> str:
    """Return an initiative's status in words, made from its worst standing: ``guardrail breached``."""
    if standing is None:
        return "no criteria"
    words = word(standing.status, standing.kind)
    if standing.kind is Kind.GUARDRAIL and standing.status in (Status.MET, Status.MISSED):
        return f"guardrail {words}"
    return words


def week_of(initiative: Initiative, today: date) -> str:
    """Return which week of an initiative it is, ``week 3 of 6``, or the day it starts or has ended.

    Args:
        initiative: Its weeks are counted in sevens of days from its first day.
        today: The day it is in the initiative's zone.
    """
    if today < initiative.starts_on:
        return f"starts {show_day(initiative.starts_on, today)}"
    if today > initiative.ends_on:
        return f"ended {show_day(initiative.ends_on, today)}"
    week = (today - initiative.starts_on).days // 7 + 1
    weeks = (initiative.ends_on - initiative.starts_on).days // 7 + 1
    return f"week {week} of {weeks}"
