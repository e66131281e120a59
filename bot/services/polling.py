"""Polling: a due criterion is claimed, read with no transaction open, and written down in one short one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.db.criteria import Found
from bot.db.initiatives import find_initiative_by_id
from bot.db.polls import Claim, claim_due, claim_one, claimed_row, release_claims
from bot.db.readings import add_readings
from bot.deps import Deps
from bot.domain.backoff import next_read
from bot.domain.criterion import BROUGHT, CriterionState, SourceSpec, StatusReport
from bot.domain.reading import Origin, Reading
from bot.domain.rhythms import parse_stored_cadence
from bot.domain.status import due_end
from bot.errors import SourceError
from bot.services.closed_answers import ClosedAnswers
from bot.services.judging import judge
from bot.services.secrets import StoredSecrets
from bot.sources.protocol import Observed, SourceContext, SourceRequest

WITHHELD_FOR = timedelta(hours=1)
"""When a value that may not be shown yet is asked for again; that is no failure of its source."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one read came to.

    Attributes:
        found: The criterion as it is stored now.
        report: What its readings mean now.
        observed: What was read, or None when reading failed.
        failure: Why it failed, one plain sentence, or empty.
    """

    found: Found
    report: StatusReport
    observed: Observed | None
    failure: str


def longest_read(deps: Deps) -> timedelta:
    """Return how long one read may take in all."""
    return timedelta(seconds=deps.settings.fetch_timeout_s)


def lease_length(deps: Deps) -> timedelta:
    """Return how long a claim holds: the longest read and a margin."""
    return longest_read(deps) + timedelta(seconds=deps.settings.lease_margin_s)


async def claim_polls(deps: Deps, limit: int) -> list[Claim]:
    """Take up to `limit` criteria that are due for this worker alone."""
    now = deps.now()
    return await deps.database.write(
        claim_due,
        deps.team_id,
        now=now,
        limit=limit,
        lease_until=now + lease_length(deps),
        lease_token=secrets.token_hex(16),
    )


async def give_back(deps: Deps, claim: Claim) -> None:
    """Make a claimed criterion due again as it was, unread."""
    await deps.database.write(release_claims, claim.lease_token, [claim.criterion_id])
    deps.wake.set()


async def poll_claimed(deps: Deps, claim: Claim, *, origin: Origin = Origin.SCHEDULED) -> Outcome | None:
    """Read a claimed criterion and write down what came of it.

    Returns:
        None when the claim was lost meanwhile; the result is thrown away then.
    """
    started_at = deps.now()
    observed: Observed | None = None
    failure, withheld = "", False
    try:
        observed = await read_source(deps, claim.source, criterion_id=claim.criterion_id)
    except SourceError as error:
        failure, withheld = str(error), error.cause == "withheld"
    outcome = await deps.database.write(
        _finish, claim, observed, failure, origin, started_at, deps.now(), deps.random.random(), withheld
    )
    if outcome is not None:
        deps.wake.set()
    return outcome


async def poll_now(deps: Deps, criterion_id: int) -> Outcome | None:
    """Read one criterion now: for `check`, the button and the command line.

    Returns:
        None when somebody is reading it at this moment; it is read again right after.

    Raises:
        SourceError: never; a failure is an outcome.
    """
    now = deps.now()
    claim = await deps.database.write(
        claim_one,
        deps.team_id,
        criterion_id,
        now=now,
        lease_until=now + lease_length(deps),
        lease_token=secrets.token_hex(16),
    )
    return await poll_claimed(deps, claim, origin=Origin.ASKED) if claim else None


async def read_source(
    deps: Deps, spec: SourceSpec, *, criterion_id: int | None = None, channel_id: str | None = None
) -> Observed:
    """Read a source once, with nothing stored.

    Args:
        deps: The bundle.
        spec: What to read.
        criterion_id: Row id, or None for a criterion that is not saved yet.
        channel_id: Home channel of its initiative, where it is not saved yet.

    Raises:
        SourceError: it gave no usable number.
    """
    source = deps.sources.get(spec.kind)
    if source is None:  # the package that brought it was removed
        raise SourceError(f"there is no source called {spec.kind} any more", cause="bad_request")
    context = SourceContext(
        http=deps.http,
        paths=deps.paths,
        now=deps.now,
        secrets=StoredSecrets(deps),
        connections=deps.connections,
        answers=ClosedAnswers(deps.database, deps.team_id, criterion_id=criterion_id, channel_id=channel_id),
    )
    request = SourceRequest(spec=spec, team_id=deps.team_id, criterion_id=criterion_id)
    return await source.read(request, context)


def plan_next_read(found: Found, now: datetime, *, jitter: float = 0.0) -> datetime | None:
    """Return when a criterion is read next, aware UTC: by its plan, or sooner after a failure.

    Args:
        found: The criterion, with what its last read came to.
        now: Aware UTC.
        jitter: From 0 up to 1; parts the retries of criteria that failed together.

    Returns:
        None for sources that can't be read (`manual`, `push`), for paused and archived criteria, and
        from the end of the due day on, since the verdict is taken from what was read before.
    """
    row, criterion = found.row, found.criterion
    due_at = due_end(criterion)
    if row.state != CriterionState.OPEN or criterion.source.kind in BROUGHT:
        return None
    if due_at is not None and now >= due_at:
        return None
    cadence = parse_stored_cadence(row.every_typed)
    return next_read(cadence, criterion.zone, row.created_at, now, failures=row.failures, jitter=jitter)


def _finish(
    session: Session,
    claim: Claim,
    observed: Observed | None,
    failure: str,
    origin: Origin,
    started_at: datetime,
    now: datetime,
    jitter: float,
    withheld: bool,
) -> Outcome | None:
    row = claimed_row(session, claim)
    if row is None:
        return None
    initiative = find_initiative_by_id(session, claim.team_id, row.initiative_id)
    assert initiative is not None
    assert row.id is not None
    if observed is not None:
        # Read again, a prompt that closed or a row with a date of its own is the same reading, not a second one.
        if (observed.at, observed.value) != (row.value_at, row.value):
            add_readings(
                session, row.team_id, row.id, [Reading(at=observed.at, value=observed.value, origin=origin)]
            )
        if row.failures:
            row.failures, row.failing_since, row.last_failure = 0, None, ""
    elif not withheld:
        row.failures += 1
        row.failing_since = row.failing_since or now
        row.last_failure = failure
    found = Found(row=row, initiative=initiative)
    report = judge(session, found, now)
    planned = plan_next_read(found, now, jitter=jitter)
    if withheld and planned is not None:
        planned = min(planned, now + WITHHELD_FOR)
    if row.requested_at is not None and row.requested_at > started_at:
        planned = now
    row.requested_at = None
    row.due_at = planned
    row.lease_until, row.lease_token = None, None
    return Outcome(found=found, report=report, observed=observed, failure=failure)
