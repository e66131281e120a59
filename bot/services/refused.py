"""Refused runs: a schedule Slack would not take a post of goes on, in its channel or in another one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.db import schedules
from bot.db.deliveries import revive_run
from bot.db.homes import redraw_homes
from bot.deps import Deps
from bot.domain.actor import Actor, Channel
from bot.domain.initiative import Initiative
from bot.domain.post_schedule import Schedule, ScheduleScope, ScheduleState
from bot.errors import UserError
from bot.services.channels import check_channel
from bot.services.due_posts import WAS_PAUSED, key_start
from bot.services.schedules import ScheduleView, changeable_schedule


@dataclass(frozen=True, slots=True)
class GoneOn:
    """A schedule that posts again.

    Attributes:
        view: The schedule as it is now.
        messages: How many refused messages go out now.
        already: True when somebody had started it before; nothing was changed then.
    """

    view: ScheduleView
    messages: int = 0
    already: bool = False


async def try_again(deps: Deps, actor: Actor, schedule_id: int) -> GoneOn:
    """Post a paused schedule's refused run again in its channel, and start the schedule.

    Raises:
        UserError: there is none, or its channel can't be posted in yet.
        NotAllowedError: it is neither theirs nor about an initiative of theirs.
        UnknownPersonError: Slack was never asked about the person.
        DeliveryError: Slack could not be asked about the channel.
    """
    actor = _choosing(actor, schedule_id)
    view = await deps.database.read(changeable_schedule, actor, None)
    if view.schedule.state is ScheduleState.PAUSED:
        await check_channel(deps, actor.team_id, view.schedule.channel_id)
    gone_on = await deps.database.write(_go_on, actor, deps.now())
    deps.wake.set()
    return gone_on


async def move(deps: Deps, actor: Actor, schedule_id: int, channel_id: str) -> GoneOn:
    """Have a paused schedule post in another channel, the run that was refused first.

    Raises:
        UserError: there is none, the channel can't be posted in, or somebody else's private initiative would be
            shown there (field ``channel``).
        NotAllowedError, UnknownPersonError, DeliveryError: as `try_again`.
    """
    actor = _choosing(actor, schedule_id)
    await deps.database.read(changeable_schedule, actor, None)
    channel = await check_channel(deps, actor.team_id, channel_id)
    gone_on = await deps.database.write(_move, actor, channel, deps.now())
    deps.wake.set()
    return gone_on


def movable(session: Session, actor: Actor, schedule_id: int) -> tuple[Schedule, list[Initiative]]:
    """Return a schedule and what it posts whose home is private, for whoever asks to move it; raises as `move`."""
    view = changeable_schedule(session, _choosing(actor, schedule_id), None)
    posted = schedules.postable_of(session, actor.team_id, view.schedule)
    follows = view.schedule.scope is ScheduleScope.NAMED
    return view.schedule, [each for each in posted if each.private and follows]


def _choosing(actor: Actor, schedule_id: int) -> Actor:
    return replace(actor, chosen=(("schedule", schedule_id),))


def _go_on(session: Session, actor: Actor, now: datetime) -> GoneOn:
    view = changeable_schedule(session, actor, None)
    schedule = view.schedule
    if not schedules.resume_schedule(session, schedule, now):
        return GoneOn(view, already=True)
    redraw_homes(session, actor.team_id, [schedule.created_by], now)
    messages = revive_run(
        session,
        actor.team_id,
        key_start(schedule.id),
        channel_id=schedule.channel_id,
        dropped_because=WAS_PAUSED,
        now=now,
    )
    return GoneOn(changeable_schedule(session, actor, None), messages)


def _move(session: Session, actor: Actor, channel: Channel, now: datetime) -> GoneOn:
    view = changeable_schedule(session, actor, None)
    schedule = view.schedule
    if schedule.state is not ScheduleState.PAUSED:
        return GoneOn(view, already=True)
    posted: list[Initiative] = []
    if schedule.scope is ScheduleScope.NAMED:
        posted = schedules.postable_of(session, actor.team_id, schedule)
        hidden = [each for each in posted if not _may_show(actor, schedule, each, channel)]
        if hidden:
            raise UserError(
                f"“{hidden[0].name}” is private, and only its owner may have it posted outside its home: with "
                "`/progress schedule` and the other channel after `in`.",
                field="channel",
            )
    named = bool(schedule.initiative_ids)
    ids = [] if named else [each.id for each in posted]
    schedules.move_schedule(session, actor.team_id, schedule, channel.channel_id, ids)
    return _go_on(session, actor, now)


def _may_show(actor: Actor, schedule: Schedule, initiative: Initiative, channel: Channel) -> bool:
    """Say whether an initiative may be posted in a channel; its owner was warned in the form."""
    if not initiative.private or initiative.channel_id == channel.channel_id:
        return True
    return actor.user_id == initiative.owner_id == schedule.created_by
