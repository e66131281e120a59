"""Schedules: listed, found, tried out, paused, resumed and removed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.db import schedules
from bot.db.channels import find_channel
from bot.db.homes import redraw_homes
from bot.db.initiatives import visible_initiatives
from bot.db.outbox import last_added
from bot.db.posts import said_until
from bot.db.snoozes import snoozed
from bot.deps import Deps
from bot.domain.actor import Actor, Person
from bot.domain.digest import Digest
from bot.domain.initiative import Initiative
from bot.domain.post import ProgressPost
from bot.domain.post_schedule import Schedule, ScheduleState
from bot.domain.requests import ScheduleChange
from bot.domain.wallclock import show_moment
from bot.errors import AmbiguousError, NotAllowedError, UserError
from bot.services.channels import check_channel
from bot.services.digests import digest_of
from bot.services.due_posts import DIGEST_END, key_start
from bot.services.people import known_person
from bot.services.progress import post_of


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """A schedule as somebody may see it.

    Attributes:
        schedule: The schedule.
        initiatives: The open initiatives it posts now, as far as the person may see them.
        hidden: How many more it posts that they may not see from where they are.
    """

    schedule: Schedule
    initiatives: tuple[Initiative, ...]
    hidden: int = 0


def list_schedules(session: Session, actor: Actor) -> list[ScheduleView]:
    """Return the schedules that post to a channel or post its initiatives elsewhere, by number."""
    visible = {initiative.id for initiative in visible_initiatives(session, actor)}
    about = schedules.schedules_about(session, actor.team_id, actor.channel_id)
    return [_view(session, actor, schedule, visible) for schedule in about]


def left_out_here(session: Session, actor: Actor, now: datetime) -> list[tuple[str, str]]:
    """Return the initiatives that schedules leave out of the channel now, and until when in the reader's zone.

    Raises:
        UnknownPersonError: there are some, and Slack was never asked about the reader.
    """
    until = snoozed(session, actor.team_id, actor.channel_id, now)
    if not until:
        return []
    zone = known_person(session, actor).zone
    seen = [each for each in visible_initiatives(session, actor) if each.id in until]
    seen.sort(key=lambda each: until[each.id])
    return [(each.name, show_moment(until[each.id], now, zone)) for each in seen]


def _view(session: Session, actor: Actor, schedule: Schedule, visible: set[int]) -> ScheduleView:
    posted = schedules.postable_of(session, actor.team_id, schedule)
    seen = tuple(initiative for initiative in posted if initiative.id in visible)
    return ScheduleView(schedule=schedule, initiatives=seen, hidden=len(posted) - len(seen))


def pick_schedule(session: Session, actor: Actor, number: int | None) -> ScheduleView:
    """Return the schedule that is meant: the chosen one, the one with that number, or the channel's only one.

    Raises:
        UserError: there is none.
        AmbiguousError: the channel has several.
    """
    visible = {initiative.id for initiative in visible_initiatives(session, actor)}
    chosen = actor.choice("schedule")
    if chosen is not None or number is not None:
        if chosen is not None:
            schedule = schedules.find_schedule(session, actor.team_id, chosen)
        else:
            schedule = schedules.find_schedule_by_number(session, actor.team_id, number or 0)
        if schedule is None or not _is_seen(session, actor, schedule):
            which = "schedule" if number is None else f"schedule #{number}"
            raise UserError(f"There is no {which}. Type `/progress list` to see this channel's.")
        return _view(session, actor, schedule, visible)
    about = schedules.schedules_about(session, actor.team_id, actor.channel_id)
    about = [each for each in about if each.channel_id == actor.channel_id] or about
    if not about:
        raise UserError("This channel has no schedule. Set one: `/progress schedule every Mon 09:00`.")
    if len(about) > 1:
        raise AmbiguousError(
            "This channel has several schedules. Which one?",
            what="schedule",
            candidates=[(each.id, f"#{each.number} {each.cadence_text}") for each in about],
        )
    return _view(session, actor, about[0], visible)


def _is_seen(session: Session, actor: Actor, schedule: Schedule) -> bool:
    """Say whether a person may know of a schedule: it is theirs, about this channel, or posts in the open."""
    channel = find_channel(session, actor.team_id, schedule.channel_id)
    return (
        schedule.created_by == actor.user_id
        or (channel is not None and not channel.is_private)
        or any(
            each.id == schedule.id
            for each in schedules.schedules_about(session, actor.team_id, actor.channel_id)
        )
    )


async def change_schedule(deps: Deps, actor: Actor, to: ScheduleChange, number: int | None) -> ScheduleView:
    """Pause, resume or remove a schedule and return it as it is, or, removed, was.

    Raises:
        UserError: there is none, it is in that state already, or its channel can't be posted in any more.
        AmbiguousError: the channel has several.
        NotAllowedError: it is neither theirs nor about an initiative of theirs.
        UnknownPersonError: Slack was never asked about the person.
        DeliveryError: Slack could not be asked about the channel.
    """
    view = await deps.database.read(changeable_schedule, actor, number)
    picked = replace(actor, chosen=(("schedule", view.schedule.id),))
    if to is ScheduleChange.RESUME and view.schedule.state is ScheduleState.PAUSED:
        await check_channel(deps, actor.team_id, view.schedule.channel_id)
    changed = await deps.database.write(_change, picked, to, deps.now())
    deps.wake.set()
    return changed


def changeable_schedule(session: Session, actor: Actor, number: int | None) -> ScheduleView:
    """Return the schedule that is meant, which this person may change; raises as `pick_schedule` and below."""
    person = known_person(session, actor)
    view = pick_schedule(session, actor, number)
    require_scheduler(session, person, view.schedule)
    return view


def require_scheduler(session: Session, person: Person, schedule: Schedule) -> None:
    """Make sure a person may change a schedule.

    Raises:
        NotAllowedError: they are not who created it, an owner of an initiative it posts, or an admin.
    """
    named = schedules.scope_of(session, person.team_id, schedule) if not schedule.is_wide else []
    owners = {each.owner_id for each in named}
    if person.is_admin or person.user_id in {schedule.created_by, *owners}:
        return
    raise NotAllowedError(
        f"Only whoever set up schedule #{schedule.number}, an owner of what it posts or a workspace admin "
        "can change it.",
        owner_id=schedule.created_by,
    )


def _change(session: Session, actor: Actor, to: ScheduleChange, now: datetime) -> ScheduleView:
    view = changeable_schedule(session, actor, None)
    schedule = view.schedule
    redraw_homes(session, actor.team_id, [schedule.created_by], now)
    if to is ScheduleChange.REMOVE:
        schedules.delete_schedule(session, schedule.id)
        return view
    if to is ScheduleChange.PAUSE:
        done = schedules.pause_schedule(session, schedule.id)
    else:
        done = schedules.resume_schedule(session, schedule, now)
    if not done:
        state = "paused" if to is ScheduleChange.PAUSE else "running"
        raise UserError(f"Schedule #{schedule.number} is {state} already.")
    after = schedules.find_schedule(session, actor.team_id, schedule.id)
    assert after is not None
    return replace(view, schedule=after)


def posts_now(
    session: Session, actor: Actor, number: int | None, now: datetime
) -> tuple[ScheduleView, list[ProgressPost]]:
    """Return a schedule and what it would post now, as far as the person may see it.

    Raises:
        UserError: there is none.
        AmbiguousError: the channel has several.
    """
    view = pick_schedule(session, actor, number)
    channel_id = view.schedule.channel_id
    return view, [
        post_of(session, initiative, now, since=said_until(session, initiative.id, channel_id))
        for initiative in view.initiatives
    ]


def digest_now(session: Session, view: ScheduleView, now: datetime) -> Digest:
    """Return the digest a schedule would post now, of what the person may see of it."""
    since = last_added(session, key_start(view.schedule.id), DIGEST_END)
    return digest_of(session, view.initiatives, now, since=since)
