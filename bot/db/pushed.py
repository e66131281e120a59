"""Requests that pushed readings, remembered under their Idempotency-Key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete

from bot.db.models import PushedRow

REMEMBERED_FOR = timedelta(days=2)
"""A program that repeats a request does so within minutes; two days outlast a weekend's outage of a pipeline."""


def find_pushed(session: Session, criterion_id: int, key: str) -> PushedRow | None:
    """Return the request that came with a key before, or None."""
    return session.get(PushedRow, (criterion_id, key))


def add_pushed(
    session: Session,
    *,
    team_id: str,
    criterion_id: int,
    key: str,
    digest: str,
    answered: Mapping[str, Any],
    now: datetime,
) -> None:
    """Remember a request and what it was answered, in the transaction that stores its readings."""
    session.add(
        PushedRow(
            criterion_id=criterion_id, key=key, team_id=team_id, digest=digest, answered=answered, at=now
        )
    )


def forget_old_pushed(session: Session, now: datetime) -> None:
    """Forget requests that are no longer repeated."""
    session.exec(delete(PushedRow).where(col(PushedRow.at) < now - REMEMBERED_FOR))
