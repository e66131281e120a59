"""Due posts: a schedule whose run has come puts a message for each initiative, or a digest, into the outbox."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import Session

from bot.db import schedules
from bot.db.homes import redraw_homes
from bot.db.outbox import OutboxKind, add_to_outbox, last_added
from bot.db.snoozes import snoozed
from bot.deps import Deps
from bot.domain.days_off import next_run
from bot.domain.initiative import Initiative
from bot.domain.post_schedule import PostOnly, Schedule, latest_run, missed_runs, say_missed
from bot.services.news import has_news

DIGEST_END = ":digest"
"""What the keys of all digests end with."""

ALL_CLOSED = "every initiative it was for is closed, so there is nothing to post"


WAS_PAUSED = "the schedule was paused or removed"
"""Why a message of a schedule that posts no more is dropped; as part of a refused run it may still go out."""

REPLACED = "a later run took its place"
"""Why a message that waited too long is dropped; the later one names it."""


async def due_schedules(deps: Deps, limit: int) -> list[int]:
    """Return the row ids of up to `limit` schedules whose run has come; nothing is written."""
    return await deps.database.read(schedules.schedules_due, deps.team_id, deps.now(), limit)


async def post_due(deps: Deps, schedule_id: int) -> int:
    """Write the messages of a schedule's run, and plan the next run, in one transaction.

    Of several missed runs only the latest counts. Whoever comes second writes nothing.

    Returns:
        How many messages were added.
    """
    added = await deps.database.write(_post_due, deps.team_id, schedule_id, deps.now())
    deps.wake.set()
    return added


def _post_due(session: Session, team_id: str, schedule_id: int, now: datetime) -> int:
    schedule = schedules.find_schedule(session, team_id, schedule_id)
    if schedule is None or schedule.due_at is None or schedule.due_at > now:
        return 0
    zone, created_at, calendar = schedule.zone, schedule.created_at, schedule.calendar
    if not schedules.move_on(session, schedule, next_run(schedule.cadence, zone, now, created_at, calendar)):
        return 0
    redraw_homes(session, team_id, [schedule.created_by], now)
    postable = schedules.postable_of(session, team_id, schedule)
    if schedule.initiative_ids and not postable:
        pause_and_tell(session, team_id, schedule, ALL_CLOSED, now)
        return 0
    left_out = snoozed(session, team_id, schedule.channel_id, now)
    posted = [each for each in postable if each.id not in left_out]
    due_at = schedule.due_at
    planned = latest_run(schedule.cadence, zone, created_at, planned=due_at, now=now, calendar=calendar)
    missed = missed_runs(
        schedule.cadence, zone, created_at, planned=due_at, latest=planned, calendar=calendar
    )
    said = say_missed(missed, now, zone)
    if schedule.is_digest:
        return _digest_due(session, team_id, schedule, posted, planned, said, now)
    return sum(
        add_to_outbox(
            session,
            team_id=team_id,
            key=f"{key_start(schedule.id)}{planned.astimezone(UTC).isoformat()}{key_end(initiative.id)}",
            kind=OutboxKind.PROGRESS,
            channel_id=schedule.channel_id,
            facts={
                "initiative_id": initiative.id,
                "schedule_id": schedule.id,
                "planned_at": planned.isoformat(),
                "missed": said,
                "by": None,
            },
            now=now,
        )
        for initiative in posted
        if _is_worth_posting(
            session,
            schedule,
            initiative,
            last_added(session, key_start(schedule.id), key_end(initiative.id)),
        )
    )


def _digest_due(
    session: Session,
    team_id: str,
    schedule: Schedule,
    posted: list[Initiative],
    planned: datetime,
    missed: str,
    now: datetime,
) -> int:
    since = last_added(session, key_start(schedule.id), DIGEST_END)
    if not any(_is_worth_posting(session, schedule, each, since) for each in posted):
        return 0
    return add_to_outbox(
        session,
        team_id=team_id,
        key=f"{key_start(schedule.id)}{planned.astimezone(UTC).isoformat()}{DIGEST_END}",
        kind=OutboxKind.DIGEST,
        channel_id=schedule.channel_id,
        facts={
            "schedule_id": schedule.id,
            "planned_at": planned.isoformat(),
            "missed": missed,
            "since": since.isoformat() if since else None,
        },
        now=now,
    )


def _is_worth_posting(
    session: Session, schedule: Schedule, initiative: Initiative, since: datetime | None
) -> bool:
    """Say whether a run has something to say of an initiative; the first run, with no `since`, always does."""
    if since is None or schedule.only is PostOnly.ALWAYS:
        return True
    return has_news(session, initiative, schedule.only, since)


def key_start(schedule_id: int) -> str:
    """Return what the keys of all a schedule's posts begin with."""
    return f"post:{schedule_id}:"


def key_end(initiative_id: int) -> str:
    """Return what the keys of all an initiative's scheduled posts end with."""
    return f":{initiative_id}"


def pause_and_tell(
    session: Session, team_id: str, schedule: Schedule, because: str, now: datetime, *, refused: bool = False
) -> bool:
    """Pause a schedule and have whoever set it up told, once; False when it was not active any more.

    Args:
        session: An open session.
        team_id: Slack workspace id.
        schedule: The schedule.
        because: Why, and what to do, one sentence.
        now: Aware UTC.
        refused: True when Slack would not take a message of it, which can be tried again or posted elsewhere.
    """
    if not schedules.pause_schedule(session, schedule.id, because=because):
        return False
    redraw_homes(session, team_id, [schedule.created_by], now)
    # A schedule may be resumed and fail again, which is told again.
    add_to_outbox(
        session,
        team_id=team_id,
        key=f"paused:{schedule.id}:{now.astimezone(UTC).isoformat()}",
        kind=OutboxKind.SCHEDULE_PAUSED,
        channel_id=schedule.created_by,
        facts={"schedule_id": schedule.id, "because": because, "refused": refused},
        now=now,
    )
    return True
