"""Recording: what reads came to is written down, those that ended together in one unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session

from bot.db.criteria import to_criterion, to_health
from bot.db.maintenances import maintenances
from bot.db.polls import Claim, claimed_rows, finish_claims, postpone_claim
from bot.db.readings import add_readings
from bot.db.strikes import struck_moments
from bot.domain.criterion import Criterion, Health
from bot.domain.reading import Origin, Reading
from bot.errors import SourceError
from bot.services.judging import load_evidence, tell, weigh
from bot.services.next_read import plan_next_read
from bot.sources.protocol import Observed

WITHHELD_FOR = timedelta(hours=1)
"""When a value that may not be shown yet is asked for again; that is no failure of its source."""

LONGEST_HOLD = timedelta(days=1)
"""How long a source can ask not to be read again; a wrong date must not silence a criterion for good."""


@dataclass(frozen=True, slots=True)
class Read:
    """What one read of a source came to, not yet written down.

    Attributes:
        claim: The right it was made by.
        observed: What was read, or None when reading failed.
        error: Why it failed, or None.
        started_at: When it began, aware UTC.
        origin: Whether the schedule or a person asked.
        jitter: From 0 up to 1; parts the retries of criteria that failed together.
    """

    claim: Claim
    observed: Observed | None
    error: SourceError | None
    started_at: datetime
    origin: Origin
    jitter: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one read meant.

    Attributes:
        failure: Why it failed, one plain sentence, or empty.
        changed: Whether the criterion's status is another one than before.
        due_at: When it is read next, aware UTC, or None.
    """

    failure: str
    changed: bool
    due_at: datetime | None


def record_reads(session: Session, reads: Sequence[Read], now: datetime) -> list[Outcome | None]:
    """Write down readings and failures, judge the criteria, and plan their next reads.

    Args:
        session: The session of one unit of work.
        reads: Of one workspace.
        now: Aware UTC.

    Returns:
        What each read meant, in the same order; None where its claim was lost, whose result is thrown away.
    """
    rows = claimed_rows(session, [read.claim for read in reads])
    held = [
        (place, read, row)
        for place, read in enumerate(reads)
        if (row := rows.get(read.claim.criterion_id)) is not None
        and row.lease_token == read.claim.lease_token
    ]
    outcomes: list[Outcome | None] = [None] * len(reads)
    held = _put_off(session, held, outcomes, now)
    if not held:
        return outcomes
    struck = _struck(session, held)
    add_readings(
        session,
        reads[0].claim.team_id,
        [
            (row.id, Reading(read.observed.at, read.observed.value, read.origin))
            for _, read, row in held
            # Read again, a prompt that closed or a row with a date of its own is the same reading, not a second one.
            if read.observed is not None
            and (read.observed.at, read.observed.value) != (row.value_at, row.value)
            and (row.id, read.observed.at) not in struck
        ],
    )
    criteria = [to_criterion(row, row) for _, _, row in held]
    evidences = load_evidence(session, criteria, [row.settled is not None for _, _, row in held], now)
    finished = []
    for (place, read, row), criterion, evidence in zip(held, criteria, evidences, strict=True):
        health = _health(read, row, now)
        judged = weigh(criterion, row, health, evidence, now)
        tell(session, criterion, row, row.channel_id, judged, now)
        due_at = _plan(read, criterion, row, health, now)
        finished.append(
            judged.values
            | {
                "criterion_id": row.id,
                "failures": health.failures,
                "failing_since": health.failing_since,
                "last_failure": health.last_failure,
                "due_at": due_at,
            }
        )
        failure = "" if read.error is None else str(read.error)
        outcomes[place] = Outcome(failure=failure, changed=judged.changed, due_at=due_at)
    finish_claims(session, finished)
    return outcomes


def _put_off(
    session: Session,
    held: Sequence[tuple[int, Read, Row[Any]]],
    outcomes: list[Outcome | None],
    now: datetime,
) -> list[tuple[int, Read, Row[Any]]]:
    """Put off what failed while its host is worked on, which is no failure of its source, and return the others."""
    if all(read.error is None for _, read, _ in held):
        return list(held)
    worked_on = maintenances(session, held[0][1].claim.team_id, now)
    left = []
    for place, read, row in held:
        maintenance = worked_on.get(read.claim.source.host)
        if read.error is None or maintenance is None:
            left.append((place, read, row))
        else:
            postpone_claim(session, read.claim.criterion_id, maintenance.until)
            outcomes[place] = Outcome(str(read.error), changed=False, due_at=maintenance.until)
    return left


def _struck(session: Session, held: Sequence[tuple[int, Read, Row[Any]]]) -> set[tuple[int, datetime]]:
    """Return which values that were read are of readings somebody struck, so that they do not come back.

    Only a value with a date of its own can be read twice; for all others nothing is asked.
    """
    dated = [
        (row.id, read.observed.at)
        for _, read, row in held
        if read.observed is not None and read.observed.at < read.started_at
    ]
    if not dated:
        return set()
    return struck_moments(session, {of for of, _ in dated}, {at for _, at in dated})


def _health(read: Read, row: Row[Any], now: datetime) -> Health:
    if read.error is None:
        return Health()
    if _is_withheld(read):
        return to_health(row)
    return Health(row.failures + 1, row.failing_since or now, str(read.error))


def _plan(read: Read, criterion: Criterion, row: Row[Any], health: Health, now: datetime) -> datetime | None:
    if row.requested_at is not None and row.requested_at > read.started_at:
        return now
    planned = plan_next_read(criterion, row.every_typed, now, failures=health.failures, jitter=read.jitter)
    if planned is None or read.error is None:
        return planned
    if _is_withheld(read):
        return min(planned, now + WITHHELD_FOR)
    if read.error.retry_at is not None:
        return max(planned, min(read.error.retry_at, now + LONGEST_HOLD))
    return planned


def _is_withheld(read: Read) -> bool:
    return read.error is not None and read.error.cause == "withheld"
