"""Goalposts: what a criterion is measured by and against, and the dated fact that it was changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from urllib.parse import urlsplit

from bot.domain.criterion import Condition, Criterion, Direction, Kind
from bot.domain.formatting import format_decimal, format_source
from bot.domain.initiative import Initiative
from bot.domain.values import show_value
from bot.domain.wallclock import day_at, show_day

SHOWN = 80
"""Most characters of a text that a line shows of each side."""


class GoalpostField(StrEnum):
    """What was changed, in the order it is told."""

    TARGET = "target"
    DIRECTION = "direction"
    BASELINE = "baseline"
    UNIT = "unit"
    DUE = "due"
    KIND = "kind"
    SOURCE = "source"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Move:
    """One field with what it was and what it is, as texts that can be read back.

    Numbers are plain digits (``5 and 9`` for a band), days ISO dates, a source what is typed after `source`;
    empty where there was or is none.
    """

    field: GoalpostField
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Goalpost:
    """The stored fact that somebody moved a goalpost.

    Attributes:
        move: What, from where, to where.
        at: When, aware UTC.
        by: Slack user id.
    """

    move: Move
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ToldGoalposts:
    """What one edit moved, in words.

    Attributes:
        words: ``target 3.5 → 3.2, due 4 Dec → 11 Dec``; plain text, not escaped.
        by: Slack user id.
        day: ``4 Dec``.
    """

    words: str
    by: str
    day: str


@dataclass(frozen=True, slots=True)
class MovedGoalposts:
    """What one edit moved, for the thread of the initiative's post.

    Attributes:
        initiative: Whose criterion it is.
        name: The criterion's, as typed.
        unit: Of its values.
        goalposts: At least one, all of one moment.
    """

    initiative: Initiative
    name: str
    unit: str
    goalposts: tuple[Goalpost, ...]


def find_moves(before: Criterion, after: Criterion) -> list[Move]:
    """Return which goalposts differ between a criterion as it was and as it is; names and owners are none.

    Nor is the baseline of a guardrail, which has no progress.
    """
    was, now = _texts(before), _texts(after)
    if before.kind is after.kind is Kind.GUARDRAIL:
        now[GoalpostField.BASELINE] = was[GoalpostField.BASELINE]
    return [Move(field, was[field], now[field]) for field in GoalpostField if was[field] != now[field]]


def changes_measure(moves: Iterable[Move]) -> bool:
    """Say whether readings from before can't be compared with those to come.

    So it is with another source or path, and where the unit and the target change together; a unit alone is a
    word that was put right.
    """
    fields = {move.field for move in moves}
    converted = {GoalpostField.UNIT, GoalpostField.TARGET} <= fields
    return converted or bool(fields & {GoalpostField.SOURCE, GoalpostField.PATH})


def conditions_at(
    condition: Condition, goalposts: Sequence[Goalpost], moments: Sequence[datetime]
) -> list[Condition]:
    """Return the condition that held at each moment.

    Args:
        condition: As it is now.
        goalposts: All since the first moment, in any order.
        moments: Ascending, aware UTC.
    """
    newest_first = sorted(goalposts, key=lambda goalpost: goalpost.at, reverse=True)
    found: list[Condition] = []
    for moment in reversed(moments):
        while newest_first and newest_first[0].at > moment:
            condition = _before(condition, newest_first.pop(0).move)
        found.append(condition)
    return found[::-1]


def tell_goalposts(goalposts: Iterable[Goalpost], now: datetime, zone: str) -> tuple[ToldGoalposts, ...]:
    """Return what edits moved in words, in the order given.

    Args:
        goalposts: Those of one edit side by side.
        now: Aware UTC.
        zone: IANA zone of the days.
    """
    told = []
    for (at, by), together in groupby(goalposts, key=lambda goalpost: (goalpost.at, goalpost.by)):
        words = ", ".join(say_move(goalpost.move, now, zone) for goalpost in together)
        told.append(ToldGoalposts(words, by, show_day(day_at(at, zone), day_at(now, zone))))
    return tuple(told)


def say_move(move: Move, now: datetime, zone: str) -> str:
    """Return ``target 3.5 → 3.2`` as plain text, not escaped.

    What follows an address's `?` is left out, since this is read by a whole channel.
    """
    before, after = (_show(move.field, text, now, zone) for text in (move.before, move.after))
    if before == after:
        return f"{move.field} changed ({after})"
    return f"{move.field} {before} → {after}"


def _texts(criterion: Criterion) -> dict[GoalpostField, str]:
    condition, source = criterion.condition, criterion.source
    target = format_decimal(condition.target)
    if condition.target_high is not None:
        target = f"{target} and {format_decimal(condition.target_high)}"
    return {
        GoalpostField.TARGET: target,
        GoalpostField.DIRECTION: condition.direction,
        GoalpostField.BASELINE: "" if criterion.baseline is None else format_decimal(criterion.baseline),
        GoalpostField.UNIT: criterion.unit,
        GoalpostField.DUE: "" if criterion.due_on is None else criterion.due_on.isoformat(),
        GoalpostField.KIND: criterion.kind,
        GoalpostField.SOURCE: format_source(replace(source, path=None)).removeprefix("source "),
        GoalpostField.PATH: source.path or "",
    }


def _before(condition: Condition, move: Move) -> Condition:
    if move.field is GoalpostField.DIRECTION:
        return replace(condition, direction=Direction(move.before), typed="")
    if move.field is GoalpostField.TARGET:
        low, _, high = move.before.partition(" and ")
        return replace(condition, target=Decimal(low), target_high=Decimal(high) if high else None)
    return condition


def _show(field: GoalpostField, text: str, now: datetime, zone: str) -> str:
    if not text:
        return "none"
    if field in (GoalpostField.TARGET, GoalpostField.BASELINE):
        return " and ".join(show_value(Decimal(number), digits=None) for number in text.split(" and "))
    if field is GoalpostField.DUE:
        return show_day(date.fromisoformat(text), day_at(now, zone))
    if field is GoalpostField.SOURCE:
        text = " ".join(_without_query(word) for word in text.partition(" with ")[0].split(" "))
    text = text.replace("_", " ") if field is GoalpostField.DIRECTION else text
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _without_query(word: str) -> str:
    if "://" not in word:
        return word
    parts = urlsplit(word)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
