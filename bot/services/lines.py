"""Lines: stored criteria as the lines of lists and posts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.db.criteria import Found, to_health
from bot.domain.line import CriterionLine, line_of
from bot.services.judging import stored_report


def line_of_found(found: Found, now: datetime) -> CriterionLine:
    """Return a stored criterion's line as it reads at a moment (aware UTC)."""
    return line_of(found.criterion, stored_report(found.row), to_health(found.row), now)


def lines_by_need(criteria: Iterable[Found], now: datetime) -> tuple[CriterionLine, ...]:
    """Return the lines of some criteria, those that need attention first."""
    lines = [line_of_found(found, now) for found in criteria]
    return tuple(sorted(lines, key=lambda line: (line.standing.state.value != "open", line.standing.rank)))
