"""Work: how reading the sources goes, and what waits to be posted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.db.criteria import Found, to_health
from bot.db.overview import Waiting
from bot.doctor.findings import Finding, Mark, SourceAge
from bot.domain.criterion import BROUGHT, CriterionState, SourceKind
from bot.domain.durations import ago
from bot.domain.freshness import is_broken, is_fresh
from bot.errors import LOST_TOKEN

LATE_AFTER = timedelta(minutes=5)
"""A message that is older than this waits for a bot that does not run, or for Slack."""


def say_waiting(waiting: Waiting, now: datetime) -> Finding:
    """Say whether messages wait longer than they should."""
    words = "nothing waiting"
    if waiting.since is not None:
        words = f"{waiting.pending} waiting, the longest for {ago(now - waiting.since)}"
    if waiting.since is not None and now - waiting.since > LATE_AFTER:
        because = f" ({waiting.last_error})" if waiting.last_error else ""
        next_step = "see that `loopmark run` is running and Slack can be reached"
        if waiting.last_error in LOST_TOKEN:
            next_step = (
                "give SLACK_BOT_TOKEN a token that Slack takes and start again; nothing is lost meanwhile"
            )
        return Finding(Mark.WRONG, "outbox", words + because, next_step)
    if waiting.held:
        return Finding(
            Mark.NOTE,
            "outbox",
            f"{waiting.held} held: they may have been posted and can't be looked for",
            "their owners were asked; grant the optional history scopes to avoid it",
        )
    return Finding(Mark.RIGHT, "outbox", words)


def say_source(found: Found, now: datetime) -> SourceAge:
    """Say how reading a criterion's source goes at a moment (aware UTC)."""
    row, criterion = found.row, found.criterion
    by_hand = criterion.source.kind == SourceKind.MANUAL
    brought = criterion.source.kind in BROUGHT
    mark, words = Mark.RIGHT, ""
    if criterion.state is CriterionState.PAUSED:
        mark, words = Mark.NOTE, "paused"
    elif is_broken(to_health(row)):
        mark, words = Mark.WRONG, row.last_failure
    elif row.failures:
        mark, words = Mark.NOTE, row.last_failure
    elif row.value_at is not None and not is_fresh(row.value_at, now, criterion.every):
        mark = Mark.NOTE if brought or row.frozen else Mark.WRONG
        words = "stale; is `loopmark run` running?"
        if brought:
            words = (
                "stale; give a value with /criteria set" if by_hand else "stale; does the program still push?"
            )
    if row.frozen:
        mark, words = Mark.NOTE, "its due date has passed"
    return SourceAge(
        mark=mark,
        criterion=row.name,
        initiative=found.initiative.name,
        source="set by hand" if by_hand else urlsplit(row.source_url or "").hostname or row.source_kind,
        age="no value yet" if row.value_at is None else ago(now - row.value_at),
        failures=row.failures,
        words=words,
    )


def by_need(sources: Iterable[SourceAge]) -> tuple[SourceAge, ...]:
    """Return them in the order in which they need attention."""
    order = (Mark.WRONG, Mark.NOTE, Mark.RIGHT)
    return tuple(sorted(sources, key=lambda each: (order.index(each.mark), -each.failures)))
