"""Deliveries: which messages of the outbox are due, who sends them, and what came of it.

Rows to one channel are sent one after the other, in the order they were written: only the oldest unfinished
row of a channel can be claimed, but for those that wait for somebody who is not to be disturbed (`waits_until`). A row
is unfinished while it has a `due_at`. `attempted_at` is set from
before a message is sent until Slack's answer is known; a row claimed with it may be in its channel already.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, update
from sqlmodel import Session, col

from bot.db.models import OutboxRow
from bot.db.outbox import OutboxKind, OutboxState


@dataclass(frozen=True, slots=True)
class OutboxClaim:
    """The right to send one message until the lease ends.

    Attributes:
        outbox_id: Row id.
        team_id: Slack workspace id.
        key: Stands in the message's metadata.
        kind: Which builder makes the message.
        channel_id: Where it goes; a user id means their direct messages.
        facts: What it is made of.
        lease_until: When others may take it, aware UTC.
        lease_token: Proves the claim when the outcome is written.
        attempts: How often it was sent before.
        attempted_at: When the last attempt began by Slack's clock; None when it is known what came of it.
        looked: How often that attempt was looked for in vain.
        tries_token: Whether it finds out if Slack takes the bot's token again.
    """

    outbox_id: int
    team_id: str
    key: str
    kind: OutboxKind
    channel_id: str
    facts: Mapping[str, Any]
    lease_until: datetime
    lease_token: str
    attempts: int = 0
    attempted_at: datetime | None = None
    looked: int = 0
    tries_token: bool = False


def anything_to_send(session: Session, team_id: str, now: datetime) -> bool:
    """Say whether a message could be claimed now; a quiet tick is this look, and no write."""
    return session.execute(_free_heads(team_id, now).limit(1)).first() is not None


def claim_outbox(
    session: Session, team_id: str, *, now: datetime, limit: int, lease_until: datetime, lease_token: str
) -> list[OutboxClaim]:
    """Take up to `limit` due messages, at most one a channel, oldest first, for this worker alone."""
    # In a WITH, because PostgreSQL may run a sub-query of IN once a row, and then takes more than the limit.
    chosen = _free_heads(team_id, now).limit(limit).with_for_update(skip_locked=True).cte("chosen")
    rows = session.execute(
        update(OutboxRow)
        # The outer condition repeats the inner one: see bot/db/polls.py.
        .where(_free(team_id, now), col(OutboxRow.id).in_(select(chosen.c.id)))
        .values(lease_until=lease_until, lease_token=lease_token)
        .returning(
            col(OutboxRow.id),
            col(OutboxRow.team_id),
            col(OutboxRow.key),
            col(OutboxRow.kind),
            col(OutboxRow.channel_id),
            col(OutboxRow.facts),
            col(OutboxRow.attempts),
            col(OutboxRow.attempted_at),
            col(OutboxRow.looked),
        ),
        execution_options={"synchronize_session": False},
    )
    claims = [
        OutboxClaim(
            outbox_id=row.id,
            team_id=row.team_id,
            key=row.key,
            kind=OutboxKind(row.kind),
            channel_id=row.channel_id,
            facts=row.facts,
            lease_until=lease_until,
            lease_token=lease_token,
            attempts=row.attempts,
            attempted_at=row.attempted_at,
            looked=row.looked,
        )
        for row in rows
    ]
    return sorted(claims, key=lambda claim: claim.outbox_id)


def begin_attempt(
    session: Session,
    claim: OutboxClaim,
    *,
    attempted_at: datetime,
    facts: Mapping[str, object],
    lease_until: datetime,
) -> bool:
    """Note that a message is about to be sent, and what the attempt is made of.

    Args:
        session: An open session.
        claim: The claim.
        attempted_at: By Slack's clock, aware UTC.
        facts: The row's facts with what a look for the message will need.
        lease_until: When others may take it, counted from now on; aware UTC.

    Returns:
        False when the claim was lost; the message must not be sent then.
    """
    return _change(
        session,
        claim,
        attempts=claim.attempts + 1,
        attempted_at=attempted_at,
        looked=0,
        facts=dict(facts),
        lease_until=lease_until,
    )


def finish_sent(session: Session, claim: OutboxClaim, *, ts: str, now: datetime) -> bool:
    """Note that Slack has a message; False when the claim was lost."""
    return _change(
        session,
        claim,
        state=OutboxState.SENT,
        sent_at=now,
        ts=ts,
        due_at=None,
        lease_until=None,
        lease_token=None,
    )


def finish_unsent(session: Session, claim: OutboxClaim, state: OutboxState, because: str) -> bool:
    """Note that a message is failed, dropped or held, and why; False when the claim was lost.

    A claim without `attempted_at` says that the message is certainly not in Slack.
    """
    return _change(
        session,
        claim,
        state=state,
        last_error=because,
        attempted_at=claim.attempted_at,
        due_at=None,
        lease_until=None,
        lease_token=None,
    )


def put_off(session: Session, claim: OutboxClaim, *, until: datetime, because: str) -> bool:
    """Make a message due again later, knowing that it was not sent; False when the claim was lost."""
    return _change(
        session,
        claim,
        due_at=until,
        last_error=because,
        attempts=claim.attempts,
        attempted_at=None,
        looked=0,
        lease_until=None,
        lease_token=None,
    )


def let_wait(session: Session, claim: OutboxClaim, *, until: datetime, because: str) -> bool:
    """Keep a message from somebody until they may be asked, behind nobody else; False when the claim was lost.

    It is certainly not in Slack. What is written to them later does not wait for it.
    """
    return _change(
        session,
        claim,
        due_at=until,
        waits_until=until,
        last_error=because,
        attempted_at=None,
        looked=0,
        lease_until=None,
        lease_token=None,
    )


def wait_no_longer(session: Session, team_id: str, user_id: str, now: datetime) -> None:
    """Have it looked at anew whether what is kept from somebody may go out (`let_wait`)."""
    session.execute(
        update(OutboxRow)
        .where(
            col(OutboxRow.team_id) == team_id,
            col(OutboxRow.channel_id) == user_id,
            col(OutboxRow.due_at).is_not(None),
            col(OutboxRow.waits_until) > now,
        )
        .values(due_at=now, waits_until=None),
        execution_options={"synchronize_session": False},
    )


def look_again(session: Session, claim: OutboxClaim, *, until: datetime, because: str, looked: int) -> bool:
    """Make a message that may have been sent due again later; False when the claim was lost."""
    return _change(
        session, claim, due_at=until, last_error=because, looked=looked, lease_until=None, lease_token=None
    )


def give_back(session: Session, claim: OutboxClaim) -> bool:
    """Give a claimed message back; one whose attempt began is looked for by whoever takes it next."""
    return _change(session, claim, lease_until=None, lease_token=None)


def decide_held(session: Session, outbox_id: int, owner_id: str, *, again_at: datetime | None) -> bool:
    """End the wait of a held message.

    Args:
        session: An open session.
        outbox_id: Row id of the message.
        owner_id: Who decides; only whoever was asked may.
        again_at: When it is due again, or None when they found it in the channel.

    Returns:
        False when it is not held any more, or somebody else was asked.
    """
    asked = select(col(OutboxRow.id)).where(
        col(OutboxRow.key).startswith(f"held:{outbox_id}:"), col(OutboxRow.channel_id) == owner_id
    )
    if session.scalars(asked.limit(1)).first() is None:
        return False
    decided = session.execute(
        update(OutboxRow)
        .where(col(OutboxRow.id) == outbox_id, col(OutboxRow.state) == OutboxState.HELD)
        .values(
            state=OutboxState.SENT if again_at is None else OutboxState.PENDING,
            due_at=again_at,
            attempted_at=None,
            looked=0,
        )
        .returning(col(OutboxRow.id)),
        execution_options={"synchronize_session": False},
    )
    return decided.first() is not None


def revive_run(
    session: Session, team_id: str, key_starts: str, *, channel_id: str, dropped_because: str, now: datetime
) -> int:
    """Make what did not go out of a schedule's newest run due again, in a channel, under the same keys.

    One that may be in the channel is looked for before it is sent again.

    Args:
        session: An open session.
        team_id: Slack workspace id.
        key_starts: What the keys of all the schedule's messages begin with.
        channel_id: Where they go now.
        dropped_because: Why messages of that run were dropped that are due again too; others stay dropped.
        now: Aware UTC.

    Returns:
        How many there are.
    """
    of_schedule = and_(
        col(OutboxRow.team_id) == team_id, col(OutboxRow.kind).in_((OutboxKind.PROGRESS, OutboxKind.DIGEST))
    )
    newest = session.scalars(
        select(col(OutboxRow.key))
        .where(of_schedule, col(OutboxRow.key).startswith(key_starts, autoescape=True))
        .order_by(col(OutboxRow.id).desc())
        .limit(1)
    ).first()
    if newest is None:
        return 0
    run = f"{newest.rpartition(':')[0]}:"
    failed = col(OutboxRow.state) == OutboxState.FAILED
    dropped = and_(col(OutboxRow.state) == OutboxState.DROPPED, col(OutboxRow.last_error) == dropped_because)
    same_place = col(OutboxRow.channel_id) == channel_id
    revived = session.execute(
        update(OutboxRow)
        .where(of_schedule, col(OutboxRow.key).startswith(run, autoescape=True), or_(failed, dropped))
        .values(
            state=OutboxState.PENDING,
            channel_id=channel_id,
            due_at=now,
            last_error="",
            looked=0,
            attempted_at=case((same_place, col(OutboxRow.attempted_at)), else_=None),
        )
        .returning(col(OutboxRow.id)),
        execution_options={"synchronize_session": False},
    )
    return len(revived.all())


def has_later(session: Session, claim: OutboxClaim, key_prefix: str, key_suffix: str) -> bool:
    """Say whether a later unfinished message has a key with this beginning and end."""
    keys = session.scalars(
        select(col(OutboxRow.key)).where(
            col(OutboxRow.team_id) == claim.team_id,
            col(OutboxRow.channel_id) == claim.channel_id,
            col(OutboxRow.due_at).is_not(None),
            col(OutboxRow.id) > claim.outbox_id,
        )
    )
    return any(key.startswith(key_prefix) and key.endswith(key_suffix) for key in keys)


def replaced_runs(
    session: Session, claim: OutboxClaim, key_prefix: str, key_suffix: str, because: str
) -> list[Mapping[str, Any]]:
    """Return the facts of the messages with such keys that were dropped for this reason since one went out.

    The newest first: they are what this claim's message stands for.
    """
    rows = session.execute(
        select(col(OutboxRow.facts), col(OutboxRow.state), col(OutboxRow.last_error))
        .where(
            col(OutboxRow.team_id) == claim.team_id,
            col(OutboxRow.channel_id) == claim.channel_id,
            col(OutboxRow.id) < claim.outbox_id,
            col(OutboxRow.key).startswith(key_prefix, autoescape=True),
            col(OutboxRow.key).endswith(key_suffix, autoescape=True),
        )
        .order_by(col(OutboxRow.id).desc())
        .limit(100)
    ).all()
    replaced = itertools.takewhile(
        lambda row: (row.state, row.last_error) == (OutboxState.DROPPED, because), rows
    )
    return [row.facts for row in replaced]


def is_first_to_wait(session: Session, team_id: str, because: str) -> bool:
    """Say whether no unfinished message waits for this reason yet; to be asked before one is put off."""
    pending = and_(col(OutboxRow.team_id) == team_id, col(OutboxRow.due_at).is_not(None))
    # Whoever asks at the same time waits for this transaction, and then sees what it put off.
    session.execute(
        select(col(OutboxRow.id)).where(pending).order_by(col(OutboxRow.id)).limit(1).with_for_update()
    )
    waiting = select(col(OutboxRow.id)).where(pending, col(OutboxRow.last_error) == because)
    return session.scalars(waiting.limit(1)).first() is None


def _free(team_id: str, now: datetime) -> ColumnElement[bool]:
    return and_(
        col(OutboxRow.team_id) == team_id,
        col(OutboxRow.due_at) <= now,
        or_(col(OutboxRow.lease_until).is_(None), col(OutboxRow.lease_until) < now),
    )


def _free_heads(team_id: str, now: datetime) -> Select[int | None]:
    """Select the ids of the rows that are due, free, and the oldest unfinished one of their channel.

    What is kept from somebody who is not to be disturbed keeps nothing else from them.
    """
    heads = (
        select(func.min(col(OutboxRow.id)))
        .where(
            col(OutboxRow.team_id) == team_id,
            col(OutboxRow.due_at).is_not(None),
            or_(col(OutboxRow.waits_until).is_(None), col(OutboxRow.waits_until) <= now),
        )
        .group_by(col(OutboxRow.channel_id))
    )
    return (
        select(col(OutboxRow.id))
        .where(_free(team_id, now), col(OutboxRow.id).in_(heads))
        .order_by(col(OutboxRow.due_at), col(OutboxRow.id))
    )


def _change(session: Session, claim: OutboxClaim, **values: object) -> bool:
    changed = session.execute(
        update(OutboxRow)
        .where(col(OutboxRow.id) == claim.outbox_id, col(OutboxRow.lease_token) == claim.lease_token)
        .values(**values)
        .returning(col(OutboxRow.id)),
        execution_options={"synchronize_session": False},
    )
    return changed.first() is not None
