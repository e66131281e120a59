"""Redraws: which messages are due to be drawn again, and who draws them.

A claim moves `redraw_at` to the end of its lease, so that a crash in between only delays the redraw. Two
redraws of one message can still overtake each other while they wait for Slack's limits; whoever finishes
and finds that `redraw_at` is no longer its own asks for one more, so that the last state wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, select, tuple_, update
from sqlmodel import Session

from bot.db.models import DecisionLineRow, HomeRow, OutageRow, PostRow, PromptRow, ShipRow, Table

Drawn = PromptRow | PostRow | OutageRow | ShipRow | DecisionLineRow | HomeRow
"""The tables of what is drawn again, with `redraw_at` and `redrawn_at`; messages have a `ts` as well."""

REDRAW_GAP = timedelta(seconds=3)
"""A message is drawn again at most this often."""


@dataclass(frozen=True, slots=True)
class RedrawClaim:
    """The right to draw one message.

    Attributes:
        table: What kind of message.
        key: Its row's key, in the order of the table's columns.
        lease_until: When others may draw it, aware UTC; the value `redraw_at` has as long as nothing changes.
    """

    table: type[Drawn]
    key: tuple[Any, ...]
    lease_until: datetime


def ask_redraw(row: Drawn, now: datetime) -> None:
    """Make a message due to be drawn again, at once or 3 s after the last time."""
    earliest = now if row.redrawn_at is None else max(now, row.redrawn_at + REDRAW_GAP)
    row.redraw_at = earliest if row.redraw_at is None else min(row.redraw_at, earliest)


def anything_to_redraw(session: Session, of: type[Drawn], team_id: str, now: datetime) -> bool:
    """Say whether a message of a kind is due to be drawn again; one look at an index, and no write."""
    table = Table.metadata.tables[str(of.__tablename__)]
    posted = [table.c.ts.is_not(None)] if "ts" in table.c else []
    due = select(table.c.redraw_at).where(table.c.team_id == team_id, table.c.redraw_at <= now, *posted)
    return session.execute(due.limit(1)).first() is not None


def claim_redraws(
    session: Session, of: type[Drawn], team_id: str, *, now: datetime, limit: int, lease_until: datetime
) -> list[RedrawClaim]:
    """Take up to `limit` posted messages of a kind that are due to be drawn again, oldest first."""
    table = Table.metadata.tables[str(of.__tablename__)]
    key = tuple(table.primary_key.columns)
    posted = [table.c.ts.is_not(None)] if "ts" in table.c else []
    due = and_(table.c.team_id == team_id, table.c.redraw_at <= now, *posted)
    # A common table expression, since PostgreSQL may run a plain sub-query once for each outer row, and then
    # more rows than the limit were seen to be taken.
    chosen = (
        select(*key)
        .where(due)
        .order_by(table.c.redraw_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    # The outer condition repeats the inner one: see bot/db/polls.py.
    rows = session.execute(
        update(table)
        .where(due, tuple_(*key).in_(select(*chosen.c)))
        .values(redraw_at=lease_until, redrawn_at=now)
        .returning(*key)
    )
    return [RedrawClaim(of, tuple(row), lease_until) for row in rows]


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


def _locked(session: Session, claim: RedrawClaim) -> Drawn | None:
    row = session.get(claim.table, claim.key, with_for_update=True)
    assert row is None or isinstance(row, Drawn)
    return row
