"""What was kept of a crowd's answers, beside what was acknowledged: nothing lost, nothing doubled."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from bot.db.models import PromptRow, ResponseRow
from bot.seal import Seal, respondent
from bot.services.sealing import unseal_key, unseal_response


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One press that was acknowledged.

    Attributes:
        user_id: Who pressed.
        prompt_id: Row id of the prompt.
        option_id: What they chose.
        sent_s: When it was sent, by a clock that never goes back.
        acknowledged_s: When its acknowledgement was there, by the same clock.
    """

    user_id: str
    prompt_id: int
    option_id: str
    sent_s: float
    acknowledged_s: float


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that is stored: whose it is (None for nobody's of the crowd), to which prompt, and what it says."""

    user_id: str | None
    prompt_id: int
    option_id: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it, as one line for each answer that is wrong.

    Attributes:
        answers: Pairs of a person and a prompt they answered.
        lost: Answered and not stored, or stored as something they had changed since.
        doubled: Stored more than once, or nobody's.
    """

    answers: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]


def compare(presses: Iterable[Acknowledged], kept: Iterable[Kept]) -> Comparison:
    """Compare what is stored with what was acknowledged.

    Of several presses of one person on one prompt the last one counts. Two of which neither was acknowledged before
    the other was sent raced, and either may count.
    """
    pressed: dict[tuple[str, int], list[Acknowledged]] = defaultdict(list)
    for press in presses:
        pressed[press.user_id, press.prompt_id].append(press)
    stored: dict[tuple[str, int], list[str | None]] = defaultdict(list)
    nobodys = []
    for answer in kept:
        if answer.user_id is None:
            nobodys.append(f"prompt {answer.prompt_id} has an answer of nobody's")
        else:
            stored[answer.user_id, answer.prompt_id].append(answer.option_id)
    lost = [
        f"{who} on prompt {prompt_id}: kept {stored[who, prompt_id]}, not one of {sorted(may_count(theirs))}"
        for (who, prompt_id), theirs in pressed.items()
        if not any(option in may_count(theirs) for option in stored[who, prompt_id])
    ]
    doubled = [
        f"{who} on prompt {prompt_id}: kept {options}"
        for (who, prompt_id), options in stored.items()
        if len(options) > (1 if (who, prompt_id) in pressed else 0)
    ]
    return Comparison(len(pressed), tuple(lost), (*doubled, *nobodys))


def may_count(presses: Sequence[Acknowledged]) -> set[str]:
    """Return what may be stored of one person's presses on one prompt: none that was changed after it was taken."""
    last_sent_s = max(press.sent_s for press in presses)
    return {press.option_id for press in presses if press.acknowledged_s >= last_sent_s}


def answers_of(session: Session, seal: Seal, people: Collection[str]) -> list[Kept]:
    """Return every answer there is, those to open anonymous prompts opened with the secret key.

    Args:
        session: A session of a unit of work.
        seal: The installation's seal.
        people: Slack user ids of all who may have answered.
    """
    prompts = {row.id: row for row in session.exec(select(PromptRow))}
    keys = {number: unseal_key(session, seal, row) for number, row in prompts.items() if row.anonymous}
    names = {
        (number, respondent(keys[number], user_id) if number in keys else user_id): user_id
        for number in prompts
        for user_id in people
    }
    return [
        Kept(
            names.get((row.prompt_id, row.respondent)),
            row.prompt_id,
            _option_of(row, keys),
        )
        for row in session.exec(select(ResponseRow).order_by(col(ResponseRow.id)))
    ]


def _option_of(row: ResponseRow, keys: Mapping[int | None, bytes]) -> str | None:
    """Return what an answer to a prompt of one question chose; None where it can't be read."""
    chosen = row.option_ids
    if row.sealed is not None:
        response = unseal_response(keys[row.prompt_id], row.sealed)
        chosen = response.option_ids if response else ()
    return chosen[0] if chosen else None


def count_people(presses: Iterable[Acknowledged]) -> Counter[int]:
    """Return how many people answered each prompt, by its row id."""
    return Counter(prompt_id for _, prompt_id in {(press.user_id, press.prompt_id) for press in presses})
