"""Asked: when a direct message may ask somebody to answer prompts, and how often in a week."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.quiet import QuietHours, may_ask
from bot.domain.reminding import MORNING
from bot.domain.wallclock import day_at, moment_of, start_of_day
from bot.errors import UserError

SOONEST = timedelta(hours=4)
"""Nobody is reminded of a prompt sooner after it was asked."""

LAST_HOUR = timedelta(hours=1)
"""Nobody is reminded in the hour before a prompt closes."""

MOST_REMINDED = 500
"""People of a channel that one prompt reminds."""

MOST_LINES = 10
"""Prompts in one direct message."""


class AskKind(StrEnum):
    """Why somebody is asked by direct message."""

    INVITATION = "invitation"
    REMINDER = "reminder"


class LeftOut(StrEnum):
    """Why somebody was not asked."""

    CAP = "cap"
    """They were asked as often as a week allows."""
    TIME = "time"
    """They were away, or it was night or their quiet hours, until the prompt closed."""
    NEEDLESS = "needless"
    """The prompt closed, they answered a named one, or they left."""


@dataclass(frozen=True, slots=True)
class Turn:
    """When somebody is asked.

    Attributes:
        at: Aware UTC; now to be asked now, or None to be left out.
        because: Why it is not now, or None.
    """

    at: datetime | None
    because: LeftOut | None = None


def check_remind(remind: bool, closes_in: timedelta | None, *, field: str = "remind") -> None:
    """Let a prompt remind people where there is a time for it.

    Raises:
        UserError: no time closes it, or it closes too soon.
    """
    if remind and closes_in is None:
        raise UserError(
            "A reminder needs to know when the prompt closes. Add closes in 2d, or leave remind out.",
            field=field,
        )
    if remind and closes_in is not None and closes_in < SOONEST + LAST_HOUR:
        raise UserError(
            "That closes too soon for a reminder, which comes 4 hours after the question and not in the last hour. "
            "Type closes in 5h or more, or leave remind out.",
            field=field,
        )


def remind_at(asked_at: datetime, closes_at: datetime) -> datetime:
    """Return when people are reminded of a prompt: half of its time is gone, and at least four hours."""
    return max(asked_at + (closes_at - asked_at) / 2, asked_at + SOONEST)


def week_start(moment: datetime, zone: str) -> datetime:
    """Return the first moment of the Monday of somebody's week, aware UTC."""
    day = day_at(moment, zone)
    return start_of_day(day - timedelta(days=day.weekday()), zone)


def take_turn(
    kind: AskKind,
    now: datetime,
    *,
    zone: str,
    away_until: datetime | None,
    quiet: QuietHours | None,
    days_off: Set[date],
    asked_this_week: int,
    cap: int,
    closes_at: datetime | None,
) -> Turn:
    """Return when somebody is asked: now, later, or not at all.

    An invitation comes at once but in quiet hours; a reminder by day in their zone, on no day off, not in quiet hours
    and not while they are away. Over the cap both wait for the next week.

    Args:
        kind: Which of the two.
        now: Aware UTC.
        zone: The person's IANA zone.
        away_until: Aware UTC, or None.
        quiet: Their quiet hours, or None.
        days_off: The team's, read in that zone.
        asked_this_week: Direct messages that asked them since their Monday.
        cap: The most in a week.
        closes_at: When the prompt closes, aware UTC, or None.
    """
    if kind is AskKind.REMINDER:
        at = may_ask(max(now, away_until or now), zone, quiet, days_off=days_off)
    else:
        at = may_ask(now, zone, quiet, at_night=True)
    because = LeftOut.TIME if at > now else None
    if asked_this_week >= cap and week_start(at, zone) == week_start(now, zone):
        monday = day_at(week_start(now, zone), zone) + timedelta(days=7)
        at = moment_of(datetime.combine(monday, MORNING), ZoneInfo(zone))
        at = may_ask(at, zone, quiet, days_off=days_off)
        because = LeftOut.CAP
    last = None
    if closes_at is not None:
        last = closes_at - LAST_HOUR if kind is AskKind.REMINDER else closes_at
    if last is not None and at >= last:
        return Turn(None, because or LeftOut.TIME)
    return Turn(at, because)
