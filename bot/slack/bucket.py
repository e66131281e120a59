"""Bucket: a rate in use, and the lane, which is a bucket that also keeps an order."""

from __future__ import annotations

import sys

from bot.slack.rates import Rate

INSTANT_S = 1e-6
"""A wait shorter than this is none: it is what rounding leaves of a wait that was slept through."""


class Bucket:
    """A rate in use: the moments at which calls may start (a virtual schedule, one number)."""

    __slots__ = ("_full_at", "paused_until", "rate")

    def __init__(self, rate: Rate | None) -> None:
        self.rate = rate
        self.paused_until = float("-inf")
        self._full_at = float("-inf")

    def wait_s(self, now: float) -> float:
        """Return the seconds until one more call may start, 0 when it may at once."""
        allowed_at = self.paused_until
        if self.rate is not None:
            allowed_at = max(allowed_at, self._full_at - (self.rate.burst - 1) * self.rate.interval_s)
        wait_s = allowed_at - now
        return wait_s if wait_s > INSTANT_S else 0.0

    def room(self, now: float) -> int:
        """Return how many calls may start at once; 0 while one has to wait. Endless where there is no rate."""
        if self.wait_s(now) > 0.0:
            return 0
        if self.rate is None:
            return sys.maxsize
        used_s = max(self._full_at - now, 0.0)
        return max(
            1, int((self.rate.burst * self.rate.interval_s - used_s + INSTANT_S) / self.rate.interval_s)
        )

    def take(self, now: float) -> None:
        """Count a call that starts now."""
        if self.rate is not None:
            self._full_at = max(self._full_at, now) + self.rate.interval_s

    def pause(self, until: float) -> None:
        """Let nothing start before a moment, and no burst right after it: Slack just had too much."""
        self.paused_until = max(self.paused_until, until)
        if self.rate is not None:
            burst_s = (self.rate.burst - 1) * self.rate.interval_s
            self._full_at = max(self._full_at, self.paused_until + burst_s)

    def is_full(self, now: float) -> bool:
        """True when nothing of what was counted matters any more."""
        return now >= self.paused_until and now >= self._full_at


class Lane(Bucket):
    """Calls that must not overtake each other: one at a time."""

    __slots__ = ("is_busy", "waiting")

    def __init__(self, rate: Rate | None) -> None:
        super().__init__(rate)
        self.is_busy = False
        self.waiting = 0
