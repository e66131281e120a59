"""Lines: a criterion as one line of a list or a progress post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from bot.domain.criterion import Condition, Criterion, CriterionState, Health, Kind, Status, StatusReport
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
        sentence: What explains the status now; empty in lists, which do not show it.
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


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What a line is made of, but for its sentence: all that a list has to read.

    Attributes:
        criterion_id: Row id.
        name: As typed.
        standing: Kind, status and state.
        since: When the status began, aware UTC, or None.
        condition: Direction and bounds.
        unit: As typed, possibly empty.
        baseline: Value it starts from, or None while there is none.
        value: Last good one, or None.
        value_at: When it was read, aware UTC, or None.
        due_on: Last day, in ``zone``, or None.
        owner_id: Slack user id.
        zone: IANA zone of the initiative.
    """

    criterion_id: int
    name: str
    standing: Standing
    since: datetime | None
    condition: Condition
    unit: str
    baseline: Decimal | None
    value: Decimal | None
    value_at: datetime | None
    due_on: date | None
    owner_id: str
    zone: str


def line_of(criterion: Criterion, report: StatusReport, health: Health, now: datetime) -> CriterionLine:
    """Return a criterion's line as it reads at a moment.

    Args:
        criterion: The criterion.
        report: What the last judging said.
        health: How reading its source has gone lately.
        now: Aware UTC.
    """
    facts = LineFacts(
        criterion_id=criterion.id,
        name=criterion.name,
        standing=Standing(kind=criterion.kind, status=report.status, state=criterion.state),
        since=report.since,
        condition=criterion.condition,
        unit=criterion.unit,
        baseline=criterion.baseline,
        value=report.value,
        value_at=report.value_at,
        due_on=criterion.due_on,
        owner_id=criterion.owner_id,
        zone=criterion.zone,
    )
    return line_from(facts, now, sentence_at(criterion, report, health, now))


def line_from(facts: LineFacts, now: datetime, sentence: str = "") -> CriterionLine:
    """Return the line that facts make at a moment (aware UTC), with a sentence or without one."""
    standing = facts.standing
    paused = standing.state is CriterionState.PAUSED
    words = word(standing.status, standing.kind)
    if facts.since is not None and standing.status in _LASTING and now - facts.since >= timedelta(minutes=1):
        words = f"{words} for {ago(now - facts.since)}"
    kind = "guardrail" if standing.kind is Kind.GUARDRAIL else "target"
    return CriterionLine(
        criterion_id=facts.criterion_id,
        name=facts.name,
        standing=standing,
        mark="⏸️" if paused else mark(standing.status),
        value="–" if facts.value is None else show_value(facts.value, facts.unit),
        condition=f"{kind} {show_condition(facts.condition, facts.unit)}",
        was=_was(facts),
        words="paused" if paused else words,
        age="" if facts.value_at is None else f"{ago(now - facts.value_at)} ago",
        sentence=sentence,
        due=_due(facts.due_on, day_at(now, facts.zone)),
        owner_id=facts.owner_id,
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


def _was(facts: LineFacts) -> str:
    if facts.baseline is None or facts.standing.kind is Kind.GUARDRAIL or facts.baseline == facts.value:
        return ""
    return f"was {show_value(facts.baseline, facts.unit)}"


def _due(due_on: date | None, today: date) -> str:
    return "" if due_on is None else f"by {show_day(due_on, today)}"
