"""Responses: one row for each person's answer to each question of a prompt, under a unique key."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Table, bindparam, func, insert
from sqlalchemy import select as columns
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, select

from bot.db.models import ResponseRow
from bot.domain.inbox import Inbox
from bot.domain.prompt import Answers, Prompt, Response


def _upsert(insert: Callable[[Table], Any]) -> Any:
    statement = insert(_RESPONSE)
    written = ("option_ids", "value", "text", "sealed", "answered_on")
    return statement.on_conflict_do_update(
        index_elements=["prompt_id", "question_id", "respondent"],
        set_={name: statement.excluded[name] for name in written},
    )


_RESPONSE: Table = ResponseRow.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
# Built once: every answer needs them, and building them takes longer than running them.
_UPSERTS = {"postgresql": _upsert(postgresql.insert), "sqlite": _upsert(sqlite.insert)}
_OWN = columns(
    _RESPONSE.c.question_id, _RESPONSE.c.option_ids, _RESPONSE.c.value, _RESPONSE.c.text, _RESPONSE.c.sealed
).where(_RESPONSE.c.prompt_id == bindparam("prompt"), _RESPONSE.c.respondent == bindparam("who"))


def save_answers(
    session: Session,
    *,
    team_id: str,
    prompt_id: int,
    respondent: str,
    answers: Answers | Mapping[str, bytes],
    answered_on: date,
) -> None:
    """Store a person's answers over those they gave before to the same questions, in one statement.

    Args:
        session: The session of a unit of work that holds the prompt (`lock_prompt`).
        team_id: Slack workspace id.
        prompt_id: Row id.
        respondent: Slack user id, or the keyed hash of an anonymous prompt.
        answers: Question id → the answer, or the sealed answer of an anonymous prompt; at least one.
        answered_on: The day in the prompt's zone; no finer time is kept.
    """
    rows = [
        {
            "id": _random_id(),
            "team_id": team_id,
            "prompt_id": prompt_id,
            "question_id": question_id,
            "respondent": respondent,
            **_columns(answer),
            "answered_on": answered_on,
        }
        for question_id, answer in answers.items()
    ]
    session.connection().execute(_UPSERTS[session.get_bind().dialect.name], rows)


def answers_of(
    session: Session, prompt_id: int, respondent: str, unseal: Callable[[bytes], Response | None]
) -> dict[str, Response]:
    """Return a person's answers by question id; what is empty or can't be unsealed is left out."""
    rows = session.connection().execute(_OWN, {"prompt": prompt_id, "who": respondent})
    found = {row.question_id: _response(row, unseal) for row in rows}
    return {question_id: each for question_id, each in found.items() if each and not each.is_empty}


def has_answered(session: Session, prompt_id: int, respondent: str) -> bool:
    """Say whether a person's answer to a prompt counts now."""
    found = session.exec(
        select(ResponseRow.id)
        .where(col(ResponseRow.prompt_id) == prompt_id, col(ResponseRow.respondent) == respondent)
        .limit(1)
    )
    return found.first() is not None


def delete_answers(
    session: Session, prompt_id: int, respondent: str, question_ids: Sequence[str] | None = None
) -> None:
    """Delete a person's answers to a prompt, or only those to some of its questions."""
    statement = delete(ResponseRow).where(
        col(ResponseRow.prompt_id) == prompt_id, col(ResponseRow.respondent) == respondent
    )
    if question_ids is not None:
        statement = statement.where(col(ResponseRow.question_id).in_(question_ids))
    session.exec(statement)


def delete_question(session: Session, prompt_id: int, question_id: str) -> None:
    """Delete all answers to one question of a prompt."""
    session.exec(
        delete(ResponseRow).where(
            col(ResponseRow.prompt_id) == prompt_id, col(ResponseRow.question_id) == question_id
        )
    )


def delete_other_questions(session: Session, prompt_id: int, question_ids: Sequence[str]) -> None:
    """Delete all answers to questions a prompt asks no more."""
    session.exec(
        delete(ResponseRow).where(
            col(ResponseRow.prompt_id) == prompt_id, col(ResponseRow.question_id).not_in(question_ids)
        )
    )


def delete_chosen(session: Session, prompt_id: int, question_id: str, option_ids: Sequence[str]) -> None:
    """Take options out of the answers to a question; an answer that chose nothing else is deleted."""
    rows = session.exec(
        select(ResponseRow).where(
            col(ResponseRow.prompt_id) == prompt_id,
            col(ResponseRow.question_id) == question_id,
            col(ResponseRow.option_ids).is_not(None),
        )
    )
    for row in rows:
        left = [option_id for option_id in row.option_ids if option_id not in option_ids]
        if not left:
            session.delete(row)
        elif len(left) < len(row.option_ids):
            row.option_ids = left


def responses_of(session: Session, prompt_id: int) -> dict[str, list[Response]]:
    """Return a prompt's answers by question, without the people, in the order of their random ids.

    Sealed ones are empty.
    """
    rows = session.execute(
        columns(
            col(ResponseRow.question_id),
            col(ResponseRow.option_ids),
            col(ResponseRow.value),
            col(ResponseRow.text),
            col(ResponseRow.inbox),
            col(ResponseRow.replied_on),
        )
        .where(col(ResponseRow.prompt_id) == prompt_id)
        .order_by(col(ResponseRow.id))
    )
    found: dict[str, list[Response]] = {}
    for question_id, option_ids, value, text, address, replied_on in rows:
        inbox = None if address is None else Inbox(address, replied_on)
        found.setdefault(question_id, []).append(Response(tuple(option_ids or ()), value, text, inbox))
    return found


def answers_given(
    session: Session, prompt_ids: Sequence[int]
) -> dict[tuple[int, str], list[tuple[Response, int]]]:
    """Return what was answered to some prompts, without comments, and how often, by prompt and question."""
    rows = session.execute(
        columns(
            col(ResponseRow.prompt_id),
            col(ResponseRow.question_id),
            col(ResponseRow.option_ids),
            col(ResponseRow.value),
            func.count(),
        )
        .where(col(ResponseRow.prompt_id).in_(prompt_ids))
        .group_by(
            col(ResponseRow.prompt_id),
            col(ResponseRow.question_id),
            col(ResponseRow.option_ids),
            col(ResponseRow.value),
        )
    )
    given: dict[tuple[int, str], list[tuple[Response, int]]] = {}
    for prompt_id, question_id, option_ids, value, times in rows:
        answer = Response(tuple(option_ids or ()), value)
        given.setdefault((prompt_id, question_id), []).append((answer, times))
    return given


def count_choosers(session: Session, prompt_id: int, question_id: str, option_ids: Sequence[str]) -> int:
    """Return how many answers to a question chose at least one of some options."""
    rows = session.exec(
        select(ResponseRow.option_ids).where(
            col(ResponseRow.prompt_id) == prompt_id,
            col(ResponseRow.question_id) == question_id,
            col(ResponseRow.option_ids).is_not(None),
        )
    )
    return sum(1 for chosen in rows if set(chosen) & set(option_ids))


def count_to_question(session: Session, prompt_id: int, question_id: str) -> int:
    """Return how many people answered one question of a prompt."""
    return session.exec(
        select(func.count())
        .select_from(ResponseRow)
        .where(col(ResponseRow.prompt_id) == prompt_id, col(ResponseRow.question_id) == question_id)
    ).one()


def count_people(session: Session, prompt: Prompt) -> int:
    """Return how many people's answers to a prompt count now, or counted when it closed."""
    if prompt.people is not None:
        return prompt.people
    return session.exec(
        select(func.count(func.distinct(ResponseRow.respondent))).where(
            col(ResponseRow.prompt_id) == prompt.id
        )
    ).one()


def forget_respondents(session: Session, prompt_id: int, unseal: Callable[[bytes], Response | None]) -> None:
    """Write a prompt's answers anew in random order, with random ids in place of ids and respondents.

    Neither the values nor the rows' places tell afterwards who answered or who answered first. Answers of one person
    to several questions, and a comment and the answer it went with, are rows that nothing holds together any more.
    The days are dealt out anew as well: how many answered on each stays true, but somebody known to have answered on
    a day of their own can't be found by it.

    Args:
        session: The session of a unit of work that holds the prompt (`lock_prompt`).
        prompt_id: Row id.
        unseal: Makes an answer of sealed bytes; None where they can't be read.
    """
    rows = session.exec(select(ResponseRow).where(col(ResponseRow.prompt_id) == prompt_id)).all()
    chance = secrets.SystemRandom()
    kept: list[tuple[ResponseRow, Response]] = []
    for row in rows:
        answer = _response(row, unseal)
        if answer is None:
            kept.append((row, Response()))
        else:
            kept += [(row, part) for part in _parts(answer)]
    days = [row.answered_on for row, _ in kept]
    chance.shuffle(days)
    anew = [
        {
            "id": _random_id(),
            "team_id": row.team_id,
            "prompt_id": prompt_id,
            "question_id": row.question_id,
            "respondent": _random_id(),
            **_columns(answer),
            "answered_on": day,
        }
        for (row, answer), day in zip(kept, days, strict=True)
    ]
    for row in rows:
        session.expunge(row)
    chance.shuffle(anew)
    session.exec(delete(ResponseRow).where(col(ResponseRow.prompt_id) == prompt_id))
    if anew:
        session.execute(insert(ResponseRow), anew)


def _parts(answer: Response) -> list[Response]:
    """Return an answer and its comment apart; nothing of an empty one. An inbox goes with the words."""
    chosen = Response(answer.option_ids, answer.value)
    written = Response(text=answer.text, inbox=answer.inbox)
    return [each for each in (chosen, written) if not each.is_empty]


def _response(
    row: ResponseRow | Row[Any, Any, Any, Any, Any], unseal: Callable[[bytes], Response | None]
) -> Response | None:
    if row.sealed is not None:
        return unseal(row.sealed)
    return Response(tuple(row.option_ids or ()), row.value, row.text)


def _columns(answer: Response | bytes) -> dict[str, Any]:
    if isinstance(answer, bytes):
        return {"option_ids": None, "value": None, "text": None, "sealed": answer, "inbox": None}
    return {
        "option_ids": list(answer.option_ids) or None,
        "value": answer.value,
        "text": answer.text,
        "sealed": None,
        "inbox": None if answer.inbox is None else answer.inbox.address,
    }


def _random_id() -> str:
    return secrets.token_hex(16)
