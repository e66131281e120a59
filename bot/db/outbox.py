"""The outbox: messages to be posted exactly once, written together with the fact that causes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from bot.db.models import OutboxRow


class OutboxKind(StrEnum):
    """What a row is turned into when it is sent; jobs/notify.py has one builder for each."""

    PROGRESS = (
        "progress"  # facts: initiative_id, schedule_id or None, planned_at (ISO, UTC), by (who asked) or None
    )
    PROGRESS_MORE = "progress_more"  # facts: initiative_id, thread_ts, criterion_ids; what did not fit
    DIGEST = "digest"  # facts: schedule_id, planned_at (ISO, UTC), missed, since (ISO, UTC, or None)
    DIGEST_MORE = (
        "digest_more"  # facts: schedule_id, thread_ts, initiative_ids, since; details, for its thread
    )
    STATUS_REPLY = "status_reply"  # facts: status_change_id
    OUTAGE = "outage"  # facts: outage_id; sources that broke together
    OUTAGE_OVER = "outage_over"  # facts: outage_id
    GOALPOST = "goalpost"  # facts: criterion_id, goalpost_ids; what one edit moved, for the thread
    STRIKE = "strike"  # facts: reading_id, by, reason (empty: it was restored); for the thread
    PROMPT = "prompt"  # facts: prompt_id
    SERIES_PAUSED = "series_paused"  # facts: series_id, because; to the direct messages of whoever asks it
    SERIES_PASSED = (
        "series_passed"  # facts: series_id, who (left); to the direct messages of whoever asks it now
    )
    PROMPT_ASKED = "prompt_asked"  # facts: prompt_ids; to the direct messages of whoever is asked
    PROMPT_RESULTS = "prompt_results"  # facts: prompt_id; what came of a prompt, for its channel
    SHIP = "ship"  # facts: ship_id
    DECISION_DUE = "decision_due"  # facts: line_id
    DECISION = "decision"  # facts: decision_id; for the thread
    FOLLOW_UP = "follow_up"  # facts: follow_up_id, by (who asks) or None; to the owner's direct messages
    VERDICT_ASKED = "verdict_asked"  # facts: criterion_id; to the owner's direct messages
    VALUE_DUE = (
        "value_due"  # facts: criterion_id, value_at (ISO, UTC, or None); to the owner's direct messages
    )
    CHECK_INS_DUE = "check_ins_due"  # facts: criterion_ids; to the owner's direct messages
    NUDGE = "nudge"  # facts: criterion_id, criterion_ids, share, by; to the owner's direct messages
    NUDGE_REPLY = "nudge_reply"  # facts: as NUDGE; for the thread
    SCHEDULE_PAUSED = (
        "schedule_paused"  # facts: schedule_id, because, refused; to the owner's direct messages
    )
    OWNER_LEFT = "owner_left"  # facts: initiative_id, who (left); asks its home channel who takes it over
    # facts: who (left), initiative_id or None, criterion_ids, schedule_ids, follow_up_ids; to the heir
    HANDED_OVER = "handed_over"
    CALENDAR_FAILED = "calendar_failed"  # facts: link_id; to the direct messages of whoever gave it
    NOTE_MOVED = "note_moved"  # facts: note_id, to, reason, by; to the direct messages of whoever gave it
    HELD = "held"  # facts: outbox_id, channel_id; to the owner's direct messages
    NOT_POSTED = "not_posted"  # facts: outbox_id, channel_id, because; to the owner's direct messages


class OutboxState(StrEnum):
    """What became of a message."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"  # Slack refused it for good
    DROPPED = "dropped"  # there was no reason left to post it
    HELD = "held"  # it may have been posted and can't be looked for; a person decides


def add_to_outbox(
    session: Session,
    *,
    team_id: str,
    key: str,
    kind: OutboxKind,
    channel_id: str,
    facts: Mapping[str, object],
    now: datetime,
) -> bool:
    """Add a message under a unique key, due now.

    Args:
        session: The session of the unit of work that also writes the cause.
        team_id: Slack workspace id.
        key: Unique; also goes into the message's metadata.
        kind: Which builder makes the message.
        channel_id: Where it goes; a user id means their direct messages.
        facts: JSON object of row ids the message is built from when it is sent.
        now: Aware UTC.

    Returns:
        False when the key is there already (the same cause was handled before); nothing changes then.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    result = session.execute(
        insert(OutboxRow)
        .values(
            team_id=team_id,
            key=key,
            kind=kind.value,
            channel_id=channel_id,
            facts=dict(facts),
            state=OutboxState.PENDING.value,
            created_at=now,
            due_at=now,
            attempts=0,
            looked=0,
            last_error="",
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(col(OutboxRow.id))
    )
    return result.first() is not None


def last_added(session: Session, key_starts: str, key_ends: str) -> datetime | None:
    """Return when the newest message whose key begins and ends so was added, aware UTC; dropped ones don't count."""
    return session.exec(
        select(OutboxRow.created_at)
        .where(
            col(OutboxRow.key).startswith(key_starts, autoescape=True),
            col(OutboxRow.key).endswith(key_ends, autoescape=True),
            col(OutboxRow.state) != OutboxState.DROPPED,
        )
        .order_by(col(OutboxRow.id).desc())
        .limit(1)
    ).first()
