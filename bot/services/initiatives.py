"""Initiatives: started, listed, shown and closed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot.db.criteria import criteria_of
from bot.db.follow_ups import owners_of_open
from bot.db.homes import redraw_homes
from bot.db.initiatives import find_initiative_by_id, visible_initiatives
from bot.db.models import CriterionRow, InitiativeRow
from bot.deps import Deps
from bot.domain.actor import Actor, Channel
from bot.domain.dates import resolve
from bot.domain.initiative import Initiative, InitiativeState
from bot.domain.iteration import IterationView
from bot.domain.line import CriterionLine
from bot.domain.names import fold, parse_name
from bot.domain.requests import NewInitiative
from bot.domain.standing import Standing, worst
from bot.domain.timeline import NOTHING, Timeline
from bot.domain.wallclock import day_at
from bot.errors import UserError
from bot.services.channels import check_channel
from bot.services.finding import find_initiative
from bot.services.iterations import running_iteration
from bot.services.lines import lines_by_need
from bot.services.people import known_person
from bot.services.permission import require_owner
from bot.services.timeline import timeline_of


@dataclass(frozen=True, slots=True)
class InitiativeView:
    """An initiative with its criteria, as it stands.

    Attributes:
        initiative: The initiative.
        lines: Its criteria, those that need attention first; archived ones are left out.
        standing: The worst of its open criteria, or None when it has none.
        timeline: The last of what happened to it; empty where it was not asked for.
        iteration: The running one with what happened within it, or None.
    """

    initiative: Initiative
    lines: tuple[CriterionLine, ...]
    standing: Standing | None
    timeline: Timeline = NOTHING
    iteration: IterationView | None = None


def view_initiative(session: Session, initiative: Initiative, now: datetime) -> InitiativeView:
    """Return an initiative with its criteria, as it stands."""
    lines = lines_by_need(criteria_of(session, initiative), now)
    return InitiativeView(initiative=initiative, lines=lines, standing=worst(line.standing for line in lines))


async def start_initiative(
    deps: Deps, actor: Actor, request: NewInitiative, *, outcome: str = ""
) -> Initiative:
    """Store a new initiative and return it.

    Its home channel is checked with Slack first: the bot has to be in it to post there.

    Raises:
        UserError: the channel can't be posted in, the date is in the past, or the name is taken there.
        UnknownPersonError: Slack was never asked about the person.
        DeliveryError: Slack could not be asked.
    """
    await deps.database.read(known_person, actor)
    channel_id = request.channel.id if request.channel else actor.channel_id
    name = request.channel.name if request.channel else actor.channel_name
    if not channel_id or channel_id.startswith("D"):
        raise UserError(
            "An initiative needs a home channel. Name one: `in #general` (choose it from Slack's list).",
            field="channel",
        )
    channel = await check_channel(deps, actor.team_id, channel_id, name=name)
    return await deps.database.write(_add, actor, request, outcome, channel, deps)


def _add(
    session: Session, actor: Actor, request: NewInitiative, outcome: str, channel: Channel, deps: Deps
) -> Initiative:
    now = deps.now()
    person = known_person(session, actor)
    zone = request.zone or person.zone
    today = day_at(now, zone)
    name = parse_name(request.name, what="initiative")
    everyone = Actor(team_id=actor.team_id, user_id=actor.user_id, channel_id=channel.channel_id)
    taken = visible_initiatives(session, everyone, name_key=fold(name))
    if any(initiative.channel_id == channel.channel_id for initiative in taken):
        raise UserError(
            f"#{channel.name} already has an open initiative “{name}”. Give this one another name.",
            field="name",
        )
    row = InitiativeRow(
        team_id=actor.team_id,
        name=name,
        name_key=fold(name),
        outcome=outcome.strip(),
        owner_id=request.owner.id if request.owner else actor.user_id,
        channel_id=channel.channel_id,
        zone=zone,
        starts_on=today,
        ends_on=resolve(request.due, today),
        created_by=actor.user_id,
        created_at=now,
    )
    session.add(row)
    redraw_homes(session, actor.team_id, [actor.user_id, row.owner_id], now)
    session.flush()
    assert row.id is not None
    initiative = find_initiative_by_id(session, actor.team_id, row.id)
    assert initiative is not None
    return initiative


def list_initiatives(session: Session, actor: Actor, now: datetime) -> list[InitiativeView]:
    """Return the open initiatives a person may see, with their standing, this channel's first."""
    initiatives = visible_initiatives(session, actor)
    initiatives.sort(key=lambda initiative: initiative.channel_id != actor.channel_id)
    return [view_initiative(session, initiative, now) for initiative in initiatives]


def show_initiative(session: Session, actor: Actor, name: str | None, now: datetime) -> InitiativeView:
    """Return one initiative as it stands.

    Raises:
        UserError: none fits (with the nearest names).
        AmbiguousError: several fit.
    """
    initiative = find_initiative(session, actor, name)
    view = view_initiative(session, initiative, now)
    return replace(
        view,
        timeline=timeline_of(session, initiative, now),
        iteration=running_iteration(session, initiative),
    )


def set_broadcast(session: Session, actor: Actor, name: str | None, on: bool) -> Initiative:
    """Show an initiative's status changes in the channel from now on, or in the thread alone.

    Raises:
        UserError: none fits.
        AmbiguousError: several fit.
        NotAllowedError: they are not its owner.
    """
    initiative = find_initiative(session, actor, name)
    what = f"how the initiative “{initiative.name}” is told"
    require_owner(known_person(session, actor), initiative.owner_id, None, what)
    session.get_one(InitiativeRow, initiative.id).broadcasts = on
    return replace(initiative, broadcasts=on)


def closable_initiative(session: Session, actor: Actor, name: str | None, now: datetime) -> InitiativeView:
    """Return the initiative somebody wants to close, for them to confirm.

    Raises:
        UserError: none fits.
        AmbiguousError: several fit.
        NotAllowedError: they are not its owner.
    """
    view = show_initiative(session, actor, name, now)
    require_owner(
        known_person(session, actor),
        view.initiative.owner_id,
        None,
        f"the initiative “{view.initiative.name}”",
    )
    return view


def close_initiative(session: Session, actor: Actor, initiative_id: int, now: datetime) -> Initiative:
    """Close an initiative: its criteria are no longer read, and schedules post it no more; follow-ups stay open.

    Raises:
        UserError: it is closed already or not to be seen.
        NotAllowedError: they are not its owner.
    """
    chosen = Actor(
        team_id=actor.team_id,
        user_id=actor.user_id,
        channel_id=actor.channel_id,
        chosen=(("initiative", initiative_id),),
    )
    initiative = closable_initiative(session, chosen, None, now).initiative
    row = session.get_one(InitiativeRow, initiative.id)
    row.state, row.closed_at = InitiativeState.CLOSED, now
    session.add(row)
    session.execute(
        update(CriterionRow)
        .where(col(CriterionRow.initiative_id) == initiative.id)
        .values(due_at=None, judge_at=None, requested_at=None)
    )
    owners = session.scalars(
        select(CriterionRow.owner_id).where(col(CriterionRow.initiative_id) == initiative.id).distinct()
    )
    waiting = owners_of_open(session, initiative.id)
    redraw_homes(session, actor.team_id, [initiative.owner_id, *owners, *waiting], now)
    return initiative
