"""Feedback: what of a prompt's responses may be shown."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from bot.domain.audience import Shown
from bot.domain.prompt import NUMBERS, Prompt, PromptKind, PromptState, Response, Tally
from bot.errors import UserError

DEFAULT_FLOOR = 5
LEAST_FLOOR = 3
PROMOTERS, DETRACTORS = 9, 6
"""From 9 up people promote, from 6 down they do the opposite."""


def is_open(prompt: Prompt, now: datetime) -> bool:
    """Say whether a prompt takes an answer at a moment; its closing time holds even if no timer has run."""
    return prompt.state is PromptState.OPEN and (prompt.closes_at is None or now < prompt.closes_at)


def validate_floor(floor: int, *, former: int = LEAST_FLOOR) -> int:
    """Return the floor if it may be set.

    Args:
        floor: Fewest responses from which results would be shown.
        former: The prompt's present floor once it is posted.

    Raises:
        UserError: under 3, or lower than before (field ``floor``).
    """
    if floor < LEAST_FLOOR:
        raise UserError(
            f"The floor can't be {floor}: results of fewer than {LEAST_FLOOR} people could show "
            f"who said what. Choose {LEAST_FLOOR} or more.",
            field="floor",
        )
    if floor < former:
        raise UserError(
            f"The floor can't go down from {former} to {floor}: people were promised {former}. "
            "It can only be raised.",
            field="floor",
        )
    return floor


def tally(
    prompt: Prompt,
    responses: Sequence[Response],
    now: datetime,
    rng: random.Random,
    *,
    for_asker: bool = False,
) -> Tally:
    """Return what may be shown of a prompt's responses now (product.md, "Anonymity, exactly").

    A named prompt shows everything at once, or at its close. An anonymous one shows how many answered; its results
    appear when it has closed and from the floor up, its comments from as many comments up, shuffled.

    Args:
        prompt: Whose responses they are.
        responses: One per person, none withdrawn.
        now: Aware UTC.
        rng: Shuffles comments; must not be predictable (`random.SystemRandom`) outside tests.
        for_asker: Whether whoever asked looks, who sees hidden results of a named prompt at any time.
    """
    answered = len(responses)
    if not prompt.anonymous and is_open(prompt, now) and not _may_look(prompt, for_asker):
        return Tally(answered, None, None, None, "Results are hidden until it closes.")
    if not prompt.anonymous:
        counts, texts = _show(prompt, responses)
        return _with_numbers(prompt, Tally(answered, counts, texts, None, ""))
    if is_open(prompt, now):
        return Tally(answered, None, None, None, "Results are shown once, when it closes.")
    if any(response.is_empty for response in responses):
        return Tally(
            answered, None, None, None, "Results can't be shown: the secret key was changed meanwhile."
        )
    floor = max(prompt.floor, LEAST_FLOOR)
    counts, texts = _show(prompt, responses)
    votes = sum(count for _, count in counts)
    if answered < floor or (prompt.options and votes < floor):
        because = f"Results stay hidden: fewer than {floor} people answered."
        return Tally(answered, None, None, None, because)
    if len(texts) >= floor or not texts:
        return _with_numbers(prompt, Tally(answered, counts, tuple(rng.sample(texts, len(texts))), None, ""))
    because = f"Comments stay hidden: fewer than {floor} people wrote one."
    return _with_numbers(prompt, Tally(answered, counts, None, None, because))


def suppress(shown: Tally, floor: int) -> Tally:
    """Return a tally whose results stay hidden because others, subtracted from them, would leave a few people's."""
    few = f"what fewer than {floor} people answered"
    because = f"Results stay hidden: with other results of this question they would show {few}."
    return Tally(shown.responses, None, None, None, because)


def _may_look(prompt: Prompt, for_asker: bool) -> bool:
    return prompt.results is Shown.LIVE or (prompt.results is Shown.HIDDEN and for_asker)


def _show(
    prompt: Prompt, responses: Sequence[Response]
) -> tuple[tuple[tuple[str, int], ...], tuple[str, ...]]:
    chosen = Counter(response.option_id for response in responses)
    counts = tuple((option.id, chosen[option.id]) for option in prompt.options)
    return counts, tuple(response.text for response in responses if response.text)


def _with_numbers(prompt: Prompt, shown: Tally) -> Tally:
    """Return a tally with what its counts come to as numbers; as it is where there are none, or no answers."""
    votes = [count for _, count in shown.counts or ()]
    given = sum(votes)
    if prompt.kind not in NUMBERS or not given:
        return shown
    numbers = list(zip(NUMBERS[prompt.kind], votes, strict=True))
    mean = Decimal(sum(number * count for number, count in numbers)) / given
    variance = sum((count * (number - mean) ** 2 for number, count in numbers), Decimal(0)) / given
    return replace(
        shown,
        mean=_to_one_place(mean),
        spread=_to_one_place(variance.sqrt()) if given > 1 else None,
        enps=_net_promoters(numbers) if prompt.kind is PromptKind.ENPS else None,
    )


def _net_promoters(numbers: Sequence[tuple[int, int]]) -> int:
    """Return the share of promoters less that of detractors, in points (Reichheld, Harvard Business Review, 2003)."""
    given = sum(count for _, count in numbers)
    net = sum(count for number, count in numbers if number >= PROMOTERS)
    net -= sum(count for number, count in numbers if number <= DETRACTORS)
    return int((Decimal(100 * net) / given).quantize(Decimal(1), ROUND_HALF_UP))


def _to_one_place(number: Decimal) -> str:
    return str(number.quantize(Decimal("0.1"), ROUND_HALF_UP))
