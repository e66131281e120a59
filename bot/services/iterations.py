"""Iterations: started with a goal and a last day, ended by a decision."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from bot.db.homes import redraw_homes
from bot.db.iterations import add_iteration, count_within, running_row, to_iteration
from bot.db.posts import redraw_posts
from bot.domain.actor import Actor
from bot.domain.dates import resolve
from bot.domain.initiative import Initiative
from bot.domain.iteration import IterationView
from bot.domain.requests import StartIteration
from bot.domain.wallclock import day_at, show_day
from bot.errors import UserError
from bot.services.finding import find_initiative
from bot.services.people import known_person
from bot.services.permission import require_owner


def start_iteration(session: Session, actor: Actor, request: StartIteration, now: datetime) -> IterationView:
    """Start an iteration today; an initiative runs one at a time, until it is decided.

    Raises:
        UserError: one runs already, or the day is over; the field says which.
        AmbiguousError: several initiatives fit.
        NotAllowedError: the person neither owns the initiative nor is an admin.
        UnknownPersonError: Slack was never asked about them.
    """
    initiative = find_initiative(session, actor, request.initiative)
    require_owner(
        known_person(session, actor), initiative.owner_id, None, f"the iterations of “{initiative.name}”"
    )
    today = day_at(now, initiative.zone)
    row = running_row(session, initiative.id, for_update=True)
    if row is not None:
        raise UserError(
            f"“{row.goal}” runs until {show_day(row.ends_on, today)}. End it with a decision first: "
            f"`/loop decide keep|change|stop for {initiative.name}`.",
            field="goal",
        )
    add_iteration(
        session,
        team_id=actor.team_id,
        initiative_id=initiative.id,
        goal=request.goal,
        starts_on=today,
        ends_on=resolve(request.due, today, field="due"),
        by=actor.user_id,
        now=now,
    )
    redraw_posts(session, initiative.id, now)
    redraw_homes(session, actor.team_id, [initiative.owner_id], now)
    view = running_iteration(session, initiative)
    assert view is not None, "it was just started"
    return view


def running_iteration(session: Session, initiative: Initiative) -> IterationView | None:
    """Return an initiative's running iteration with what happened within it, or None."""
    row = running_row(session, initiative.id)
    if row is None:
        return None
    ships, feedback, readings = count_within(session, initiative.id, row.at)
    return IterationView(initiative, to_iteration(row), ships, feedback, readings)
