"""When a criterion is read next, in words."""

from __future__ import annotations

from datetime import datetime

from bot.db.criteria import Found
from bot.domain.criterion import CriterionState, SourceKind
from bot.domain.durations import spell
from bot.domain.wallclock import show_moment


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
