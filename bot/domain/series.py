"""Series: prompts that are asked again and again, each time as a wave of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.cadence import Cadence, Cron, Elapsed
from bot.domain.days_off import EVERY_DAY, Calendar, next_working_runs
from bot.domain.requests import AskPrompt
from bot.errors import UserError


class SeriesState(StrEnum):
    """Whether a series asks."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Series:
    """A prompt that is asked again and again.

    Attributes:
        id: Row id.
        team_id: Slack workspace id.
        request: What each wave asks, as it would be typed, without channel and rhythm.
        channel_id: Where, Slack id.
        channel_name: Without ``#``, possibly empty.
        cadence: When a wave is asked.
        cadence_text: The same as it would be typed: ``every Fri 15:00``.
        zone: IANA zone its wall times are read in.
        state: Active, paused or stopped.
        paused_because: Why it was paused by itself, one plain sentence; empty when a person did it.
        asked_by: Slack user id of whoever asks.
        initiative_id: Row id of what the waves are about, or None.
        created_at: Aware UTC; every second week is counted from it.
        due_at: When the next wave is asked, aware UTC; None unless it is active.
        calendar: The team's days off, on which no wave is asked.
    """

    id: int
    team_id: str
    request: AskPrompt
    channel_id: str
    channel_name: str
    cadence: Cadence
    cadence_text: str
    zone: str
    state: SeriesState
    paused_because: str
    asked_by: str
    initiative_id: int | None
    created_at: datetime
    due_at: datetime | None
    calendar: Calendar = EVERY_DAY

    def runs(self, after: datetime, count: int) -> tuple[datetime, ...]:
        """Return its next runs later than a moment, aware UTC, whether it is paused or not."""
        return next_working_runs(self.cadence, self.zone, after, self.created_at, count, self.calendar)


def check_rhythm(cadence: Cadence, *, field: str = "every") -> None:
    """Let a prompt be asked again at most once a day.

    Raises:
        UserError: it comes round more often.
    """
    often = isinstance(cadence, Elapsed)
    if isinstance(cadence, Cron):
        minute, hour, *_ = cadence.line.split()
        often = not (minute.isdecimal() and hour.isdecimal())
    if often:
        raise UserError(
            "That would ask people several times a day. Type days and one time: every Fri 15:00, "
            "every weekday 16:00 or every 2 weeks Mon 09:00.",
            field=field,
        )
