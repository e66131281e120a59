"""Criteria: rows as domain values, and who sees which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, select
from sqlmodel import Session

from bot.db.initiatives import INITIATIVE, VISIBLE, WITH_HOME, initiatives_by_ids, seen_by, to_initiative
from bot.db.models import CriterionRow, Table
from bot.domain.actor import Actor
from bot.domain.criterion import (
    Condition,
    Criterion,
    CriterionState,
    Direction,
    Health,
    Kind,
    SourceSpec,
    Status,
    StatusReport,
)
from bot.domain.initiative import Initiative
from bot.domain.line import LineFacts
from bot.domain.standing import Standing


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


def to_criterion(row: CriterionRow | Row[Any], plan: Initiative | Row[Any]) -> Criterion:
    """Make the domain value of a row, or of its columns.

    Args:
        row: The criterion's.
        plan: The initiative, or a result with its `starts_on` and `zone`.
    """
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
        source=to_source(row),
        every=timedelta(seconds=row.longest_gap_s),
        readings_needed=row.readings_needed,
        state=CriterionState(row.state),
        created_at=row.created_at,
        starts_on=plan.starts_on,
        zone=plan.zone,
        judged_from=row.judged_from,
    )


def to_health(row: CriterionRow | Row[Any]) -> Health:
    """Make the domain value of how reading the source has gone lately."""
    return Health(failures=row.failures, failing_since=row.failing_since, last_failure=row.last_failure)


def to_source(row: CriterionRow | Row[Any]) -> SourceSpec:
    """Make the domain value out of a row, or out of the columns of one, that start with ``source_``."""
    options = row.source_options or {}
    return SourceSpec(
        kind=row.source_kind,
        url=row.source_url,
        path=row.source_path,
        options=tuple(sorted(options.items())),
    )


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


class Listed(NamedTuple):
    """A criterion as lists read it: some columns of its row and of its initiative's, an order cheaper than `Found`.

    The fields are named like the columns, and `list_visible` reads them in this order.
    """

    id: int
    name: str
    kind: str
    status: str
    state: str
    status_since: datetime | None
    direction: str
    target: Decimal
    target_high: Decimal | None
    operator_typed: str
    unit: str
    baseline: Decimal | None
    value: Decimal | None
    value_at: datetime | None
    due_on: date | None
    owner_id: str
    initiative_id: int
    initiative_name: str
    channel_id: str
    zone: str
    source_kind: str
    frozen: bool

    @property
    def standing(self) -> Standing:
        """Where it stands, to sort by what needs attention."""
        return _standing(self.kind, self.status, self.state)

    @property
    def facts(self) -> LineFacts:
        """What its line is made of."""
        return LineFacts(
            criterion_id=self.id,
            name=self.name,
            standing=self.standing,
            since=self.status_since,
            condition=Condition(
                direction=Direction(self.direction),
                target=self.target,
                target_high=self.target_high,
                typed=self.operator_typed,
            ),
            unit=self.unit,
            baseline=self.baseline,
            value=self.value,
            value_at=self.value_at,
            due_on=self.due_on,
            owner_id=self.owner_id,
            zone=self.zone,
        )


@cache
def _standing(kind: str, status: str, state: str) -> Standing:
    return Standing(Kind(kind), Status(status), CriterionState(state))


_CRITERION = Table.metadata.tables["criterion"]
_NOT_ARCHIVED = _CRITERION.c.state != CriterionState.ARCHIVED
_BY_NAME = _CRITERION.c.name_key == bindparam("name_key")
_BY_INITIATIVE = _CRITERION.c.initiative_id == bindparam("initiative_id")

# Statements are built once: building one takes longer than SQLite takes to answer it.
_JOINED = WITH_HOME.join(_CRITERION)
_COLUMNS = {column.name: column for column in (*INITIATIVE, *_CRITERION.c)}
_LIST = (
    select(*(_COLUMNS[name] for name in Listed._fields))
    .select_from(_JOINED)
    .where(VISIBLE, _NOT_ARCHIVED)
    .order_by(_CRITERION.c.id)
)
_LIST_OF_OWNER = _LIST.where(_CRITERION.c.owner_id == bindparam("owner_id"))
_LIST_OF_INITIATIVE = _LIST.where(_BY_INITIATIVE)
_VISIBLE = (
    select(CriterionRow, *INITIATIVE)
    .select_from(_JOINED)
    .where(VISIBLE, _NOT_ARCHIVED)
    .order_by(_CRITERION.c.id)
)
_VISIBLE_BY_NAME = _VISIBLE.where(_BY_NAME)
_OF_INITIATIVE = select(CriterionRow).where(_BY_INITIATIVE, _NOT_ARCHIVED).order_by(_CRITERION.c.id)


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


def list_own(session: Session, actor: Actor) -> list[Listed]:
    """Return what lists show of the criteria a person owns, as far as they may see them from where they are."""
    rows = session.execute(_LIST_OF_OWNER, {"owner_id": actor.user_id, **seen_by(actor)})
    return [Listed._make(row) for row in rows.all()]


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
    return [Listed._make(row) for row in rows.all()]


def criteria_of(session: Session, initiative: Initiative) -> list[Found]:
    """Return an initiative's criteria, oldest first; archived ones are left out."""
    rows = session.scalars(_OF_INITIATIVE, {"initiative_id": initiative.id})
    return [Found(row=row, initiative=initiative) for row in rows]


def with_initiatives(session: Session, team_id: str, rows: Sequence[CriterionRow]) -> list[Found]:
    """Return rows of one workspace with their initiatives, in the same order."""
    initiatives = {
        one.id: one for one in initiatives_by_ids(session, team_id, {row.initiative_id for row in rows})
    }
    return [Found(row=row, initiative=initiatives[row.initiative_id]) for row in rows]


def criterion_by_id(session: Session, team_id: str, criterion_id: int) -> Found:
    """Return one criterion, whoever may see it."""
    return with_initiatives(session, team_id, [session.get_one(CriterionRow, criterion_id)])[0]
