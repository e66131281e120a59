"""Kin: anonymous questions that asked the same, whose results could be subtracted from each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from bot.db.prompts import closed_anonymous, team_of
from bot.db.responses import answers_given
from bot.domain.names import fold
from bot.domain.prompt import Prompt, Question, Response
from bot.domain.suppression import Result, find_visible


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question of a closed anonymous prompt."""

    prompt: Prompt
    question: Question


def is_given_away(session: Session, prompt: Prompt, question: Question) -> bool:
    """Say whether the results of a question of a closed anonymous prompt would show a few people's beside others.

    Others are its kin, shown before it: the same question, wherever, with the same answers, and in a form every
    other question with the same answers. The same group some time later, a part of it in a channel of its own, or
    those who left one question of a form out could be found by subtraction. Kin count in the order in which they
    closed, in a form from the first question to the last. Where somebody added an option to one of them, nobody chose
    it in the others.
    """
    kin = [
        _Asked(other, each)
        for other in closed_anonymous(session, team_of(session, prompt.id), question)
        for each in other.questions
        if _are_alike(_Asked(prompt, question), _Asked(other, each))
    ]
    if len(kin) < 2:
        return False
    given = answers_given(session, list({each.prompt.id for each in kin}))
    counted = [_count(each, given.get((each.prompt.id, each.question.id), [])) for each in kin]
    answers = sorted({answer for _, chosen in counted for answer in chosen})
    results = [
        Result(people, tuple(chosen[answer] for answer in answers), each.prompt.floor)
        for each, (people, chosen) in zip(kin, counted, strict=True)
    ]
    own = next(
        place
        for place, each in enumerate(kin)
        if (each.prompt.id, each.question.id) == (prompt.id, question.id)
    )
    return own not in find_visible(results)


def _count(asked: _Asked, given: Sequence[tuple[Response, int]]) -> tuple[int, Counter[str]]:
    """Return how many answered, and how often each answer was given, by what it says; removed options don't count."""
    labels = {option.id: fold(option.label) for option in asked.question.options}
    people, chosen = 0, Counter[str]()
    for response, times in given:
        said = [labels[option_id] for option_id in response.option_ids if option_id in labels]
        said += [] if response.value is None else [response.value]
        people += times if said else 0
        for answer in said:
            chosen[answer] += times
    return people, chosen


def _are_alike(one: _Asked, other: _Asked) -> bool:
    if one.question.kind is not other.question.kind:
        return False
    same_form = one.prompt.id == other.prompt.id
    if not same_form and one.question.text != other.question.text:
        return False
    if one.prompt.open_options or other.prompt.open_options:
        return True
    return [each.label for each in one.question.options] == [each.label for each in other.question.options]
