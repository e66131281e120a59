"""Status: what a criterion's readings mean now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.domain.criterion import Criterion, Health, Kind, Status, StatusReport
from bot.domain.evaluate import holds
from bot.domain.explain import (
    say_judged,
    say_no_data,
    say_no_verdict,
    say_not_started,
    say_source_broken,
    say_stale,
    say_verdict,
)
from bot.domain.freshness import is_broken, is_fresh, stale_after
from bot.domain.progress import Span, default_baseline, is_behind, no_scale, progress_towards, span_of
from bot.domain.reading import Origin, Reading
from bot.domain.settling import settle
from bot.domain.wallclock import end_of_day


def assess(
    criterion: Criterion,
    readings: Sequence[Reading],
    now: datetime,
    *,
    health: Health = Health(),  # noqa: B008 -- frozen, so one default for all calls is safe
    former: Status | None = None,
    former_since: datetime | None = None,
    outages: Sequence[datetime] = (),
) -> StatusReport:
    """Return what the readings mean now, with the sentence that explains it (product.md, "Status").

    Each reading is judged with the pace at its own moment, so between readings a status changes only
    because the start or the due date passes, the value gets old or reads fail.

    Args:
        criterion: With its baseline; where it is None the first of ``readings`` gives it.
        readings: Good readings that were not voided, ascending. All of them, or the newest at least
            ``readings_needed`` together with ``former``. Once the due date has passed they must include
            the last one before `due_end` and, where that one was not fresh, the first manual one after it.
        now: Aware UTC.
        health: How reads go at ``now``.
        former: Last judged status (on pace, behind, met, missed) found earlier, when readings are left out.
        former_since: Since when it held.
        outages: Moments at which the source was found broken, as far back as ``readings`` go; being
            stale is seen from the readings themselves. An outage ends a row of agreeing readings.

    Returns:
        ``value`` is the last good one, or the one the frozen verdict was taken from.
    """
    look = look_at(criterion, readings)
    due_at = look.span.due_at
    if now < look.span.starts_at:
        return look.report(Status.NOT_STARTED, say_not_started(criterion, now), look.last)
    if due_at is not None and now >= due_at:
        return _assess_after_due(look, due_at, health, outages)
    last = look.judged[-1] if look.judged else None
    if is_broken(health):
        sentence = say_source_broken(criterion, look.last, health, now)
        return look.report(Status.SOURCE_BROKEN, sentence, look.last, since=health.failing_since)
    if last is None:
        sentence = say_no_data(criterion, look.last, now)
        return look.report(Status.NO_DATA, sentence, look.last, since=look.span.counts_from)
    if not is_fresh(last.at, now, criterion.every):
        since = last.at + stale_after(criterion.every)
        return look.report(Status.STALE, say_stale(criterion, last, now), last, since=since)
    settled = settle(
        ((reading.at, look.verdict_on(reading)) for reading in look.judged),
        criterion.readings_needed,
        outage_after=stale_after(criterion.every),
        outages=outages,
        former=former,
        former_since=former_since,
    )
    assert settled is not None, "there is a judged reading"
    sentence = say_judged(
        criterion,
        last.value,
        settled,
        moved=look.moved(last),
        time_gone=look.span.time_gone(last.at),
        flat=look.flat,
    )
    return look.report(settled.status, sentence, last, since=settled.since)


def due_end(criterion: Criterion) -> datetime | None:
    """Return the moment the due day is over in the initiative's zone, aware UTC; None without a due date."""
    return None if criterion.due_on is None else end_of_day(criterion.due_on, criterion.zone)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a criterion: what judging needs for every reading, worked out once.

    Attributes:
        criterion: The criterion.
        readings: Its good readings, ascending.
        judged: Those from its start on, of the source it has now.
        span: The time it has.
        baseline: Its own, or the first reading's value where it has none.
        flat: Why progress has no scale, or empty.
    """

    criterion: Criterion
    readings: Sequence[Reading]
    judged: Sequence[Reading]
    span: Span
    baseline: Decimal | None
    flat: str

    @property
    def last(self) -> Reading | None:
        """The newest reading, judged or not."""
        return self.readings[-1] if self.readings else None

    def moved(self, reading: Reading | None) -> Decimal | None:
        """Return a reading's progress; None for guardrails and without a baseline."""
        if reading is None or self.baseline is None or self.criterion.kind is Kind.GUARDRAIL:
            return None
        return progress_towards(self.criterion.condition, self.baseline, reading.value)

    def verdict_on(self, reading: Reading) -> Status:
        """Return what a reading says alone, with the pace at its own moment: one of the judged statuses."""
        if holds(self.criterion.condition, reading.value):
            return Status.MET
        if self.criterion.kind is Kind.GUARDRAIL:
            return Status.MISSED
        moved, time_gone = self.moved(reading), self.span.time_gone(reading.at)
        if moved is None or time_gone is None:
            return Status.ON_PACE
        return Status.BEHIND if is_behind(moved, time_gone) else Status.ON_PACE

    def report(
        self,
        status: Status,
        sentence: str,
        shown: Reading | None,
        *,
        since: datetime | None = None,
        frozen: bool = False,
        no_verdict: bool = False,
    ) -> StatusReport:
        """Return a report of a status, with the reading that is shown with it."""
        return StatusReport(
            status=status,
            sentence=sentence,
            value=shown.value if shown else None,
            value_at=shown.at if shown else None,
            progress=self.moved(shown),
            since=since,
            frozen=frozen,
            no_verdict=no_verdict,
            facts=(self.flat,) if self.flat else (),
        )


def look_at(criterion: Criterion, readings: Sequence[Reading]) -> Look:
    """Return what judging needs of a criterion and its good readings, ascending."""
    span = span_of(criterion)
    judged_from = max(span.starts_at, criterion.judged_from or span.starts_at)
    judged = tuple(reading for reading in readings if reading.at >= judged_from)
    baseline = default_baseline(readings) if criterion.baseline is None else criterion.baseline
    flat = ""
    if criterion.kind is Kind.SUCCESS and baseline is not None:
        flat = no_scale(criterion.condition, baseline)
    return Look(criterion, readings, judged, span, baseline, flat)


def _assess_after_due(
    look: Look, due_at: datetime, health: Health, outages: Sequence[datetime]
) -> StatusReport:
    """Return the frozen verdict, or that there is none until somebody gives the value with `set`."""
    criterion = look.criterion
    before = [reading for reading in look.judged if reading.at < due_at]
    last = before[-1] if before else None
    deciding = last if last is not None and is_fresh(last.at, due_at, criterion.every) else None
    if deciding is None:
        given = (r for r in look.judged if r.at >= due_at and r.origin is Origin.MANUAL)
        deciding = next(given, None)
    if deciding is not None:
        status = Status.MET if holds(criterion.condition, deciding.value) else Status.MISSED
        sentence = say_verdict(criterion, deciding, due_at)
        since = max(due_at, deciding.at)
        return look.report(status, sentence, deciding, since=since, frozen=True)
    broken_at = _find_break(last, due_at, health, outages)
    if broken_at is not None:
        status, since = Status.SOURCE_BROKEN, broken_at
    elif last is not None:
        status, since = Status.STALE, last.at + stale_after(criterion.every)
    else:
        status, since = Status.NO_DATA, look.span.counts_from
    shown = last or next((r for r in reversed(look.readings) if r.at < due_at), None)
    return look.report(status, say_no_verdict(last, due_at), shown, since=since, no_verdict=True)


def _find_break(
    last: Reading | None, due_at: datetime, health: Health, outages: Sequence[datetime]
) -> datetime | None:
    """Return since when the source was broken on the due date, or None when it was not.

    Past outages are asked as well, because what happens to the source later must not change the answer.
    """
    since = [outage for outage in outages if outage < due_at and (last is None or outage > last.at)]
    if is_broken(health) and health.failing_since is not None and health.failing_since < due_at:
        since.append(health.failing_since)
    return min(since, default=None)
