"""Check-ins: added, never rewritten."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from bot.db.models import CheckInRow
from bot.domain.checkin import CheckIn


def add_check_in(session: Session, team_id: str, criterion_id: int, check_in: CheckIn) -> None:
    """Store a check-in on a criterion."""
    session.add(
        CheckInRow(
            team_id=team_id,
            criterion_id=criterion_id,
            at=check_in.at,
            by_user_id=check_in.by,
            confidence=check_in.confidence,
            sentence=check_in.sentence,
        )
    )


def last_check_ins(session: Session, criterion_id: int, limit: int) -> list[CheckIn]:
    """Return a criterion's last check-ins, newest first."""
    rows = session.exec(
        select(CheckInRow)
        .where(col(CheckInRow.criterion_id) == criterion_id)
        .order_by(col(CheckInRow.at).desc(), col(CheckInRow.id).desc())
        .limit(limit)
    )
    return [_to_check_in(row) for row in rows]


def checked_in_since(session: Session, criterion_ids: Collection[int], since: datetime) -> list[int]:
    """Return which of some criteria have a check-in after a moment (aware UTC), each once."""
    if not criterion_ids:
        return []
    rows = session.exec(
        select(CheckInRow.criterion_id)
        .where(col(CheckInRow.criterion_id).in_(criterion_ids), col(CheckInRow.at) > since)
        .distinct()
    )
    return list(rows)


def _to_check_in(row: CheckInRow) -> CheckIn:
    return CheckIn(at=row.at, by=row.by_user_id, confidence=row.confidence, sentence=row.sentence)
