"""Shipping: a change is announced once in its initiative's home channel, said something of, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.db.initiatives import find_initiative_by_id, visible_initiatives
from bot.db.models import ShipRow
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.posts import redraw_posts
from bot.db.reactions import forget_reactions, note_click
from bot.db.redraws import ask_redraw
from bot.db.ships import (
    add_ship,
    count_notes_on,
    count_votes,
    delete_vote,
    find_ship_row,
    find_vote,
    save_vote,
    ships_since,
    to_ship,
)
from bot.domain.actor import Actor
from bot.domain.initiative import Initiative
from bot.domain.post import PostLine
from bot.domain.requests import ShipChange
from bot.domain.ship import Ship, ShipView, Thumb
from bot.errors import UserError
from bot.services.finding import find_initiative
from bot.services.people import known_person
from bot.services.permission import require_owner


@dataclass(frozen=True, slots=True)
class Shipped:
    """A ship that was stored, or is shown to whoever shipped it."""

    ship: Ship
    initiative: Initiative


@dataclass(frozen=True, slots=True)
class Voted:
    """What somebody says of a ship now, and what they had said before; None for nothing."""

    ship: Ship
    thumb: Thumb | None
    former: Thumb | None


def ship_change(session: Session, actor: Actor, request: ShipChange, now: datetime) -> Shipped:
    """Store a ship and have it announced; whoever sees an initiative may ship for it.

    Raises:
        UserError: field ``initiative``; none has that name, or the channel is home to none.
        AmbiguousError: several fit.
    """
    initiative = find_initiative(session, actor, request.initiative)
    ship = announce(
        session,
        actor.team_id,
        initiative,
        request.name,
        by=actor.user_id,
        now=now,
        reactions=request.reactions,
    )
    return Shipped(ship, initiative)


def announce(
    session: Session,
    team_id: str,
    initiative: Initiative,
    name: str,
    *,
    by: str,
    now: datetime,
    by_program: bool = False,
    link: str = "",
    reactions: bool = False,
) -> Ship:
    """Store a ship, have it announced in its initiative's home channel, and the posts drawn again."""
    ship = add_ship(
        session,
        team_id=team_id,
        initiative_id=initiative.id,
        channel_id=initiative.channel_id,
        name=name,
        by=by,
        now=now,
        by_program=by_program,
        link=link,
        reactions=reactions,
    )
    add_to_outbox(
        session,
        team_id=team_id,
        key=f"ship:{ship.id}",
        kind=OutboxKind.SHIP,
        channel_id=initiative.channel_id,
        facts={"ship_id": ship.id},
        now=now,
    )
    redraw_posts(session, initiative.id, now)
    return ship


def take_back(session: Session, actor: Actor, ship_id: int, now: datetime) -> Shipped:
    """Make a ship one that never was: it is counted nowhere, and its announcement says so.

    Raises:
        UserError: it is gone or taken back already.
        NotAllowedError: the person neither shipped it nor owns its initiative.
        UnknownPersonError: Slack was never asked about them.
    """
    row = _standing_row(session, actor.team_id, ship_id, for_update=True)
    initiative = _initiative_of(session, row)
    require_owner(known_person(session, actor), row.by_user_id, initiative, f"the ship “{row.name}”")
    row.taken_back_at = now
    if row.ts is not None:
        forget_reactions(session, row.team_id, row.channel_id, row.ts)
    _changed(session, row, now)
    return Shipped(to_ship(row), initiative)


def vote_on(session: Session, actor: Actor, ship_id: int, thumb: Thumb, now: datetime) -> Voted:
    """Count what somebody says of a ship with one tap, once; a second tap changes it.

    Raises:
        UserError: it was taken back, or can't be seen from here.
    """
    return _press(session, actor, ship_id, thumb, now)


def withdraw_vote(session: Session, actor: Actor, ship_id: int, now: datetime) -> Voted:
    """Count what somebody said of a ship no more.

    Raises:
        UserError: it was taken back, or can't be seen from here.
    """
    return _press(session, actor, ship_id, None, now)


def count_vote(session: Session, actor: Actor, ship_id: int, thumb: Thumb | None, now: datetime) -> Voted:
    """Count what somebody says of a ship, once, or no more for None.

    Raises:
        UserError: it was taken back, or can't be seen from here; nothing was written then.
    """
    row = _seen_row(session, actor, ship_id)
    former = find_vote(session, ship_id, actor.user_id)
    if thumb is None:
        delete_vote(session, ship_id, actor.user_id)
    else:
        save_vote(session, row.team_id, ship_id, actor.user_id, thumb, now)
    _changed(session, row, now)
    return Voted(to_ship(row), thumb, former)


def _press(session: Session, actor: Actor, ship_id: int, thumb: Thumb | None, now: datetime) -> Voted:
    voted = count_vote(session, actor, ship_id, thumb, now)
    row = find_ship_row(session, actor.team_id, ship_id)
    if row is not None and row.reactions:
        note_click(session, row.team_id, row.channel_id, row.ts, actor.user_id, actor.acted_at or now)
    return voted


def ship_to_note(session: Session, actor: Actor, ship_id: int) -> Shipped:
    """Return a ship somebody leaves a note on, with its initiative.

    Raises:
        UserError: it was taken back, or can't be seen from here.
    """
    row = _seen_row(session, actor, ship_id)
    return Shipped(to_ship(row), _initiative_of(session, row))


def noted(session: Session, actor: Actor, ship_id: int, now: datetime) -> None:
    """Have a ship's announcement and its initiative's posts drawn again after a note on it."""
    row = find_ship_row(session, actor.team_id, ship_id, for_update=True)
    if row is not None:
        _changed(session, row, now)


def ship_view(session: Session, team_id: str, ship_id: int) -> ShipView:
    """Return a ship as its message shows it now."""
    row = find_ship_row(session, team_id, ship_id)
    assert row is not None, "ships are taken back, never deleted"
    votes = count_votes(session, ship_id)
    return ShipView(
        ship=to_ship(row),
        initiative=_initiative_of(session, row),
        ups=votes[Thumb.UP],
        downs=votes[Thumb.DOWN],
        notes=count_notes_on(session, ship_id),
    )


@dataclass(frozen=True, slots=True)
class PostedShip:
    """A ship with where its announcement stands."""

    view: ShipView
    channel_id: str
    ts: str


def posted_ship(session: Session, team_id: str, ship_id: int) -> PostedShip:
    """Return a ship whose announcement is drawn again."""
    row = find_ship_row(session, team_id, ship_id)
    assert row is not None, "ships are taken back, never deleted"
    assert row.ts is not None, "only posted announcements are claimed"
    return PostedShip(ship_view(session, team_id, ship_id), row.channel_id, row.ts)


def shippable(session: Session, actor: Actor) -> list[Initiative]:
    """Return the initiatives somebody may ship for, those of the channel they are in first.

    Raises:
        UserError: there is none.
    """
    seen = visible_initiatives(session, actor)
    if not seen:
        raise UserError(
            'There is no open initiative you can see. Start one: `/initiative new "Checkout rewrite" by 31 Dec`.'
        )
    return sorted(seen, key=lambda each: each.channel_id != actor.channel_id)


def with_ships(session: Session, initiative_id: int, lines: Sequence[PostLine]) -> list[PostLine]:
    """Return an initiative's lines with what was shipped since their first readings, for their charts."""
    moments = [each.readings[0].at for each in lines if each.readings]
    ships = ships_since(session, initiative_id, min(moments)) if moments else []
    if not ships:
        return list(lines)
    return [replace(each, ships=tuple(ships)) for each in lines]


def _standing_row(session: Session, team_id: str, ship_id: int, *, for_update: bool) -> ShipRow:
    row = find_ship_row(session, team_id, ship_id, for_update=for_update)
    if row is None or row.taken_back_at is not None:
        raise UserError("That ship was taken back.")
    return row


def _seen_row(session: Session, actor: Actor, ship_id: int) -> ShipRow:
    row = _standing_row(session, actor.team_id, ship_id, for_update=True)
    # Who presses under the announcement is in its channel, whatever else they see.
    if actor.channel_id != row.channel_id and all(
        each.id != row.initiative_id for each in visible_initiatives(session, actor)
    ):
        raise UserError("That ship can't be seen from here.")
    return row


def _changed(session: Session, row: ShipRow, now: datetime) -> None:
    if row.ts is not None:
        ask_redraw(row, now)
    session.add(row)
    redraw_posts(session, row.initiative_id, now)


def _initiative_of(session: Session, row: ShipRow) -> Initiative:
    initiative = find_initiative_by_id(session, row.team_id, row.initiative_id)
    assert initiative is not None, "initiatives are closed, never deleted"
    return initiative
