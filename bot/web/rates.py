"""Rates: how many requests each token may make."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

BURST = 60
"""Requests a token may make at once."""

EVERY = timedelta(seconds=1)
"""After so long it may make one more."""

REMEMBERED = 10_000
"""Keys kept; the one not seen for longest goes first."""


class Rates:
    """A bucket of requests for each key, filled with time."""

    def __init__(self) -> None:
        """Begin with nothing used."""
        self._free_at: OrderedDict[str, datetime] = OrderedDict()

    def take(self, key: str, now: datetime) -> timedelta:
        """Count one request, unless there were too many; return how long to wait then, else nothing.

        Args:
            key: Whose request it is.
            now: Aware UTC.
        """
        # One moment is enough: when everything that was taken will have been paid back.
        free_at = max(self._free_at.get(key, now), now) + EVERY
        if free_at - now > BURST * EVERY:
            return free_at - now - BURST * EVERY
        self._free_at[key] = free_at
        self._free_at.move_to_end(key)
        if len(self._free_at) > REMEMBERED:
            self._free_at.popitem(last=False)
        return timedelta(0)
