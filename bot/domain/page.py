"""Pages: what an initiative's page says, before it is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.domain.checkin import Confidence
from bot.domain.criterion import Condition, Status
from bot.domain.gaps import Gap
from bot.domain.goalpost import Goalpost
from bot.domain.initiative import Initiative
from bot.domain.line import CriterionLine
from bot.domain.reading import Reading
from bot.domain.standing import Standing


@dataclass(frozen=True, slots=True)
class Course:
    """How a criterion's value went, beside what it should be.

    Attributes:
        readings: What is drawn, oldest first.
        condition: As it is now.
        unit: Of the values, possibly empty.
        goalposts: All that were moved since the course began, oldest first.
        planned: (moment, value) at both ends of the even way from the baseline to the target, or None where there
            is none.
        gaps: Spells without readings, oldest first.
        starts_at: Where the drawing begins, aware UTC.
        ends_at: Where it ends, later than that.
        is_thinned: True when each reading stands for a part of the time.
        gaps_from: From when on gaps are known, aware UTC; None for from the start.
    """

    readings: tuple[Reading, ...]
    condition: Condition
    unit: str
    goalposts: tuple[Goalpost, ...]
    planned: tuple[tuple[datetime, Decimal], tuple[datetime, Decimal]] | None
    gaps: tuple[Gap, ...]
    starts_at: datetime
    ends_at: datetime
    is_thinned: bool = False
    gaps_from: datetime | None = None

    @property
    def moved_at(self) -> list[datetime]:
        """When goalposts were moved, each moment once, in order: the numbers of the chart's marks."""
        return sorted({goalpost.at for goalpost in self.goalposts})


@dataclass(frozen=True, slots=True)
class Changed:
    """A status that became another one.

    Attributes:
        at: When, aware UTC.
        before: What it was.
        after: What it is.
        sentence: What explained it then.
    """

    at: datetime
    before: Status
    after: Status
    sentence: str


@dataclass(frozen=True, slots=True)
class PageCriterion:
    """One criterion of a page.

    Attributes:
        line: The same as in posts.
        change: How far the value moved in seven days, in words; empty where there is nothing to compare.
        forecast: When it meets its target at this pace, in words; empty where nothing can be said.
        course: For the chart.
        changes: Its last status changes, newest first.
        has_older_changes: True when there were more before those.
    """

    line: CriterionLine
    change: str
    forecast: str
    course: Course
    changes: tuple[Changed, ...]
    has_older_changes: bool


@dataclass(frozen=True, slots=True)
class InitiativePage:
    """What an initiative's page says.

    Attributes:
        initiative: The initiative.
        standing: The worst of its open criteria, or None when it has none.
        criteria: Those that need attention first.
        confidence: What people said of its open criteria lately, the least confident first.
        names: Slack user id → name, of everybody the page names.
        now: The moment it is made for, aware UTC.
        zone: IANA zone of whoever made the link.
        ends_at: When the link works no more, aware UTC.
    """

    initiative: Initiative
    standing: Standing | None
    criteria: tuple[PageCriterion, ...]
    confidence: tuple[Confidence, ...]
    names: Mapping[str, str]
    now: datetime
    zone: str
    ends_at: datetime

    def name_of(self, user_id: str) -> str:
        """Return a person's name, or `somebody` where none is known."""
        return self.names.get(user_id) or "somebody"
