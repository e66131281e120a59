"""Feedback: what of a prompt's responses may be shown."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from bot.domain.prompt import Prompt, PromptKind, PromptState, Response, Tally
from bot.errors import UserError

DEFAULT_FLOOR = 5
LEAST_FLOOR = 3


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


def tally(prompt: Prompt, responses: Sequence[Response], now: datetime, rng: random.Random) -> Tally:
    """Return what may be shown of a prompt's responses now (product.md, "Anonymity, exactly").

    A named prompt shows everything at once. An anonymous one shows how many answered; its results
    appear when it has closed and from the floor up, its comments from as many comments up, shuffled.

    Args:
        prompt: Whose responses they are.
        responses: One per person, none withdrawn.
        now: Aware UTC.
        rng: Shuffles comments; must not be predictable (`random.SystemRandom`) outside tests.
    """
    answered = len(responses)
    if not prompt.anonymous:
        return Tally(answered, *_show(prompt, responses), hidden_because="")
    if is_open(prompt, now):
        return Tally(answered, None, None, None, "Results are shown once, when it closes.")
    if any(response.is_empty for response in responses):
        return Tally(
            answered, None, None, None, "Results can't be shown: the secret key was changed meanwhile."
        )
    floor = max(prompt.floor, LEAST_FLOOR)
    counts, texts, mean = _show(prompt, responses)
    votes = sum(count for _, count in counts)
    if answered < floor or (prompt.options and votes < floor):
        because = f"Results stay hidden: fewer than {floor} people answered."
        return Tally(answered, None, None, None, because)
    if len(texts) >= floor or not texts:
        return Tally(answered, counts, tuple(rng.sample(texts, len(texts))), mean, "")
    because = f"Comments stay hidden: fewer than {floor} people wrote one."
    return Tally(answered, counts, None, mean, because)


def suppress(shown: Tally, floor: int) -> Tally:
    """Return a tally whose results stay hidden because others, subtracted from them, would leave a few people's."""
    few = f"what fewer than {floor} people answered"
    because = f"Results stay hidden: with other results of this question they would show {few}."
    return Tally(shown.responses, None, None, None, because)


def _show(
    prompt: Prompt, responses: Sequence[Response]
) -> tuple[tuple[tuple[str, int], ...], tuple[str, ...], str | None]:
    chosen = Counter(response.option_id for response in responses)
    counts = tuple((option.id, chosen[option.id]) for option in prompt.options)
    texts = tuple(response.text for response in responses if response.text)
    return counts, texts, _find_mean(counts) if prompt.kind is PromptKind.SCALE else None


def _find_mean(counts: Sequence[tuple[str, int]]) -> str | None:
    """Return the mean place on the scale, whose first option is 1, to one decimal; None without answers."""
    votes = sum(count for _, count in counts)
    if not votes:
        return None
    total = sum(place * count for place, (_, count) in enumerate(counts, start=1))
    return str((Decimal(total) / votes).quantize(Decimal("0.1"), ROUND_HALF_UP))
