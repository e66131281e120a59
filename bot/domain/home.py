"""Home: what a person's Home tab says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.follow_up import FollowUpView
from bot.domain.line import CriterionLine
from bot.domain.post_schedule import Schedule
from bot.domain.prompt import Prompt


@dataclass(frozen=True, slots=True)
class HomeLine:
    """A criterion of somebody's.

    Attributes:
        line: How it reads now.
        initiative_name: As typed.
        by_hand: Whether people give its values.
    """

    line: CriterionLine
    initiative_name: str
    by_hand: bool


@dataclass(frozen=True, slots=True)
class HomeDecision:
    """An initiative of somebody's that waits for their decision; `decide_by` is its day, in `zone`."""

    initiative_id: int
    initiative_name: str
    decide_by: date
    zone: str


@dataclass(frozen=True, slots=True)
class HomeNotes:
    """New notes that others gave on an initiative of somebody's; `count` of them, at least one."""

    initiative_id: int
    initiative_name: str
    count: int


@dataclass(frozen=True, slots=True)
class Home:
    """What a person's Home tab says.

    Attributes:
        waiting: Criteria whose value they are asked for, the longest due first.
        criteria: The other open or paused criteria they own, what needs attention first.
        schedules: What they set up, the next run first; paused ones last.
        initiatives: How many initiatives they can see.
        all_criteria: How many criteria they can see.
        now: The moment it is made for, aware UTC.
        zone: Their IANA zone.
        decisions: What they have to decide, the earliest first.
        follow_ups: What they have to see to, the earliest first.
        verdicts: Criteria of theirs whose due date passed without a verdict, the longest over first.
        prompts: Open ones they were asked to answer, the first to close first. A named one is left out once they have
            answered; of an anonymous one nothing says whether they did.
        notes: Initiatives of theirs with new notes, the newest first.
    """

    waiting: tuple[HomeLine, ...]
    criteria: tuple[HomeLine, ...]
    schedules: tuple[Schedule, ...]
    initiatives: int
    all_criteria: int
    now: datetime
    zone: str
    decisions: tuple[HomeDecision, ...] = ()
    follow_ups: tuple[FollowUpView, ...] = ()
    verdicts: tuple[HomeLine, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    notes: tuple[HomeNotes, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing of theirs yet, so that it shows how to begin."""
        return not (self.waits or self.criteria or self.schedules)

    @property
    def waits(self) -> bool:
        """Whether something waits for them."""
        return bool(
            self.decisions or self.follow_ups or self.verdicts or self.waiting or self.prompts or self.notes
        )
