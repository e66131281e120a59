"""Progress posts: what one says of an initiative, before it is laid out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from bot.domain.checkin import Confidence
from bot.domain.criterion import Condition, Kind, Status
from bot.domain.goalpost import Goalpost, ToldGoalposts
from bot.domain.initiative import Initiative
from bot.domain.line import CriterionLine
from bot.domain.loop import LoopTime
from bot.domain.reading import Reading
from bot.domain.ship import Ship
from bot.domain.standing import Standing
from bot.domain.values import EXACT, show_value

TREND = 20
"""Most readings of a criterion that a post draws; Slack's charts take no more points."""

LATE_AFTER = timedelta(minutes=5)
"""A post that goes out later than this after its planned time says so."""


@dataclass(frozen=True, slots=True)
class PostLine:
    """One criterion of a progress post.

    Attributes:
        line: What it says.
        condition: Its bounds, for the chart.
        unit: Of its values.
        readings: Its last readings, oldest first, at most `TREND`.
        goalposts: What was moved since the first of them, for the chart, in any order.
        moved: What was moved since the channel's last post, oldest first, in words.
        change: How far the value moved since then, in words; empty where there is nothing to compare.
        ships: What was shipped since the first of the readings, for the chart, oldest first.
    """

    line: CriterionLine
    condition: Condition
    unit: str
    readings: tuple[Reading, ...]
    goalposts: tuple[Goalpost, ...] = ()
    moved: tuple[ToldGoalposts, ...] = ()
    change: str = ""
    ships: tuple[Ship, ...] = ()


@dataclass(frozen=True, slots=True)
class ProgressPost:
    """What a progress post says of one initiative.

    Attributes:
        initiative: The initiative.
        lines: Its criteria, those that need attention first.
        standing: The worst of its open criteria, or None when it has none.
        now: The moment it is made for, aware UTC.
        late_by: How long after its planned time it goes out; zero unless that is worth saying.
        missed: The runs it stands for besides its own, in words; empty where there are none.
        confidence: What people said of its open criteria lately, the least confident first.
        ships: What was shipped since the channel's last post, oldest first.
        loop: The stamps of the last ship, or None when nothing was shipped.
        decide_by: The day by which it is to be decided, or None where none is set or it is decided.
    """

    initiative: Initiative
    lines: tuple[PostLine, ...]
    standing: Standing | None
    now: datetime
    late_by: timedelta = timedelta()
    missed: str = ""
    confidence: tuple[Confidence, ...] = ()
    ships: tuple[Ship, ...] = ()
    loop: LoopTime | None = None
    decide_by: date | None = None


def say_change(before: Decimal, value: Decimal, unit: str) -> str:
    """Return how far a value moved since the last post: ``+0.2 % since the last post``."""
    return f"{show_change(before, value, unit)} since the last post"


def show_change(before: Decimal, value: Decimal, unit: str) -> str:
    """Return how far a value moved: ``+0.2 %``, or ``unchanged``."""
    moved = EXACT.subtract(value, before)
    return f"{'+' if moved > 0 else '−'}{show_value(abs(moved), unit)}" if moved else "unchanged"


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A criterion's status that became another one.

    Attributes:
        initiative: Whose criterion it is.
        name: The criterion's, as typed.
        kind: Success or guardrail, which words the statuses.
        before: What it was.
        after: What it is.
        sentence: What explained the new status when it changed; plain text.
        lasted: How long it stood as it was before, or None where that is not known.
    """

    initiative: Initiative
    name: str
    kind: Kind
    before: Status
    after: Status
    sentence: str
    lasted: timedelta | None = None

    @property
    def is_recovery(self) -> bool:
        """Whether something that was wrong is right again."""
        wrong = {Status.SOURCE_BROKEN, Status.STALE, Status.BEHIND, Status.MISSED}
        return self.before in wrong and self.after in {Status.MET, Status.ON_PACE}
