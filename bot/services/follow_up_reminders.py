"""Reminders of follow-ups: the owner is told once, on the day, and again only when they snoozed it or somebody asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import Session

from bot.db import follow_ups
from bot.db.away import away_until
from bot.db.days_off import off_days
from bot.db.deliveries import OutboxClaim
from bot.db.homes import redraw_homes
from bot.db.initiatives import find_initiative_by_id, sees_initiative
from bot.db.models import FollowUpRow
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.people import find_person
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.follow_up import FollowUpAsked, FollowUpState, FollowUpView
from bot.domain.initiative import Initiative
from bot.domain.reminding import MORNING
from bot.domain.wallclock import day_at, moment_of, show_moment
from bot.errors import DeliveryError, UserError
from bot.services.disturbing import may_ask_at
from bot.services.people import known_person, learn_person
from bot.services.reminding import LEASE

NOBODY_LEFT = timedelta(days=1)
"""How long one waits whose owner has left while nobody has taken the initiative over."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AskedOwner:
    """A follow-up whose owner was asked about it.

    Attributes:
        view: The follow-up.
        later: When they get it, as whoever asks reads it, where that is not now; else empty.
    """

    view: FollowUpView
    later: str


def plan_follow_up(session: Session, row: FollowUpRow, initiative: Initiative, now: datetime) -> None:
    """Plan when a follow-up's owner is told that it is due, after whatever may have changed that."""
    written_on = day_at(row.created_at, initiative.zone)
    # Who writes down for themselves what they will do today does not need to be told a moment later.
    is_known = row.created_by == row.owner_id and row.due_on <= written_on and row.snoozed_until is None
    is_told = row.state == FollowUpState.OPEN and not is_known
    row.remind_at = _when(session, row, initiative, now) if is_told else None
    session.add(row)


async def claim_follow_ups(deps: Deps, limit: int) -> list[int]:
    """Take up to `limit` follow-ups whose owner is to be told, as row ids; nothing is written when none is."""
    now = deps.now()
    if not await deps.database.read(follow_ups.any_to_remind, deps.team_id, now):
        return []
    return await deps.database.write(
        follow_ups.claim_to_remind, deps.team_id, now=now, limit=limit, lease_until=now + LEASE
    )


async def remind_of_follow_up(deps: Deps, follow_up_id: int) -> None:
    """Put a claimed reminder into the outbox, unless it is not the time for it or needed no more."""
    unknown = await deps.database.read(_unknown_owner, deps.team_id, follow_up_id)
    if unknown is not None:
        try:
            await learn_person(deps, deps.team_id, unknown)
        except DeliveryError as error:  # then the initiative's zone says what day it is
            log.info("zone not known", user_id=unknown, cause=str(error))
    await deps.database.write(remind_now, deps.team_id, follow_up_id, deps.now())
    deps.wake.set()


def remind_now(session: Session, team_id: str, follow_up_id: int, now: datetime) -> None:
    """Write the reminder of a follow-up that is due, or plan it for later, or forget it."""
    row = follow_ups.find_follow_up_row(session, team_id, follow_up_id, for_update=True)
    if row is None or row.remind_at is None:
        return
    initiative = _initiative_of(session, row)
    at = None
    if row.state == FollowUpState.OPEN:
        at = _when(session, row, initiative, now)
        if at <= now:
            _tell(session, row, now)
            at = None
    row.remind_at = at
    session.add(row)


def ask_owner(session: Session, actor: Actor, follow_up_id: int, now: datetime) -> AskedOwner:
    """Have a follow-up's owner told that somebody asks about it; in their quiet hours that waits.

    Raises:
        UserError: it is closed or can't be seen from here, its owner is away, or was asked by them today.
        UnknownPersonError: Slack was never asked about whoever asks.
    """
    person = known_person(session, actor)
    row = follow_ups.find_follow_up_row(session, actor.team_id, follow_up_id)
    if row is None or row.state != FollowUpState.OPEN:
        raise UserError("That follow-up is closed, so there is nothing to ask.")
    if not sees_initiative(session, actor, row.initiative_id):
        raise UserError("That follow-up can't be seen from here.")
    initiative = _initiative_of(session, row)
    owner = find_person(session, actor.team_id, row.owner_id)
    name = owner.name if owner and owner.name else "Its owner"
    away = away_until(session, actor.team_id, row.owner_id)
    if away is not None and away > now:
        until = f"{show_moment(away, now, person.zone)} ({person.zone})"
        raise UserError(f"{name} is away until {until}. Ask when they are back.")
    day = day_at(now, initiative.zone).isoformat()
    key = f"follow_up:{row.id}:asked:{actor.user_id}:{day}"
    if not _add(session, row, key, by=actor.user_id, now=now):
        raise UserError(f"You asked {name} about it today already. Once a day is enough; try tomorrow.")
    zone = owner.zone if owner else initiative.zone
    at = may_ask_at(session, actor.team_id, row.owner_id, zone, now, by_person=True)
    later = f"{show_moment(at, now, person.zone)} ({person.zone})" if at > now else ""
    return AskedOwner(FollowUpView(follow_ups.to_follow_up(row), initiative), later)


def told_follow_up(session: Session, claim: OutboxClaim) -> tuple[FollowUpAsked | None, str]:
    """Return what a reminder says as things stand now, or None and why it is needed no more."""
    row = follow_ups.find_follow_up_row(session, claim.team_id, claim.facts["follow_up_id"])
    if row is None:
        return None, "the follow-up was taken back"
    if row.state != FollowUpState.OPEN:
        return None, "the follow-up was closed"
    if row.owner_id != claim.channel_id:
        return None, "somebody else owns it now"
    view = FollowUpView(follow_ups.to_follow_up(row), _initiative_of(session, row))
    return FollowUpAsked(view, claim.facts["by"]), ""


def _when(session: Session, row: FollowUpRow, initiative: Initiative, now: datetime) -> datetime:
    """Return when the owner is told, now at the earliest: the morning of its day, once they are back, on no day off."""
    owner = find_person(session, row.team_id, row.owner_id)
    if owner is not None and owner.is_deleted:
        return now + NOBODY_LEFT
    zone = owner.zone if owner else initiative.zone
    morning = moment_of(datetime.combine(row.due_on, MORNING), ZoneInfo(zone))
    wanted = max(morning, now, row.snoozed_until or now)
    days = off_days(session, row.team_id)
    return may_ask_at(session, row.team_id, row.owner_id, zone, wanted, days_off=days)


def _tell(session: Session, row: FollowUpRow, now: datetime) -> None:
    """Tell an owner once of a day, and once more when the week is over for which it was snoozed."""
    snoozed = row.snoozed_until.date().isoformat() if row.snoozed_until else "first"
    _add(session, row, f"follow_up:{row.id}:{row.due_on.isoformat()}:{snoozed}", by=None, now=now)
    redraw_homes(session, row.team_id, [row.owner_id], now)


def _add(session: Session, row: FollowUpRow, key: str, *, by: str | None, now: datetime) -> bool:
    return add_to_outbox(
        session,
        team_id=row.team_id,
        key=key,
        kind=OutboxKind.FOLLOW_UP,
        channel_id=row.owner_id,
        facts={"follow_up_id": row.id, "by": by},
        now=now,
    )


def _unknown_owner(session: Session, team_id: str, follow_up_id: int) -> str | None:
    row = follow_ups.find_follow_up_row(session, team_id, follow_up_id)
    if row is None or find_person(session, team_id, row.owner_id) is not None:
        return None
    return row.owner_id


def _initiative_of(session: Session, row: FollowUpRow) -> Initiative:
    initiative = find_initiative_by_id(session, row.team_id, row.initiative_id)
    assert initiative is not None, "initiatives are closed, never deleted"
    return initiative
