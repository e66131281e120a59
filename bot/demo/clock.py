"""A clock that runs faster than the one on the wall, so that a day of readings passes while one watches."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

SPEED = 60.0
"""One second here is one minute there."""


class FastClock:
    """The demo's one clock: starts at the present and runs faster from then on."""

    def __init__(self, *, speed: float = SPEED, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Start now.

        Args:
            speed: Seconds that pass in the demo during one real second.
            monotonic: Real seconds of a clock that never goes back.
        """
        self.started_at = datetime.now(UTC)
        self._speed = speed
        self._monotonic = monotonic
        self._begun = monotonic()

    def now(self) -> datetime:
        """Return the demo's time, aware UTC."""
        return self.started_at + self.elapsed

    @property
    def elapsed(self) -> timedelta:
        """How much of the demo's time has passed."""
        return timedelta(seconds=(self._monotonic() - self._begun) * self._speed)
