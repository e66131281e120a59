"""Overview: what the person who runs Loopmark sees of all of it, whoever may see it in Slack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func
from sqlmodel import Session, col, select

from bot.db.criteria import Found, criteria_of
from bot.db.initiatives import initiatives_by_ids
from bot.db.models import InitiativeRow, OutboxRow
from bot.db.outbox import OutboxState
from bot.domain.initiative import InitiativeState


def all_criteria(session: Session) -> list[Found]:
    """Return every criterion of the open initiatives, archived ones left out, by workspace and age."""
    ids: dict[str, list[int]] = {}
    rows = session.exec(
        select(InitiativeRow.team_id, InitiativeRow.id)
        .where(col(InitiativeRow.state) == InitiativeState.OPEN)
        .order_by(col(InitiativeRow.team_id), col(InitiativeRow.id))
    )
    for team_id, initiative_id in rows:
        assert initiative_id is not None
        ids.setdefault(team_id, []).append(initiative_id)
    return [
        found
        for team_id, wanted in ids.items()
        for initiative in initiatives_by_ids(session, team_id, wanted)
        for found in criteria_of(session, initiative)
    ]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What stands in the outbox.

    Attributes:
        pending: Messages not sent yet.
        since: When the longest waiting of them was written, aware UTC, or None when none waits. Its `due_at` moves
            on with every attempt.
        last_error: What the last attempt at it said, or empty.
        held: Messages that may have been posted and can't be looked for.
    """

    pending: int
    since: datetime | None
    last_error: str
    held: int


def waiting_messages(session: Session, now: datetime) -> Waiting:
    """Return what waits to be posted, in all workspaces, but for what waits until somebody may be disturbed."""
    kept = and_(col(OutboxRow.waits_until).is_not(None), col(OutboxRow.waits_until) > now)
    pending = session.exec(
        select(func.count()).select_from(OutboxRow).where(col(OutboxRow.state) == OutboxState.PENDING, ~kept)
    ).one()
    held = session.exec(
        select(func.count()).select_from(OutboxRow).where(col(OutboxRow.state) == OutboxState.HELD)
    ).one()
    oldest = session.exec(
        select(OutboxRow)
        .where(col(OutboxRow.state) == OutboxState.PENDING, col(OutboxRow.due_at).is_not(None), ~kept)
        .order_by(col(OutboxRow.created_at), col(OutboxRow.id))
        .limit(1)
    ).first()
    return Waiting(
        pending=pending,
        since=oldest.created_at if oldest else None,
        last_error=oldest.last_error if oldest else "",
        held=held,
    )
