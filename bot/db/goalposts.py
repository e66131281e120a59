"""Goalposts: dated facts that are added and never rewritten."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from bot.db.models import GoalpostRow
from bot.domain.goalpost import Goalpost, GoalpostField, Move


def add_goalposts(
    session: Session, team_id: str, criterion_id: int, moves: Iterable[Move], *, by: str, now: datetime
) -> list[int]:
    """Store which goalposts somebody moved, and return the facts' row ids."""
    rows = [
        GoalpostRow(
            team_id=team_id,
            criterion_id=criterion_id,
            at=now,
            by_user_id=by,
            field=move.field,
            before=move.before,
            after=move.after,
        )
        for move in moves
    ]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows if row.id is not None]


def goalposts_since(
    session: Session, criterion_ids: Collection[int], since: datetime
) -> Mapping[int, list[Goalpost]]:
    """Return the goalposts of some criteria from a moment on, oldest first; criteria without one are left out."""
    found: dict[int, list[Goalpost]] = {}
    rows = session.exec(
        select(GoalpostRow)
        .where(col(GoalpostRow.criterion_id).in_(criterion_ids), col(GoalpostRow.at) >= since)
        .order_by(col(GoalpostRow.at), col(GoalpostRow.id))
    )
    for row in rows:
        found.setdefault(row.criterion_id, []).append(to_goalpost(row))
    return found


def last_goalposts(session: Session, criterion_id: int, *, limit: int) -> list[Goalpost]:
    """Return the last goalposts of a criterion, newest first."""
    rows = session.exec(
        select(GoalpostRow)
        .where(col(GoalpostRow.criterion_id) == criterion_id)
        .order_by(col(GoalpostRow.at).desc(), col(GoalpostRow.id))
        .limit(limit)
    )
    return [to_goalpost(row) for row in rows]


def to_goalpost(row: GoalpostRow) -> Goalpost:
    """Make the domain value of a row."""
    return Goalpost(Move(GoalpostField(row.field), row.before, row.after), at=row.at, by=row.by_user_id)
