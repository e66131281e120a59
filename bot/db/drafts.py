"""Drafts: what a person typed and has not saved yet."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, update
from sqlalchemy import select as sqlalchemy_select
from sqlmodel import Session, col, delete, select

from bot.db.models import DraftRow
from bot.domain.actor import Actor

KEPT_FOR = timedelta(hours=24)


def add_draft(
    session: Session,
    actor: Actor,
    kind: str,
    form: Mapping[str, Any],
    now: datetime,
    *,
    state: str = "kept",
    view_id: str | None = None,
    response_url: str | None = None,
    due_at: datetime | None = None,
) -> str:
    """Keep what was typed for a day and return the draft's unguessable id."""
    draft_id = secrets.token_urlsafe(18)
    session.add(
        DraftRow(
            id=draft_id,
            team_id=actor.team_id,
            user_id=actor.user_id,
            channel_id=actor.channel_id,
            kind=kind,
            form=dict(form),
            state=state,
            view_id=view_id,
            response_url=response_url,
            created_at=now,
            expires_at=now + KEPT_FOR,
            due_at=due_at,
        )
    )
    return draft_id


def find_draft(session: Session, actor: Actor, draft_id: str, now: datetime) -> DraftRow | None:
    """Return a person's own draft, or None when it is somebody else's, used up or older than a day."""
    row = session.get(DraftRow, draft_id)
    if row is None or (row.team_id, row.user_id) != (actor.team_id, actor.user_id) or row.expires_at <= now:
        return None
    return row


def delete_expired_drafts(session: Session, now: datetime) -> int:
    """Forget drafts older than a day and return how many there were."""
    result = session.exec(delete(DraftRow).where(col(DraftRow.expires_at) <= now))
    return int(result.rowcount)


def claim_drafts(
    session: Session,
    team_id: str,
    *,
    state: str,
    now: datetime,
    limit: int,
    lease_until: datetime,
    lease_token: str,
) -> list[str]:
    """Take up to `limit` drafts in a state that are due, for this worker alone, and return their ids.

    As for criteria (bot/db/polls.py) the outer condition repeats the inner one, a common table expression.
    """
    free = and_(
        col(DraftRow.team_id) == team_id,
        col(DraftRow.state) == state,
        col(DraftRow.due_at) <= now,
        or_(col(DraftRow.lease_until).is_(None), col(DraftRow.lease_until) < now),
    )
    chosen = (
        select(DraftRow.id)
        .where(free)
        .order_by(col(DraftRow.due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    rows = session.execute(
        update(DraftRow)
        .where(free, col(DraftRow.id).in_(sqlalchemy_select(chosen.c.id)))
        .values(lease_until=lease_until, lease_token=lease_token)
        .returning(col(DraftRow.id)),
        execution_options={"synchronize_session": False},
    )
    return [row.id for row in rows]


def release_drafts(session: Session, lease_token: str) -> None:
    """Give claimed drafts back; they are due as before."""
    session.execute(
        update(DraftRow)
        .where(col(DraftRow.lease_token) == lease_token)
        .values(lease_until=None, lease_token=None)
    )


def draft_due(session: Session, team_id: str, state: str, now: datetime) -> bool:
    """Say whether a draft in a state is due."""
    due = select(DraftRow.id).where(
        col(DraftRow.team_id) == team_id, col(DraftRow.state) == state, col(DraftRow.due_at) <= now
    )
    return session.exec(due.limit(1)).first() is not None
