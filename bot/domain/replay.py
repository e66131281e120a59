"""Replays: which statuses a criterion would have shown on readings it never had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.criterion import Criterion, Status
from bot.domain.freshness import stale_after
from bot.domain.reading import Reading
from bot.domain.settling import settle_each
from bot.domain.status import look_at
from bot.domain.wallclock import day_at

_MOMENT = timedelta(microseconds=1)


def replay(
    criterion: Criterion,
    readings: Sequence[Reading],
    now: datetime,
    *,
    outages: Sequence[datetime] = (),
) -> list[tuple[datetime, Status]]:
    """Return each status that `status.assess` would have found, with the moment from which on it would have.

    Readings are judged as they come, and a value gets old or a source breaks between them. The course begins
    with the first judged reading and ends with the due date: the verdict is no change of status to plan for.

    Args:
        criterion: With its baseline; where it is None the first of ``readings`` gives it.
        readings: Good readings that were not voided, ascending, none later than ``now``.
        now: Aware UTC.
        outages: Moments at which the source was found broken, ascending.

    Returns:
        Ascending, no two in a row alike; empty where no reading is judged.
    """
    look = look_at(criterion, readings)
    due_at = look.span.due_at
    judged = [reading for reading in look.judged if due_at is None or reading.at < due_at]
    end = now if due_at is None else min(now, due_at - _MOMENT)
    too_old = stale_after(criterion.every) + _MOMENT  # a value is fresh up to and including that age
    settled = settle_each(
        ((reading.at, look.verdict_on(reading)) for reading in judged),
        criterion.readings_needed,
        outage_after=stale_after(criterion.every),
        outages=outages,
    )
    course: list[tuple[datetime, Status]] = []
    for place, (reading, here) in enumerate(zip(judged, settled, strict=True)):
        until = judged[place + 1].at if place + 1 < len(judged) else end + _MOMENT
        broken_at = next((at for at in outages if reading.at < at <= until and at <= end), None)
        stale_at = reading.at + too_old
        course.append((reading.at, here.status))
        if stale_at < until and (broken_at is None or stale_at < broken_at):
            course.append((stale_at, Status.STALE))
        if broken_at is not None:
            course.append((broken_at, Status.SOURCE_BROKEN))
    return [
        (at, status)
        for place, (at, status) in enumerate(course)
        if not place or course[place - 1][1] != status
    ]


def as_if_since(criterion: Criterion, first_at: datetime) -> Criterion:
    """Return a criterion as it would be had it, and its initiative, been there at a moment (aware UTC)."""
    return replace(
        criterion,
        created_at=min(criterion.created_at, first_at),
        starts_on=min(criterion.starts_on, day_at(first_at, criterion.zone)),
    )
