"""Trends: what the waves of a series came to, one number each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from bot.domain.answer import label_of
from bot.domain.names import fold
from bot.domain.prompt import Prompt, PromptKind, PromptState, Tally

MOST_WAVES = 20
"""Of one trend, the newest; Slack's chart holds no more points."""
TOLD = 5
"""Earlier waves that the line of text names."""


@dataclass(frozen=True, slots=True)
class Wave:
    """What one wave came to.

    Attributes:
        number: The prompt's.
        at: When it closed, or for an open one when it was asked; aware UTC.
        value: In the trend's unit, or None.
        hidden: Whether there is no value because its results may not be shown; else nobody answered.
        is_open: Whether it takes answers.
    """

    number: int
    at: datetime
    value: Decimal | None
    hidden: bool = False
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Trend:
    """The waves of a series up to one of them.

    Attributes:
        measure: What is compared: ``mean``, ``eNPS`` or ``share of “Yes”``.
        unit: What stands after each number: ``%`` or nothing.
        waves: Oldest first, at least two, at most `MOST_WAVES`.
    """

    measure: str
    unit: str
    waves: tuple[Wave, ...]


def trend_of(views: Sequence[tuple[Prompt, Tally]]) -> Trend | None:
    """Return the trend over waves, oldest first; None with fewer than two, or where nothing can be compared.

    Numbers are compared by their mean, eNPS by its points, and other options by the share of the one that was chosen
    most in the newest wave whose results are shown.
    """
    views = views[-MOST_WAVES:]
    shown = [(prompt, tally) for prompt, tally in views if _votes(tally) or tally.mean is not None]
    if len(views) < 2 or not shown:
        return None
    prompt, tally = shown[-1]
    if tally.enps is not None:
        return Trend("eNPS", "", tuple(_wave(*each, _enps(each[1])) for each in views))
    if tally.mean is not None:
        return Trend("mean", "", tuple(_wave(*each, _mean(each[1])) for each in views))
    label = _top_label(prompt, tally)
    return Trend(f"share of “{label}”", "%", tuple(_wave(*each, _share(*each, label)) for each in views))


def say_trend(trend: Trend) -> str:
    """Return ``Mean 3.8, was 3.5, hidden, 3.1.``, newest first; plain text."""
    now, *before = [_say(trend, wave) for wave in reversed(trend.waves)]
    more = f" and {len(before) - TOLD} earlier" if len(before) > TOLD else ""
    hidden = sum(wave.hidden and not wave.is_open for wave in trend.waves)
    why = ""
    if hidden:
        subject = "1 wave stays" if hidden == 1 else f"{hidden} waves stay"
        why = f" {subject} hidden, since the results could show who answered what."
    measure = trend.measure if trend.measure == "eNPS" else trend.measure[0].upper() + trend.measure[1:]
    return f"{measure} {now}, was {', '.join(before[:TOLD])}{more}.{why}"


def _say(trend: Trend, wave: Wave) -> str:
    if wave.value is None:
        if wave.hidden:
            return "not known before the close" if wave.is_open else "hidden"
        return "without answers"
    sign = ""
    if trend.measure == "eNPS":
        sign = "+" if wave.value > 0 else "−" if wave.value < 0 else ""
    number = abs(wave.value) if sign else wave.value
    return f"{sign}{number}{f' {trend.unit}' if trend.unit else ''}"


def _wave(prompt: Prompt, tally: Tally, value: Decimal | None) -> Wave:
    return Wave(
        number=prompt.number,
        at=prompt.closed_at or prompt.created_at,
        value=value,
        hidden=tally.counts is None,
        is_open=prompt.state is PromptState.OPEN,
    )


def _votes(tally: Tally) -> int:
    return sum(count for _, count in tally.counts or ())


def _mean(tally: Tally) -> Decimal | None:
    return None if tally.mean is None else Decimal(tally.mean)


def _enps(tally: Tally) -> Decimal | None:
    return None if tally.enps is None else Decimal(tally.enps)


def _top_label(prompt: Prompt, tally: Tally) -> str:
    top, _ = max(tally.counts or (), key=lambda pair: pair[1])
    return label_of(prompt, top)


def _share(prompt: Prompt, tally: Tally, label: str) -> Decimal | None:
    votes = _votes(tally)
    if not votes:
        return None
    chosen = sum(count for key, count in tally.counts or () if fold(label_of(prompt, key)) == fold(label))
    people = tally.responses if prompt.kind is PromptKind.SEVERAL else votes
    return (Decimal(100 * chosen) / people).quantize(Decimal(1), ROUND_HALF_UP)
