"""The demo's one clock: moved on while a week is set up or jumped over, and run at a rate after that."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

REAL_RATE = 1.0
MOST_RATE = 60.0
"""A minute a second. Leases are counted on this clock and calls take real time: faster, they would overtake."""


class DemoClock:
    """A clock that can be moved on and run faster; it never goes back and never stands still."""

    def __init__(self, start: datetime, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Run in real time from a moment.

        Args:
            start: Aware UTC.
            monotonic: Real seconds of a clock that never goes back.
        """
        self._moment = start
        self._monotonic = monotonic
        self._since_s = monotonic()
        self._rate = REAL_RATE
        self._skipped_s = 0.0

    @property
    def rate(self) -> float:
        """Seconds that pass here during one real second."""
        return self._rate

    def now(self) -> datetime:
        """Return its time, aware UTC."""
        return self._moment + timedelta(seconds=(self._monotonic() - self._since_s) * self._rate)

    def pace(self) -> float:
        """Return real seconds, with what was skipped counted as passed: what limits of calls are kept by."""
        return self._monotonic() + self._skipped_s

    def set_rate(self, rate: float) -> None:
        """Run at a rate from now on, from 1 to `MOST_RATE`."""
        self._begin_again()
        self._rate = rate

    def move_to(self, moment: datetime) -> None:
        """Skip what lies between now and a moment; an earlier one changes nothing.

        Args:
            moment: Aware UTC.
        """
        self._begin_again()
        if moment > self._moment:
            self._skipped_s += (moment - self._moment).total_seconds()
            self._moment = moment

    def _begin_again(self) -> None:
        self._moment, self._since_s = self.now(), self._monotonic()
