"""Outcomes: what follows, in the same transaction, from a message being posted, refused or held."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from sqlmodel import Session

from bot.db.criteria import Found, criterion_by_id
from bot.db.deliveries import OutboxClaim, finish_sent, finish_unsent
from bot.db.models import OutboxRow
from bot.db.outages import save_outage_message
from bot.db.outbox import OutboxKind, OutboxState, add_to_outbox
from bot.db.posts import save_last_post
from bot.db.prompts import find_prompt_row
from bot.db.schedules import find_schedule
from bot.db.series import find_series
from bot.db.ships import mark_ship_posted
from bot.deps import Posted
from bot.domain.decision import ToldDecision
from bot.domain.goalpost import MovedGoalposts
from bot.domain.post import StatusChange
from bot.domain.series import Series
from bot.domain.strike import ToldStrike
from bot.services.deciding import told_decision
from bot.services.decision_lines import mark_card_posted
from bot.services.due_posts import pause_and_tell
from bot.services.prompts import mark_posted
from bot.services.subjects import moved_goalposts, owner_of, status_change, told_outage, told_strike
from bot.services.waves import pause_and_tell as pause_series_and_tell

REST_OF: Final = {
    OutboxKind.PROGRESS: (OutboxKind.PROGRESS_MORE, "criterion_ids"),
    OutboxKind.PROGRESS_MORE: (OutboxKind.PROGRESS_MORE, "criterion_ids"),
    OutboxKind.DIGEST: (OutboxKind.DIGEST_MORE, "initiative_ids"),
    OutboxKind.DIGEST_MORE: (OutboxKind.DIGEST_MORE, "initiative_ids"),
}
"""What follows in the thread when not all fitted, and which fact names what is left."""

REPLIED_TO: Final[
    Mapping[
        OutboxKind,
        Callable[[Session, OutboxClaim], StatusChange | MovedGoalposts | ToldStrike | ToldDecision | Found],
    ]
] = {
    OutboxKind.STATUS_REPLY: status_change,
    OutboxKind.GOALPOST: moved_goalposts,
    OutboxKind.STRIKE: told_strike,
    OutboxKind.NUDGE_REPLY: lambda session, claim: criterion_by_id(
        session, claim.team_id, claim.facts["criterion_id"]
    ),
    OutboxKind.DECISION: lambda session, claim: told_decision(
        session, claim.team_id, claim.facts["decision_id"]
    ),
}
"""What goes to the thread of an initiative's latest post, and how it is read."""


def record_sent(session: Session, claim: OutboxClaim, posted: Posted, now: datetime) -> bool:
    """Write that a message is in Slack, and what follows from it; False when the claim was lost."""
    if not finish_sent(session, claim, ts=posted.ts, now=now):
        return False
    if claim.kind is OutboxKind.PROGRESS:
        _remember_post(session, claim, claim.facts["initiative_id"], posted.ts, now, is_post=True)
    if claim.kind in REST_OF:
        _send_the_rest(session, claim, claim.facts["thread_ts"] or posted.ts, now)
    elif claim.kind in REPLIED_TO and posted.thread_ts is None:
        # There was no post yet, or it is gone: the next replies go under this one.
        told = REPLIED_TO[claim.kind](session, claim)
        _remember_post(session, claim, told.initiative.id, posted.ts, now, is_post=False)
    elif claim.kind is OutboxKind.OUTAGE:
        outage_id = claim.facts["outage_id"]
        save_outage_message(session, outage_id, posted.ts, posted.thread_ts or posted.ts)
        initiative = told_outage(session, outage_id).initiative
        if initiative is not None and posted.thread_ts is None:
            _remember_post(session, claim, initiative.id, posted.ts, now, is_post=False)
    elif claim.kind is OutboxKind.PROMPT:
        mark_posted(session, claim.facts["prompt_id"], posted.channel_id, posted.ts)
    elif claim.kind is OutboxKind.DECISION_DUE:
        mark_card_posted(session, claim.facts["line_id"], posted.ts, now)
    elif claim.kind is OutboxKind.SHIP:
        mark_ship_posted(session, claim.facts["ship_id"], posted.ts, now)
    return True


def _remember_post(
    session: Session, claim: OutboxClaim, initiative_id: int, ts: str, now: datetime, *, is_post: bool
) -> None:
    save_last_post(
        session,
        team_id=claim.team_id,
        initiative_id=initiative_id,
        channel_id=claim.channel_id,
        ts=ts,
        now=now,
        is_post=is_post,
        # Written by an older Loopmark, or a reply: it says nothing of its lateness.
        late_s=claim.facts.get("said_late_s", 0) if is_post else 0,
        missed=claim.facts.get("said_missed", "") if is_post else "",
    )


def _send_the_rest(session: Session, claim: OutboxClaim, thread_ts: str, now: datetime) -> None:
    left = claim.facts.get("left")
    if left:
        kind, ids = REST_OF[claim.kind]
        add_to_outbox(
            session,
            team_id=claim.team_id,
            key=f"{claim.key}:more",
            kind=kind,
            channel_id=claim.channel_id,
            facts={**claim.facts, "thread_ts": thread_ts, ids: left},
            now=now,
        )


def fail_for_good(session: Session, claim: OutboxClaim, because: str, now: datetime) -> bool:
    """Write that Slack will not take a message; False when the claim was lost.

    A scheduled post pauses its schedule, a wave its series, and whoever set it up is told once. For other posts to a
    channel the owner is told, at most once a day for the same channel and reason.
    """
    if not finish_unsent(session, claim, OutboxState.FAILED, because):
        return False
    scheduled = claim.kind in (OutboxKind.PROGRESS, OutboxKind.DIGEST)
    if scheduled and claim.facts["schedule_id"] is not None:
        schedule = find_schedule(session, claim.team_id, claim.facts["schedule_id"])
        if schedule is not None:
            pause_and_tell(session, claim.team_id, schedule, because, now, refused=True)
        return True
    row = session.get_one(OutboxRow, claim.outbox_id)
    if claim.kind is OutboxKind.PROMPT and (series := _series_of(session, row)) is not None:
        pause_series_and_tell(session, series, because, now)
        return True
    owner_id = owner_of(session, row)
    if owner_id is not None:
        add_to_outbox(
            session,
            team_id=claim.team_id,
            key=f"not_posted:{claim.channel_id}:{owner_id}:{now.astimezone(UTC).date()}:{because[:100]}",
            kind=OutboxKind.NOT_POSTED,
            channel_id=owner_id,
            facts={"outbox_id": claim.outbox_id, "channel_id": claim.channel_id, "because": because},
            now=now,
        )
    return True


def _series_of(session: Session, row: OutboxRow) -> Series | None:
    """Return the series a refused prompt is a wave of, if it is one."""
    prompt = find_prompt_row(session, row.facts["prompt_id"])
    if prompt is None or prompt.series_id is None:
        return None
    return find_series(session, row.team_id, prompt.series_id)


def hold(session: Session, claim: OutboxClaim, because: str, now: datetime) -> bool:
    """Write that nobody knows whether a message was posted, and ask its owner; False when the claim was lost.

    A direct message is not sent again and nobody is asked: the question would go the same way.
    """
    if not finish_unsent(session, claim, OutboxState.HELD, because):
        return False
    owner_id = owner_of(session, session.get_one(OutboxRow, claim.outbox_id))
    if owner_id is not None:
        add_to_outbox(
            session,
            team_id=claim.team_id,
            key=f"held:{claim.outbox_id}:{claim.attempts}",
            kind=OutboxKind.HELD,
            channel_id=owner_id,
            facts={"outbox_id": claim.outbox_id, "channel_id": claim.channel_id},
            now=now,
        )
    return True
