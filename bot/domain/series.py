"""Series: prompts that are asked again and again, each time as a wave of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from bot.domain.cadence import Cadence, Cron, Elapsed
from bot.domain.days_off import EVERY_DAY, Calendar, next_working_runs
from bot.domain.names import fold
from bot.domain.prompt import MOST_QUESTIONS, Question
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


def keep_ids(
    questions: Sequence[Question], waves: Sequence[Sequence[Question]], new_id: Callable[[], str]
) -> tuple[Question, ...]:
    """Return the questions of a form under the ids they had in earlier waves: a trend compares what has one id.

    Args:
        questions: What is asked next, in order, numbered by place.
        waves: What earlier waves asked, the newest first.
        new_id: Makes an id that no question had.
    """
    if not waves:
        return tuple(questions)
    found = {
        place: other.id
        for place, other in pair(questions, waves).items()
        if other.kind is questions[place].kind
    }
    for wave in waves[1:]:
        known = {(fold(each.text), each.kind): each.id for each in wave}
        for place, question in enumerate(questions):
            same = known.get((fold(question.text), question.kind))
            if place not in found and same is not None and same not in found.values():
                found[place] = same
    return tuple(
        replace(question, id=found.get(place) or new_id()) for place, question in enumerate(questions)
    )


def pair(questions: Sequence[Question], waves: Sequence[Sequence[Question]]) -> dict[int, Question]:
    """Return place → what a question of a series is in its newest wave, where it is found there.

    An edit may have worded it differently, or taken others out, for that wave alone. While nothing was ever added or
    taken out, places tell. Then equal words do, and between two of those the order: a question that is added stands
    last, and none changes its place.

    Args:
        questions: What the series asks, in order, numbered by place.
        waves: What its waves asked, the newest first; at least one.
    """
    wave, older = waves[0], {each.id for other in waves[1:] for each in other}
    if [each.id for each in questions] == [each.id for each in wave]:
        return dict(enumerate(wave))
    # What was added to this wave alone has no counterpart to be told by its place.
    numbered = {f"q{number}" for number in range(1, MOST_QUESTIONS + 1)}
    wording = {fold(question.text) for question in questions}
    wave = [each for each in wave if fold(each.text) in wording or each.id in numbered | older]
    places = {fold(each.text): place for place, each in enumerate(wave)}
    found: list[tuple[int, int]] = []
    for place, question in enumerate(questions):
        same = places.get(fold(question.text))
        if same is not None and (not found or same > found[-1][1]):
            found.append((place, same))
    between = pairwise([(-1, -1), *found, (len(questions), len(wave))])
    for (before, other_before), (after, other_after) in between:
        mine, theirs = range(before + 1, after), range(other_before + 1, other_after)
        if len(mine) == len(theirs):
            found += zip(mine, theirs, strict=True)
    return {place: wave[other] for place, other in found}
