"""Lines: stored criteria as the lines of lists and posts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.db.criteria import Found
from bot.domain.criterion import CriterionState, Kind, Status
from bot.domain.line import CriterionLine, line_of
from bot.domain.standing import Standing


def line_of_found(found: Found, now: datetime) -> CriterionLine:
    """Return a stored criterion's line as it reads at a moment (aware UTC)."""
    return line_of(found.criterion, found.report, found.health, now)


def lines_by_need(criteria: Iterable[Found], now: datetime) -> tuple[CriterionLine, ...]:
    """Return the lines of some criteria, those that need attention first."""
    lines = [line_of_found(found, now) for found in criteria]
    return tuple(sorted(lines, key=lambda line: by_need(line.standing)))


def standing_of(found: Found) -> Standing:
    """Return where a stored criterion stands, by what the last judging wrote."""
    row = found.row
    return Standing(Kind(row.kind), Status(row.status), CriterionState(row.state))


def by_need(standing: Standing) -> tuple[bool, int]:
    """Return what to sort by so that what needs attention comes first; paused criteria come last."""
    return standing.state is not CriterionState.OPEN, standing.rank
