"""Delivery: a claimed outbox row is sent, its outcome is written, and nothing is posted twice.

After an unclear answer (a timeout, a dropped connection, a crash between send and save) the message is looked
for by the key in its metadata, at once and again a little later, before it is sent again.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from bot.db import deliveries
from bot.db.deliveries import OutboxClaim
from bot.db.outbox import OutboxKind, OutboxState
from bot.db.token_waits import end_token_wait, token_tried_at
from bot.deps import Deps, Posted, Priority
from bot.domain.message import Message
from bot.errors import LOST_TOKEN, DeliveryError
from bot.services.disturbing import kept_until
from bot.services.outcomes import fail_for_good, hold, record_sent
from bot.services.parcels import (
    DecisionParcel,
    DigestMoreParcel,
    Dropped,
    GoalpostParcel,
    MoreParcel,
    NudgeParcel,
    OutageOverParcel,
    OutageParcel,
    Parcel,
    ProgressParcel,
    ReplyParcel,
    StrikeParcel,
    load_parcel,
)

log = structlog.get_logger(__name__)

LONGEST_POST = timedelta(seconds=80)
"""Longest time one post may take: a minute's wait for its turn, the call, and a margin."""

LOOK_BACK = timedelta(minutes=5)
"""How long before an attempt a look begins (design.md, "A post")."""

LOOKS = 2
"""How often a message is looked for in vain before it is sent again."""

AUTH_WAIT = timedelta(minutes=5)
"""How long everything waits when Slack does not accept the token."""

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)

TOKEN_REFUSED = LOST_TOKEN | {
    "not_allowed_token_type", "no_permission", "access_denied", "team_access_not_granted", "ekm_access_denied"
}  # fmt: skip
"""Errors the operator has to end; no channel and no schedule is to blame."""

CANT_LOOK = frozenset({"missing_scope", "too_many_messages"})
"""Errors after which nobody can say whether a message is in its channel."""

PRIORITIES = {
    OutboxKind.STATUS_REPLY: Priority.STATUS_REPLY,
    OutboxKind.OUTAGE: Priority.STATUS_REPLY,
    OutboxKind.OUTAGE_OVER: Priority.STATUS_REPLY,
    OutboxKind.GOALPOST: Priority.STATUS_REPLY,
    OutboxKind.STRIKE: Priority.STATUS_REPLY,
    OutboxKind.DECISION: Priority.STATUS_REPLY,
    OutboxKind.NUDGE_REPLY: Priority.STATUS_REPLY,
    OutboxKind.PROGRESS_MORE: Priority.STATUS_REPLY,
    OutboxKind.DIGEST_MORE: Priority.STATUS_REPLY,
}


IN_THREAD = (
    ReplyParcel
    | OutageParcel
    | OutageOverParcel
    | GoalpostParcel
    | StrikeParcel
    | DecisionParcel
    | NudgeParcel
    | MoreParcel
    | DigestMoreParcel
)
"""Parcels that know whose thread they belong to."""


@dataclass(frozen=True, slots=True)
class Built:
    """A parcel as a message.

    Attributes:
        message: What is posted.
        left: Row ids of the criteria that did not fit, or of a digest's initiatives; they follow in the thread.
    """

    message: Message
    left: tuple[int, ...] = ()


Build = Callable[[Parcel], Built]


def lease_length(deps: Deps) -> timedelta:
    """Return how long a claim holds: the longest post and a margin."""
    return LONGEST_POST + timedelta(seconds=deps.settings.lease_margin_s)


async def claim_deliveries(deps: Deps, limit: int) -> list[OutboxClaim]:
    """Take up to `limit` messages that are due for this worker alone; nothing is written when none is.

    While Slack does not take the bot's token none is, but one every `AUTH_WAIT`, which tries it.
    """
    now = deps.now()
    if not await deps.database.read(deliveries.anything_to_send, deps.team_id, now):
        return []
    tried_at = await deps.database.read(token_tried_at, deps.team_id)
    if tried_at is not None and tried_at > now:
        return []
    claims = await deps.database.write(
        deliveries.claim_outbox,
        deps.team_id,
        now=now,
        limit=limit if tried_at is None else 1,
        lease_until=now + lease_length(deps),
        lease_token=secrets.token_hex(16),
    )
    return claims if tried_at is None else [replace(claim, tries_token=True) for claim in claims]


async def deliver(
    deps: Deps, claim: OutboxClaim, build: Build, *, longest_post: timedelta = LONGEST_POST
) -> None:
    """Post a claimed message, unless it is in its channel already, and write down what came of it.

    Cancelled, it gives the row back: one whose attempt had begun is looked for by whoever takes it next.

    Args:
        deps: The bundle.
        claim: The claim.
        build: Makes the message from what the row says now.
        longest_post: When to give up waiting for Slack; within the lease.
    """
    try:
        if claim.attempted_at is None or await _may_send_again(deps, claim):
            await _send(deps, claim, build, longest_post)
    except asyncio.CancelledError:
        await deps.database.write(deliveries.give_back, claim)
        raise
    deps.wake.set()  # the next message to the same channel may go now


async def _send(deps: Deps, claim: OutboxClaim, build: Build, longest_post: timedelta) -> None:
    parcel = await deps.database.read(load_parcel, claim, deps.now())
    if isinstance(parcel, Dropped):
        log.info("message dropped", key=claim.key, because=parcel.because)
        await deps.database.write(deliveries.finish_unsent, claim, OutboxState.DROPPED, parcel.because)
        return
    if (kept := await kept_until(deps, claim)) is not None:
        log.info("message kept", key=claim.key, until=kept.until.isoformat(), because=kept.because)
        await deps.database.write(deliveries.let_wait, claim, until=kept.until, because=kept.because)
        return
    built = build(parcel)
    thread_ts = parcel.thread_ts if isinstance(parcel, IN_THREAD) else None
    attempt = replace(
        claim,
        attempts=claim.attempts + 1,
        attempted_at=deps.slack.slack_now(),
        looked=0,
        facts={**claim.facts, "thread_ts": thread_ts, "left": list(built.left), **_said(parcel)},
        lease_until=deps.now() + lease_length(deps),
    )
    if not await deps.database.write(_begin, claim, attempt):
        log.info("claim lost, nothing sent", key=claim.key)
        return
    try:
        # Nothing may leave after the lease: somebody else may be sending it by then.
        async with asyncio.timeout(longest_post.total_seconds()):
            posted = await deps.slack.post(
                claim.channel_id,
                built.message,
                thread_ts=thread_ts,
                broadcast=isinstance(parcel, ReplyParcel | OutageParcel) and parcel.is_broadcast,
                key=claim.key,
                priority=PRIORITIES.get(claim.kind, Priority.DUE_POST),
            )
    except TimeoutError:
        await _look_after(deps, attempt)
    except DeliveryError as error:
        await _refused(deps, attempt, error)
    else:
        await _sent(deps, attempt, posted)


def _said(parcel: Parcel) -> dict[str, object]:
    """Return what of a post is true of the moment it goes out alone, for when it is drawn again."""
    if not isinstance(parcel, ProgressParcel):
        return {}
    return {"said_late_s": int(parcel.post.late_by.total_seconds()), "said_missed": parcel.post.missed}


def _begin(session: Session, claim: OutboxClaim, attempt: OutboxClaim) -> bool:
    assert attempt.attempted_at is not None
    return deliveries.begin_attempt(
        session,
        claim,
        attempted_at=attempt.attempted_at,
        facts=attempt.facts,
        lease_until=attempt.lease_until,
    )


async def _sent(deps: Deps, claim: OutboxClaim, posted: Posted) -> None:
    if not await deps.database.write(record_sent, claim, posted, deps.now()):
        log.info("claim lost, the message will be found by its key", key=claim.key)
    if claim.tries_token:
        waited = await deps.database.write(end_token_wait, deps.team_id, deps.now())
        log.info("Slack takes the token again", waiting=waited)


async def _refused(deps: Deps, claim: OutboxClaim, error: DeliveryError) -> None:
    """Write down what Slack's refusal means for a message that was being sent."""
    if error.unclear:
        await _look_after(deps, claim)
    elif error.error in TOKEN_REFUSED or error.error == "missing_scope":
        await _wait_for_token(deps, claim, error, may_be_there=False)
    elif error.permanent:
        log.warning("message refused", key=claim.key, error=error.error)
        # Slack said no, so it is certainly not there: tried again, it need not be looked for.
        not_there = replace(claim, attempted_at=None)
        await deps.database.write(fail_for_good, not_there, str(error), deps.now())
    else:
        log.info("message put off", key=claim.key, error=error.error)
        until = deps.now() + _wait(deps, claim, error)
        await deps.database.write(deliveries.put_off, claim, until=until, because=error.error)


async def _look_after(deps: Deps, claim: OutboxClaim) -> None:
    """Look for a message right after an unclear answer; not found, it is looked for once more later."""
    log.info("unclear answer, looking for the message", key=claim.key)
    sent_again = await _may_send_again(deps, claim)
    assert not sent_again, "one look is not enough"


async def _may_send_again(deps: Deps, claim: OutboxClaim) -> bool:
    """Look for a message that may be in its channel; True once it was looked for often enough in vain."""
    assert claim.attempted_at is not None
    try:
        posted = await deps.slack.find_posted(
            claim.channel_id,
            claim.key,
            since=claim.attempted_at - LOOK_BACK,
            thread_ts=claim.facts.get("thread_ts"),
        )
    except DeliveryError as error:
        await _cant_look(deps, claim, error)
        return False
    if posted is not None:
        await _sent(deps, claim, posted)
        return False
    looked = claim.looked + 1
    if looked >= LOOKS:
        return True
    until = deps.now() + timedelta(seconds=deps.settings.second_look_s)
    await deps.database.write(deliveries.look_again, claim, until=until, because="unclear", looked=looked)
    return False


async def _cant_look(deps: Deps, claim: OutboxClaim, error: DeliveryError) -> None:
    if error.error in CANT_LOOK:
        log.warning("message held, nobody can say whether it was posted", key=claim.key, error=error.error)
        await deps.database.write(hold, claim, str(error), deps.now())
    elif error.error in TOKEN_REFUSED:
        await _wait_for_token(deps, claim, error, may_be_there=True)
    elif error.permanent:
        log.warning("message can't be looked for", key=claim.key, error=error.error)
        await deps.database.write(fail_for_good, claim, str(error), deps.now())
    else:
        until = deps.now() + _wait(deps, claim, error)
        await deps.database.write(
            deliveries.look_again, claim, until=until, because=error.error, looked=claim.looked
        )


async def _wait_for_token(
    deps: Deps, claim: OutboxClaim, error: DeliveryError, *, may_be_there: bool
) -> None:
    """Put a message off until the operator has done something, and log once what that is."""
    until = deps.now() + AUTH_WAIT
    if await deps.database.write(_wait_for_operator, claim, until, error.error, may_be_there):
        log.error("posts wait", error=error.error, do=str(error))


def _wait_for_operator(
    session: Session, claim: OutboxClaim, until: datetime, because: str, may_be_there: bool
) -> bool:
    first = deliveries.is_first_to_wait(session, claim.team_id, because)
    if may_be_there:
        deliveries.look_again(session, claim, until=until, because=because, looked=claim.looked)
    else:
        # Nothing is wrong with the message: it waits for its next try no longer than one that was never tried.
        untried = replace(claim, attempts=claim.attempts - 1)
        deliveries.put_off(session, untried, until=until, because=because)
    return first


def _wait(deps: Deps, claim: OutboxClaim, error: DeliveryError) -> timedelta:
    """Return how long to wait after a failure that may pass: doubling, and as long as Slack asked for."""
    doublings = min(max(claim.attempts - 1, 0), 10)
    doubled = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
    spread = doubled * (0.9 + 0.2 * deps.random.random())
    return max(spread, timedelta(seconds=error.retry_after_s or 0))


async def decide_held(deps: Deps, user_id: str, outbox_id: int, *, again: bool) -> bool:
    """Carry out what the owner of a held message says: post it again, or leave it since it is there.

    Returns:
        False when it was decided before, or is not theirs to decide.
    """

    def decide(session: Session, now: datetime) -> bool:
        return deliveries.decide_held(session, outbox_id, user_id, again_at=now if again else None)

    decided = await deps.database.write(decide, deps.now())
    deps.wake.set()
    return decided
