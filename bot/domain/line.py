"""Lines: a criterion as one line of a list or a progress post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from bot.domain.criterion import Criterion, CriterionState, Health, Kind, Status, StatusReport
from bot.domain.durations import ago
from bot.domain.evaluate import show_condition
from bot.domain.explain import say_source_broken, say_stale
from bot.domain.reading import Reading
from bot.domain.standing import Standing, mark, word
from bot.domain.values import show_value
from bot.domain.wallclock import day_at, show_day

_LASTING = (Status.MISSED, Status.BEHIND, Status.STALE, Status.SOURCE_BROKEN)


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """What a line says of a criterion; plain texts, not escaped.

    Attributes:
        criterion_id: Row id.
        name: As typed.
        standing: Kind, status and state, to sort lines by what needs attention.
        mark: The sign it starts with; never without its words.
        value: ``830 ms``, or ``–`` without one.
        condition: ``guardrail ≤ 800 ms`` or ``target ≥ 3.2 %``.
        was: ``was 2.9 %``: the baseline, or empty.
        words: ``breached for 2 d``, ``source broken``, ``on pace``, ``paused``.
        age: ``5 min ago``, or empty without a value.
        sentence: What explains the status now.
        due: ``by 12 Dec``, or empty.
        owner_id: Slack user id.
    """

    criterion_id: int
    name: str
    standing: Standing
    mark: str
    value: str
    condition: str
    was: str
    words: str
    age: str
    sentence: str
    due: str
    owner_id: str


def line_of(criterion: Criterion, report: StatusReport, health: Health, now: datetime) -> CriterionLine:
    """Return a criterion's line as it reads at a moment.

    Args:
        criterion: The criterion.
        report: What the last judging said.
        health: How reading its source has gone lately.
        now: Aware UTC.
    """
    today = day_at(now, criterion.zone)
    paused = criterion.state is CriterionState.PAUSED
    words = word(report.status, criterion.kind)
    if report.since is not None and report.status in _LASTING and now - report.since >= timedelta(minutes=1):
        words = f"{words} for {ago(now - report.since)}"
    kind = "guardrail" if criterion.kind is Kind.GUARDRAIL else "target"
    return CriterionLine(
        criterion_id=criterion.id,
        name=criterion.name,
        standing=Standing(kind=criterion.kind, status=report.status, state=criterion.state),
        mark="⏸️" if paused else mark(report.status),
        value="–" if report.value is None else show_value(report.value, criterion.unit),
        condition=f"{kind} {show_condition(criterion.condition, criterion.unit)}",
        was=_was(criterion, report.value),
        words="paused" if paused else words,
        age="" if report.value_at is None else f"{ago(now - report.value_at)} ago",
        sentence=sentence_at(criterion, report, health, now),
        due=_due(criterion.due_on, today),
        owner_id=criterion.owner_id,
    )


def sentence_at(criterion: Criterion, report: StatusReport, health: Health, now: datetime) -> str:
    """Return the sentence that explains a status, with ages as they are at a moment.

    The sentences of stale and source_broken name ages, which go on growing after the judging.
    """
    last = None
    if report.value is not None and report.value_at is not None:
        last = Reading(at=report.value_at, value=report.value)
    if report.no_verdict or report.frozen:
        return report.sentence
    if report.status is Status.SOURCE_BROKEN:
        return say_source_broken(criterion, last, health, now)
    if report.status is Status.STALE and last is not None:
        return say_stale(criterion, last, now)
    return report.sentence


def _was(criterion: Criterion, value: Decimal | None) -> str:
    if criterion.baseline is None or criterion.kind is Kind.GUARDRAIL or criterion.baseline == value:
        return ""
    return f"was {show_value(criterion.baseline, criterion.unit)}"


def _due(due_on: date | None, today: date) -> str:
    return "" if due_on is None else f"by {show_day(due_on, today)}"
