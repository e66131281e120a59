"""Quiet hours: when somebody is sent no direct message that asks for something."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.reminding import EVENING, MORNING, by_day
from bot.domain.wallclock import day_at, end_of_day, moment_of, wall_at
from bot.errors import UserError

LONGEST = timedelta(hours=22)
"""Quiet hours of one day; the rest is left for what has to be asked."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A time of each day, in wall times of whoever it belongs to.

    Attributes:
        starts: When it begins.
        ends: When it ends; on the next day where that is earlier than the beginning.
    """

    starts: time
    ends: time

    @property
    def wraps(self) -> bool:
        """Whether it goes on over midnight."""
        return self.ends < self.starts

    @property
    def covers_the_day(self) -> bool:
        """Whether it leaves nothing of the hours in which people are reminded."""
        if self.wraps:
            return self.starts <= MORNING or self.ends >= EVENING
        return self.starts <= MORNING and self.ends >= EVENING

    def period(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return from when to when those run that begin on a day, aware UTC; see `moment_of` for clocks that change."""
        last = day + _DAY if self.wraps else day
        starts = moment_of(datetime.combine(day, self.starts), zone)
        return starts, moment_of(datetime.combine(last, self.ends), zone)

    def end_of_running(self, moment: datetime, zone: str) -> datetime | None:
        """Return when those end (aware UTC) that run at a moment, or None when none run."""
        clock = ZoneInfo(zone)
        today = wall_at(moment, clock).date()
        # The day before for those over midnight, the day after for clocks that were put back over midnight.
        periods = [self.period(today + _DAY * days, clock) for days in (-1, 0, 1)]
        return max((ends for starts, ends in periods if starts <= moment < ends), default=None)

    def next_end(self, moment: datetime, zone: str) -> datetime:
        """Return when they end the next time after a moment, aware UTC."""
        clock = ZoneInfo(zone)
        today = wall_at(moment, clock).date()
        periods = [self.period(today + _DAY * days, clock) for days in (-1, 0, 1, 2, 3)]
        return min(ends for starts, ends in periods if starts < ends and ends > moment)


def check_quiet_hours(quiet: QuietHours, *, field: str = "text", example: str | None = None) -> QuietHours:
    """Return quiet hours that leave time to ask in.

    Raises:
        UserError: they begin and end at one time, or are longer than `LONGEST`.
    """
    if quiet.starts == quiet.ends:
        raise UserError(
            "Quiet hours can't begin and end at the same time. Type when they begin and when they end.",
            field=field,
            example=example,
        )
    day = date(2026, 1, 5)
    length = datetime.combine(day + _DAY if quiet.wraps else day, quiet.ends) - datetime.combine(
        day, quiet.starts
    )
    if length > LONGEST:
        raise UserError(
            "Quiet hours last 22 hours a day at most, so that there is a time to ask you. "
            "To hear nothing for some days type `/loop away 3d`.",
            field=field,
            example=example,
        )
    return quiet


def may_ask(
    wanted: datetime,
    zone: str,
    quiet: QuietHours | None,
    *,
    days_off: Set[date] = frozenset(),
    at_night: bool = False,
) -> datetime:
    """Return the first moment, from one on, at which somebody may be asked for something.

    That is outside their quiet hours, by day (unless these leave nothing of the day, as with whoever works at
    night) and on no day off.

    Args:
        wanted: Aware UTC.
        zone: The person's IANA zone.
        quiet: Their quiet hours, or None.
        days_off: The team's, read in that zone.
        at_night: Whether evening and night count like the day, as for what a person asks them.

    Returns:
        Aware UTC.
    """
    by_night = at_night or (quiet is not None and quiet.covers_the_day)
    at = wanted
    while True:
        later = at if by_night else by_day(at, zone)
        if quiet is not None and (ends := quiet.end_of_running(later, zone)) is not None:
            later = ends
        if (day := day_at(later, zone)) in days_off:
            later = end_of_day(day, zone)
        if later == at:
            return at
        at = later
