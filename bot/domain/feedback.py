"""Feedback: what of a prompt's responses may be shown."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.audience import Shown
from bot.domain.prompt import ONLY, Prompt, PromptKind, PromptState, Question, Response, Tally
from bot.domain.statistics import with_numbers
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


def tally(
    prompt: Prompt,
    responses: Mapping[str, Sequence[Response]],
    people: int,
    now: datetime,
    rng: random.Random,
    *,
    for_asker: bool = False,
) -> Tally:
    """Return what may be shown of a prompt's responses now (product.md, "Anonymity, exactly").

    A named prompt shows everything at once, or at its close. An anonymous one shows how many answered; its results
    appear when it has closed and from the floor up, its comments from as many comments up, shuffled. Each question
    of a form is held to the same by itself.

    Args:
        prompt: Whose responses they are.
        responses: Question id → the answers to it, none withdrawn.
        people: How many answered.
        now: Aware UTC.
        rng: Shuffles comments; must not be predictable (`random.SystemRandom`) outside tests.
        for_asker: Whether whoever asked looks, who sees hidden results of a named prompt at any time.
    """
    floor = max(prompt.floor, LEAST_FLOOR)
    hidden = ""
    if not prompt.anonymous and is_open(prompt, now) and not _may_look(prompt, for_asker):
        hidden = "Results are hidden until it closes."
    elif prompt.anonymous and is_open(prompt, now):
        hidden = "Results are shown once, when it closes."
    elif prompt.anonymous and any(each.is_empty for given in responses.values() for each in given):
        hidden = "Results can't be shown: the secret key was changed meanwhile."
    elif prompt.anonymous and people < floor:
        hidden = f"Results stay hidden: fewer than {floor} people answered."
    if prompt.kind is not PromptKind.FORM:
        if hidden:
            return Tally(people, None, None, None, hidden)
        only = _tally_question(prompt, responses.get(ONLY, ()), floor, rng)
        return replace(only, responses=people)
    if hidden:
        parts = tuple(_hide(responses.get(each.id, ()), hidden) for each in prompt.form)
        return Tally(people, None, None, None, hidden, parts=parts)
    parts = tuple(
        _tally_question(prompt.about(each), responses.get(each.id, ()), floor, rng) for each in prompt.form
    )
    return Tally(people, (), (), None, "", parts=parts)


def suppress(shown: Tally, floor: int) -> Tally:
    """Return a tally whose results stay hidden because others, subtracted from them, would leave a few people's."""
    few = f"what fewer than {floor} people answered"
    because = f"Results stay hidden: with other results of this question they would show {few}."
    return Tally(shown.responses, None, None, None, because)


def count_chosen(question: Question, responses: Sequence[Response]) -> tuple[tuple[str, int], ...]:
    """Return how often each option was chosen, in the question's order, or each day named, the earliest first."""
    if question.kind is PromptKind.DATE:
        named = Counter(response.value for response in responses if response.value is not None)
        return tuple(sorted(named.items()))
    chosen = Counter(option_id for response in responses for option_id in response.option_ids)
    return tuple((option.id, chosen[option.id]) for option in question.options)


def _may_look(prompt: Prompt, for_asker: bool) -> bool:
    return prompt.results is Shown.LIVE or (prompt.results is Shown.HIDDEN and for_asker)


def _hide(responses: Sequence[Response], because: str) -> Tally:
    return Tally(_count(responses), None, None, None, because)


def _count(responses: Sequence[Response]) -> int:
    """Return how many people gave answers: after an anonymous close a comment is a row beside its answer."""
    answered = sum(1 for each in responses if each.option_ids or each.value is not None)
    return answered or len(responses)


def _tally_question(prompt: Prompt, responses: Sequence[Response], floor: int, rng: random.Random) -> Tally:
    (question,) = prompt.questions
    counts = count_chosen(question, responses)
    values = [response.value for response in responses if response.value is not None]
    written = [response for response in responses if response.text]
    texts = tuple(response.text for response in responses if response.text)
    answered = _count(responses)
    if not prompt.anonymous:
        return with_numbers(prompt, Tally(answered, counts, texts, None, ""), values)
    votes = [
        each
        for each in responses
        if set(each.option_ids) & {option.id for option in question.options} or each.value is not None
    ]
    if question.kind is not PromptKind.TEXT and len(votes) < floor:
        because = f"Results stay hidden: fewer than {floor} people answered."
        return Tally(answered, None, None, None, because)
    if len(texts) >= floor or not texts:
        shuffled = rng.sample(written, len(written))
        texts, inboxes = tuple(each.text or "" for each in shuffled), tuple(each.inbox for each in shuffled)
        return with_numbers(prompt, Tally(answered, counts, texts, None, "", inboxes=inboxes), values)
    because = f"Comments stay hidden: fewer than {floor} people wrote one."
    return with_numbers(prompt, Tally(answered, counts, None, None, because), values)
