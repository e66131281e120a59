"""Statistics: what answers in numbers come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from statistics import median

from bot.domain.prompt import NUMBERS, Prompt, PromptKind, Tally

PROMOTERS, DETRACTORS = 9, 6
"""From 9 up people promote, from 6 down they do the opposite."""

MOST_PLACES = 6
"""Decimals of a mean."""


def with_numbers(prompt: Prompt, shown: Tally, values: Sequence[str]) -> Tally:
    """Return a tally with what its answers come to as numbers; as it is where there are none.

    Args:
        prompt: The prompt, asking one question.
        shown: With its counts.
        values: For ``number`` what people answered, as stored.
    """
    if prompt.kind is PromptKind.NUMBER:
        return _of_values(prompt, shown, [Decimal(value) for value in values])
    votes = [count for _, count in shown.counts or ()]
    given = sum(votes)
    if prompt.kind not in NUMBERS or not given:
        return shown
    numbers = list(zip(NUMBERS[prompt.kind], votes, strict=True))
    mean = Decimal(sum(number * count for number, count in numbers)) / given
    variance = sum((count * (number - mean) ** 2 for number, count in numbers), Decimal(0)) / given
    return replace(
        shown,
        mean=_rounded(mean, 1),
        spread=_rounded(variance.sqrt(), 1) if given > 1 else None,
        enps=_net_promoters(numbers) if prompt.kind is PromptKind.ENPS else None,
    )


def _of_values(prompt: Prompt, shown: Tally, values: Sequence[Decimal]) -> Tally:
    if not values:
        return shown
    places = min(MOST_PLACES, 1 + max(max(0, -int(value.as_tuple().exponent)) for value in values))
    with localcontext() as context:
        context.prec = 100  # 40 digits squared, with exponents of ±30 apart
        mean = sum(values, Decimal(0)) / len(values)
        variance = sum(((value - mean) ** 2 for value in values), Decimal(0)) / len(values)
        return replace(
            shown,
            mean=_shown(mean, places),
            spread=_shown(variance.sqrt(), places) if len(values) > 1 else None,
            median=_shown(median(values), places),
            # The lowest and the highest are what one person said.
            ends=None if prompt.anonymous else (_shown(min(values), places), _shown(max(values), places)),
        )


def _net_promoters(numbers: Sequence[tuple[int, int]]) -> int:
    """Return the share of promoters less that of detractors, in points (Reichheld, Harvard Business Review, 2003)."""
    given = sum(count for _, count in numbers)
    net = sum(count for number, count in numbers if number >= PROMOTERS)
    net -= sum(count for number, count in numbers if number <= DETRACTORS)
    return int((Decimal(100 * net) / given).quantize(Decimal(1), ROUND_HALF_UP))


def _rounded(number: Decimal, places: int) -> str:
    return str(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def _shown(number: Decimal, places: int) -> str:
    """Return a number in digits alone, without zeros that say nothing."""
    digits = f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
