"""Back-off: when a source is read again."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.cadence import Cadence
from bot.domain.schedule import longest_gap, next_after

FIRST_RETRY = timedelta(minutes=1)
"""How soon a read is tried again after its first failure."""

_SPREAD = 0.1
_MOST_DOUBLINGS = 30  # 2000 years; keeps a long row of failures from overflowing


def retry_after(failures: int, every: timedelta, jitter: float) -> timedelta:
    """Return how long to wait after a failed read: 1 min, doubling up to the interval.

    Args:
        failures: Failed reads in a row, the last one included; at least 1.
        every: Planned interval between reads; the wait is never longer.
        jitter: From 0 up to 1, drawn anew each time. It moves the wait by up to 10 % either way (only
            downwards once the interval is reached), so that criteria that failed together part.
    """
    doubled = 1 << min(failures - 1, _MOST_DOUBLINGS)
    wait = min(FIRST_RETRY * doubled, every)
    shortest, longest = wait * (1 - _SPREAD), min(wait * (1 + _SPREAD), every)
    return shortest + (longest - shortest) * jitter


def next_read(
    cadence: Cadence, zone: str, created_at: datetime, now: datetime, *, failures: int, jitter: float
) -> datetime:
    """Return when a criterion is read again, aware UTC.

    After a good read (``failures`` 0) that is the next planned moment; after a failed one the retry, or
    the planned moment where that comes first. See `next_after` and `retry_after` for the arguments.
    """
    planned = next_after(cadence, zone, now, created_at)
    if failures == 0:
        return planned
    return min(planned, now + retry_after(failures, longest_gap(cadence), jitter))
