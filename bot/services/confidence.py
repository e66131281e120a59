"""Confidence: what people said of criteria lately."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from bot.db.checkins import checked_in_since, last_check_ins
from bot.domain.checkin import FRESH, Confidence


def confidence_of(session: Session, names: Mapping[int, str], now: datetime) -> tuple[Confidence, ...]:
    """Return how confident people are in criteria, the least confident first; old check-ins are left out.

    Args:
        session: An open session.
        names: Row id of each → its name.
        now: Aware UTC.
    """
    given = []
    for criterion_id in checked_in_since(session, names, now - FRESH):
        last, *before = last_check_ins(session, criterion_id, 2)
        given.append(
            Confidence(criterion_id, names[criterion_id], last, before[0].confidence if before else None)
        )
    return tuple(sorted(given, key=lambda each: (each.last.confidence, each.criterion_id)))
