"""Decisions: added, never rewritten; and the lines that say beforehand what they will be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from bot.db.models import DecisionLineRow, DecisionRow
from bot.domain.decision import Decision, DecisionKind


def add_decision(
    session: Session,
    *,
    team_id: str,
    initiative_id: int,
    kind: DecisionKind,
    reason: str,
    against: bool,
    by: str,
    now: datetime,
) -> Decision:
    """Store a decision and return it."""
    row = DecisionRow(
        team_id=team_id,
        initiative_id=initiative_id,
        kind=kind.value,
        reason=reason,
        against=against,
        by_user_id=by,
        at=now,
    )
    session.add(row)
    session.flush()
    return to_decision(row)


def last_decision(session: Session, initiative_id: int) -> Decision | None:
    """Return the last decision on an initiative, or None."""
    row = session.exec(
        select(DecisionRow)
        .where(col(DecisionRow.initiative_id) == initiative_id)
        .order_by(col(DecisionRow.at).desc(), col(DecisionRow.id).desc())
        .limit(1)
    ).first()
    return to_decision(row) if row else None


def decisions_since(session: Session, initiative_id: int, since: datetime) -> list[Decision]:
    """Return the decisions on an initiative from a moment (aware UTC) on, oldest first."""
    rows = session.exec(
        select(DecisionRow)
        .where(col(DecisionRow.initiative_id) == initiative_id, col(DecisionRow.at) >= since)
        .order_by(col(DecisionRow.at), col(DecisionRow.id))
    )
    return [to_decision(row) for row in rows]


def open_line_row(
    session: Session, initiative_id: int, *, for_update: bool = False
) -> DecisionLineRow | None:
    """Return an initiative's decision line that is not decided yet, or None."""
    found = select(DecisionLineRow).where(
        col(DecisionLineRow.initiative_id) == initiative_id, col(DecisionLineRow.decision_id).is_(None)
    )
    return session.exec(found.with_for_update() if for_update else found).first()


def open_line_rows(session: Session, initiative_ids: Iterable[int]) -> list[DecisionLineRow]:
    """Return the undecided lines of some initiatives, the earliest day first."""
    return list(
        session.exec(
            select(DecisionLineRow)
            .where(
                col(DecisionLineRow.initiative_id).in_(list(initiative_ids)),
                col(DecisionLineRow.decision_id).is_(None),
            )
            .order_by(col(DecisionLineRow.decide_by), col(DecisionLineRow.id))
        )
    )


def to_decision(row: DecisionRow) -> Decision:
    """Make the domain value of a row."""
    assert row.id is not None
    return Decision(
        id=row.id,
        kind=DecisionKind(row.kind),
        reason=row.reason,
        at=row.at,
        by=row.by_user_id,
        against=row.against,
    )
