"""Text of what a team says about its days: who is away or wants quiet, what is under maintenance, when nobody works."""

from __future__ import annotations

import re
from datetime import time, timedelta

from bot.domain.addresses import check_url, read_host
from bot.domain.dates import DayMonth, read_date
from bot.domain.durations import spell
from bot.domain.entities import Line, LinkRef, Token, cut, tokenize
from bot.domain.formatting import example_of
from bot.domain.quantities import read_duration
from bot.domain.quiet import QuietHours, check_quiet_hours
from bot.domain.requests import (
    GiveUpCalendar,
    GiveUpDaysOff,
    KeepMaintenance,
    KeepQuiet,
    ShowAway,
    ShowDaysOff,
    ShowMaintenance,
    ShowQuiet,
    StayAway,
    TakeCalendar,
    TakeDaysOff,
)
from bot.domain.rhythms import read_clock
from bot.errors import UserError

AWAY_LEAST, AWAY_MOST = timedelta(hours=1), timedelta(days=90)
_SPAN = re.compile(
    r"(?P<starts>[0-9:]+ ?(?:am|pm)?) ?(?:to|until|till|and|[-–—]) ?(?P<ends>[0-9:]+ ?(?:am|pm)?)"
)
_NO_DATE = re.compile(r"[A-Za-z].*\.|\..*[A-Za-z]|\..*\..*\.|:")
_WEBCAL = re.compile(r"webcals?://", re.IGNORECASE)
MAINTENANCE_LEAST, MAINTENANCE_MOST = timedelta(minutes=5), timedelta(days=7)


def read_away(line: Line, start: int) -> ShowAway | StayAway:
    """Read what follows `away`.

    Raises:
        UserError: no length, or one that is too short or too long (field ``text``).
    """
    tokens = tokenize(line, start)
    if not tokens:
        return ShowAway()
    if len(tokens) == 1 and tokens[0].key in ("off", "back"):
        return StayAway(None)
    length = read_duration(tokens[0].key, field="text") if len(tokens) == 1 else None
    if length is None:
        raise UserError(
            f"I can't read “{cut(line.show_inline(start))}” as how long. Type it as one word.",
            field="text",
            example=example_of(StayAway(timedelta(days=3))),
        )
    if not AWAY_LEAST <= length <= AWAY_MOST:
        raise UserError(
            f"One is away for {spell(AWAY_LEAST)} at least and {spell(AWAY_MOST)} at most.",
            field="text",
            example=example_of(StayAway(timedelta(days=3))),
        )
    return StayAway(length)


def read_quiet(line: Line, start: int) -> ShowQuiet | KeepQuiet:
    """Read what follows `quiet`: `20:00 to 08:00`, also `from 8pm until 8am` and `20:00-08:00`.

    Raises:
        UserError: no two times, or hours that leave no time to ask in (field ``text``).
    """
    words = [token.key or token.text for token in tokenize(line, start)]
    if not words:
        return ShowQuiet()
    if words in (["off"], ["end"]):
        return KeepQuiet(None)
    example = example_of(KeepQuiet(QuietHours(time(20), time(8))))
    said = " ".join(words).removeprefix("from ").removeprefix("hours ")
    typed = _SPAN.fullmatch(said)
    times = [] if typed is None else [read_clock(typed[part].replace(" ", "")) for part in ("starts", "ends")]
    starts, ends = times or (None, None)
    if starts is None or ends is None:
        raise UserError(
            f"I can't read “{cut(line.show_inline(start))}” as quiet hours. Type when they begin and when they end.",
            field="text",
            example=example,
        )
    return KeepQuiet(check_quiet_hours(QuietHours(starts, ends), example=example))


def read_maintenance(line: Line, start: int) -> ShowMaintenance | KeepMaintenance:
    """Read what follows `maintenance`.

    Raises:
        UserError: no host, or no length that may be (field ``text``).
    """
    tokens = tokenize(line, start)
    if not tokens:
        return ShowMaintenance()
    example = example_of(KeepMaintenance("grafana.example.com", timedelta(hours=2)))
    first, follows = tokens[0], tokens[1:]
    host = read_host(first.entity.url if isinstance(first.entity, LinkRef) else first.text)
    if host is None:
        raise UserError(
            f"“{cut(first.text)}” is no host. Name the one its criteria read.", field="text", example=example
        )
    if len(follows) == 1 and follows[0].key in ("off", "over", "end"):
        return KeepMaintenance(host, None)
    length = read_duration(follows[0].key, field="text") if len(follows) == 1 else None
    if length is None:
        raise UserError(
            f"Say in one word how long {host} is under maintenance, or off.", field="text", example=example
        )
    if not MAINTENANCE_LEAST <= length <= MAINTENANCE_MOST:
        raise UserError(
            f"A maintenance lasts {spell(MAINTENANCE_LEAST)} at least and {spell(MAINTENANCE_MOST)} at most.",
            field="text",
            example=example,
        )
    return KeepMaintenance(host, length)


def read_days_off(
    line: Line, start: int, *, whole: bool
) -> ShowDaysOff | TakeDaysOff | GiveUpDaysOff | TakeCalendar | GiveUpCalendar:
    """Read what follows `days-off`, or `days`, after which comes `off`."""
    tokens = tokenize(line, start)
    example = example_of(TakeDaysOff(DayMonth(24, 12), DayMonth(26, 12)))
    if not whole:
        if not tokens or tokens[0].key != "off":
            raise UserError("Days off are typed so.", field="text", example=example)
        tokens = tokens[1:]
    if not tokens:
        return ShowDaysOff()
    if tokens[0].key == "from":
        return _read_calendar(line, tokens)
    if removing := tokens[0].key == "remove":
        tokens = tokens[1:]
        if len(tokens) == 1 and (host := _host_of(tokens[0])) is not None:
            return GiveUpCalendar(host)
    if not tokens:
        raise UserError("Say which day.", field="text", example=example_of(GiveUpDaysOff(DayMonth(24, 12))))
    first, used = read_date(tokens, field="text")
    tokens = tokens[used:]
    last = None
    if not removing and len(tokens) > 1 and tokens[0].key == "to":
        last, used = read_date(tokens[1:], field="text")
        tokens = tokens[1 + used :]
    if tokens:
        raise UserError(
            f"I can't read “{cut(line.show_inline(tokens[0].start))}” after that day.",
            field="text",
            example=example_of(GiveUpDaysOff(first)) if removing else example,
        )
    return GiveUpDaysOff(first) if removing else TakeDaysOff(first, last)


def _read_calendar(line: Line, tokens: list[Token]) -> TakeCalendar:
    example = example_of(TakeCalendar("https://calendar.example.com/team.ics"))
    if len(tokens) == 1:
        raise UserError("Say from which address the calendar is read.", field="url", example=example)
    first = tokens[1]
    typed = first.entity.url if isinstance(first.entity, LinkRef) else first.text
    # What calendar programs copy: the same address, for whoever subscribes to it.
    if _WEBCAL.match(typed):
        typed = f"https://{_WEBCAL.sub('', typed)}"
    url = check_url(typed, field="url")
    if len(tokens) > 2:
        raise UserError(
            f"I can't read “{cut(line.show_inline(tokens[2].start))}” after that address.",
            field="url",
            example=example,
        )
    return TakeCalendar(url)


def _host_of(token: Token) -> str | None:
    """Return the host a token names where it can be no date."""
    typed = token.entity.url if isinstance(token.entity, LinkRef) else token.text
    return read_host(typed) if _NO_DATE.search(typed) else None
