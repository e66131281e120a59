"""Text of a progress post's schedule."""

from __future__ import annotations

import re

from bot.domain.clauses import ClauseReader
from bot.domain.entities import Line, cut, tokenize
from bot.domain.formatting import example_of
from bot.domain.post_schedule import ScheduleScope
from bot.domain.requests import (
    ScheduleProgress,
)
from bot.domain.rhythms import EXAMPLES, read_every
from bot.errors import UserError

_SCHEDULE_KEYWORDS = frozenset({"every", "cron", "only", "skipping", "moving", "in", "for", "zone"})
_SCHEDULE_NUMBER = re.compile(r"#?([0-9]{1,9})")


def read_schedule(line: Line, start: int) -> ScheduleProgress:
    """Read what follows `progress schedule`.

    Raises:
        UserError: no rhythm, or a clause that can't be read; the field says which.
    """
    reader = ClauseReader(line, start, _SCHEDULE_KEYWORDS, every_field="cadence")
    first = reader.peek()
    if first is not None and first.key not in _SCHEDULE_KEYWORDS:
        # `schedule Mon 09:00` lacks `every`; anything else gets the examples.
        cadence, _ = read_every(tokenize(line, start), field="cadence")
        example = example_of(ScheduleProgress(cadence))
        raise UserError(f"Put every before the days: `{example}`.", field="cadence", example=example)
    clauses = reader.read_all()
    if clauses.every is None:
        raise UserError(
            f"Say when to post: {EXAMPLES}.", field="cadence", example="/progress schedule every Mon 09:00"
        )
    scope = ScheduleScope(clauses.word) if clauses.word else ScheduleScope.NAMED
    return ScheduleProgress(
        clauses.every,
        clauses.channel,
        clauses.names,
        clauses.zone,
        clauses.only,
        scope,
        clauses.on_days_off,
    )


def read_schedule_number(line: Line, start: int) -> int | None:
    """Read a schedule's number as lists show it; None without one.

    Raises:
        UserError: it is none (field ``text``).
    """
    tokens = tokenize(line, start)
    if not tokens:
        return None
    match = _SCHEDULE_NUMBER.fullmatch(tokens[0].key)
    if match is None or len(tokens) > 1:
        raise UserError(
            f"“{cut(line.show_inline(start))}” is no schedule's number. Type it as `list` shows it, like #3.",
            field="text",
        )
    return int(match[1])
