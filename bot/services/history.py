"""History: a criterion's readings, gaps and status changes in a period, as somebody may see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.db.criteria import Found
from bot.db.goalposts import goalposts_since
from bot.db.history import (
    changes_within,
    count_within,
    first_moment_from,
    last_moment_before,
    readings_within,
)
from bot.db.ships import ships_since
from bot.db.strikes import struck_within
from bot.domain.actor import Actor
from bot.domain.criterion import CriterionState, Status
from bot.domain.explain import broken_because
from bot.domain.freshness import stale_after
from bot.domain.gaps import Gap, Tail, find_gaps
from bot.domain.history import History, thin_out
from bot.domain.period import Period, Stretch, resolve_period
from bot.domain.post import TREND, PostLine
from bot.domain.reading import Reading
from bot.domain.status import due_end
from bot.services.finding import find_criterion
from bot.services.lines import line_of_found
from bot.services.people import known_person

LOOKED_AT = 5_000
"""Most readings of a period that are looked at for its course and gaps: 52 days of one every 15 minutes."""

CHANGES = 200
"""Most status changes of a period that are loaded."""


def load_history(
    session: Session, actor: Actor, name: str, period: Period | Stretch, now: datetime, *, size: int
) -> History:
    """Return a criterion's history in a period.

    Args:
        session: An open session.
        actor: Who asks; the period's days are days of their zone.
        name: The criterion's.
        period: As typed, or the moments themselves.
        now: Aware UTC.
        size: Most readings that are listed.

    Raises:
        UserError: none has that name, or the period can't be.
        AmbiguousError: several have that name.
        UnknownPersonError: the reader's zone is not known yet.
    """
    person = known_person(session, actor)
    found = find_criterion(session, actor, name)
    criterion_id = found.criterion.id
    stretch = period if isinstance(period, Stretch) else resolve_period(period, now, person.zone)
    start, end = stretch.start, stretch.end
    readings = readings_within(session, criterion_id, start, end, most=LOOKED_AT)
    total = len(readings)
    if total == LOOKED_AT:
        total = count_within(session, criterion_id, start, end)
    looked_from = readings[0].at if total > len(readings) else None
    listed = readings[_first_listed(readings, size) :]
    changes = changes_within(session, criterion_id, start, end, most=CHANGES)
    moved = goalposts_since(session, [criterion_id], start).get(criterion_id, [])
    newest_first = sorted(moved, key=lambda goalpost: goalpost.at, reverse=True)
    values = [reading.value for reading in readings]
    ships = [ship for ship in ships_since(session, found.initiative.id, start) if ship.at < end]
    return History(
        post_line=PostLine(
            line=line_of_found(found, now),
            condition=found.criterion.condition,
            unit=found.row.unit,
            readings=thin_out(readings, TREND),
            goalposts=tuple(moved),
            ships=tuple(ships),
        ),
        source_kind=found.row.source_kind,
        stretch=stretch,
        readings=tuple(listed),
        older=total - len(listed),
        bounds=(min(values), max(values)) if values else None,
        looked_from=looked_from,
        gaps=tuple(gaps_of(session, found, readings, looked_from or start, end, now)),
        changes=tuple((at, before, after) for at, before, after, _ in changes),
        last_at=readings[-1].at if readings else last_moment_before(session, criterion_id, end),
        now=now,
        zone=person.zone,
        goalposts=tuple(goalpost for goalpost in newest_first if goalpost.at < end),
        struck=tuple(struck_within(session, criterion_id, start, end, most=CHANGES)),
    )


def _first_listed(readings: Sequence[Reading], size: int) -> int:
    """Return where the listed readings begin; those of one moment stay together, since pages part by moment."""
    at = max(0, len(readings) - size)
    first = at
    while 0 < first < len(readings) and readings[first].at == readings[first - 1].at:
        first += 1
    return at if first == len(readings) else first


def gaps_of(
    session: Session,
    found: Found,
    readings: Sequence[Reading],
    start: datetime,
    end: datetime,
    now: datetime,
) -> list[Gap]:
    """Return the gaps that touch a span of time, oldest first.

    Args:
        session: An open session.
        found: The criterion.
        readings: All of the span's, oldest first.
        start: Of the span, aware UTC.
        end: Of the span, aware UTC.
        now: Aware UTC.
    """
    criterion = found.criterion
    before = last_moment_before(session, criterion.id, start)
    after = first_moment_from(session, criterion.id, end)
    moments = [reading.at for reading in readings]
    edges = [*([before] if before else []), *moments, *([after] if after else [])]
    changes = changes_within(session, criterion.id, before or start, after or max(end, now), most=CHANGES)
    breaks = [(at, broken_because(sentence)) for at, _, to, sentence in changes if to is Status.SOURCE_BROKEN]
    gaps = find_gaps(
        edges,
        longest=stale_after(criterion.every),
        breaks=breaks[::-1],
        expected_from=None if before else criterion.created_at,
        tail=None if after else _tail(found, now),
    )
    return [gap for gap in gaps if gap.start < end and (gap.end is None or gap.end > start)]


def _tail(found: Found, now: datetime) -> Tail | None:
    """Return what came after the last reading; a criterion that was due is read no more."""
    due_at = due_end(found.criterion)
    if due_at is not None and due_at <= now:
        return Tail(due_at, lasts=False)
    if found.row.state == CriterionState.PAUSED:
        return Tail(now, lasts=True, cause="paused")
    return Tail(now, lasts=True, cause=found.health.last_failure if found.health.failures else "")
