"""Rhythms as people type them: `every Mon 09:00`, `every 30m`, `cron "0 9 * * 1"`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from cronsim import CronSim, CronSimError

from bot.domain.cadence import WORKDAYS, Cadence, Cron, Daily, Elapsed, LastWeekday, Weekday, Weekly
from bot.domain.entities import Token, cut, plain_line, tokenize
from bot.domain.quantities import TIME_UNITS, read_duration, time_unit
from bot.errors import UserError

EXAMPLES = "every 30m, every day 09:30, every weekday 16:00, every Mon,Thu 09:00 or every 2 weeks Mon 09:00"
WEEKS_LIMIT = 52
CRON_LIMIT = 100

_SHORTEST = timedelta(minutes=1)
_DAY = timedelta(days=1)
_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = re.compile(r"(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2}))?(?P<half>am|pm)?")


def parse_every(text: str, *, field: str = "every") -> Cadence:
    """Return a typed rhythm, with or without `every` before it.

    Raises:
        UserError: another shape, a missing time of day, an unknown unit of time, a bad cron line, or
            elapsed time under a minute or of a day and more.
    """
    tokens = tokenize(plain_line(text))
    if tokens and tokens[0].key == "every":
        tokens = tokens[1:]
    if not tokens:
        raise UserError(f"Say how often, like {EXAMPLES}.", field=field)
    cadence, used = read_every(tokens, field=field)
    if used < len(tokens):
        raise UserError(
            f"I can't read “{cut(' '.join(token.text for token in tokens[used:]))}” after that rhythm. "
            f"Type it like {EXAMPLES}.",
            field=field,
        )
    return cadence


def parse_stored_cadence(text: str) -> Cadence:
    """Return what `format_cadence` or `format_every` wrote; unlike `parse_every` it takes `7d` too.

    A day or more of elapsed time is never typed, but it is the rhythm a manual criterion has by default.

    Raises:
        UserError: it was not written by them.
    """
    bare = text.removeprefix("every ")
    elapsed = read_duration(bare, field="every")
    return parse_every(text) if elapsed is None else Elapsed(elapsed)


def looks_like_every(tokens: Sequence[Token]) -> bool:
    """Say whether what begins here, after `every`, is meant as a rhythm, readable or not."""
    first = tokens[0].key if tokens else ""
    begins = first.partition(",")[0]
    return (
        "0" <= first[:1] <= "9"
        or _weekday(begins) is not None
        or first in ("last", "cron", "week", "weekday", "weekdays", "hour", "minute")
        or begins == "day"
    )


def read_every(tokens: Sequence[Token], *, field: str = "every") -> tuple[Cadence, int]:
    """Return the rhythm that begins with the first token (after `every`), and how many tokens it took.

    Raises:
        UserError: as `parse_every`.
    """
    words = [token.key for token in tokens[:3]] + ["", "", ""]
    first, second = words[:2]
    if first == "cron":
        return _cron(tokens, field), 2
    if first in ("hour", "minute"):
        return Elapsed(TIME_UNITS[first]), 1
    if first == "last" and second in ("weekday", "weekdays"):
        at, used = _time(tokens, 2, "every last weekday", field)
        return LastWeekday(at), used
    if first.isascii() and first.isdecimal():
        return _counted(tokens, first, second, field)
    if (elapsed := read_duration(first, field=field)) is not None:
        return Elapsed(_within_a_day(elapsed, first, field)), 1
    if first == "week":
        return _weekly(tokens, 1, 1, "every week", field)
    if first == "day":
        at, used = _time(tokens, 1, "every day", field)
        return Daily(at), used
    return _weekly(tokens, 0, 1, "every", field)


def _counted(tokens: Sequence[Token], count: str, unit: str, field: str) -> tuple[Cadence, int]:
    if not unit:
        raise UserError(f"Every {cut(count)} what? Type it like {EXAMPLES}.", field=field)
    size = time_unit(unit, field=field)
    if len(count) > 6:
        raise UserError(f"“{cut(count)}” is too many. Type it like {EXAMPLES}.", field=field)
    if size == TIME_UNITS["week"]:
        if not 1 <= int(count) <= WEEKS_LIMIT:
            raise UserError(f"Every {count} weeks is out of bounds: from 1 to {WEEKS_LIMIT}.", field=field)
        return _weekly(tokens, 2, int(count), f"every {count} weeks", field)
    return Elapsed(_within_a_day(int(count) * size, f"{count} {unit}", field)), 2


def _within_a_day(elapsed: timedelta, typed: str, field: str) -> timedelta:
    if elapsed < _SHORTEST:
        raise UserError(f"Every {cut(typed)} is too often; once a minute (1m) is the most.", field=field)
    if elapsed >= _DAY:
        raise UserError(
            f"Every {cut(typed)} is a day or more, which needs days and a time: every day 09:00, every Mon 09:00 "
            "or every 2 weeks Mon 09:00.",
            field=field,
        )
    return elapsed


def _weekly(tokens: Sequence[Token], start: int, weeks: int, so_far: str, field: str) -> tuple[Cadence, int]:
    named: set[Weekday] = set()
    position = start
    more = True
    while more and position < len(tokens):
        word = tokens[position].key
        parts = [part for part in word.split(",") if part]
        days = [_weekday(part) for part in parts]
        if word in ("weekday", "weekdays"):
            named.update(WORKDAYS)
        elif None in days:
            break
        named.update(day for day in days if day is not None)
        position += 1
        follows = tokens[position].key if position < len(tokens) else ""
        more = word.endswith(",") or follows.startswith(",")
    if not named:
        typed = cut(" ".join(token.text for token in tokens[start : start + 2]))
        said = f"“{typed}” is no day I can read" if typed else "On which day"
        raise UserError(f"{said}{'.' if typed else '?'} Type it like {EXAMPLES}.", field=field)
    days_in_order = tuple(day for day in Weekday if day in named)
    listed = "weekday" if days_in_order == WORKDAYS else ",".join(days_in_order)
    at, used = _time(tokens, position, f"{so_far} {listed}", field)
    return Weekly(days_in_order, at, weeks), used


def _weekday(word: str) -> Weekday | None:
    word = word.removesuffix(".")
    if len(word) < 3:
        return None
    for day, name in zip(Weekday, _DAY_NAMES, strict=True):
        if name.startswith(word) or word == f"{name}s":
            return day
    return None


def _time(tokens: Sequence[Token], position: int, so_far: str, field: str) -> tuple[time, int]:
    if position < len(tokens) and tokens[position].key == "at":
        position += 1
    example = f"{so_far} 09:00"
    word = tokens[position].key if position < len(tokens) else ""
    if not "0" <= word[:1] <= "9":
        raise UserError(f"At what time? Type it like `{example}`.", field=field)
    after = tokens[position + 1].key if position + 1 < len(tokens) else ""
    position += 1
    if after in ("am", "pm"):
        word += after
        position += 1
    at = read_clock(word)
    if at is None:
        raise UserError(
            f"“{cut(word)}” is no time of day I can read. Type it like 09:00, 16:30 or 9am: `{example}`.",
            field=field,
        )
    return at, position


def read_clock(word: str) -> time | None:
    """Return the time of day of a word like ``09:00`` or ``9am``, or None when it is none."""
    match = _TIME.fullmatch(word)
    return None if match is None else _clock(match)


def _clock(match: re.Match[str]) -> time | None:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["half"] is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"] == "pm" else 0)
    elif match["minute"] is None:
        return None
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _cron(tokens: Sequence[Token], field: str) -> Cron:
    example = 'cron "0 9 * * 1"'
    if len(tokens) < 2 or not tokens[1].quoted:
        raise UserError(f"Put the cron line in quotes: `{example}`.", field=field)
    line = tokens[1].text
    problem = None
    if len(line) > CRON_LIMIT:
        problem = "is too long"
    elif len(line.split()) != 5:
        problem = "does not have five fields (minute, hour, day of month, month, day of week)"
    else:
        try:
            # Some lines that read well never come true (30 February).
            next(CronSim(line, datetime(2026, 1, 1, tzinfo=UTC)))
        except CronSimError as error:
            problem = f"can't be read ({str(error).lower()})"
        except StopIteration:
            problem = "names a day that never comes"
    if problem is not None:
        raise UserError(
            f"The cron line “{cut(line)}” {problem}. Type it like `{example}`.",
            field=field,
        )
    return Cron(line)
