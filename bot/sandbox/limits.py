"""Slack's rate limits as token buckets.

Slack publishes the rate of each tier and says that bursts are tolerated without a figure. Here a
method may burst up to one minute's worth, and a channel takes five posts at once, then one a second.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.calls import Method, Tier

TIER_PER_MIN: dict[Tier, int] = {1: 1, 2: 20, 3: 50, 4: 100, "S": 600}
CHANNEL_BURST = 5
CHANNEL_PER_S = 1.0


@dataclass(slots=True)
class Bucket:
    """Tokens left at a moment of the monotonic clock."""

    left: float
    at_s: float

    def take(self, now_s: float, capacity: float, per_s: float) -> int:
        """Take one token; return 0, or the whole seconds until there is one."""
        self.left = min(capacity, self.left + (now_s - self.at_s) * per_s)
        self.at_s = now_s
        if self.left >= 1:
            self.left -= 1
            return 0
        return max(1, math.ceil((1 - self.left) / per_s))


@dataclass(slots=True)
class Limits:
    """Switchable limits; they run on real time whatever the workspace's clock says."""

    enabled: bool = True
    channel_burst: int = CHANNEL_BURST
    clock: Callable[[], float] = time.monotonic
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)

    def retry_after_s(self, method: Method, channel_id: str) -> int:
        """Count a call and return 0, or the whole seconds after which to try again."""
        if not self.enabled:
            return 0
        per_min = TIER_PER_MIN[method.tier]
        wait_s = self._take((method.name, ""), per_min, per_min / 60)
        if wait_s == 0 and method.per_channel and channel_id:
            wait_s = self._take((method.name, channel_id), self.channel_burst, CHANNEL_PER_S)
        return wait_s

    def reset(self) -> None:
        """Fill every bucket again."""
        self._buckets.clear()

    def _take(self, key: tuple[str, str], capacity: float, per_s: float) -> int:
        now_s = self.clock()
        bucket = self._buckets.setdefault(key, Bucket(capacity, now_s))
        return bucket.take(now_s, capacity, per_s)
