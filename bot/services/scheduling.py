"""Scheduling: a schedule of progress posts is checked, confirmed where it has to be, and stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.db import schedules
from bot.db.homes import redraw_homes
from bot.db.initiatives import initiatives_at_home, visible_initiatives
from bot.deps import Deps
from bot.domain.actor import Actor, Channel, Person
from bot.domain.entities import ChannelRef
from bot.domain.formatting import example_of
from bot.domain.initiative import Initiative
from bot.domain.post_schedule import ScheduleScope
from bot.domain.requests import ScheduleProgress
from bot.errors import AmbiguousError, NotAllowedError, UserError
from bot.services.channels import check_channel
from bot.services.finding import find_initiative
from bot.services.people import known_person
from bot.services.schedules import ScheduleView


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What has to be confirmed before a schedule is created: private initiatives would be shown elsewhere.

    Attributes:
        request: What was asked for.
        channel: Where they would be shown.
        private: The initiatives whose home is private.
        initiative_ids: All that were named.
    """

    request: ScheduleProgress
    channel: Channel
    private: tuple[Initiative, ...]
    initiative_ids: tuple[int, ...]


async def create_schedule(
    deps: Deps,
    actor: Actor,
    request: ScheduleProgress,
    *,
    initiative_ids: Sequence[int] = (),
    confirmed: bool = False,
) -> ScheduleView | Confirmation:
    """Store a schedule of progress posts.

    The channel is checked with Slack first: the bot has to be in it to post there.

    Args:
        deps: The bundle.
        actor: Who asks, and from where.
        request: What was typed.
        initiative_ids: Row ids of the initiatives, where they were picked rather than named.
        confirmed: True when the person saw the warning about private initiatives.

    Returns:
        The schedule, or what the person has to confirm first (nothing is stored then).

    Raises:
        UserError: fields ``channel`` (can't be posted in), ``initiative`` (none fits) or ``every``.
        AmbiguousError: several initiatives have that name.
        NotAllowedError: somebody else's private initiative would be shown elsewhere.
        UnknownPersonError: Slack was never asked about the person.
        DeliveryError: Slack could not be asked about the channel.
    """
    person = await deps.database.read(known_person, actor)
    channel_id = request.channel.id if request.channel else actor.channel_id
    name = request.channel.name if request.channel else actor.channel_name
    if channel_id[:1] not in {"C", "G"}:
        raise UserError(
            "Progress is posted in channels. Add `in`, type # and choose the channel from Slack's list.",
            field="channel",
        )
    channel = await check_channel(
        deps, actor.team_id, channel_id, name="" if name == "privategroup" else name
    )
    return await deps.database.write(
        _create, actor, person, request, tuple(initiative_ids), channel, deps.now(), confirmed
    )


def _create(
    session: Session,
    actor: Actor,
    person: Person,
    request: ScheduleProgress,
    picked_ids: tuple[int, ...],
    channel: Channel,
    now: datetime,
    confirmed: bool,
) -> ScheduleView | Confirmation:
    if picked_ids:
        initiatives = [_picked(session, actor, initiative_id) for initiative_id in picked_ids]
    else:
        initiatives = [_named(session, actor, name) for name in request.initiatives]
    named = request.scope is ScheduleScope.NAMED
    if named and not initiatives and not initiatives_at_home(session, actor.team_id, channel.channel_id):
        # Typed where an initiative lives, for a channel where none does: the one at hand is meant.
        initiatives = initiatives_at_home(session, actor.team_id, actor.channel_id)
        if not initiatives:
            raise _nothing_at_home(session, actor, request, channel)
    private = [each for each in initiatives if each.private and each.channel_id != channel.channel_id]
    for each in private:
        if each.owner_id != person.user_id:
            raise NotAllowedError(
                f"“{each.name}” lives in a private channel. Only its owner can schedule it into another one.",
                owner_id=each.owner_id,
            )
    ids = tuple(each.id for each in initiatives)
    if private and not confirmed:
        return Confirmation(request=request, channel=channel, private=tuple(private), initiative_ids=ids)
    schedule = schedules.add_schedule(
        session,
        team_id=actor.team_id,
        channel_id=channel.channel_id,
        cadence=request.cadence,
        zone=request.zone or person.zone,
        initiative_ids=ids,
        created_by=actor.user_id,
        now=now,
        only=request.only,
        scope=request.scope,
        on_days_off=request.on_days_off,
    )
    redraw_homes(session, actor.team_id, [actor.user_id], now)
    shown = initiatives or schedules.postable_of(session, actor.team_id, schedule)
    return ScheduleView(schedule=schedule, initiatives=tuple(shown))


def _named(session: Session, actor: Actor, name: str) -> Initiative:
    """Return the initiative that is meant; a choice made before counts for the name it fits only."""
    try:
        return find_initiative(session, replace(actor, chosen=()), name)
    except AmbiguousError as error:
        candidates = {row_id for row_id, _ in error.candidates}
        picked = [row_id for what, row_id in actor.chosen if what == "initiative" and row_id in candidates]
        if not picked:
            raise
        return _picked(session, actor, picked[0])


def _picked(session: Session, actor: Actor, initiative_id: int) -> Initiative:
    return find_initiative(session, replace(actor, chosen=(("initiative", initiative_id),)), None)


def _nothing_at_home(
    session: Session, actor: Actor, request: ScheduleProgress, channel: Channel
) -> UserError:
    shown = f"#{channel.name}" if channel.name else "That channel"
    here = visible_initiatives(session, actor)
    if not here:
        return UserError(
            f"{shown} is home to no initiative, so there would be nothing to post. "
            'Start one first: `/initiative new "Checkout rewrite" by 31 Dec`.',
            field="initiative",
        )
    where = ChannelRef(channel.channel_id, channel.name)
    return UserError(
        f"{shown} is home to no initiative. Say with `for` which ones to post there.",
        field="initiative",
        example=example_of(replace(request, channel=where, initiatives=(here[0].name,))),
    )


def schedulable(session: Session, actor: Actor) -> tuple[str, Sequence[Initiative]]:
    """Return a person's zone and the initiatives they may schedule, this channel's first.

    Raises:
        UnknownPersonError: Slack was never asked about the person.
    """
    person = known_person(session, actor)
    initiatives = visible_initiatives(session, actor)
    initiatives.sort(key=lambda each: each.channel_id != actor.channel_id)
    return person.zone, initiatives
