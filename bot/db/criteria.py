"""Criteria: rows as domain values, and who sees which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, bindparam, select
from sqlmodel import Session, col

from bot.db.initiatives import HOME, INITIATIVE, VISIBLE, seen_by, to_initiative
from bot.db.models import ChannelRow, CriterionRow, InitiativeRow
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
    Status,
    StatusReport,
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

    @property
    def report(self) -> StatusReport:
        """What the last judging wrote."""
        return to_report(self.row)

    @property
    def health(self) -> Health:
        """How reading the source has gone lately."""
        return to_health(self.row)


def to_criterion(row: CriterionRow, initiative: Initiative) -> Criterion:
    """Make the domain value of a row."""
    assert row.id is not None
    return Criterion(
        id=row.id,
        initiative_id=initiative.id,
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


def to_report(row: CriterionRow) -> StatusReport:
    """Make the domain value of what the last judging wrote."""
    return StatusReport(
        status=Status(row.status),
        sentence=row.sentence,
        value=row.value,
        value_at=row.value_at,
        progress=row.progress,
        since=row.status_since,
        frozen=row.frozen,
        no_verdict=row.no_verdict_asked and not row.frozen,
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A criterion as lists show it: everything of it as domain values, and no row.

    Attributes:
        criterion: The criterion.
        initiative: Its initiative.
        report: What the last judging wrote.
        health: How reading the source has gone lately.
    """

    criterion: Criterion
    initiative: Initiative
    report: StatusReport
    health: Health


_NOT_ARCHIVED = col(CriterionRow.state) != CriterionState.ARCHIVED
_BY_NAME = col(CriterionRow.name_key) == bindparam("name_key")
_BY_INITIATIVE = col(CriterionRow.initiative_id) == bindparam("initiative_id")

_LISTED: tuple[ColumnElement[Any], ...] = tuple(
    column
    for column in CriterionRow.__table__.c  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    if column.name
    in {
        *("id", "name", "kind", "direction", "operator_typed", "target", "target_high", "baseline"),
        *("baseline_typed", "unit", "due_on", "owner_id", "source_kind", "source_url", "source_path"),
        *("longest_gap_s", "readings_needed", "state", "created_at", "status", "sentence", "value"),
        *("value_at", "progress", "status_since", "frozen", "no_verdict_asked", "failures"),
        *("failing_since", "last_failure"),
    }
)
"""What `to_criterion`, `to_report` and `to_health` read; the initiative's id comes with the initiative."""

# Statements are built once: building one takes longer than SQLite takes to answer it.
_VISIBLE = (
    select(CriterionRow, *INITIATIVE)
    .join(InitiativeRow, col(InitiativeRow.id) == col(CriterionRow.initiative_id))
    .join(ChannelRow, HOME, isouter=True)
    .where(VISIBLE, _NOT_ARCHIVED)
    .order_by(col(CriterionRow.id))
)
_VISIBLE_BY_NAME = _VISIBLE.where(_BY_NAME)
_LIST = _VISIBLE.with_only_columns(*_LISTED, *INITIATIVE)
_LIST_OF_INITIATIVE = _LIST.where(_BY_INITIATIVE)
_OF_INITIATIVE = select(CriterionRow).where(_BY_INITIATIVE, _NOT_ARCHIVED).order_by(col(CriterionRow.id))


def visible_criteria(session: Session, actor: Actor, *, name_key: str | None = None) -> list[Found]:
    """Return the criteria a person may see from where they are, oldest first; archived ones are left out.

    Args:
        session: An open session.
        actor: Who looks, and from where.
        name_key: Only those with this folded name, or None for all.
    """
    if name_key is None:
        rows = session.execute(_VISIBLE, seen_by(actor))
    else:
        rows = session.execute(_VISIBLE_BY_NAME, {"name_key": name_key, **seen_by(actor)})
    return [Found(row=row[0], initiative=to_initiative(row)) for row in rows]


def list_visible(session: Session, actor: Actor, *, initiative_id: int | None = None) -> list[Listed]:
    """Return what lists show of the criteria `visible_criteria` returns; several times cheaper than their rows.

    Args:
        session: An open session.
        actor: Who looks, and from where.
        initiative_id: Only those of this initiative, or None for all.
    """
    if initiative_id is None:
        rows = session.execute(_LIST, seen_by(actor))
    else:
        rows = session.execute(_LIST_OF_INITIATIVE, {"initiative_id": initiative_id, **seen_by(actor)})
    initiatives: dict[int, Initiative] = {}
    listed = []
    for row in rows:
        initiative = initiatives.get(row.initiative_id)
        if initiative is None:
            initiative = initiatives[row.initiative_id] = to_initiative(row)
        columns = cast("CriterionRow", row)  # the same names, without the object mapper's price
        listed.append(
            Listed(to_criterion(columns, initiative), initiative, to_report(columns), to_health(columns))
        )
    return listed


def criteria_of(session: Session, initiative: Initiative) -> list[Found]:
    """Return an initiative's criteria, oldest first; archived ones are left out."""
    rows = session.scalars(_OF_INITIATIVE, {"initiative_id": initiative.id})
    return [Found(row=row, initiative=initiative) for row in rows]
