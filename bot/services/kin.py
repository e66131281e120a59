"""Kin: anonymous prompts that asked the same, whose results could be subtracted from each other."""

from __future__ import annotations

from sqlmodel import Session

from bot.db.prompts import closed_alike
from bot.db.responses import count_options
from bot.domain.prompt import Prompt
from bot.domain.suppression import Result, find_visible


def is_given_away(session: Session, prompt: Prompt) -> bool:
    """Say whether the results of a closed anonymous prompt, beside earlier ones of its kin, would show a few people's.

    Kin ask the same question with the same answers, wherever: the same group some time later, or a part of it in a
    channel of its own. They count in the order in which they closed.
    """
    labels = [option.label for option in prompt.options]
    kin = [
        other
        for other in closed_alike(session, prompt)
        if [option.label for option in other.options] == labels
    ]
    if len(kin) < 2:
        return False
    counts = count_options(session, [other.id for other in kin])
    results = []
    for other in kin:
        chosen = tuple(counts.get((other.id, option.id), 0) for option in other.options)
        results.append(Result(sum(chosen), chosen, other.floor))
    return next(place for place, other in enumerate(kin) if other.id == prompt.id) not in find_visible(
        results
    )
