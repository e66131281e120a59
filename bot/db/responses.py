"""Responses: one row for each person's answer to a prompt, under a unique key."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import func, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, select

from bot.db.models import ResponseRow
from bot.domain.prompt import Response


def save_response(
    session: Session,
    *,
    team_id: str,
    prompt_id: int,
    respondent: str,
    response: Response,
    answered_on: date,
    sealed: bytes | None = None,
) -> None:
    """Store a person's answer over the one they gave before, in one statement.

    Args:
        session: The session of a unit of work that holds the prompt (`lock_prompt`).
        team_id: Slack workspace id.
        prompt_id: Row id.
        respondent: Slack user id, or the keyed hash of an anonymous prompt.
        response: The answer; empty where it is sealed.
        answered_on: The day in the prompt's zone; no finer time is kept.
        sealed: The answer to an anonymous prompt, sealed under the prompt's key.
    """
    upsert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    answer = {
        "option_id": response.option_id,
        "text": response.text,
        "sealed": sealed,
        "answered_on": answered_on,
    }
    session.execute(
        upsert(ResponseRow)
        .values(id=_random_id(), team_id=team_id, prompt_id=prompt_id, respondent=respondent, **answer)
        .on_conflict_do_update(index_elements=["prompt_id", "respondent"], set_=answer)
    )


def find_response_row(session: Session, prompt_id: int, respondent: str) -> ResponseRow | None:
    """Return the row of a person's answer, or None when there is none."""
    return session.exec(
        select(ResponseRow).where(
            col(ResponseRow.prompt_id) == prompt_id, col(ResponseRow.respondent) == respondent
        )
    ).first()


def delete_response(session: Session, prompt_id: int, respondent: str) -> bool:
    """Delete a person's answer; False when there was none."""
    result = session.exec(
        delete(ResponseRow).where(
            col(ResponseRow.prompt_id) == prompt_id, col(ResponseRow.respondent) == respondent
        )
    )
    return bool(result.rowcount)


def delete_responses_for(session: Session, prompt_id: int, option_ids: Sequence[str]) -> None:
    """Delete the answers to a prompt that chose some options."""
    session.exec(
        delete(ResponseRow).where(
            col(ResponseRow.prompt_id) == prompt_id, col(ResponseRow.option_id).in_(option_ids)
        )
    )


def responses_of(session: Session, prompt_id: int) -> list[Response]:
    """Return a prompt's answers without the people, in the order of their random ids; sealed ones are empty."""
    rows = session.exec(
        select(ResponseRow.option_id, ResponseRow.text)
        .where(col(ResponseRow.prompt_id) == prompt_id)
        .order_by(col(ResponseRow.id))
    )
    return [Response(option_id=option_id, text=text) for option_id, text in rows]


def count_options(session: Session, prompt_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """Return how often each option of some prompts was chosen, by prompt and option; unchosen ones are left out."""
    rows = session.exec(
        select(ResponseRow.prompt_id, ResponseRow.option_id, func.count())
        .where(col(ResponseRow.prompt_id).in_(prompt_ids), col(ResponseRow.option_id).is_not(None))
        .group_by(col(ResponseRow.prompt_id), col(ResponseRow.option_id))
    )
    return {(prompt_id, option_id): count for prompt_id, option_id, count in rows if option_id is not None}


def count_responses(session: Session, prompt_id: int) -> int:
    """Return how many people's answers to a prompt count now."""
    return session.exec(
        select(func.count()).select_from(ResponseRow).where(col(ResponseRow.prompt_id) == prompt_id)
    ).one()


def forget_respondents(session: Session, prompt_id: int, unseal: Callable[[bytes], Response]) -> None:
    """Write a prompt's answers anew in random order, with random ids in place of ids and respondents.

    Neither the values nor the rows' places tell afterwards who answered or who answered first. The days are dealt
    out anew as well: how many answered on each stays true, but somebody known to have answered on a day of their
    own can't be found by it.

    Args:
        session: The session of a unit of work that holds the prompt (`lock_prompt`).
        prompt_id: Row id.
        unseal: Makes an answer of sealed bytes; an empty one where they can't be read.
    """
    rows = session.exec(select(ResponseRow).where(col(ResponseRow.prompt_id) == prompt_id)).all()
    days = [row.answered_on for row in rows]
    chance = secrets.SystemRandom()
    chance.shuffle(days)
    answers = [
        Response(row.option_id, row.text) if row.sealed is None else unseal(row.sealed) for row in rows
    ]
    anew = [
        {
            "id": _random_id(),
            "team_id": row.team_id,
            "prompt_id": prompt_id,
            "respondent": _random_id(),
            "option_id": answer.option_id,
            "text": answer.text,
            "sealed": None,
            "answered_on": day,
        }
        for row, answer, day in zip(rows, answers, days, strict=True)
    ]
    for row in rows:
        session.expunge(row)
    chance.shuffle(anew)
    session.exec(delete(ResponseRow).where(col(ResponseRow.prompt_id) == prompt_id))
    if anew:
        session.execute(insert(ResponseRow), anew)


def _random_id() -> str:
    return secrets.token_hex(16)
