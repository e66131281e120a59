"""The numbers of the demo's team, as functions of the time since its first day."""

from __future__ import annotations

import math
from datetime import timedelta

HOUR = timedelta(hours=1)

BREACHES_H = (82.0, 94.0, 34.0)
"""Guardrail breaches: the first begins at hour 82, one every 94 hours, each lasts 34."""

OUTAGES_H = (90.0, 240.0, 16.0)
"""Outages of the payments service: the first at hour 90, one every 240 hours, each lasts 16."""

SIGNUPS_BEFORE = 1_200
"""Who had signed up before the first day; after that it is one a minute."""


def conversion_percent(age: timedelta) -> float:
    """Return a rate that climbs from 2.83 to about 3.4 in four weeks, with a slow wave."""
    hours = age / HOUR
    return round(min(2.83 + 0.00085 * hours, 3.4) + 0.02 * math.sin(hours / 9), 2)


def p95_ms(age: timedelta) -> int:
    """Return a latency that is over 800 in the breaches and about 640 between them."""
    hours = age / HOUR
    return (872 if _is_in(BREACHES_H, hours) else 640) + round(24 * math.sin(hours * 1.7))


def refund_percent(age: timedelta) -> float | None:
    """Return a rate that falls from 2 towards 1, or None while the service that counts is down."""
    hours = age / HOUR
    if _is_in(OUTAGES_H, hours):
        return None
    return round(1 + math.exp(-hours / 60) + 0.02 * math.sin(hours / 4), 2)


def found_percent(age: timedelta) -> float:
    """Return how many searches end in a click: it hardly moves from 62."""
    hours = age / HOUR
    return round(62 + 0.012 * hours + 0.3 * math.sin(hours / 7), 1)


def empty_percent(age: timedelta) -> float:
    """Return how many searches find nothing: it falls steadily from 14."""
    hours = age / HOUR
    return round(max(14 - 0.018 * hours, 4.5) + 0.15 * math.sin(hours / 5), 1)


def beta_signups(age: timedelta) -> int:
    """Return how many people have signed up for the beta: one more each minute."""
    return SIGNUPS_BEFORE + int(age / timedelta(minutes=1))


def _is_in(windows_h: tuple[float, float, float], hours: float) -> bool:
    first, every, length = windows_h
    return hours >= first and (hours - first) % every < length
