"""Explanations: the sentence that goes with every status."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from bot.domain.criterion import Criterion, Health, Status
from bot.domain.durations import ago, spell
from bot.domain.evaluate import judge
from bot.domain.reading import Reading
from bot.domain.settling import Settled
from bot.domain.standing import word
from bot.domain.values import show_value
from bot.domain.wallclock import day_at, show_day, show_moment, start_of_day

_BROKEN = re.compile(
    r"source broken(?: since [^(;]*)? \((?P<cause>.*)\); (?:no value yet|last .* ago)", re.DOTALL
)


def say_not_started(criterion: Criterion, now: datetime) -> str:
    """Return ``starts on 1 Dec``."""
    return f"starts on {_show(criterion, criterion.starts_on, now)}"


def say_no_data(criterion: Criterion, earlier: Reading | None, now: datetime) -> str:
    """Return why there is nothing to judge; a value read before the start or of a former source does not count."""
    if earlier is None:
        return "no value yet"
    if criterion.judged_from is not None and start_of_day(criterion.starts_on, criterion.zone) <= earlier.at:
        return (
            f"no value of its new source yet; of the former one {show_value(earlier.value, criterion.unit)}"
        )
    start = _show(criterion, criterion.starts_on, now)
    return f"no value since the start on {start}; before it {show_value(earlier.value, criterion.unit)}"


def say_judged(
    criterion: Criterion,
    value: Decimal,
    settled: Settled,
    *,
    moved: Decimal | None,
    time_gone: Fraction | None,
    flat: str,
) -> str:
    """Return what was seen, how that compares with the time gone, and what the next readings could change.

    Args:
        criterion: Whose value it is.
        value: The last reading's.
        settled: What the readings add up to.
        moved: Progress, or None for a guardrail.
        time_gone: Fraction of time gone when it was read, or None without a due date.
        flat: Why progress has no scale, or empty.
    """
    clauses = [judge(criterion.condition, value, criterion.unit).saw]
    if flat:
        clauses.append(flat)
    pace = ""
    if settled.latest in (Status.ON_PACE, Status.BEHIND) and moved is not None and time_gone is not None:
        gone = f"{_percent(time_gone)} of the time gone"
        pace = gone if flat else f"{_say_moved(moved)} with {gone}"
    now_is = word(settled.status, criterion.kind)
    if settled.latest is not settled.status:
        missing = max(criterion.readings_needed - settled.agreeing, 1)
        agree = "1 more reading agrees" if missing == 1 else f"{missing} more readings agree"
        clauses += [pace, f"still {now_is} until {agree}"]
    elif pace:
        clauses.append(f"{pace}, {now_is}{' pace' if settled.status is Status.BEHIND else ''}")
    return "; ".join(clause for clause in clauses if clause)


def say_stale(criterion: Criterion, last: Reading, now: datetime) -> str:
    """Return how old the last value is and how often one was expected."""
    age, value = ago(now - last.at), show_value(last.value, criterion.unit)
    return f"no value for {age}, one is expected every {spell(criterion.every)}; last {value}"


def say_source_broken(criterion: Criterion, last: Reading | None, health: Health, now: datetime) -> str:
    """Return since when and why reads fail, and the last good value with its age."""
    since = ""
    if health.failing_since is not None:
        since = f" since {show_moment(health.failing_since, now, criterion.zone)}"
    cause = f" ({health.last_failure})" if health.last_failure else ""
    kept = "no value yet"
    if last is not None:
        kept = f"last {show_value(last.value, criterion.unit)}, {ago(now - last.at)} ago"
    return f"source broken{since}{cause}; {kept}"


def broken_because(sentence: str) -> str:
    """Return the cause that `say_source_broken` wrote into a sentence, or empty where it wrote none."""
    match = _BROKEN.fullmatch(sentence)
    return match["cause"] if match else ""


def say_verdict(criterion: Criterion, reading: Reading, due_at: datetime) -> str:
    """Return the verdict on the due date, and that the value was given later where it was.

    No word of it depends on when it is said: the verdict is frozen.
    """
    saw = judge(criterion.condition, reading.value, criterion.unit).saw
    due = criterion.due_on or day_at(due_at, criterion.zone)
    joint = "on the due date" if reading.at < due_at else "as given after the due date"
    return f"{saw} {joint}, {show_day(due, due)}"


def say_no_verdict(last: Reading | None, due_at: datetime) -> str:
    """Return why the due date passed without a verdict."""
    if last is None:
        return "no verdict, no value by the due date"
    return f"no verdict, last value {ago(due_at - last.at)} old on the due date"


def _show(criterion: Criterion, day: date, now: datetime) -> str:
    return show_day(day, day_at(now, criterion.zone))


def _say_moved(moved: Decimal) -> str:
    if moved < 0:
        return f"{_percent(abs(Fraction(moved)))} further away than at the start"
    return f"{_percent(Fraction(moved))} of the way"


def _percent(part: Fraction) -> str:
    """Return whole percents, rounded down so that almost there is never shown as there."""
    return show_value(Decimal(math.floor(part * 100)), "%")
