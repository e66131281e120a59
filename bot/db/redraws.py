"""Redraws of posted prompts: which messages are due to be drawn again, and who draws them.

A claim moves `redraw_at` to the end of its lease, so that a crash in between only delays the redraw. Two
redraws of one message can still overtake each other while they wait for Slack's limits; whoever finishes
and finds that `redraw_at` is no longer its own asks for one more, so that the last state wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, update
from sqlalchemy import select as sqlalchemy_select
from sqlmodel import Session, col, select

from bot.db.models import PromptRow

REDRAW_GAP = timedelta(seconds=3)
"""A message is drawn again at most this often."""


@dataclass(frozen=True, slots=True)
class RedrawClaim:
    """The right to draw one prompt's message.

    Attributes:
        prompt_id: Row id.
        lease_until: When others may draw it, aware UTC; the value `redraw_at` has as long as nothing changes.
    """

    prompt_id: int
    lease_until: datetime


def ask_redraw(row: PromptRow, now: datetime) -> None:
    """Make a prompt's message due to be drawn again, at once or 3 s after the last time."""
    earliest = now if row.redrawn_at is None else max(now, row.redrawn_at + REDRAW_GAP)
    row.redraw_at = earliest if row.redraw_at is None else min(row.redraw_at, earliest)


def claim_redraws(
    session: Session, team_id: str, *, now: datetime, limit: int, lease_until: datetime
) -> list[RedrawClaim]:
    """Take up to `limit` posted prompts whose message is due to be drawn again, oldest first."""
    due = and_(
        col(PromptRow.team_id) == team_id, col(PromptRow.redraw_at) <= now, col(PromptRow.ts).is_not(None)
    )
    # A common table expression, since PostgreSQL may run a plain sub-query once for each outer row, and then
    # more rows than the limit were seen to be taken.
    chosen = (
        select(PromptRow.id)
        .where(due)
        .order_by(col(PromptRow.redraw_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    # The outer condition repeats the inner one: see bot/db/polls.py.
    rows = session.execute(
        update(PromptRow)
        .where(due, col(PromptRow.id).in_(sqlalchemy_select(chosen.c.id)))
        .values(redraw_at=lease_until, redrawn_at=now)
        .returning(col(PromptRow.id)),
        execution_options={"synchronize_session": False},
    )
    return [RedrawClaim(prompt_id=row.id, lease_until=lease_until) for row in rows]


def finish_redraw(session: Session, claim: RedrawClaim, now: datetime) -> None:
    """Note that a claimed redraw reached Slack; what changed meanwhile keeps or gets a redraw of its own."""
    row = _locked(session, claim)
    if row is None:
        return
    row.redrawn_at = now
    if row.redraw_at == claim.lease_until:
        row.redraw_at = None
    else:
        ask_redraw(row, now)


def delay_redraw(session: Session, claim: RedrawClaim, until: datetime) -> None:
    """Try a claimed redraw again at a moment; an earlier one that was asked for meanwhile stays."""
    row = _locked(session, claim)
    if row is not None and row.redraw_at == claim.lease_until:
        row.redraw_at = until


def give_up_redraw(session: Session, claim: RedrawClaim) -> None:
    """Stop drawing a message that can't be drawn again."""
    row = _locked(session, claim)
    if row is not None:
        row.redraw_at = None


def _locked(session: Session, claim: RedrawClaim) -> PromptRow | None:
    return session.get(PromptRow, claim.prompt_id, with_for_update=True)
