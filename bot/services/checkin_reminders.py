"""Reminders to check in: one message to each owner, in the rhythm of their initiatives and by their day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from bot.db import checkin_plans
from bot.db.checkins import checked_in_since
from bot.db.criteria import Found, with_initiatives
from bot.db.days_off import off_days
from bot.db.models import InitiativeRow, OutboxRow
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.people import find_person
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.days_off import Calendar, OnDaysOff, next_run
from bot.domain.formatting import format_every
from bot.domain.initiative import Initiative, InitiativeState
from bot.domain.requests import SetCheckIns
from bot.domain.rhythms import parse_stored_cadence
from bot.domain.status import due_end
from bot.domain.wallclock import start_of_day
from bot.errors import DeliveryError, UserError
from bot.services.disturbing import may_ask_at
from bot.services.finding import find_initiative
from bot.services.people import known_person, learn_person
from bot.services.permission import require_owner
from bot.services.reminding import LEASE

LATELY = timedelta(days=3)
"""Who checked in so lately is not reminded of that criterion."""

SNOOZED = timedelta(days=7)

log = structlog.get_logger(__name__)


async def claim_check_ins(deps: Deps, limit: int) -> list[str]:
    """Take up to `limit` people who may have to be reminded now (Slack user ids); else nothing is written."""
    now = deps.now()
    if not await deps.database.read(checkin_plans.any_plan_due, deps.team_id, now):
        return []
    return await deps.database.write(
        checkin_plans.claim_plans, deps.team_id, now=now, limit=limit, lease_until=now + LEASE
    )


async def remind_to_check_in(deps: Deps, user_id: str) -> None:
    """Put somebody's reminder into the outbox if one is due, and plan the next."""
    if await deps.database.read(find_person, deps.team_id, user_id) is None:
        try:
            await learn_person(deps, deps.team_id, user_id)
        except DeliveryError as error:  # then the initiative's zone says what day it is
            log.info("zone not known", user_id=user_id, cause=str(error))
    await deps.database.write(remind_person, deps.team_id, user_id, deps.now())
    deps.wake.set()


def remind_person(session: Session, team_id: str, user_id: str, now: datetime) -> None:
    """Write somebody's reminder if one is due and they may be asked now, and plan when to look again."""
    plan = checkin_plans.lock_plan(session, team_id, user_id)
    if plan is None:
        return
    person = find_person(session, team_id, user_id)
    owned = [] if person is not None and person.is_deleted else _owned(session, team_id, user_id, now)
    if not owned:
        session.delete(plan)
        return
    zone = person.zone if person is not None else owned[0].initiative.zone
    calendar = Calendar(off_days(session, team_id), OnDaysOff.MOVE)
    came, later = {}, []
    for initiative in {each.initiative.id: each.initiative for each in owned}.values():
        if not initiative.check_ins:
            continue
        cadence = parse_stored_cadence(initiative.check_ins)
        # Nobody is asked before the work begins.
        begins = start_of_day(initiative.starts_on, initiative.zone)
        since = max(plan.since, begins)
        first = next_run(cadence, zone, since, initiative.created_at, calendar)
        if first <= now:
            came[initiative.id] = first
        later.append(next_run(cadence, zone, max(now, begins), initiative.created_at, calendar))
    session.add(plan)
    if came and (at := may_ask_at(session, team_id, user_id, zone, now)) > now:
        plan.due_at = at
        return
    if came:
        _ask(session, team_id, user_id, [each for each in owned if each.initiative.id in came], came, now)
    plan.since, plan.due_at = now, min(later, default=None)


def still_to_check_in(
    session: Session, team_id: str, user_id: str, criterion_ids: Collection[int], now: datetime
) -> list[Found]:
    """Return which of some criteria somebody is to be reminded of: theirs, open, and not checked in lately."""
    owned = _owned(session, team_id, user_id, now)
    return _unmuted(session, user_id, [each for each in owned if each.row.id in criterion_ids], now)


def set_check_ins(session: Session, actor: Actor, request: SetCheckIns, now: datetime) -> Initiative:
    """Store when owners of an initiative's criteria are reminded, plan it anew, and return the initiative.

    Raises:
        UserError: none fits.
        AmbiguousError: several fit.
        NotAllowedError: they are not its owner.
    """
    initiative = find_initiative(session, actor, request.initiative)
    what = f"when owners of “{initiative.name}” are reminded"
    require_owner(known_person(session, actor), initiative.owner_id, None, what)
    row = session.get_one(InitiativeRow, initiative.id)
    row.check_ins = "" if request.cadence is None else format_every(request.cadence)
    session.add(row)
    owners = checkin_plans.owners_of(session, initiative.id)
    checkin_plans.look_at_plans(session, actor.team_id, owners, now)
    return replace(initiative, check_ins=row.check_ins)


def stop_reminding(
    session: Session, actor: Actor, outbox_id: int, now: datetime, *, for_good: bool
) -> datetime | None:
    """Remind somebody no more of the criteria of a reminder, for a week or for good.

    Returns:
        Until when, aware UTC, or None for good.

    Raises:
        UserError: none of the criteria is theirs.
    """
    until = None if for_good else now + SNOOZED
    ids = _own_of(session, actor, outbox_id)
    checkin_plans.mute(session, actor.team_id, actor.user_id, ids, until)
    return until


def remind_again(session: Session, actor: Actor, outbox_id: int) -> None:
    """Take back what `stop_reminding` did; as that raises."""
    checkin_plans.unmute(session, actor.user_id, _own_of(session, actor, outbox_id))


def _own_of(session: Session, actor: Actor, outbox_id: int) -> list[int]:
    row = session.get(OutboxRow, outbox_id)
    ids = row.facts.get("criterion_ids", []) if row is not None and row.team_id == actor.team_id else []
    owned = checkin_plans.rows_to_check_in(session, actor.team_id, actor.user_id)
    own = [each.id for each in owned if each.id is not None and each.id in ids]
    if not own:
        raise UserError("None of these criteria is open and yours any more, so you are not reminded of them.")
    return own


def _owned(session: Session, team_id: str, user_id: str, now: datetime) -> list[Found]:
    rows = checkin_plans.rows_to_check_in(session, team_id, user_id)
    found = with_initiatives(session, team_id, rows)
    return [
        each for each in found if each.initiative.state is InitiativeState.OPEN and not _is_due(each, now)
    ]


def _is_due(found: Found, now: datetime) -> bool:
    due_at = due_end(found.criterion)
    return due_at is not None and due_at <= now


def _unmuted(session: Session, user_id: str, owned: list[Found], now: datetime) -> list[Found]:
    ids = [each.criterion.id for each in owned]
    left_out = {*checked_in_since(session, ids, now - LATELY), *checkin_plans.muted(session, user_id, now)}
    return [each for each in owned if each.criterion.id not in left_out]


def _ask(
    session: Session,
    team_id: str,
    user_id: str,
    owned: list[Found],
    came: dict[int, datetime],
    now: datetime,
) -> None:
    wanted = _unmuted(session, user_id, owned, now)
    if wanted:
        add_to_outbox(
            session,
            team_id=team_id,
            key=f"check_ins:{user_id}:{max(came.values()).isoformat()}",
            kind=OutboxKind.CHECK_INS_DUE,
            channel_id=user_id,
            facts={"criterion_ids": [each.criterion.id for each in wanted]},
            now=now,
        )
