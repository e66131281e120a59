"""When a criterion is read next, as a moment and in words."""

from __future__ import annotations

from datetime import datetime

from bot.db.criteria import Found
from bot.domain.backoff import next_read
from bot.domain.criterion import BROUGHT, Criterion, CriterionState, SourceKind
from bot.domain.durations import spell
from bot.domain.rhythms import parse_stored_cadence
from bot.domain.status import due_end
from bot.domain.wallclock import show_moment


def plan_next_read(
    criterion: Criterion, every_typed: str, now: datetime, *, failures: int = 0, jitter: float = 0.0
) -> datetime | None:
    """Return when a criterion is read next, aware UTC: by its plan, or sooner after a failure.

    Args:
        criterion: The criterion.
        every_typed: Its rhythm as it is stored.
        now: Aware UTC.
        failures: Failed reads in a row.
        jitter: From 0 up to 1; parts the retries of criteria that failed together.

    Returns:
        None for sources that can't be read (`manual`, `push`), for paused and archived criteria, and
        from the end of the due day on, since the verdict is taken from what was read before.
    """
    if criterion.state is not CriterionState.OPEN or criterion.source.kind in BROUGHT:
        return None
    due_at = due_end(criterion)
    if due_at is not None and now >= due_at:
        return None
    cadence = parse_stored_cadence(every_typed)
    return next_read(cadence, criterion.zone, criterion.created_at, now, failures=failures, jitter=jitter)


def say_next_read(found: Found, now: datetime) -> str:
    """Return when a criterion is read next, with the zone, or what has to happen instead; plain text."""
    row, zone = found.row, found.initiative.zone
    if row.state == CriterionState.PAUSED:
        return "paused: not read until it is resumed"
    every = spell(found.criterion.every)
    if row.source_kind == SourceKind.PUSH:
        return f'pushed by a program: /criteria token "{row.name}" gives the token, expected every {every}'
    if row.source_kind == SourceKind.MANUAL:
        return f'set by hand: /criteria set "{row.name}" VALUE, expected every {every}'
    if row.due_at is None:
        return "not read any more"
    if row.due_at <= now:
        return "being read now"
    return f"read every {row.every_typed.removeprefix('every ')}, next {show_moment(row.due_at, now, zone)} ({zone})"
