"""Schedules: stored, found, and moved on from one run to the next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, update
from sqlmodel import Session, col, select

from bot.db.counters import next_number
from bot.db.days_off import off_days
from bot.db.initiatives import initiatives_at_home, initiatives_by_ids, open_initiatives
from bot.db.models import ScheduleInitiativeRow, ScheduleRow
from bot.domain.cadence import Cadence
from bot.domain.days_off import Calendar, OnDaysOff, next_run
from bot.domain.formatting import format_every
from bot.domain.initiative import Initiative, InitiativeState
from bot.domain.post_schedule import PostOnly, Schedule, ScheduleScope, ScheduleState
from bot.domain.rhythms import parse_stored_cadence
from bot.domain.wallclock import day_at


def add_schedule(
    session: Session,
    *,
    team_id: str,
    channel_id: str,
    cadence: Cadence,
    zone: str,
    initiative_ids: Sequence[int],
    created_by: str,
    now: datetime,
    only: PostOnly = PostOnly.ALWAYS,
    scope: ScheduleScope = ScheduleScope.NAMED,
    on_days_off: OnDaysOff = OnDaysOff.SKIP,
) -> Schedule:
    """Store an active schedule under the workspace's next number and return it.

    Args:
        session: An open session.
        team_id: Slack workspace id.
        channel_id: Where it posts.
        cadence: When.
        zone: IANA zone.
        initiative_ids: What it posts; empty for the initiatives at home in the channel.
        created_by: Slack user id.
        now: Aware UTC; elapsed time is counted from it.
        only: Which runs post.
        scope: Which initiatives; `initiative_ids` is empty for all and mine.
        on_days_off: What happens to its runs on the team's days off.

    Raises:
        UserError: a cron line that never comes round (field ``every``).
    """
    calendar = Calendar(off_days(session, team_id), on_days_off)
    row = ScheduleRow(
        team_id=team_id,
        number=next_number(session, team_id, "schedule"),
        channel_id=channel_id,
        cadence=format_every(cadence),
        zone=zone,
        state=ScheduleState.ACTIVE,
        created_by=created_by,
        created_at=now,
        due_at=next_run(cadence, zone, now, now, calendar),
        post_only=only,
        scope=scope,
        on_days_off=on_days_off,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    for initiative_id in dict.fromkeys(initiative_ids):
        session.add(ScheduleInitiativeRow(team_id=team_id, schedule_id=row.id, initiative_id=initiative_id))
    session.flush()
    return _to_schedule(row, initiative_ids, calendar.days)


def find_schedule(session: Session, team_id: str, schedule_id: int) -> Schedule | None:
    """Return a schedule of the workspace, or None when it was removed."""
    found = _found(session, col(ScheduleRow.team_id) == team_id, col(ScheduleRow.id) == schedule_id)
    return found[0] if found else None


def find_schedule_by_number(session: Session, team_id: str, number: int) -> Schedule | None:
    """Return the schedule that people call ``#number``, or None."""
    found = _found(session, col(ScheduleRow.team_id) == team_id, col(ScheduleRow.number) == number)
    return found[0] if found else None


def schedules_about(session: Session, team_id: str, channel_id: str) -> list[Schedule]:
    """Return what posts to a channel, and what posts its own initiatives elsewhere, by number."""
    at_home = [initiative.id for initiative in initiatives_at_home(session, team_id, channel_id)]
    posting_them = select(ScheduleInitiativeRow.schedule_id).where(
        col(ScheduleInitiativeRow.initiative_id).in_(at_home)
    )
    return _found(
        session,
        col(ScheduleRow.team_id) == team_id,
        (col(ScheduleRow.channel_id) == channel_id) | col(ScheduleRow.id).in_(posting_them),
    )


def scope_of(session: Session, team_id: str, schedule: Schedule) -> list[Initiative]:
    """Return the initiatives a schedule posts, open or closed (of all and mine only open ones), oldest first."""
    if schedule.scope is ScheduleScope.ALL:
        return open_initiatives(session, team_id)
    if schedule.scope is ScheduleScope.MINE:
        return open_initiatives(session, team_id, owner_id=schedule.created_by)
    if schedule.initiative_ids:
        return initiatives_by_ids(session, team_id, schedule.initiative_ids)
    return initiatives_at_home(session, team_id, schedule.channel_id)


def postable_of(session: Session, team_id: str, schedule: Schedule) -> list[Initiative]:
    """Return the initiatives a schedule may post now: open, and private ones only where they may be seen."""
    return [each for each in scope_of(session, team_id, schedule) if may_post(schedule, each)]


def may_post(schedule: Schedule, initiative: Initiative) -> bool:
    """Say whether a schedule may post an initiative.

    One whose home is private goes into another channel only where its owner named it, who was warned then.
    """
    at_home = initiative.channel_id == schedule.channel_id
    named = schedule.scope is ScheduleScope.NAMED and schedule.created_by == initiative.owner_id
    shown = at_home or not initiative.private or named
    return shown and initiative.state is InitiativeState.OPEN


def schedules_by(session: Session, team_id: str, user_id: str) -> list[Schedule]:
    """Return the schedules somebody set up, the next run first and paused ones last."""
    found = _found(session, col(ScheduleRow.team_id) == team_id, col(ScheduleRow.created_by) == user_id)
    return sorted(found, key=lambda each: (each.due_at is None, each.due_at or each.created_at, each.number))


def schedules_due(session: Session, team_id: str, now: datetime, limit: int) -> list[int]:
    """Return the ids of schedules whose run has come, earliest first; one look at an index."""
    due = (
        select(ScheduleRow.id)
        .where(col(ScheduleRow.team_id) == team_id, col(ScheduleRow.due_at) <= now)
        .order_by(col(ScheduleRow.due_at))
        .limit(limit)
    )
    return [schedule_id for schedule_id in session.exec(due) if schedule_id is not None]


def next_schedule(session: Session, team_id: str) -> Schedule | None:
    """Return the schedule whose run comes next, or None when none is active."""
    first = (
        select(ScheduleRow.id)
        .where(col(ScheduleRow.team_id) == team_id, col(ScheduleRow.due_at).is_not(None))
        .order_by(col(ScheduleRow.due_at))
        .limit(1)
    )
    schedule_id = session.exec(first).first()
    return None if schedule_id is None else find_schedule(session, team_id, schedule_id)


def move_on(session: Session, schedule: Schedule, due_at: datetime) -> bool:
    """Plan a schedule's next run; False when another worker took this one, or the schedule was changed."""
    moved = session.execute(
        update(ScheduleRow)
        .where(
            col(ScheduleRow.id) == schedule.id,
            col(ScheduleRow.due_at) == schedule.due_at,
            col(ScheduleRow.state) == ScheduleState.ACTIVE,
        )
        .values(due_at=due_at)
        .returning(col(ScheduleRow.id)),
        execution_options={"synchronize_session": False},
    )
    return moved.first() is not None


def plan_anew(session: Session, team_id: str, now: datetime) -> None:
    """Plan the next run of every active schedule by the days off as they are now; a run that is due stays due."""
    active = _found(session, col(ScheduleRow.team_id) == team_id, col(ScheduleRow.due_at) > now)
    for schedule in active:
        assert schedule.due_at is not None
        today = day_at(now, schedule.zone)
        calendar = schedule.calendar
        if day_at(schedule.due_at, schedule.zone) > today:
            # Today's run was posted, if there was one, and is not to come again on another day.
            calendar = replace(calendar, days=calendar.days - {today})
        due_at = next_run(schedule.cadence, schedule.zone, now, schedule.created_at, calendar)
        if due_at != schedule.due_at:
            move_on(session, schedule, due_at)


def pause_schedule(session: Session, schedule_id: int, *, because: str = "") -> bool:
    """Stop a schedule, and say why when it was not a person's wish; False when it was not active."""
    paused = session.execute(
        update(ScheduleRow)
        .where(col(ScheduleRow.id) == schedule_id, col(ScheduleRow.state) == ScheduleState.ACTIVE)
        .values(state=ScheduleState.PAUSED, paused_because=because, due_at=None)
        .returning(col(ScheduleRow.id)),
        execution_options={"synchronize_session": False},
    )
    return paused.first() is not None


def resume_schedule(session: Session, schedule: Schedule, now: datetime) -> bool:
    """Start a paused schedule again with its next run after now; False when it was not paused."""
    resumed = session.execute(
        update(ScheduleRow)
        .where(col(ScheduleRow.id) == schedule.id, col(ScheduleRow.state) == ScheduleState.PAUSED)
        .values(state=ScheduleState.ACTIVE, paused_because="", due_at=schedule.runs(now, 1)[0])
        .returning(col(ScheduleRow.id)),
        execution_options={"synchronize_session": False},
    )
    return resumed.first() is not None


def move_schedule(
    session: Session, team_id: str, schedule: Schedule, channel_id: str, initiative_ids: Sequence[int]
) -> None:
    """Have a schedule post in another channel.

    Args:
        session: An open session.
        team_id: Slack workspace id.
        schedule: The schedule.
        channel_id: Where it posts from now on.
        initiative_ids: What it posts there although it names none: those at home where it posted before.
    """
    session.execute(
        update(ScheduleRow)
        .where(col(ScheduleRow.id) == schedule.id)
        .values(channel_id=channel_id)
        .execution_options(synchronize_session=False)
    )
    for initiative_id in initiative_ids:
        session.add(
            ScheduleInitiativeRow(team_id=team_id, schedule_id=schedule.id, initiative_id=initiative_id)
        )
    session.flush()


def delete_schedule(session: Session, schedule_id: int) -> None:
    """Remove a schedule for good; its number is not given out again."""
    session.execute(
        delete(ScheduleInitiativeRow).where(col(ScheduleInitiativeRow.schedule_id) == schedule_id)
    )
    session.execute(delete(ScheduleRow).where(col(ScheduleRow.id) == schedule_id))


def _found(session: Session, *conditions: ColumnElement[bool]) -> list[Schedule]:
    rows = (
        session.execute(
            select(ScheduleRow).where(*conditions).order_by(col(ScheduleRow.number)),
            # What was loaded before in this session may have been changed since by an UPDATE.
            execution_options={"populate_existing": True},
        )
        .scalars()
        .all()
    )
    scopes: dict[int, list[int]] = {}
    for link in session.exec(
        select(ScheduleInitiativeRow)
        .where(col(ScheduleInitiativeRow.schedule_id).in_([row.id for row in rows]))
        .order_by(col(ScheduleInitiativeRow.initiative_id))
    ):
        scopes.setdefault(link.schedule_id, []).append(link.initiative_id)
    days = {team_id: off_days(session, team_id) for team_id in {row.team_id for row in rows}}
    return [_to_schedule(row, scopes.get(row.id or 0, ()), days[row.team_id]) for row in rows]


def _to_schedule(row: ScheduleRow, initiative_ids: Iterable[int], days_off: frozenset[date]) -> Schedule:
    assert row.id is not None
    return Schedule(
        id=row.id,
        number=row.number,
        channel_id=row.channel_id,
        cadence=parse_stored_cadence(row.cadence),
        cadence_text=row.cadence,
        zone=row.zone,
        state=ScheduleState(row.state),
        paused_because=row.paused_because,
        created_by=row.created_by,
        created_at=row.created_at,
        due_at=row.due_at,
        initiative_ids=tuple(dict.fromkeys(initiative_ids)),
        only=PostOnly(row.post_only),
        scope=ScheduleScope(row.scope),
        calendar=Calendar(days_off, OnDaysOff(row.on_days_off)),
    )
