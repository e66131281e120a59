"""What has happened in the demo so far, as its database tells it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.db.models import CriterionRow, NoteRow, PromptRow, StatusChangeRow
from bot.db.schedules import next_schedule
from bot.demo.week import QUESTION
from bot.domain.post_schedule import Schedule
from bot.domain.prompt import PromptState


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands in the database.

    Attributes:
        criteria: Row ids.
        changed: Row ids of criteria whose status has changed at least once.
        notes: How many there are.
        is_prompt_closed: Whether the anonymous prompt has its five answers.
        schedule: The one that posts next, or None.
    """

    criteria: frozenset[int] = frozenset()
    changed: frozenset[int] = frozenset()
    notes: int = 0
    is_prompt_closed: bool = False
    schedule: Schedule | None = None


def read_facts(session: Session, team_id: str) -> Facts:
    """Return what stands in the database now."""
    criteria = session.exec(select(CriterionRow.id).where(col(CriterionRow.team_id) == team_id))
    changed = session.exec(
        select(StatusChangeRow.criterion_id).where(col(StatusChangeRow.team_id) == team_id).distinct()
    )
    asked = select(PromptRow.state).where(
        col(PromptRow.team_id) == team_id, col(PromptRow.question) == QUESTION
    )
    return Facts(
        criteria=frozenset(row_id for row_id in criteria if row_id is not None),
        changed=frozenset(changed),
        notes=session.exec(select(func.count()).where(col(NoteRow.team_id) == team_id)).one(),
        is_prompt_closed=session.exec(asked).first() == PromptState.CLOSED,
        schedule=next_schedule(session, team_id),
    )
