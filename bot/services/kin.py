"""Kin: anonymous prompts that asked the same, whose results could be subtracted from each other."""

from __future__ import annotations

from sqlmodel import Session

from bot.db.prompts import closed_alike
from bot.db.responses import count_options
from bot.domain.names import fold
from bot.domain.prompt import Prompt
from bot.domain.suppression import Result, find_visible


def is_given_away(session: Session, prompt: Prompt) -> bool:
    """Say whether the results of a closed anonymous prompt, beside earlier ones of its kin, would show a few people's.

    Kin ask the same question, wherever: the same group some time later, or a part of it in a channel of its own.
    They count in the order in which they closed. Where somebody added an option to one of them, nobody chose it in
    the others. Kin that never were open ask with the same answers.
    """
    kin = [other for other in closed_alike(session, prompt) if _are_alike(prompt, other)]
    labels = sorted({fold(option.label) for other in kin for option in other.options})
    if len(kin) < 2:
        return False
    counts = count_options(session, [other.id for other in kin])
    results = []
    for other in kin:
        chosen_of = {fold(option.label): counts.get((other.id, option.id), 0) for option in other.options}
        chosen = tuple(chosen_of.get(label, 0) for label in labels)
        results.append(Result(sum(chosen), chosen, other.floor))
    return next(place for place, other in enumerate(kin) if other.id == prompt.id) not in find_visible(
        results
    )


def _are_alike(prompt: Prompt, other: Prompt) -> bool:
    if prompt.open_options or other.open_options:
        return True
    return [option.label for option in prompt.options] == [option.label for option in other.options]
