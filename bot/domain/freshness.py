"""Freshness: whether a criterion's last value is recent enough to be judged."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.criterion import Health

STALE_AFTER_GAPS = 3
"""A value older than this many of the longest planned gaps between reads is stale."""

BROKEN_AFTER_FAILURES = 3
"""Failed reads in a row after which the source is called broken."""


def stale_after(every: timedelta) -> timedelta:
    """Return the age from which a value is stale, for the longest gap between planned reads."""
    return every * STALE_AFTER_GAPS


def is_fresh(value_at: datetime, at: datetime, every: timedelta) -> bool:
    """Say whether a value read at one moment still counts at another (both aware UTC)."""
    return at - value_at <= stale_after(every)


def is_broken(health: Health) -> bool:
    """Say whether enough reads in a row have failed to call the source broken."""
    return health.failures >= BROKEN_AFTER_FAILURES
