"""Waiting: until when a service that was asked too often wants to be left alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_WAIT = timedelta(days=1)
"""What a service may ask for; a wrong date must not silence a criterion for good."""

_STATUSES = frozenset({403, 429, 503})
_EPOCH_FROM = 1_000_000_000  # a smaller number counts the seconds from now, as some services have it


def asks_to_wait(status: int, headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Return the moment before which a service does not want to be asked again.

    Args:
        status: Of its answer; 403, 429 and 503 can ask to wait.
        headers: Its ``retry-after`` (seconds or a date, RFC 9110, section 10.2.3) goes before ``x-ratelimit-reset``
            (seconds since 1970, or from now), which counts where ``x-ratelimit-remaining`` is 0.
        now: Aware UTC.

    Returns:
        Aware UTC, at most a day ahead; None where it does not ask, or where the moment has passed.
    """
    if status not in _STATUSES:
        return None
    until = _read_retry_after(headers.get("retry-after", ""), now)
    used_up = headers.get("x-ratelimit-remaining", "0" if status == 429 else "").strip() == "0"
    if until is None and used_up:
        until = _read_reset(headers.get("x-ratelimit-reset", ""), now)
    if until is None or until <= now:
        return None
    return min(until, now + LONGEST_WAIT)


def say_until(until: datetime) -> str:
    """Return a moment within a day as a sentence names it: ``14:05 UTC``, never too early."""
    minute = until.astimezone(UTC)
    if minute.second or minute.microsecond:
        minute = minute.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return f"{minute:%H:%M} UTC"


def _read_retry_after(text: str, now: datetime) -> datetime | None:
    seconds = _count_seconds(text)
    if seconds is not None:
        return _later(now, seconds)
    try:
        until = parsedate_to_datetime(text)
        # A date without a zone, "-0000", is one in UTC (RFC 5322, section 3.3).
        return until.replace(tzinfo=UTC) if until.tzinfo is None else until.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _read_reset(text: str, now: datetime) -> datetime | None:
    seconds = _count_seconds(text)
    if seconds is None:
        return None
    return _later(now, seconds if seconds < _EPOCH_FROM else seconds - int(now.timestamp()))


def _later(now: datetime, seconds: int) -> datetime:
    return now + min(timedelta(seconds=seconds), LONGEST_WAIT)


def _count_seconds(text: str) -> int | None:
    """Return a whole number of seconds; None for what is none, or too long to be one."""
    digits = text.strip().partition(".")[0]
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 12 else None
