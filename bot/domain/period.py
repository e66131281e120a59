"""Periods: which stretch of time a history shows, as typed, and as moments once a clock is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.dates import DateSpec, resolve_past, show_date
from bot.domain.durations import spell
from bot.domain.wallclock import day_at, end_of_day, show_day, start_of_day
from bot.errors import UserError

EXAMPLES = "last 7d, or from 1 Nov to 7 Nov"


@dataclass(frozen=True, slots=True)
class Last:
    """The time that ends now (`last 30d`)."""

    length: timedelta


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days (`from 1 Nov to 7 Nov`); without a last one, up to now."""

    first: DateSpec
    last: DateSpec | None = None


Period = Last | Days

DEFAULT_PERIOD = Last(timedelta(days=30))
"""What a history shows where nothing was typed."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A period as moments.

    Attributes:
        start: Its first moment, aware UTC.
        end: The first moment after it, aware UTC.
        words: What it is called in a sentence: ``the last 30 d``, ``1 Nov to 7 Nov``.
    """

    start: datetime
    end: datetime
    words: str


def resolve_period(period: Period, now: datetime, zone: str) -> Stretch:
    """Return the moments that are meant.

    Args:
        period: As typed.
        now: Aware UTC.
        zone: IANA zone its days are days of.

    Raises:
        UserError: field ``period``; it begins in the future, or ends before it begins.
    """
    until_now = now + timedelta(microseconds=1)  # what was read at this moment belongs to it
    if isinstance(period, Last):
        return Stretch(now - period.length, until_now, f"the last {spell(period.length)}")
    today = day_at(now, zone)
    first = resolve_past(period.first, today, field="period")
    shown = show_day(first, today)
    if first > today:
        raise UserError(
            f"{shown} is still to come, and a history is of the past. Type a period like {EXAMPLES}.",
            field="period",
        )
    if period.last is None:
        return Stretch(start_of_day(first, zone), until_now, f"since {shown}")
    last = resolve_past(period.last, today, field="period")
    if last < first:
        raise UserError(
            f"That period ends before it begins: {show_date(first)} to {show_date(last)}. "
            "Type the earlier day first, with its year if need be.",
            field="period",
        )
    end = min(end_of_day(last, zone), until_now)
    words = shown if first == last else f"{shown} to {show_day(last, today)}"
    return Stretch(start_of_day(first, zone), end, words)
