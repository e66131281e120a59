"""Histories: what a criterion's readings were in a period, before it is laid out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.domain.criterion import Status
from bot.domain.gaps import Gap
from bot.domain.goalpost import Goalpost
from bot.domain.period import Stretch
from bot.domain.post import PostLine
from bot.domain.reading import Reading
from bot.domain.strike import Struck


@dataclass(frozen=True, slots=True)
class History:
    """A criterion's readings, gaps and status changes in a period.

    Attributes:
        post_line: What its line says now, with the readings that are drawn, oldest first.
        source_kind: Where its values come from.
        stretch: The period.
        readings: The newest of the period's, oldest first.
        older: How many more there are in the period, before those.
        bounds: The lowest and the highest value of those looked at, or None without any.
        looked_from: The oldest reading looked at where there were too many to look at all, else None.
        gaps: Spells without readings that touch the period, oldest first.
        changes: Status changes in the period, newest first: (when, from, to).
        goalposts: What was moved in the period, newest first.
        struck: Struck readings of the period, newest first.
        last_at: When its last reading of all was, aware UTC, or None without any.
        now: The moment it is made for, aware UTC.
        zone: The reader's IANA zone.
    """

    post_line: PostLine
    source_kind: str
    stretch: Stretch
    readings: tuple[Reading, ...]
    older: int
    bounds: tuple[Decimal, Decimal] | None
    looked_from: datetime | None
    gaps: tuple[Gap, ...]
    changes: tuple[tuple[datetime, Status, Status], ...]
    last_at: datetime | None
    now: datetime
    zone: str
    goalposts: tuple[Goalpost, ...] = ()
    struck: tuple[Struck, ...] = ()


def thin_out(readings: Sequence[Reading], most: int) -> tuple[Reading, ...]:
    """Return at most so many readings that draw the same course: the last one of each equal part of the time.

    Args:
        readings: Ascending.
        most: At least 2.
    """
    if len(readings) <= most:
        return tuple(readings)
    first, length = readings[0].at, readings[-1].at - readings[0].at
    last_of: dict[int, Reading] = {}
    for place, reading in enumerate(readings):
        # Readings of one moment have no time to part; then their order does.
        part = (reading.at - first) / length if length else place / len(readings)
        last_of[min(int(part * most), most - 1)] = reading
    return tuple(last_of.values())
