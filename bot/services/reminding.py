"""Reminding: the owner of a criterion that is set by hand is asked for its value once each time it is due."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from bot.db import reminders
from bot.db.criteria import Found
from bot.db.homes import redraw_homes
from bot.db.initiatives import find_initiative_by_id
from bot.db.models import CriterionRow, ReminderRow
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.people import find_person
from bot.deps import Deps
from bot.domain.criterion import CriterionState, SourceKind
from bot.domain.initiative import InitiativeState
from bot.domain.reminding import value_due_at
from bot.domain.rhythms import parse_stored_cadence
from bot.domain.status import due_end
from bot.domain.wallclock import start_of_day
from bot.errors import DeliveryError
from bot.services.disturbing import may_ask_at
from bot.services.people import learn_person

LEASE = timedelta(minutes=2)
"""Longer than Slack is waited for as a rule; a reminder taken twice is still sent once, by its key."""

log = structlog.get_logger(__name__)


def plan_reminder(session: Session, found: Found, now: datetime) -> None:
    """Plan when a criterion's owner is asked for its next value; other sources than `manual` have no plan.

    Args:
        session: The session of the unit of work that created it, gave it a value, paused or resumed it.
        found: The criterion.
        now: Aware UTC.
    """
    if found.row.source_kind == SourceKind.MANUAL:
        assert found.row.id is not None
        at = _reminder_at(session, found, now)
        reminders.plan_reminder(session, found.row.team_id, found.row.id, at)


async def claim_reminders(deps: Deps, limit: int) -> list[int]:
    """Take up to `limit` reminders that are due, as criteria's row ids; nothing is written when none is."""
    now = deps.now()
    if not await deps.database.read(reminders.any_reminder_due, deps.team_id, now):
        return []
    return await deps.database.write(
        reminders.claim_reminders, deps.team_id, now=now, limit=limit, lease_until=now + LEASE
    )


async def remind(deps: Deps, criterion_id: int) -> None:
    """Put a claimed reminder into the outbox, unless it is not the time for it or needed no more.

    One that fell into somebody's night, because Loopmark was off or the person moved, is planned anew.
    """
    unknown = await deps.database.read(_unknown_person, criterion_id)
    if unknown is not None:
        try:
            await learn_person(deps, deps.team_id, unknown)
        except DeliveryError as error:  # then the initiative's zone says what night is
            log.info("zone not known", user_id=unknown, cause=str(error))
    await deps.database.write(remind_now, criterion_id, deps.now())
    deps.wake.set()


def remind_now(session: Session, criterion_id: int, now: datetime) -> None:
    """Put a reminder into the outbox, or plan it for later, or forget it; see `remind`."""
    reminder = session.get(ReminderRow, criterion_id)
    if reminder is None:
        return
    found = _found(session, criterion_id)
    at = None if found is None else _reminder_at(session, found, now)
    if found is None or at is None:
        session.delete(reminder)
    elif at > now:
        reminder.due_at = at
        session.add(reminder)
    else:
        _ask(session, found, now)
        session.delete(reminder)


def _unknown_person(session: Session, criterion_id: int) -> str | None:
    """Return who would be asked where Slack was never asked about them, else None."""
    found = _found(session, criterion_id)
    if found is None:
        return None
    user_id = whom_to_ask(session, found)
    return user_id if find_person(session, found.row.team_id, user_id) is None else None


def _found(session: Session, criterion_id: int) -> Found | None:
    row = session.get_one(CriterionRow, criterion_id)
    initiative = find_initiative_by_id(session, row.team_id, row.initiative_id)
    if initiative is None or initiative.state is not InitiativeState.OPEN:
        return None
    return Found(row=row, initiative=initiative)


def _reminder_at(session: Session, found: Found, now: datetime) -> datetime | None:
    """Return when the owner is asked, now at the earliest; None when nothing is to be asked for any more."""
    row, zone = found.row, found.initiative.zone
    due_at = due_end(found.criterion)
    if row.state != CriterionState.OPEN or row.frozen or (due_at is not None and due_at <= now):
        return None
    wanted = value_due_at(
        parse_stored_cadence(row.every_typed),
        zone,
        created_at=row.created_at,
        starts_at=start_of_day(found.initiative.starts_on, zone),
        value_at=row.value_at,
    )
    asked = whom_to_ask(session, found)
    person = find_person(session, row.team_id, asked)
    at = may_ask_at(session, row.team_id, asked, person.zone if person else zone, max(wanted, now))
    # After the due date the owner is asked for the verdict's value instead.
    return at if due_at is None or at < due_at else None


def whom_to_ask(session: Session, found: Found) -> str:
    """Return who gives a criterion's value (Slack user id): its owner, or the initiative's when they have left."""
    owner = find_person(session, found.row.team_id, found.row.owner_id)
    return found.initiative.owner_id if owner is not None and owner.is_deleted else found.row.owner_id


def _ask(session: Session, found: Found, now: datetime) -> None:
    """Ask for a value; twice for the same one, after a pause say, nothing is added."""
    row = found.row
    redraw_homes(session, row.team_id, [whom_to_ask(session, found)], now)
    value_at = row.value_at.isoformat() if row.value_at else None
    add_to_outbox(
        session,
        team_id=row.team_id,
        key=f"value_due:{row.id}:{value_at or 'first'}",
        kind=OutboxKind.VALUE_DUE,
        channel_id=whom_to_ask(session, found),
        facts={"criterion_id": row.id, "value_at": value_at},
        now=now,
    )
