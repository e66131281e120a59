"""Decisions: keep, change or stop, with the reason; and the line that says beforehand which it will be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from bot.domain.criterion import Condition
from bot.domain.evaluate import holds, show_condition
from bot.domain.initiative import Initiative
from bot.errors import UserError

REASON_LIMIT = 300
"""Most characters of a decision's reason."""


class DecisionKind(StrEnum):
    """What is decided."""

    KEEP = "keep"
    CHANGE = "change"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on an initiative.

    Attributes:
        id: Row id.
        kind: Keep, change or stop.
        reason: Why, on one line; possibly empty.
        at: When, aware UTC.
        by: Slack user id.
        against: True when it was not what the decision line said.
    """

    id: int
    kind: DecisionKind
    reason: str
    at: datetime
    by: str
    against: bool = False


@dataclass(frozen=True, slots=True)
class ToldDecision:
    """A decision for the thread of its initiative's post."""

    initiative: Initiative
    decision: Decision


@dataclass(frozen=True, slots=True)
class LineCondition:
    """One half of a decision line: a criterion's value and what it has to be.

    Attributes:
        criterion_id: Row id.
        name: The criterion's.
        condition: What has to hold.
        unit: Of its values.
        value: The last good value, or None where there is none to go by.
    """

    criterion_id: int
    name: str
    condition: Condition
    unit: str
    value: Decimal | None

    @property
    def holds(self) -> bool | None:
        """Whether it holds now; None where nobody can say."""
        return None if self.value is None else holds(self.condition, self.value)

    @property
    def words(self) -> str:
        """``Conversion ≥ 3.2 %`` as plain text, not escaped."""
        return f"{self.name} {show_condition(self.condition, self.unit)}"


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """What will be decided on what facts, written before they are there.

    Attributes:
        id: Row id.
        keep: What has to hold to keep, or None.
        stop: What has to hold to stop, or None; it goes before `keep`.
        decide_by: The day on which it is decided, in the initiative's zone.
        by: Slack user id of who wrote it.
        decision: What was decided, or None while it is open.
    """

    id: int
    keep: LineCondition | None
    stop: LineCondition | None
    decide_by: date
    by: str
    decision: Decision | None = None

    def allows(self) -> frozenset[DecisionKind]:
        """Return what can be chosen without going against the line.

        A stop that holds says stop, whatever else holds; else a keep that holds says keep. One that does not hold
        rules its choice out; one without a value says nothing.
        """
        if self.stop is not None and self.stop.holds:
            return frozenset({DecisionKind.STOP})
        if self.keep is not None and self.keep.holds:
            return frozenset({DecisionKind.KEEP})
        ruled_out = {
            kind
            for kind, half in ((DecisionKind.KEEP, self.keep), (DecisionKind.STOP, self.stop))
            if half is not None and half.holds is False
        }
        return frozenset(DecisionKind) - ruled_out

    @property
    def words(self) -> str:
        """``keep if Conversion ≥ 3.2 %, stop if p95 latency > 900 ms`` as plain text, not escaped."""
        halves = (("keep", self.keep), ("stop", self.stop))
        return ", ".join(f"{kind} if {half.words}" for kind, half in halves if half is not None)

    @property
    def says(self) -> DecisionKind | None:
        """What the line says now, or None where it leaves more than one choice."""
        allowed = self.allows()
        return next(iter(allowed)) if len(allowed) == 1 else None


class AgainstLineError(UserError):
    """A choice the decision line does not allow, without a reason.

    Attributes:
        initiative: On which.
        kind: What was chosen.
        line: What was written before.
    """

    def __init__(self, initiative: Initiative, kind: DecisionKind, line: DecisionLine) -> None:
        """Say what is missing."""
        super().__init__(
            f"To {kind} “{initiative.name}” goes against the decision line. Say why in one sentence: "
            f"`/loop decide {kind} because …`.",
            field="reason",
        )
        self.initiative = initiative
        self.kind = kind
        self.line = line


def parse_decision_reason(typed: str) -> str:
    """Return a decision's reason on one line, possibly empty.

    Raises:
        UserError: field ``reason``; it is longer than `REASON_LIMIT`.
    """
    reason = " ".join(typed.split())
    if len(reason) > REASON_LIMIT:
        raise UserError(
            f"A reason has at most {REASON_LIMIT} characters, and this has {len(reason)}. Shorten it.",
            field="reason",
        )
    return reason
