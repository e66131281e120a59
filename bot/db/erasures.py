"""Erasures: closed anonymous prompts whose key's bytes may still lie in the database's files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, update
from sqlmodel import Session, col, select

from bot.db.models import PromptRow


def claim_erasures(session: Session, team_id: str, *, now: datetime, lease_until: datetime) -> list[int]:
    """Take every closed prompt whose key is due to be erased; a lost claim comes back at `lease_until`."""
    due = and_(col(PromptRow.team_id) == team_id, col(PromptRow.erase_at) <= now)
    chosen = select(PromptRow.id).where(due).with_for_update(skip_locked=True)
    rows = session.execute(
        update(PromptRow)
        .where(due, col(PromptRow.id).in_(chosen))
        .values(erase_at=lease_until)
        .returning(col(PromptRow.id)),
        execution_options={"synchronize_session": False},
    )
    return [row.id for row in rows]


def finish_erasures(session: Session, prompt_ids: Sequence[int]) -> None:
    """Note that nothing of these prompts' keys is left in the database's files."""
    session.execute(
        update(PromptRow).where(col(PromptRow.id).in_(prompt_ids)).values(erase_at=None, key_erased=True),
        execution_options={"synchronize_session": False},
    )


def delay_erasures(session: Session, prompt_ids: Sequence[int], until: datetime) -> None:
    """Try again at a moment."""
    session.execute(
        update(PromptRow).where(col(PromptRow.id).in_(prompt_ids)).values(erase_at=until),
        execution_options={"synchronize_session": False},
    )
