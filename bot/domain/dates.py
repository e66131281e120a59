"""Dates as people type them: read without a clock, resolved with one."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.entities import Token, cut, plain_line, tokenize
from bot.errors import UserError

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
YEARS_AHEAD_LIMIT = 50
EXAMPLES = "2026-12-31, 31 Dec, in 6 weeks or end of quarter"

_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2}),?")
_DAY = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|\.)?,?")
_YEAR = re.compile(r"[0-9]{4},?")
_COUNT = re.compile(r"[0-9]{1,4}")
_NUMERIC = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})(?:[/.-]([0-9]{2}|[0-9]{4}))?\.?,?")


class Unit(StrEnum):
    """What `In` counts."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Period(StrEnum):
    """What `EndOf` is the end of; a week ends on Sunday."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Iso:
    """One day (`2026-12-31`, `31 Dec 2026`)."""

    day: date


@dataclass(frozen=True, slots=True)
class DayMonth:
    """The next such day, today included (`31 Dec`, `Dec 31`)."""

    day: int
    month: int


@dataclass(frozen=True, slots=True)
class In:
    """So many days, weeks, months or years from today (`in 6 weeks`); `today` is 0 days."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class EndOf:
    """The last day of the period that today is in (`end of quarter`)."""

    period: Period


DateSpec = Iso | DayMonth | In | EndOf
"""A date as it was typed, before anyone looked at a calendar."""


def parse_date(text: str, *, field: str = "due") -> DateSpec:
    """Return a typed date.

    Raises:
        UserError: unreadable, no such day, or readable two ways (``12/11``).
    """
    tokens = tokenize(plain_line(text))
    if not tokens:
        raise UserError(f"Type a date, like {EXAMPLES}.", field=field)
    spec, used = read_date(tokens, field=field)
    if used < len(tokens):
        raise _unreadable(tokens, field)
    return spec


def resolve(spec: DateSpec, today: date, *, field: str = "due") -> date:
    """Return the day that is meant.

    Args:
        spec: As typed.
        today: The day it is in the zone the date is read in.
        field: Field to blame.

    Raises:
        UserError: the day is in the past, or more than 50 years ahead.
    """
    match spec:
        case Iso(day):
            resolved: date | None = day
        case DayMonth(day, month):
            resolved = _next(day, month, today)
        case In(count, unit):
            resolved = _ahead(today, count, unit)
        case EndOf(period):
            resolved = _end(today, period)
    if resolved is None or resolved.year > today.year + YEARS_AHEAD_LIMIT:
        raise UserError(
            f"That date is more than {YEARS_AHEAD_LIMIT} years ahead. Choose a nearer one.", field=field
        )
    if resolved < today:
        raise UserError(
            f"{show_date(resolved)} is in the past. Type a day from today on, like {EXAMPLES}.", field=field
        )
    return resolved


def resolve_past(spec: DateSpec, today: date, *, field: str) -> date:
    """Return the day that is meant where one looks back: the latest such day, today included.

    Args:
        spec: As typed; a number of days, weeks, months or years from today is taken as it stands, as is the
            end of a period.
        today: The day it is in the zone the date is read in.
        field: Field to blame.

    Raises:
        UserError: the day is more than 50 years ahead.
    """
    match spec:
        case Iso(day):
            return day
        case DayMonth(day, month):
            return _latest(day, month, today)
        case _:
            return resolve(spec, today, field=field)


def looks_like_date(tokens: Sequence[Token]) -> bool:
    """Say whether what begins here is meant as a date, readable or not."""
    words = [token.key for token in tokens[:2]] + ["", ""]
    first, second = words[:2]
    return (
        "0" <= first[:1] <= "9"
        or _month(first) is not None
        or first in ("today", "tomorrow")
        or (first == "in" and "0" <= second[:1] <= "9")
        or (first == "end" and second == "of")
    )


def read_date(tokens: Sequence[Token], *, field: str = "due") -> tuple[DateSpec, int]:
    """Return the date that begins with the first token, and how many tokens it took.

    Raises:
        UserError: as `parse_date`.
    """
    words = [token.key for token in tokens[:4]]
    words += [""] * (4 - len(words))
    first, second, third = words[:3]
    if first in ("today", "tomorrow"):
        return In(int(first == "tomorrow"), Unit.DAY), 1
    if match := _ISO.fullmatch(first):
        return Iso(_day(int(match[1]), int(match[2]), int(match[3]), field)), 1
    if first == "in" and _COUNT.fullmatch(second):
        unit = third.removesuffix("s")
        if unit not in tuple(Unit):
            raise UserError(
                f"“{_shown(tokens, 3)}” is no date I can read: type days, weeks, months or years.",
                field=field,
            )
        return In(int(second), Unit(unit)), 3
    if (first, second) == ("end", "of"):
        period, used = (words[3], 4) if third in ("the", "this") else (third, 3)
        if period not in tuple(Period):
            raise UserError(
                f"“{_shown(tokens, used)}” is no date I can read: type end of week, month, quarter or year.",
                field=field,
            )
        return EndOf(Period(period)), used
    day, month = _DAY.fullmatch(first), _month(second)
    if day is None or month is None:
        day, month = _DAY.fullmatch(second), _month(first)
    if day is not None and month is not None:
        return _day_month(int(day[1]), month, third, field)
    if numeric := _NUMERIC.fullmatch(first):
        raise _numeric(numeric, field)
    raise _unreadable(tokens, field)


def show_date(day: date) -> str:
    """Return ``12 Dec 2026``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _day_month(day: int, month: int, year: str, field: str) -> tuple[DateSpec, int]:
    if _YEAR.fullmatch(year):
        return Iso(_day(int(year.rstrip(",")), month, day, field)), 3
    _day(2000, month, day, field)  # a leap year: 29 Feb is a day some years have
    return DayMonth(day, month), 2


def _day(year: int, month: int, day: int, field: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        name = MONTHS[month - 1] if 1 <= month <= 12 else f"month {month}"
        raise UserError(
            f"There is no {day} {name} {year}. Type a date like {EXAMPLES}.", field=field
        ) from None


def _numeric(match: re.Match[str], field: str) -> UserError:
    first, second = int(match[1]), int(match[2])
    year = f" {match[3]}" if match[3] and len(match[3]) == 4 else ""
    readings = [
        f"{day} {MONTHS[month - 1]}{year}"
        for day, month in dict.fromkeys(((first, second), (second, first)))
        if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(2000, month)[1]
    ]
    if len(readings) == 2:
        message = f"“{match[0]}” reads two ways. Type {readings[0]} or {readings[1]}."
    elif readings:
        message = f"Type the month as a word, so that “{match[0]}” can't be misread: {readings[0]}."
    else:
        message = f"“{match[0]}” is no date I can read. Type it like {EXAMPLES}."
    return UserError(message, field=field)


def _unreadable(tokens: Sequence[Token], field: str) -> UserError:
    return UserError(f"“{_shown(tokens, 4)}” is no date I can read. Type it like {EXAMPLES}.", field=field)


def _shown(tokens: Sequence[Token], count: int) -> str:
    return cut(" ".join(token.text for token in tokens[:count]))


def _month(word: str) -> int | None:
    word = word.rstrip(".,")
    if word == "sept":
        return 9
    if len(word) < 3:
        return None
    return next((number for number, name in enumerate(_MONTH_NAMES, 1) if name.startswith(word)), None)


def _next(day: int, month: int, today: date) -> date | None:
    for year in range(today.year, min(today.year + 9, 10_000)):  # 29 Feb can be eight years away (1896, 1904)
        if day <= calendar.monthrange(year, month)[1]:
            candidate = date(year, month, day)
            if candidate >= today:
                return candidate
    return None


def _latest(day: int, month: int, today: date) -> date:
    year = today.year
    # 29 Feb can be eight years back (1904, 1896).
    while day > calendar.monthrange(year, month)[1] or date(year, month, day) > today:
        year -= 1
    return date(year, month, day)


def _ahead(today: date, count: int, unit: Unit) -> date | None:
    try:
        if unit in (Unit.DAY, Unit.WEEK):
            return today + timedelta(days=count * (7 if unit == Unit.WEEK else 1))
        months = today.year * 12 + today.month - 1 + count * (12 if unit == Unit.YEAR else 1)
        year, month = months // 12, months % 12 + 1
        # A month too short for the day gives its last one (31 Jan + 1 month is 28 Feb).
        return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
    except (OverflowError, ValueError):  # past the year 9999
        return None


def _end(today: date, period: Period) -> date:
    if period == Period.WEEK:
        return today + timedelta(days=6 - today.weekday())
    last_month = {
        Period.MONTH: today.month,
        Period.QUARTER: (today.month + 2) // 3 * 3,
        Period.YEAR: 12,
    }[period]
    return date(today.year, last_month, calendar.monthrange(today.year, last_month)[1])
