"""Previews: what a criterion that is not saved yet would show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.criterion import Criterion, StatusReport
from bot.domain.reading import Reading


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a criterion would have done on readings there are of its source.

    Attributes:
        changes: How often its status would have changed.
        readings: How many readings that was judged from.
        over: How long before now they begin.
    """

    changes: int
    readings: int
    over: timedelta


@dataclass(frozen=True, slots=True)
class Preview:
    """What a criterion that is not saved yet would show now.

    Attributes:
        criterion: As it would be saved.
        reading: The value found.
        report: What that value would mean now.
        now: The moment it is made for, aware UTC.
        replayed: What it would have done before, or None where its source has no readings yet.
    """

    criterion: Criterion
    reading: Reading
    report: StatusReport
    now: datetime
    replayed: Replayed | None
