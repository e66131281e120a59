"""People: what is known of Slack users."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from bot.db.models import PersonRow
from bot.domain.actor import Person


def find_person(session: Session, team_id: str, user_id: str) -> Person | None:
    """Return what is stored of a person, or None when Slack was never asked."""
    row = session.get(PersonRow, (team_id, user_id))
    if row is None:
        return None
    return Person(
        team_id=row.team_id,
        user_id=row.user_id,
        name=row.name,
        zone=row.zone,
        is_admin=row.is_admin,
        is_deleted=row.is_deleted,
    )


def save_person(session: Session, person: Person, now: datetime) -> None:
    """Store what Slack said of a person, over what was known before."""
    session.merge(
        PersonRow(
            team_id=person.team_id,
            user_id=person.user_id,
            name=person.name,
            zone=person.zone,
            is_admin=person.is_admin,
            is_deleted=person.is_deleted,
            checked_at=now,
        )
    )
