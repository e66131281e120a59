"""Polling: a due criterion is claimed, read with no transaction open, and written down in one short one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.db.criteria import Found, criterion_by_id
from bot.db.polls import Claim, claim_due, claim_one, release_claims
from bot.deps import Deps
from bot.domain.criterion import SourceSpec
from bot.domain.reading import Origin
from bot.errors import SourceError
from bot.services.closed_answers import ClosedAnswers
from bot.services.recording import Outcome, Read, record_reads
from bot.services.secrets import StoredSecrets
from bot.sources.protocol import Observed, SourceContext, SourceRequest

LONGEST_REUSE = timedelta(minutes=1)
"""A scheduled read takes the answer another criterion got at most this long ago, and a tenth of its interval."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What reading a criterion because somebody asked came to.

    Attributes:
        found: The criterion as it is stored now.
        observed: What was read, or None when reading failed.
        failure: Why it failed, one plain sentence, or empty.
    """

    found: Found
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


async def read_claimed(deps: Deps, claim: Claim, *, origin: Origin = Origin.SCHEDULED) -> Read:
    """Read a claimed criterion; nothing is written yet, and a failure is a result."""
    started_at = deps.now()
    observed: Observed | None = None
    failure: SourceError | None = None
    try:
        # A person who asks wants to know how it is now.
        reuse = min(claim.every / 10, LONGEST_REUSE) if origin is Origin.SCHEDULED else timedelta(0)
        observed = await read_source(deps, claim.source, criterion_id=claim.criterion_id, reuse=reuse)
    except SourceError as error:
        failure = error
    return Read(claim, observed, failure, started_at, origin, deps.random.random())


async def record(deps: Deps, reads: Sequence[Read]) -> list[Outcome | None]:
    """Write down what reads came to, in one unit of work; see `record_reads`."""
    now = deps.now()
    outcomes = await deps.database.write(record_reads, reads, now)
    for outcome in outcomes:
        if outcome is not None and (
            outcome.changed or (outcome.due_at is not None and outcome.due_at <= now)
        ):
            deps.wake.set()  # there is a message to send, or it is to be read again
    return outcomes


async def poll_now(deps: Deps, criterion_id: int) -> Checked | None:
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
    if claim is None:
        return None
    read = await read_claimed(deps, claim, origin=Origin.ASKED)
    [outcome] = await record(deps, [read])
    if outcome is None:
        return None
    found = await deps.database.read(criterion_by_id, deps.team_id, criterion_id)
    return Checked(found=found, observed=read.observed, failure=outcome.failure)


async def read_source(
    deps: Deps,
    spec: SourceSpec,
    *,
    criterion_id: int | None = None,
    channel_id: str | None = None,
    reuse: timedelta = timedelta(0),
) -> Observed:
    """Read a source once, with nothing stored.

    Args:
        deps: The bundle.
        spec: What to read.
        criterion_id: Row id, or None for a criterion that is not saved yet.
        channel_id: Home channel of its initiative, where it is not saved yet.
        reuse: An answer of at most this age will do, when another criterion asked for the same.

    Raises:
        SourceError: it gave no usable number.
    """
    source = deps.sources.get(spec.kind)
    if source is None:  # the package that brought it was removed
        raise SourceError(f"there is no source called {spec.kind} any more", cause="bad_request")
    context = make_context(deps, criterion_id=criterion_id, channel_id=channel_id, reuse=reuse)
    request = SourceRequest(spec=spec, team_id=deps.team_id, criterion_id=criterion_id)
    return await source.read(request, context)


def make_context(
    deps: Deps,
    *,
    criterion_id: int | None = None,
    channel_id: str | None = None,
    reuse: timedelta = timedelta(0),
) -> SourceContext:
    """Return what a source works with; the arguments are those of `read_source`."""
    return SourceContext(
        http=deps.http.within(reuse),
        paths=deps.paths,
        now=deps.now,
        secrets=StoredSecrets(deps),
        connections=deps.connections,
        tokens=deps.tokens,
        answers=ClosedAnswers(deps.database, deps.team_id, criterion_id=criterion_id, channel_id=channel_id),
    )
