"""Iterations of initiatives, and what happened within them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.db.models import CriterionRow, IterationRow, NoteRow, ReadingRow, ShipRow, ShipVoteRow
from bot.domain.iteration import Iteration


def add_iteration(
    session: Session,
    *,
    team_id: str,
    initiative_id: int,
    goal: str,
    starts_on: date,
    ends_on: date,
    by: str,
    now: datetime,
) -> Iteration:
    """Store an iteration and return it."""
    row = IterationRow(
        team_id=team_id,
        initiative_id=initiative_id,
        goal=goal,
        starts_on=starts_on,
        ends_on=ends_on,
        by_user_id=by,
        at=now,
    )
    session.add(row)
    session.flush()
    return to_iteration(row)


def running_row(session: Session, initiative_id: int, *, for_update: bool = False) -> IterationRow | None:
    """Return an initiative's iteration that is not decided yet, or None."""
    found = select(IterationRow).where(
        col(IterationRow.initiative_id) == initiative_id, col(IterationRow.decision_id).is_(None)
    )
    return session.exec(found.with_for_update() if for_update else found).first()


def running_rows(session: Session, initiative_ids: Iterable[int]) -> list[IterationRow]:
    """Return the undecided iterations of some initiatives, the one that ends first first."""
    return list(
        session.exec(
            select(IterationRow)
            .where(
                col(IterationRow.initiative_id).in_(list(initiative_ids)),
                col(IterationRow.decision_id).is_(None),
            )
            .order_by(col(IterationRow.ends_on), col(IterationRow.id))
        )
    )


def last_iterations(session: Session, initiative_id: int, limit: int) -> list[tuple[datetime, Iteration]]:
    """Return an initiative's last iterations with the moments they were started, newest first."""
    rows = session.exec(
        select(IterationRow)
        .where(col(IterationRow.initiative_id) == initiative_id)
        .order_by(col(IterationRow.at).desc(), col(IterationRow.id).desc())
        .limit(limit)
    )
    return [(row.at, to_iteration(row)) for row in rows]


def count_within(session: Session, initiative_id: int, since: datetime) -> tuple[int, int, int]:
    """Return how many ships, taps and notes, and readings an initiative got from a moment (aware UTC) on."""
    ships = session.exec(
        select(func.count())
        .select_from(ShipRow)
        .where(
            col(ShipRow.initiative_id) == initiative_id,
            col(ShipRow.at) >= since,
            col(ShipRow.taken_back_at).is_(None),
        )
    ).one()
    taps = session.exec(
        select(func.count())
        .select_from(ShipVoteRow)
        .join(ShipRow, col(ShipRow.id) == col(ShipVoteRow.ship_id))
        .where(col(ShipRow.initiative_id) == initiative_id, col(ShipVoteRow.at) >= since)
    ).one()
    notes = session.exec(
        select(func.count())
        .select_from(NoteRow)
        .where(col(NoteRow.initiative_id) == initiative_id, col(NoteRow.created_at) >= since)
    ).one()
    readings = session.exec(
        select(func.count())
        .select_from(ReadingRow)
        .join(CriterionRow, col(CriterionRow.id) == col(ReadingRow.criterion_id))
        .where(
            col(CriterionRow.initiative_id) == initiative_id,
            col(ReadingRow.at) >= since,
            col(ReadingRow.struck_at).is_(None),
        )
    ).one()
    return ships, taps + notes, readings


def to_iteration(row: IterationRow) -> Iteration:
    """Make the domain value of a row."""
    assert row.id is not None
    return Iteration(
        id=row.id, goal=row.goal, starts_on=row.starts_on, ends_on=row.ends_on, by=row.by_user_id
    )
