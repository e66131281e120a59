"""Editing a criterion: what it is measured by or against may move, but never in silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from bot.db import reminders
from bot.db.checkin_plans import look_at_plans
from bot.db.criteria import Found, criterion_by_id, to_report
from bot.db.goalposts import add_goalposts
from bot.db.homes import redraw_homes
from bot.db.models import CriterionRow, DraftRow
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.posts import redraw_posts
from bot.db.readings import add_readings, first_reading
from bot.db.rows import update_row
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.criterion import Criterion, CriterionState, SourceKind, Status, StatusReport
from bot.domain.dates import Iso, resolve
from bot.domain.formatting import format as format_request
from bot.domain.goalpost import GoalpostField, Move, changes_measure, find_moves
from bot.domain.progress import refuse_flat_baseline
from bot.domain.reading import Reading
from bot.domain.requests import AddCriterion
from bot.domain.status import due_end
from bot.domain.wallclock import day_at
from bot.errors import UserError
from bot.services.adding import (
    EDIT,
    Added,
    DraftState,
    Proposal,
    find_proposal,
    find_source,
    keep_proposal,
    new_row,
    reading_of,
    refuse_taken_name,
    save_proposal,
)
from bot.services.finding import find_criterion
from bot.services.judging import SETTLED, judge
from bot.services.next_read import plan_next_read
from bot.services.nudging import plan_nudge
from bot.services.people import known_person
from bot.services.permission import require_owner
from bot.services.reminding import plan_reminder

_TAKEN_OVER = (
    "name",
    "name_key",
    "kind",
    "direction",
    "target",
    "target_high",
    "unit",
    "due_on",
    "source_kind",
    "source_url",
    "source_path",
    "source_options",
    "every_typed",
    "longest_gap_s",
    "readings_needed",
)
"""Columns an edit gives the values a new criterion would have."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A criterion that was edited.

    Attributes:
        found: As it is stored now.
        report: What its readings mean now.
        former: Its status before.
        moves: The goalposts that were moved; empty where only its name, owner or rhythm changed, or nothing.
    """

    found: Found
    report: StatusReport
    former: Status
    moves: tuple[Move, ...]


def find_editable(session: Session, actor: Actor, name: str) -> Found:
    """Return a criterion that somebody may edit.

    Raises:
        UserError: none has that name.
        AmbiguousError: several have.
        NotAllowedError: the person is not its owner.
        UnknownPersonError: Slack was never asked about the person.
    """
    found = find_criterion(session, actor, name)
    row = found.row
    require_owner(known_person(session, actor), row.owner_id, found.initiative, f"the criterion “{row.name}”")
    return found


def propose_edit(
    session: Session, actor: Actor, request: AddCriterion, deps: Deps, *, view_id: str | None
) -> Edited | Proposal:
    """Save what a criterion becomes, or keep it as a draft whose new source is read first.

    Args:
        session: An open session.
        actor: Who edits, with the criterion they chose.
        request: What it becomes.
        deps: For the clock and the sources.
        view_id: The modal that waits, or None.

    Raises:
        UserError: the name is taken, the date is past, the verdict is taken, or the source can't work so.
        NotAllowedError: the person is not its owner.
    """
    now = deps.now()
    found = find_editable(session, actor, "")
    _refuse(session, found, request, deps, now)
    source = find_source(deps, request.source.kind)
    if request.source == found.criterion.source:
        return _save(session, actor, found, request, deps, now, reading=None)
    source.check(request.source)
    if not source.readable_by_schedule:
        return _save(session, actor, found, request, deps, now, reading=None)
    form = {
        "line": format_request(request),
        "initiative_id": found.initiative.id,
        "criterion_id": found.row.id,
    }
    return keep_proposal(session, actor, EDIT, form, now, view_id=view_id)


def save_draft(session: Session, actor: Actor, draft_id: str, deps: Deps) -> Added | Edited:
    """Save what a draft keeps: a criterion to be added, or what one is to become.

    Saving twice (a double press) changes nothing more.

    Raises:
        UserError: the draft is gone, or what it keeps can't be saved any more.
        NotAllowedError: the person is no longer the criterion's owner.
    """
    now = deps.now()
    proposal = find_proposal(session, actor, draft_id, now)
    if proposal.criterion_id is None:
        return save_proposal(session, actor, draft_id, deps)
    # From where it was edited: what lives in a private channel is seen only there.
    actor = replace(proposal.actor, chosen=(("criterion", proposal.criterion_id),))
    found = find_editable(session, actor, "")
    if proposal.state is DraftState.SAVED:
        report = to_report(found.row)
        return Edited(found, report, report.status, ())
    if proposal.refused:
        raise UserError(f"{proposal.failure}.", field="url")
    _refuse(session, found, proposal.request, deps, now)
    edited = _save(session, actor, found, proposal.request, deps, now, reading=reading_of(proposal))
    draft = session.get_one(DraftRow, draft_id)
    draft.state, draft.due_at = DraftState.SAVED, None
    session.add(draft)
    return edited


def become(found: Found, request: AddCriterion, deps: Deps, now: datetime) -> Criterion:
    """Return what a criterion would be after an edit; a baseline that was not typed stays."""
    before = found.criterion
    fresh = _fresh(found, request, deps, now)
    baseline = before.baseline if request.baseline is None else request.baseline
    row = CriterionRow(**(found.row.model_dump() | {name: getattr(fresh, name) for name in _TAKEN_OVER}))
    after = replace(Found(row, found.initiative).criterion, baseline=baseline)
    if after.condition.direction is before.condition.direction:
        # Typed once as `<=` it stays so; the form only knows directions.
        return replace(after, condition=replace(after.condition, typed=before.condition.typed))
    return after


def _fresh(found: Found, request: AddCriterion, deps: Deps, now: datetime) -> CriterionRow:
    row = found.row
    actor = Actor(row.team_id, row.created_by)
    return new_row(actor, request, found.initiative, find_source(deps, request.source.kind), now)


def _refuse(session: Session, found: Found, request: AddCriterion, deps: Deps, now: datetime) -> None:
    """Do nothing unless a criterion can't become what is asked for; see `propose_edit`."""
    row = found.row
    refuse_taken_name(session, found.initiative, request.name, but=row.id)
    if request.baseline is not None:
        refuse_flat_baseline(request.condition, request.baseline, request.unit)
    if isinstance(request.due, Iso) and request.due.day != row.due_on:
        resolve(request.due, day_at(now, found.initiative.zone))
    before = found.criterion
    after = become(found, request, deps, now)
    due_at = due_end(before)
    moves = find_moves(before, after)
    if due_at is None or now < due_at or not moves:
        return
    moved_to = due_end(after)
    if moved_to is None or moved_to <= now:
        raise UserError(
            f"The due date of “{row.name}” is over, so what it is judged by stays as it was. Move its due date "
            "to a day to come as well, and it is judged anew, or add a new criterion.",
            field="due",
        )


def _save(
    session: Session,
    actor: Actor,
    found: Found,
    request: AddCriterion,
    deps: Deps,
    now: datetime,
    *,
    reading: Reading | None,
) -> Edited:
    row = session.exec(
        select(CriterionRow)
        .where(col(CriterionRow.id) == found.row.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    assert row.id is not None
    found = Found(row, found.initiative)
    before, former, former_owner = found.criterion, Status(row.status), row.owner_id
    fresh = _fresh(found, request, deps, now)
    values = {name: getattr(fresh, name) for name in _TAKEN_OVER}
    if fresh.direction != row.direction:
        values["operator_typed"] = fresh.operator_typed
    if request.owner is not None:
        values["owner_id"] = request.owner.id
    replanned = any(values[name] != getattr(row, name) for name in ("every_typed", "due_on", "source_kind"))
    update_row(row, values | _baseline(session, row, request))
    moves = find_moves(before, found.criterion)
    if moves:
        _tell(session, actor, found, moves, now)
    if found.criterion.source != before.source:
        _forget_source(row)
        replanned = True
    if changes_measure(moves):
        row.judged_from = now if reading is None else min(reading.at, now)
    if {move.field for move in moves} - {GoalpostField.SOURCE, GoalpostField.PATH}:
        # Judged anew by the readings there are, as if it had been so from the first.
        row.settled = row.settled_since = None
        row.frozen = row.no_verdict_asked = False
    if reading is not None:
        add_readings(session, row.team_id, [(row.id, reading)])
    if row.state == CriterionState.OPEN and replanned:
        planned = plan_next_read(found.criterion, row.every_typed, now, failures=row.failures)
        at_once = found.criterion.source != before.source and reading is None
        row.due_at = now if at_once and planned is not None else planned
    session.add(row)
    report = _judge(session, found, former, now) if row.state == CriterionState.OPEN else to_report(row)
    if row.source_kind == SourceKind.MANUAL:
        plan_reminder(session, found, now)
    else:
        reminders.plan_reminder(session, row.team_id, row.id, None)
    redraw_posts(session, row.initiative_id, now)
    plan_nudge(session, found, now)
    look_at_plans(session, row.team_id, [row.owner_id], now)
    redraw_homes(session, row.team_id, {former_owner, row.owner_id}, now)
    return Edited(found, report, former, tuple(moves))


def _baseline(session: Session, row: CriterionRow, request: AddCriterion) -> dict[str, object]:
    """Return the columns of the baseline; left empty it is the first reading's value, which it may be already."""
    if request.baseline is not None:
        return {"baseline": request.baseline, "baseline_typed": True}
    if not row.baseline_typed:
        return {}
    assert row.id is not None
    first = first_reading(session, row.id)
    return {"baseline": first.value if first else None, "baseline_typed": False}


def _forget_source(row: CriterionRow) -> None:
    """Make what is known of a former source's reads count for nothing."""
    row.failures, row.failing_since, row.last_failure = 0, None, ""
    # A read of the former source that is under way is thrown away when it ends.
    row.lease_until = row.lease_token = row.requested_at = None


def _judge(session: Session, found: Found, former: Status, now: datetime) -> StatusReport:
    report = judge(session, found, now)
    row = found.row
    if report.status is not former and report.status in SETTLED:
        # The readings may be older, but it holds since the goalpost was moved.
        row.status_since = row.settled_since = now
        session.add(row)
    return to_report(row)


def _tell(session: Session, actor: Actor, found: Found, moves: Sequence[Move], now: datetime) -> None:
    """Store the moves as facts, and the reply that tells of them."""
    row = found.row
    assert row.id is not None
    ids = add_goalposts(session, row.team_id, row.id, moves, by=actor.user_id, now=now)
    add_to_outbox(
        session,
        team_id=row.team_id,
        key=f"goalpost:{ids[0]}",
        kind=OutboxKind.GOALPOST,
        channel_id=found.initiative.channel_id,
        facts={"criterion_id": row.id, "goalpost_ids": ids},
        now=now,
    )


def edited_criterion(session: Session, proposal: Proposal, deps: Deps, now: datetime) -> Criterion:
    """Return what a proposed edit would make of its criterion."""
    assert proposal.criterion_id is not None
    found = criterion_by_id(session, proposal.actor.team_id, proposal.criterion_id)
    return become(found, proposal.request, deps, now)
