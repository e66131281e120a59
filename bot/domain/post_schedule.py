"""Schedules of progress posts: when which initiatives are posted where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.cadence import Cadence
from bot.domain.days_off import EVERY_DAY, Calendar, next_run, next_working_runs
from bot.domain.wallclock import show_moment

TOLD_RUNS = 5
"""Missed runs a post names; of more it says that there were."""

_FIRST_LOOK_BACK = timedelta(minutes=1)


class ScheduleState(StrEnum):
    """Whether a schedule posts."""

    ACTIVE = "active"
    PAUSED = "paused"


class PostOnly(StrEnum):
    """When a run posts an initiative; the value is what is typed after `only if`."""

    ALWAYS = "always"
    CHANGED = "changed"
    """A value or a status is another one than at the schedule's last post; also a new criterion, a moved goalpost."""
    STATUS = "status changed"
    """A status has changed since then."""


class ScheduleScope(StrEnum):
    """Which initiatives a schedule posts."""

    NAMED = "named"
    """Those it names, or those at home in its channel where it names none."""
    ALL = "all"
    """All open ones that its channel may show, as they are when it posts."""
    MINE = "mine"
    """Those of whoever set it up."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a progress post goes where.

    Attributes:
        id: Row id.
        number: What people type, as in ``#3``.
        channel_id: Where it posts, Slack id.
        cadence: When it posts.
        cadence_text: The same as it would be typed: ``every Mon 09:00``.
        zone: IANA zone its wall times are read in.
        state: Active or paused.
        paused_because: Why it was paused by itself, one plain sentence; empty when a person did it.
        created_by: Slack user id.
        created_at: Aware UTC; elapsed time is counted from it.
        due_at: Its next run, aware UTC; None while it is paused.
        initiative_ids: Those it posts; empty for the ones at home in its channel.
        only: Which runs post an initiative; the others are silent.
        scope: Which initiatives it posts.
        calendar: The team's days off, and what happens to runs on them.
    """

    id: int
    number: int
    channel_id: str
    cadence: Cadence
    cadence_text: str
    zone: str
    state: ScheduleState
    paused_because: str
    created_by: str
    created_at: datetime
    due_at: datetime | None
    initiative_ids: tuple[int, ...]
    only: PostOnly = PostOnly.ALWAYS
    scope: ScheduleScope = ScheduleScope.NAMED
    calendar: Calendar = EVERY_DAY

    @property
    def is_digest(self) -> bool:
        """Whether a run is one message about many initiatives, not one message for each."""
        return self.is_wide or len(self.initiative_ids) > 1

    @property
    def is_wide(self) -> bool:
        """Whether it posts initiatives it does not name, whose owners have no say in it."""
        return self.scope is not ScheduleScope.NAMED

    def runs(self, after: datetime, count: int = 2) -> tuple[datetime, ...]:
        """Return its next runs later than a moment, aware UTC, whether it is paused or not."""
        return next_working_runs(self.cadence, self.zone, after, self.created_at, count, self.calendar)


def latest_run(
    cadence: Cadence,
    zone: str,
    created_at: datetime,
    *,
    planned: datetime,
    now: datetime,
    calendar: Calendar = EVERY_DAY,
) -> datetime:
    """Return the latest of the runs from a planned one to now, which stands for all that were missed.

    The search goes back from now in doubling steps, so that a month missed costs no more than a minute.

    Args:
        cadence: When it comes round.
        zone: IANA zone.
        created_at: Aware.
        planned: A run that is due, aware; not later than ``now``.
        now: Aware.
        calendar: The days off.
    """
    back = _FIRST_LOOK_BACK
    while now - back > planned:
        run = next_run(cadence, zone, now - back, created_at, calendar)
        if run <= now:
            while (later := next_run(cadence, zone, run, created_at, calendar)) <= now:
                run = later
            return run
        back *= 2
    run = planned
    while (later := next_run(cadence, zone, run, created_at, calendar)) <= now:
        run = later
    return run


@dataclass(frozen=True, slots=True)
class MissedRuns:
    """Runs that a later one stands for.

    Attributes:
        runs: The newest of them, newest first, aware UTC; at most `TOLD_RUNS`.
        earlier: Whether there were more before these.
    """

    runs: tuple[datetime, ...] = ()
    earlier: bool = False


def missed_runs(
    cadence: Cadence,
    zone: str,
    created_at: datetime,
    *,
    planned: datetime,
    latest: datetime,
    calendar: Calendar = EVERY_DAY,
) -> MissedRuns:
    """Return the runs from a planned one to just before the latest, which stands for them all.

    However long Loopmark was off, this costs a few searches: only the newest are looked for.

    Args:
        cadence: When it comes round.
        zone: IANA zone.
        created_at: Aware.
        planned: The first run that was due, aware; not later than ``latest``.
        latest: From `latest_run`.
        calendar: The days off.
    """
    runs: list[datetime] = []
    run = latest
    while run > planned and len(runs) < TOLD_RUNS:
        before = run - timedelta(seconds=1)
        run = latest_run(cadence, zone, created_at, planned=planned, now=before, calendar=calendar)
        runs.append(run)
    return MissedRuns(tuple(runs), earlier=run > planned)


def say_missed(missed: MissedRuns, now: datetime, zone: str) -> str:
    """Return ``also missed: 16 Nov 09:00, 9 Nov 09:00 and earlier ones``, or nothing where none was missed."""
    if not missed.runs:
        return ""
    shown = ", ".join(show_moment(run, now, zone) for run in missed.runs)
    return f"also missed: {shown}{' and earlier ones' if missed.earlier else ''}"
