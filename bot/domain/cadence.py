"""Rhythms: how often and at which wall time something happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum


class Weekday(StrEnum):
    """A day of the week; the value is how it is written back."""

    MON = "Mon"
    TUE = "Tue"
    WED = "Wed"
    THU = "Thu"
    FRI = "Fri"
    SAT = "Sat"
    SUN = "Sun"


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Every so much elapsed time, counted from creation; shorter than a day (`every 30m`)."""

    every: timedelta


@dataclass(frozen=True, slots=True)
class Daily:
    """Every day at a wall time (`every day 09:30`)."""

    at: time


@dataclass(frozen=True, slots=True)
class Weekly:
    """On some days of every `weeks`-th week at a wall time.

    `every Mon 09:00`, `every Mon,Thu 09:00`, `every weekday 16:00` (Mon–Fri), `every 2 weeks Mon 09:00`.

    Attributes:
        days: In the order Monday to Sunday, at least one, no repeats.
        at: Wall time.
        weeks: 1 for every week. Weeks are counted from the Monday of the week of creation.
    """

    days: tuple[Weekday, ...]
    at: time
    weeks: int = 1


@dataclass(frozen=True, slots=True)
class LastWeekday:
    """The last Mon–Fri day of each month at a wall time (`every last weekday 16:00`)."""

    at: time


@dataclass(frozen=True, slots=True)
class Cron:
    """A five-field cron line (`cron "0 9 * * 1"`)."""

    line: str


Cadence = Elapsed | Daily | Weekly | LastWeekday | Cron

WORKDAYS = (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI)
