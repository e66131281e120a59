"""Nudging: who owns a criterion is asked for a check-in, once much of its time is gone or somebody wants it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.db import nudges
from bot.db.away import away_until
from bot.db.checkins import last_check_ins
from bot.db.criteria import Found, criterion_by_id
from bot.db.days_off import off_days
from bot.db.deliveries import OutboxClaim
from bot.db.models import CriterionRow
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.people import find_person
from bot.db.posts import last_post_ts
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.criterion import CriterionState, Kind
from bot.domain.initiative import InitiativeState
from bot.domain.nudge import SHARES, Nudge, gone_at
from bot.domain.status import due_end
from bot.domain.wallclock import day_at, show_moment, start_of_day
from bot.errors import UserError
from bot.services.disturbing import may_ask_at
from bot.services.finding import find_criterion
from bot.services.lines import line_of_found
from bot.services.people import known_person
from bot.services.reminding import LEASE, whom_to_ask


@dataclass(frozen=True, slots=True)
class Nudged:
    """A criterion whose owner was nudged.

    Attributes:
        name: The criterion's.
        asked: Slack user id of its owner.
        later: When they get it, as whoever nudged reads it, where that is not now; else empty.
    """

    name: str
    asked: str
    later: str


def plan_nudge(session: Session, found: Found, now: datetime) -> None:
    """Plan when a criterion's owner is told that a check-in is missed, after whatever may have changed that."""
    assert found.row.id is not None
    nudges.save_nudge(session, found.row.team_id, found.row.id, _next_at(session, found, now))


async def claim_nudges(deps: Deps, limit: int) -> list[int]:
    """Take up to `limit` criteria that are to be looked at, as row ids; nothing is written when none is."""
    now = deps.now()
    if not await deps.database.read(nudges.any_nudge_due, deps.team_id, now):
        return []
    return await deps.database.write(
        nudges.claim_nudges, deps.team_id, now=now, limit=limit, lease_until=now + LEASE
    )


async def nudge_of(deps: Deps, criterion_id: int) -> None:
    """Put a claimed nudge into the outbox, or plan it for later, or forget it."""
    await deps.database.write(nudge_now, deps.team_id, criterion_id, deps.now())
    deps.wake.set()


def nudge_now(session: Session, team_id: str, criterion_id: int, now: datetime) -> None:
    """Write the nudge that is due of a criterion, unless it is not the time for it, and plan the next."""
    found = criterion_by_id(session, team_id, criterion_id)
    at = _next_at(session, found, now)
    if at is not None and at <= now:
        _tell(session, found, now)
        at = _next_at(session, found, now)
    nudges.save_nudge(session, team_id, criterion_id, at)


def nudge_owner(session: Session, actor: Actor, name: str, now: datetime) -> Nudged:
    """Have a criterion's owner told by direct message that somebody would like a check-in.

    Raises:
        UserError: none has that name, it is not open or their own, its owner is away or wants no reminders, or was
            nudged today.
        AmbiguousError: several have that name.
        UnknownPersonError: Slack was never asked about whoever nudges.
    """
    person = known_person(session, actor)
    found = find_criterion(session, actor, name)
    row = found.row
    assert row.id is not None
    asked = whom_to_ask(session, found)
    if asked == actor.user_id:
        raise UserError(
            f"“{row.name}” is yours. Check in on it yourself: `/criteria check-in {row.name}`.", field="name"
        )
    if row.state != CriterionState.OPEN or row.frozen:
        what = "has its verdict" if row.frozen else "is paused"
        raise UserError(f"“{row.name}” {what}, so there is nothing to nudge about.", field="name")
    away = away_until(session, actor.team_id, asked)
    if away is not None and away > now:
        until = f"{show_moment(away, now, person.zone)} ({person.zone})"
        raise UserError(f"<@{asked}> is away until {until}. Nudge them when they are back.", field="name")
    is_muted, until_at = nudges.muted_until(session, asked, row.id)
    if is_muted and (until_at is None or until_at > now):
        raise UserError(
            f"<@{asked}> asked not to be reminded of “{row.name}”. Write to them yourself.", field="name"
        )
    day = day_at(now, found.initiative.zone)
    facts = {"criterion_id": row.id, "criterion_ids": [row.id], "share": None, "by": actor.user_id}
    key = f"nudge:{row.id}:{day.isoformat()}"
    if not add_to_outbox(
        session,
        team_id=actor.team_id,
        key=key,
        kind=OutboxKind.NUDGE,
        channel_id=asked,
        facts=facts,
        now=now,
    ):
        raise UserError(
            f"<@{asked}> was nudged about “{row.name}” today already. Once a day is enough; try tomorrow.",
            field="name",
        )
    owner = find_person(session, actor.team_id, asked)
    zone = owner.zone if owner else found.initiative.zone
    at = may_ask_at(session, actor.team_id, asked, zone, now, by_person=True)
    later = f"{show_moment(at, now, person.zone)} ({person.zone})" if at > now else ""
    return Nudged(row.name, asked, later)


def told_nudge(session: Session, claim: OutboxClaim, now: datetime) -> tuple[Nudge | None, str]:
    """Return what a nudge says as things stand now, or None and why it is needed no more."""
    facts = claim.facts
    found = criterion_by_id(session, claim.team_id, facts["criterion_id"])
    row = found.row
    assert row.id is not None
    if found.initiative.state is not InitiativeState.OPEN or row.state != CriterionState.OPEN or row.frozen:
        return None, "the criterion is not open any more"
    due_at = due_end(found.criterion)
    if facts["share"] is not None and due_at is not None and due_at <= now:
        return None, "its due date has passed"
    if facts["share"] is not None and last_check_ins(session, row.id, 1):
        return None, "somebody checked in"
    asked = whom_to_ask(session, found)
    person = find_person(session, claim.team_id, asked)
    line = line_of_found(found, now)
    name = person.name if person else ""
    share, by = facts["share"], facts["by"]
    return Nudge(found.initiative, line, asked, name, share, by, claim.outbox_id), ""


def _next_at(session: Session, found: Found, now: datetime) -> datetime | None:
    """Return when the next nudge of a criterion is due and its owner may be asked, or None without one."""
    row, due_at = found.row, due_end(found.criterion)
    is_open = found.initiative.state is InitiativeState.OPEN and row.state == CriterionState.OPEN
    if not is_open or row.frozen or row.kind != Kind.SUCCESS or due_at is None or due_at <= now:
        return None
    assert row.id is not None
    if last_check_ins(session, row.id, 1):
        return None
    start = _start(found)
    asked = whom_to_ask(session, found)
    is_muted, until = nudges.muted_until(session, asked, row.id)
    if is_muted and until is None:
        # Looked at once a day: they may want to be reminded again.
        return now + timedelta(days=1)
    wanted = _wanted(session, row, start, due_at, now)
    if wanted is None:
        return None
    person = find_person(session, row.team_id, asked)
    zone = person.zone if person else found.initiative.zone
    days = off_days(session, row.team_id)
    at = may_ask_at(session, row.team_id, asked, zone, max(wanted, now, until or now), days_off=days)
    return at if at < due_at else None


def _wanted(
    session: Session, row: CriterionRow, start: datetime, due_at: datetime, now: datetime
) -> datetime | None:
    """Return when the latest nudge is due that was not told yet; a later one makes those before it unneeded."""
    passed = [share for share in SHARES if gone_at(start, due_at, share) <= now]
    if passed and not nudges.was_added(session, _key(row, passed[-1])):
        return gone_at(start, due_at, passed[-1])
    later = SHARES[len(passed) :]
    return gone_at(start, due_at, later[0]) if later else None


def _tell(session: Session, found: Found, now: datetime) -> None:
    row, home = found.row, found.initiative.channel_id
    due_at = due_end(found.criterion)
    assert due_at is not None
    share = max(share for share in SHARES if gone_at(_start(found), due_at, share) <= now)
    # In the thread of the last post, where the team reads; without one a new message would only be noise there.
    in_thread = last_post_ts(session, found.initiative.id, home) is not None
    add_to_outbox(
        session,
        team_id=row.team_id,
        key=_key(row, share),
        kind=OutboxKind.NUDGE_REPLY if in_thread else OutboxKind.NUDGE,
        channel_id=home if in_thread else whom_to_ask(session, found),
        facts={"criterion_id": row.id, "criterion_ids": [row.id], "share": share, "by": None},
        now=now,
    )


def _start(found: Found) -> datetime:
    return max(found.row.created_at, start_of_day(found.initiative.starts_on, found.initiative.zone))


def _key(row: CriterionRow, share: int) -> str:
    return f"nudge:{row.id}:{share}"
