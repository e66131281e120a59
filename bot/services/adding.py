"""Adding a criterion: what was typed is a draft until its source was read and the value was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from bot.db.checkin_plans import look_at_plans
from bot.db.criteria import Found, criteria_of, to_report
from bot.db.drafts import add_draft, find_draft
from bot.db.homes import redraw_homes
from bot.db.initiatives import find_initiative_by_id
from bot.db.models import CriterionRow, DraftRow
from bot.db.readings import add_readings
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.cadence import Elapsed
from bot.domain.commands import parse
from bot.domain.criterion import CriterionState, StatusReport
from bot.domain.dates import Iso, resolve
from bot.domain.formatting import format as format_request
from bot.domain.formatting import format_cadence
from bot.domain.initiative import Initiative
from bot.domain.names import fold
from bot.domain.progress import refuse_flat_baseline
from bot.domain.reading import Origin, Reading
from bot.domain.requests import AddCriterion
from bot.domain.schedule import longest_gap
from bot.domain.wallclock import day_at
from bot.errors import UserError
from bot.services.finding import find_initiative
from bot.services.judging import judge
from bot.services.next_read import plan_next_read
from bot.services.nudging import plan_nudge
from bot.services.people import known_person
from bot.services.reminding import plan_reminder
from bot.sources.protocol import Source

ADD = "add_criterion"
"""Kind of a draft that keeps a criterion to be added."""

EDIT = "edit_criterion"
"""Kind of a draft that keeps what a criterion is to become (bot/services/editing.py)."""


class DraftState(StrEnum):
    """How far a criterion to be added has come."""

    READING = "reading"
    READ = "read"
    FAILED = "failed"
    SAVED = "saved"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A criterion that is not saved yet.

    Attributes:
        draft_id: The draft that keeps it.
        request: As typed, with its due date made a day.
        initiative: Where it will belong.
        state: How far it has come.
        value: The value found, or None.
        value_at: When it was read, aware UTC, or None.
        failure: Why reading failed, one plain sentence, or empty.
        refused: True when the address must not be read, so that it can't be saved anyway.
        view_id: The modal that waits for it, or None.
        response_url: Where the person who typed waits for it, or None.
        actor: Who adds it, and where.
        criterion_id: Row id of the criterion that is to become this, or None for a new one.
    """

    draft_id: str
    request: AddCriterion
    initiative: Initiative
    state: DraftState
    value: Decimal | None
    value_at: datetime | None
    failure: str
    refused: bool
    view_id: str | None
    response_url: str | None
    actor: Actor
    criterion_id: int | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """A criterion that was saved.

    Attributes:
        found: As it is stored.
        report: What its readings mean now.
    """

    found: Found
    report: StatusReport


def propose(
    session: Session,
    actor: Actor,
    request: AddCriterion,
    deps: Deps,
    *,
    view_id: str | None = None,
    response_url: str | None = None,
) -> Added | Proposal:
    """Save a criterion nobody has to read for, or keep it as a draft whose source is read first.

    Args:
        session: An open session.
        actor: Who adds it; the channel says which initiative when none is named.
        request: What was typed.
        deps: For the clock and the sources.
        view_id: The modal that waits, or None.
        response_url: Where the person who typed waits, or None.

    Raises:
        UserError: the initiative is not there, the date is past, the name is taken, the source is unknown or
            can't work as it was typed.
        AmbiguousError: several initiatives are possible.
        UnknownPersonError: Slack was never asked about the person.
    """
    now = deps.now()
    known_person(session, actor)
    initiative = find_initiative(session, actor, request.initiative)
    if request.due is not None:
        today = day_at(now, request.zone or initiative.zone)
        request = replace(request, due=Iso(resolve(request.due, today)))
    if request.baseline is not None:
        refuse_flat_baseline(request.condition, request.baseline, request.unit)
    refuse_taken_name(session, initiative, request.name)
    source = find_source(deps, request.source.kind)
    source.check(request.source)
    if not source.readable_by_schedule:
        return _save(session, actor, request, initiative, source, now, reading=None)
    form = {"line": format_request(request), "initiative_id": initiative.id}
    return keep_proposal(session, actor, ADD, form, now, view_id=view_id, response_url=response_url)


def keep_proposal(
    session: Session,
    actor: Actor,
    kind: str,
    form: Mapping[str, object],
    now: datetime,
    *,
    view_id: str | None,
    response_url: str | None = None,
) -> Proposal:
    """Keep what was typed as a draft whose source is to be read at once."""
    draft_id = add_draft(
        session,
        actor,
        kind,
        form,
        now,
        state=DraftState.READING,
        view_id=view_id,
        response_url=response_url,
        due_at=now,
    )
    session.flush()
    return to_proposal(session, session.get_one(DraftRow, draft_id))


def find_proposal(session: Session, actor: Actor, draft_id: str, now: datetime) -> Proposal:
    """Return a criterion somebody is adding or editing.

    Raises:
        UserError: it is older than a day, somebody else's, or its initiative is gone.
    """
    row = find_draft(session, actor, draft_id, now)
    if row is None or row.kind not in (ADD, EDIT):
        raise UserError("What you typed is kept for a day, and this is older. Please type it again.")
    return to_proposal(session, row)


def to_proposal(session: Session, row: DraftRow) -> Proposal:
    """Make the domain value of a draft."""
    form: Mapping[str, Any] = row.form
    request = parse("criteria", form["line"])
    assert isinstance(request, AddCriterion)
    initiative = find_initiative_by_id(session, row.team_id, form["initiative_id"])
    if initiative is None:
        raise UserError("That initiative is gone. Type `/initiative list`.", field="initiative")
    found: Mapping[str, str] = row.found or {}
    return Proposal(
        draft_id=row.id,
        request=request,
        initiative=initiative,
        state=DraftState(row.state),
        value=Decimal(found["value"]) if "value" in found else None,
        value_at=datetime.fromisoformat(found["at"]).astimezone(UTC) if "at" in found else None,
        failure=found.get("failure", ""),
        refused="refused" in found,
        view_id=row.view_id,
        response_url=row.response_url,
        actor=Actor(team_id=row.team_id, user_id=row.user_id, channel_id=row.channel_id),
        criterion_id=form.get("criterion_id"),
    )


def save_proposal(session: Session, actor: Actor, draft_id: str, deps: Deps) -> Added:
    """Save a proposed criterion, with the value that was shown as its first reading.

    Saving twice (a double press) gives the same criterion back.

    Raises:
        UserError: the draft is gone, or the name was taken meanwhile.
    """
    now = deps.now()
    proposal = find_proposal(session, actor, draft_id, now)
    if proposal.state is DraftState.SAVED:
        return _saved_before(session, proposal)
    if proposal.refused:
        raise UserError(f"{proposal.failure}.", field="url")
    refuse_taken_name(session, proposal.initiative, proposal.request.name)
    source = find_source(deps, proposal.request.source.kind)
    added = _save(
        session, actor, proposal.request, proposal.initiative, source, now, reading=reading_of(proposal)
    )
    row = session.get_one(DraftRow, draft_id)
    row.state, row.due_at = DraftState.SAVED, None
    session.add(row)
    return added


def reading_of(proposal: Proposal) -> Reading | None:
    """Return the value that was shown before saving as a reading, or None where the source could not be read."""
    if proposal.value is None or proposal.value_at is None:
        return None
    return Reading(at=proposal.value_at, value=proposal.value, origin=Origin.ASKED)


def _saved_before(session: Session, proposal: Proposal) -> Added:
    key = fold(proposal.request.name)
    for found in criteria_of(session, proposal.initiative):
        if found.row.name_key == key:
            return Added(found=found, report=to_report(found.row))
    raise UserError(f"“{proposal.request.name}” was added and archived since.", field="name")


def _save(
    session: Session,
    actor: Actor,
    request: AddCriterion,
    initiative: Initiative,
    source: Source,
    now: datetime,
    *,
    reading: Reading | None,
) -> Added:
    row = new_row(actor, request, initiative, source, now)
    session.add(row)
    session.flush()
    assert row.id is not None
    if reading is not None:
        add_readings(session, row.team_id, [(row.id, reading)])
    found = Found(row=row, initiative=initiative)
    report = judge(session, found, now, silently=True)
    plan_reminder(session, found, now)
    planned = plan_next_read(found.criterion, row.every_typed, now, failures=row.failures)
    row.due_at = now if reading is None and planned is not None else planned
    plan_nudge(session, found, now)
    look_at_plans(session, row.team_id, [row.owner_id], now)
    redraw_homes(session, row.team_id, [row.owner_id], now)
    return Added(found=found, report=report)


def new_row(
    actor: Actor, request: AddCriterion, initiative: Initiative, source: Source, now: datetime
) -> CriterionRow:
    """Return the row of a criterion as it was asked for, not stored and not judged yet."""
    every = request.every or Elapsed(source.default_every)
    due = request.due
    return CriterionRow(
        team_id=actor.team_id,
        initiative_id=initiative.id,
        name=request.name,
        name_key=fold(request.name),
        kind=request.kind,
        direction=request.condition.direction,
        operator_typed=request.condition.typed,
        target=request.condition.target,
        target_high=request.condition.target_high,
        baseline=request.baseline,
        baseline_typed=request.baseline is not None,
        unit=request.unit,
        due_on=due.day if isinstance(due, Iso) else None,
        owner_id=request.owner.id if request.owner else actor.user_id,
        source_kind=request.source.kind,
        source_url=request.source.url,
        source_path=request.source.path,
        source_options=dict(request.source.options) or None,
        every_typed=format_cadence(every),
        longest_gap_s=int(longest_gap(every).total_seconds()),
        readings_needed=source.default_readings_needed,
        state=CriterionState.OPEN,
        created_by=actor.user_id,
        created_at=now,
    )


def find_source(deps: Deps, kind: str) -> Source:
    """Return the source of a kind.

    Raises:
        UserError: field ``source``; there is none.
    """
    source = deps.sources.get(kind)
    if source is None:
        known = ", ".join(sorted(deps.sources))
        raise UserError(f"There is no source called “{kind}”; there are: {known}.", field="source")
    return source


def refuse_taken_name(session: Session, initiative: Initiative, name: str, *, but: int | None = None) -> None:
    """Do nothing unless another criterion of an initiative has a name; `but` is the row id of one that may.

    Raises:
        UserError: field ``name``; one has.
    """
    key = fold(name)
    others = (found.row for found in criteria_of(session, initiative) if found.row.id != but)
    if any(row.name_key == key for row in others):
        raise UserError(
            f"“{initiative.name}” already has a criterion “{name}”. Give this one another name, "
            f'or see it with `/criteria show "{name}"`.',
            field="name",
        )
