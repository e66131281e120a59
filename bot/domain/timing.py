"""Timing: when a status may change although nothing is read."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.criterion import Criterion, StatusReport
from bot.domain.freshness import stale_after
from bot.domain.status import due_end
from bot.domain.wallclock import start_of_day


def next_change_by_time(criterion: Criterion, report: StatusReport, now: datetime) -> datetime | None:
    """Return the next moment at which time alone may change a criterion's status.

    That is its start (not_started ends), the moment its value is too old (stale), or the end of its due day
    (the verdict), whichever comes first.

    Args:
        criterion: The criterion.
        report: What its readings mean at ``now``.
        now: Aware UTC.

    Returns:
        Aware UTC, later than ``now``; None when only a reading can change it, or nothing any more.
    """
    if report.frozen:
        return None
    moments = [start_of_day(criterion.starts_on, criterion.zone), due_end(criterion)]
    if report.value_at is not None:
        # A value is fresh up to and including that age.
        moments.append(report.value_at + stale_after(criterion.every) + timedelta(microseconds=1))
    return min((moment for moment in moments if moment is not None and moment > now), default=None)
