"""Leases left behind by a process that was killed."""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import Session, col

from bot.db.models import CriterionRow, DraftRow, OutboxRow


def release_all_leases(session: Session) -> None:
    """Make everything that was claimed due again at once.

    Only right while nobody else works on the database: on SQLite, under the lock of `bot.db.lock`. A message
    whose sending had begun is read back before it is sent again, as after any unclear answer.
    """
    for table in (CriterionRow, DraftRow, OutboxRow):
        session.execute(
            update(table)
            .where(col(table.lease_token).is_not(None))
            .values(lease_until=None, lease_token=None)
        )
