"""Criteria: listed, shown, given a value, paused, resumed and archived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from sqlmodel import Session

from bot.db.checkin_plans import look_at_plans
from bot.db.criteria import Found, Listed, list_visible
from bot.db.goalposts import last_goalposts
from bot.db.homes import redraw_homes
from bot.db.models import CriterionRow, StatusChangeRow
from bot.db.readings import add_readings, last_readings, last_status_changes
from bot.db.ships import last_ships
from bot.domain.actor import Actor
from bot.domain.criterion import CriterionState, Status, StatusReport
from bot.domain.goalpost import Goalpost
from bot.domain.line import CriterionLine, line_from
from bot.domain.reading import Origin, Reading
from bot.domain.requests import ChangeCriterionState, ListCriteria, Scope, SetReading
from bot.domain.ship import Ship
from bot.domain.standing import Standing, worst
from bot.errors import UserError
from bot.services.finding import find_criterion, find_initiative
from bot.services.judging import judge
from bot.services.lines import by_need, line_of_found
from bot.services.next_read import plan_next_read
from bot.services.nudging import plan_nudge
from bot.services.people import known_person
from bot.services.permission import require_owner
from bot.services.reminding import plan_reminder


@dataclass(frozen=True, slots=True)
class CriterionView:
    """A criterion with what led to its status.

    Attributes:
        found: The criterion as it is stored.
        line: How it reads now.
        readings: Its last readings, oldest first.
        changes: Its last status changes, newest first.
        goalposts: What was moved last, newest first.
        ships: What was shipped last for its initiative, oldest first.
        zone: The reader's IANA zone.
    """

    found: Found
    line: CriterionLine
    readings: tuple[Reading, ...]
    changes: tuple[StatusChangeRow, ...]
    goalposts: tuple[Goalpost, ...]
    ships: tuple[Ship, ...]
    zone: str


@dataclass(frozen=True, slots=True)
class CriteriaList:
    """One page of what `/criteria list` shows.

    Attributes:
        groups: What stands on the page: each initiative's name, where it stands in all, and its lines.
        left: How many criteria come after this page.
        scope: Which list was asked for.
    """

    groups: tuple[tuple[str, Standing | None, tuple[CriterionLine, ...]], ...]
    left: int
    scope: Scope


def list_criteria(
    session: Session, actor: Actor, request: ListCriteria, now: datetime, *, page: int, size: int
) -> CriteriaList:
    """Return the criteria somebody asked for, by initiative, as far as they may see them.

    Args:
        session: An open session.
        actor: Who asks, and from where.
        request: Which ones.
        now: Aware UTC.
        page: From 0; the last one when there are not so many any more.
        size: Criteria on a page.

    Raises:
        UserError: the named initiative is not there.
        AmbiguousError: several have that name.
    """
    if request.scope is Scope.INITIATIVE:
        initiative = find_initiative(session, actor, request.initiative)
        wanted = list_visible(session, actor, initiative_id=initiative.id)
    else:
        wanted = [each for each in list_visible(session, actor) if _is_wanted(each, actor, request)]
    members: dict[int, list[Listed]] = {}
    for each in wanted:
        members.setdefault(each.initiative_id, []).append(each)
    ordered = [each for group in members.values() for each in sorted(group, key=_need)]
    page = min(page, max(0, len(ordered) - 1) // size)
    groups = []
    for initiative_id, shown in groupby(
        ordered[page * size : (page + 1) * size], lambda each: each.initiative_id
    ):
        group = members[initiative_id]
        lines = tuple(line_from(each.facts, now) for each in shown)
        groups.append((group[0].initiative_name, worst(each.standing for each in group), lines))
    return CriteriaList(
        groups=tuple(groups), left=max(0, len(ordered) - (page + 1) * size), scope=request.scope
    )


def _need(listed: Listed) -> tuple[bool, int]:
    return by_need(listed.standing)


def _is_wanted(listed: Listed, actor: Actor, request: ListCriteria) -> bool:
    match request.scope:
        case Scope.HERE:
            return listed.channel_id == actor.channel_id
        case Scope.MINE:
            return listed.owner_id == actor.user_id
        case Scope.PERSON:
            return request.person is not None and listed.owner_id == request.person.id
        case Scope.BEHIND:
            standing = listed.standing
            return standing.state is CriterionState.OPEN and standing.status in {Status.BEHIND, Status.MISSED}
        case _:
            return True


def show_criterion(session: Session, actor: Actor, name: str, now: datetime) -> CriterionView:
    """Return one criterion with what led to its status.

    Raises:
        UserError: none has that name.
        AmbiguousError: several have.
        UnknownPersonError: the reader's zone is not known yet.
    """
    person = known_person(session, actor)
    found = find_criterion(session, actor, name)
    assert found.row.id is not None
    return CriterionView(
        found=found,
        line=line_of_found(found, now),
        readings=tuple(last_readings(session, found.row.id)),
        changes=tuple(last_status_changes(session, found.row.id, limit=5)),
        goalposts=tuple(last_goalposts(session, found.row.id, limit=5)),
        ships=tuple(last_ships(session, found.initiative.id, 5)),
        zone=person.zone,
    )


@dataclass(frozen=True, slots=True)
class SetOutcome:
    """What setting a value came to.

    Attributes:
        found: The criterion as it is stored now.
        report: What its readings mean now.
        former: Its status before.
    """

    found: Found
    report: StatusReport
    former: Status


def set_reading(session: Session, actor: Actor, request: SetReading, now: datetime) -> SetOutcome:
    """Store a value a person gave, judge it, and return what it means.

    Raises:
        UserError: no criterion has that name, or its verdict is already taken.
        AmbiguousError: several have.
    """
    found = find_criterion(session, actor, request.name)
    return store_reading(session, actor, found, request.value, request.note, now)


def store_reading(
    session: Session, actor: Actor, found: Found, value: Decimal, note: str, now: datetime
) -> SetOutcome:
    """Store a value a person gave of a criterion they may see, judge it, and return what it means.

    Raises:
        UserError: field ``name``; its verdict is already taken.
    """
    row = found.row
    assert row.id is not None
    if row.frozen:
        raise UserError(
            f"The verdict on “{row.name}” was taken on its due date and stays. "
            "Add a new criterion to go on measuring.",
            field="name",
        )
    former = Status(row.status)
    reading = Reading(at=now, value=value, origin=Origin.MANUAL, by=actor.user_id, note=note)
    add_readings(session, row.team_id, [(row.id, reading)])
    if row.failures:
        row.failures, row.failing_since, row.last_failure = 0, None, ""
    report = judge(session, found, now)
    plan_reminder(session, found, now)
    redraw_homes(session, row.team_id, [row.owner_id], now)
    return SetOutcome(found=found, report=report, former=former)


def change_state(session: Session, actor: Actor, request: ChangeCriterionState, now: datetime) -> Found:
    """Pause, resume or archive a criterion and return it.

    Raises:
        UserError: no criterion has that name, or it is in that state already.
        AmbiguousError: several have.
        NotAllowedError: the person is not its owner.
    """
    found = find_criterion(session, actor, request.name)
    row = found.row
    require_owner(known_person(session, actor), row.owner_id, found.initiative, f"the criterion “{row.name}”")
    if row.state == request.to:
        raise UserError(f"“{row.name}” is {_state_word(request.to)} already.", field="name")
    row.state = request.to
    _plan(row, found, now)
    session.add(row)
    if request.to is CriterionState.OPEN:
        judge(session, found, now)
    plan_reminder(session, found, now)
    plan_nudge(session, found, now)
    look_at_plans(session, row.team_id, [row.owner_id], now)
    redraw_homes(session, row.team_id, [row.owner_id], now)
    return found


def _plan(row: CriterionRow, found: Found, now: datetime) -> None:
    """Make the plan fit the state: a resumed criterion is read at once, others not at all."""
    if row.state == CriterionState.OPEN:
        row.due_at = (
            now if plan_next_read(found.criterion, row.every_typed, now, failures=row.failures) else None
        )
    else:
        row.due_at = row.judge_at = row.requested_at = None
    if row.state == CriterionState.ARCHIVED:
        row.archived_at = now


def _state_word(state: CriterionState) -> str:
    return {
        CriterionState.OPEN: "being read",
        CriterionState.PAUSED: "paused",
        CriterionState.ARCHIVED: "archived",
    }[state]
