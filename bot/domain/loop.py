"""Loop time: from a ship to its signal, the first human feedback and the decision (product.md, "Words").

What is kept by day alone (answers to prompts) is taken as the end of its day, the latest it can have been, so that
no loop looks faster than it was; and only where the day itself says that it came after the ship.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median_low

from bot.domain.decision import DecisionKind
from bot.domain.durations import ago
from bot.domain.ship import Ship
from bot.domain.wallclock import day_at, end_of_day, show_day

SHIPS = 20
"""Most ships a report looks at; Slack's charts take no more points."""

DAY = timedelta(days=1)


class Step(StrEnum):
    """What follows a ship, in the order in which it is hoped for."""

    SIGNAL = "signal"
    FEEDBACK = "feedback"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a step was reached.

    Attributes:
        at: Aware UTC; the end of its day where only that is known.
        by_day: Whether only the day is known.
    """

    at: datetime
    by_day: bool = False


@dataclass(frozen=True, slots=True)
class Watched:
    """An open criterion's readings.

    Attributes:
        needed: How many readings in a row say something, at least 1.
        moments: When its good readings were, aware UTC, in any order.
    """

    needed: int
    moments: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """Feedback whose moment is known: a tap or a note."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to one prompt, of which only the days are kept.

    Attributes:
        asked_at: When it was asked, aware UTC.
        zone: IANA zone of the days.
        named: Day and Slack user id of each answer given with a name.
        anonymous: Day of each anonymous answer.
    """

    asked_at: datetime
    zone: str
    named: tuple[tuple[date, str], ...] = ()
    anonymous: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class LoopFacts:
    """What happened around a ship; what came before it may be among it."""

    watched: tuple[Watched, ...] = ()
    said: tuple[Said, ...] = ()
    answers: tuple[Answers, ...] = ()
    decisions: tuple[tuple[datetime, DecisionKind], ...] = ()


@dataclass(frozen=True, slots=True)
class LoopTime:
    """A ship's four stamps; None where a step is not reached yet."""

    ship: Ship
    signal: Stamp | None = None
    feedback: Stamp | None = None
    decision: Stamp | None = None
    decided: DecisionKind | None = None

    def stamp(self, step: Step) -> Stamp | None:
        """Return when a step was reached, or None."""
        return {Step.SIGNAL: self.signal, Step.FEEDBACK: self.feedback, Step.DECISION: self.decision}[step]

    def lasted(self, step: Step) -> timedelta | None:
        """Return how long a step took from the ship, or None while it is open."""
        stamp = self.stamp(step)
        return None if stamp is None else stamp.at - self.ship.at

    @property
    def is_open(self) -> bool:
        """Whether a step is not reached yet."""
        return any(self.stamp(step) is None for step in Step)


@dataclass(frozen=True, slots=True)
class StepSummary:
    """How long a step takes over several ships.

    Attributes:
        step: Which.
        median: The lower of the two in the middle of those that reached it, or None where none did.
        slowest: The ship that took longest, or None.
        reached: How many reached it.
        open: How many did not yet.
    """

    step: Step
    median: timedelta | None
    slowest: LoopTime | None
    reached: int
    open: int


def measure(ship: Ship, facts: LoopFacts) -> LoopTime:
    """Return a ship's stamps from what happened around it."""
    decisions = sorted(found for found in facts.decisions if found[0] >= ship.at)
    return LoopTime(
        ship=ship,
        signal=_signal(ship, facts.watched),
        feedback=_feedback(ship, facts),
        decision=Stamp(decisions[0][0]) if decisions else None,
        decided=decisions[0][1] if decisions else None,
    )


def _signal(ship: Ship, watched: Iterable[Watched]) -> Stamp | None:
    """Return the N-th good reading after the ship, of whichever criterion gets there first."""
    reached = []
    for each in watched:
        after = sorted(moment for moment in each.moments if moment > ship.at)
        if len(after) >= each.needed:
            reached.append(after[each.needed - 1])
    return Stamp(min(reached)) if reached else None


def _feedback(ship: Ship, facts: LoopFacts) -> Stamp | None:
    """Return the first feedback of anyone but who shipped."""
    stamps = [Stamp(each.at) for each in facts.said if each.at >= ship.at and each.by != ship.by]
    for answers in facts.answers:
        days = [day for day, by in answers.named if by != ship.by and _is_after(day, ship, answers)]
        # Who gave an anonymous answer cannot be known, and must not be. Nobody answers one prompt twice, so of
        # two answers one is somebody else's than the shipper's.
        others = sorted(day for day in answers.anonymous if _is_after(day, ship, answers))
        days += others[1:2]
        stamps += [Stamp(end_of_day(day, answers.zone), by_day=True) for day in days]
    return min(stamps, key=lambda stamp: (stamp.at, stamp.by_day), default=None)


def _is_after(day: date, ship: Ship, answers: Answers) -> bool:
    """Say whether an answer of a day was certainly given after the ship."""
    shipped_on = day_at(ship.at, answers.zone)
    return day > shipped_on or (day == shipped_on and answers.asked_at >= ship.at)


def summarise(times: Sequence[LoopTime]) -> tuple[StepSummary, ...]:
    """Return how long each step takes over some ships."""
    found = []
    for step in Step:
        reached = [(lasted, time) for time in times if (lasted := time.lasted(step)) is not None]
        found.append(
            StepSummary(
                step=step,
                median=median_low([lasted for lasted, _ in reached]) if reached else None,
                slowest=max(reached, key=lambda pair: pair[0])[1] if reached else None,
                reached=len(reached),
                open=len(times) - len(reached),
            )
        )
    return tuple(found)


def say_lasted(time: LoopTime, step: Step, now: datetime) -> str:
    """Return ``3 h to signal``, ``within 2 d to feedback`` where only days are known, or ``signal open for 2 d``."""
    stamp = time.stamp(step)
    if stamp is None:
        return f"{step} open for {ago(now - time.ship.at)}"
    chosen = f" ({time.decided})" if step is Step.DECISION and time.decided else ""
    return f"{say_span(stamp, time.ship.at)} to {step}{chosen}"


def say_span(stamp: Stamp, since: datetime) -> str:
    """Return how long after a moment a stamp is: ``1 d 2 h``, or ``within 2 d`` where only its day is known."""
    lasted = stamp.at - since
    return f"within {-(-lasted // DAY)} d" if stamp.by_day else ago(lasted)


def say_loop(time: LoopTime, now: datetime, zone: str, decide_by: date | None = None) -> str:
    """Return the loop line of a ship as plain text, not escaped.

    Args:
        time: The ship's stamps.
        now: Aware UTC.
        zone: IANA zone of the day.
        decide_by: The day on which it is to be decided, or None where none is set.
    """
    words = [say_lasted(time, step, now) for step in Step]
    if time.decision is None and decide_by is not None:
        words[-1] = say_deadline(decide_by, now, zone)
    return " · ".join(words)


def say_deadline(decide_by: date, now: datetime, zone: str) -> str:
    """Return ``decide by Fri 12 Dec``, and since when it is due where the day is over."""
    today = day_at(now, zone)
    day = f"{_WEEKDAYS[decide_by.weekday()]} {show_day(decide_by, today)}"
    if decide_by >= today:
        return f"decide by {day}"
    return f"decision due since {day} ({(today - decide_by).days} d)"


_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
