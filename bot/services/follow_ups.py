"""Follow-ups: added, listed worst first, closed with or without being done, snoozed, and opened again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.db import follow_ups
from bot.db.homes import redraw_homes
from bot.db.initiatives import find_initiative_by_id, sees_initiative, visible_initiatives
from bot.db.models import FollowUpRow
from bot.db.people import find_person
from bot.domain.actor import Actor
from bot.domain.dates import resolve
from bot.domain.follow_up import (
    SOON,
    FollowUpMove,
    FollowUpState,
    FollowUpView,
    parse_not_doing,
    snoozed_until,
)
from bot.domain.initiative import Initiative
from bot.domain.requests import AddFollowUp, Scope
from bot.domain.wallclock import day_at
from bot.errors import UnknownPersonError, UserError
from bot.services.finding import find_initiative
from bot.services.follow_up_reminders import plan_follow_up
from bot.services.people import known_person
from bot.services.permission import require_owner


@dataclass(frozen=True, slots=True)
class FollowUpPage:
    """One page of the open follow-ups somebody sees.

    Attributes:
        views: The page, the longest overdue first and snoozed ones last.
        scope: Which list it is.
        initiative: The only one it is about, or None.
        page: From 0.
        total: Follow-ups in the list.
        left: How many come after this page.
    """

    views: tuple[FollowUpView, ...]
    scope: Scope
    initiative: Initiative | None
    page: int
    total: int
    left: int


def addable(session: Session, actor: Actor) -> list[Initiative]:
    """Return the initiatives somebody may add a follow-up to, those of the channel they are in first.

    Raises:
        UserError: there is none.
        UnknownPersonError: Slack was never asked about them.
    """
    known_person(session, actor)
    seen = visible_initiatives(session, actor)
    if not seen:
        raise UserError(
            'There is no open initiative you can see. Start one: `/initiative new "Checkout rewrite" by 31 Dec`.'
        )
    return sorted(seen, key=lambda each: each.channel_id != actor.channel_id)


def add_follow_up(session: Session, actor: Actor, request: AddFollowUp, now: datetime) -> FollowUpView:
    """Store a follow-up and plan when its owner is told of it; whoever sees an initiative may.

    Raises:
        UserError: no initiative fits, the day is over (field ``due``), or the owner has left (``owner``).
        AmbiguousError: several initiatives fit.
        UnknownPersonError: Slack was never asked about the owner.
    """
    initiative = find_initiative(session, actor, request.initiative)
    owner = find_person(session, actor.team_id, request.owner.id)
    if owner is None:
        raise UnknownPersonError(request.owner.id)
    if owner.is_deleted:
        raise UserError(
            f"{owner.name or 'That person'} has left. Name somebody who works here.", field="owner"
        )
    row = FollowUpRow(
        team_id=actor.team_id,
        initiative_id=initiative.id,
        text=request.text,
        owner_id=owner.user_id,
        due_on=resolve(request.due, day_at(now, initiative.zone)),
        created_by=actor.user_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    plan_follow_up(session, row, initiative, now)
    return _changed(session, row, initiative, now)


def take_back_follow_up(session: Session, actor: Actor, follow_up_id: int, now: datetime) -> FollowUpView:
    """Make a follow-up one that never was, and return it as it was.

    Raises:
        UserError: it was taken back before, is closed, or can't be seen from here.
        NotAllowedError: they neither typed it nor own its initiative.
        UnknownPersonError: Slack was never asked about them.
    """
    row, initiative = _seen(session, actor, follow_up_id, creator=True)
    require_owner(known_person(session, actor), row.created_by, initiative, f"the follow-up “{row.text}”")
    if row.state != FollowUpState.OPEN:
        raise UserError("It is closed already, and stays in the timeline.")
    view = _changed(session, row, initiative, now)
    session.delete(row)
    return view


def list_follow_ups(
    session: Session,
    actor: Actor,
    scope: Scope,
    now: datetime,
    *,
    initiative_id: int | None = None,
    page: int = 0,
    size: int,
) -> FollowUpPage:
    """Return a page of the open follow-ups somebody sees; of closed initiatives, too.

    Args:
        session: An open session.
        actor: Who asks, and from where.
        scope: ``here``, ``mine``, ``all`` or ``initiative``.
        now: Aware UTC.
        initiative_id: Set when the scope is ``initiative``.
        page: From 0; the last one when there are not so many any more.
        size: Follow-ups on a page.
    """
    channel_id = actor.channel_id if scope is Scope.HERE else None
    owner_id = actor.user_id if scope is Scope.MINE else None
    total = follow_ups.count_open(
        session, actor, channel_id=channel_id, owner_id=owner_id, initiative_id=initiative_id
    )
    page = min(page, max(0, total - 1) // size)
    views = follow_ups.list_open(
        session,
        actor,
        now,
        offset=page * size,
        limit=size,
        channel_id=channel_id,
        owner_id=owner_id,
        initiative_id=initiative_id,
    )
    initiative = None
    # What is not seen is not named, whatever an old button says.
    if initiative_id is not None and sees_initiative(session, actor, initiative_id):
        initiative = find_initiative_by_id(session, actor.team_id, initiative_id)
    return FollowUpPage(tuple(views), scope, initiative, page, total, max(0, total - (page + 1) * size))


def seen_follow_up(session: Session, actor: Actor, follow_up_id: int) -> FollowUpView:
    """Return a follow-up somebody sees.

    Raises:
        UserError: it was taken back, or can't be seen from here.
    """
    row, initiative = _seen(session, actor, follow_up_id, for_update=False)
    return FollowUpView(follow_ups.to_follow_up(row), initiative)


def movable(session: Session, actor: Actor, follow_up_id: int) -> FollowUpView:
    """Return a follow-up somebody may close and snooze.

    Raises:
        UserError: it was taken back, or can't be seen from here.
        NotAllowedError: they own neither it nor its initiative, and are no admin.
        UnknownPersonError: Slack was never asked about them.
    """
    row, initiative = _seen(session, actor, follow_up_id, for_update=False)
    _require_owner(session, actor, row, initiative)
    return FollowUpView(follow_ups.to_follow_up(row), initiative)


def move_follow_up(
    session: Session, actor: Actor, follow_up_id: int, move: FollowUpMove, now: datetime, *, reason: str = ""
) -> FollowUpView:
    """Do what a button says and return how the follow-up stands; a press that comes too late changes nothing.

    Args:
        session: The session of a unit of work.
        actor: Who pressed, and where.
        follow_up_id: Row id.
        move: What is done to it.
        now: Aware UTC.
        reason: Why it is not done; only read for ``not_doing``.

    Raises:
        UserError: field ``reason``; it is turned down without one. Or as `movable`.
        NotAllowedError: as `movable`.
        UnknownPersonError: as `movable`.
    """
    row, initiative = _seen(session, actor, follow_up_id)
    _require_owner(session, actor, row, initiative)
    is_open = row.state == FollowUpState.OPEN
    if move is FollowUpMove.REOPEN:
        row.state, row.reason, row.closed_by, row.closed_at = FollowUpState.OPEN.value, "", None, None
        if row.snoozed_until is not None and row.snoozed_until > now:
            row.snoozed_until = None
    elif is_open and move is FollowUpMove.SNOOZE:
        row.snoozed_until = snoozed_until(now, initiative.zone)
    elif is_open:
        is_done = move is FollowUpMove.DONE
        row.reason = "" if is_done else parse_not_doing(reason)
        row.state = (FollowUpState.DONE if is_done else FollowUpState.NOT_DOING).value
        row.closed_by, row.closed_at = actor.user_id, now
    plan_follow_up(session, row, initiative, now)
    return _changed(session, row, initiative, now)


def due_follow_ups(session: Session, initiative: Initiative, now: datetime) -> tuple[FollowUpView, ...]:
    """Return an initiative's follow-ups that are overdue or due soon, the earliest first, without snoozed ones."""
    until = day_at(now, initiative.zone) + SOON
    return tuple(
        _named(session, row, initiative) for row in follow_ups.due_rows(session, initiative.id, until, now)
    )


def waiting_follow_ups(session: Session, actor: Actor, now: datetime) -> list[FollowUpView]:
    """Return the open follow-ups somebody owns and sees, the earliest day first, without snoozed ones."""
    count = follow_ups.count_open(session, actor, owner_id=actor.user_id)
    own = follow_ups.list_open(session, actor, now, offset=0, limit=count, owner_id=actor.user_id)
    return [each for each in own if not each.follow_up.is_snoozed(now)]


def _named(session: Session, row: FollowUpRow, initiative: Initiative) -> FollowUpView:
    owner = find_person(session, row.team_id, row.owner_id)
    return FollowUpView(follow_ups.to_follow_up(row), initiative, owner.name if owner else "")


def _seen(
    session: Session, actor: Actor, follow_up_id: int, *, creator: bool = False, for_update: bool = True
) -> tuple[FollowUpRow, Initiative]:
    """Return a follow-up's row and its initiative to its owner and to whoever sees that."""
    row = follow_ups.find_follow_up_row(session, actor.team_id, follow_up_id, for_update=for_update)
    if row is None:
        raise UserError("That follow-up was taken back.")
    # Whoever owns one is told of it by direct message, from where its initiative may not be seen.
    own = actor.user_id == row.owner_id or (creator and actor.user_id == row.created_by)
    if not own and not sees_initiative(session, actor, row.initiative_id):
        raise UserError("That follow-up can't be seen from here.")
    initiative = find_initiative_by_id(session, actor.team_id, row.initiative_id)
    assert initiative is not None, "initiatives are closed, never deleted"
    return row, initiative


def _require_owner(session: Session, actor: Actor, row: FollowUpRow, initiative: Initiative) -> None:
    require_owner(known_person(session, actor), row.owner_id, initiative, f"the follow-up “{row.text}”")


def _changed(session: Session, row: FollowUpRow, initiative: Initiative, now: datetime) -> FollowUpView:
    session.add(row)
    session.flush()
    redraw_homes(session, row.team_id, [row.owner_id], now)
    return _named(session, row, initiative)
