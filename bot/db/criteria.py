"""Criteria: rows as domain values, and who sees which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select

from bot.db.initiatives import visible_initiatives
from bot.db.models import CriterionRow
from bot.domain.actor import Actor
from bot.domain.criterion import (
    Condition,
    Criterion,
    CriterionState,
    Direction,
    Health,
    Kind,
    SourceKind,
    SourceSpec,
)
from bot.domain.initiative import Initiative


@dataclass(frozen=True, slots=True)
class Found:
    """A criterion with the initiative it belongs to and the row that holds its status.

    Attributes:
        row: The stored row, detached; its status columns are what the last judging wrote.
        initiative: Its initiative.
    """

    row: CriterionRow
    initiative: Initiative

    @property
    def criterion(self) -> Criterion:
        """The domain value."""
        return to_criterion(self.row, self.initiative)


def to_criterion(row: CriterionRow, initiative: Initiative) -> Criterion:
    """Make the domain value of a row."""
    assert row.id is not None
    return Criterion(
        id=row.id,
        initiative_id=row.initiative_id,
        name=row.name,
        kind=Kind(row.kind),
        condition=Condition(
            direction=Direction(row.direction),
            target=row.target,
            target_high=row.target_high,
            typed=row.operator_typed,
        ),
        baseline=row.baseline,
        baseline_typed=row.baseline_typed,
        unit=row.unit,
        due_on=row.due_on,
        owner_id=row.owner_id,
        source=SourceSpec(kind=SourceKind(row.source_kind), url=row.source_url, path=row.source_path),
        every=timedelta(seconds=row.longest_gap_s),
        readings_needed=row.readings_needed,
        state=CriterionState(row.state),
        created_at=row.created_at,
        starts_on=initiative.starts_on,
        zone=initiative.zone,
    )


def to_health(row: CriterionRow) -> Health:
    """Make the domain value of how reading the source has gone lately."""
    return Health(failures=row.failures, failing_since=row.failing_since, last_failure=row.last_failure)


def visible_criteria(
    session: Session, actor: Actor, *, name_key: str | None = None, initiative_id: int | None = None
) -> list[Found]:
    """Return the criteria a person may see from where they are, oldest first; archived ones are left out.

    Args:
        session: An open session.
        actor: Who looks, and from where.
        name_key: Only those with this folded name, or None for all.
        initiative_id: Only those of this initiative, or None for all.
    """
    initiatives = {initiative.id: initiative for initiative in visible_initiatives(session, actor)}
    conditions = [
        col(CriterionRow.team_id) == actor.team_id,
        col(CriterionRow.state) != CriterionState.ARCHIVED,
        col(CriterionRow.initiative_id).in_(
            initiatives if initiative_id is None else {initiative_id} & set(initiatives)
        ),
    ]
    if name_key is not None:
        conditions.append(col(CriterionRow.name_key) == name_key)
    rows = session.exec(select(CriterionRow).where(*conditions).order_by(col(CriterionRow.id)))
    return [Found(row=row, initiative=initiatives[row.initiative_id]) for row in rows]


def criteria_of(session: Session, initiative: Initiative) -> list[Found]:
    """Return an initiative's criteria, oldest first; archived ones are left out."""
    rows = session.exec(
        select(CriterionRow)
        .where(
            col(CriterionRow.initiative_id) == initiative.id,
            col(CriterionRow.state) != CriterionState.ARCHIVED,
        )
        .order_by(col(CriterionRow.id))
    )
    return [Found(row=row, initiative=initiative) for row in rows]
