"""Numbers people type: `#3` for schedules, `#12` for prompts, counted per workspace."""

from __future__ import annotations

from typing import Literal

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from bot.db.models import CounterRow


def next_number(session: Session, team_id: str, what: Literal["schedule", "prompt"]) -> int:
    """Return the next number, never given out before; two at the same time get different ones."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(CounterRow).values(team_id=team_id, what=what, last=1)
    statement = statement.on_conflict_do_update(
        index_elements=["team_id", "what"],
        set_={"last": CounterRow.__table__.c.last + 1},  # type: ignore[attr-defined]  # set by SQLModel
    )
    number = session.execute(statement.returning(CounterRow.__table__.c.last)).scalar_one()  # type: ignore[attr-defined]  # set by SQLModel
    return int(number)
