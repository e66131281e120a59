"""Responses: one row for each person's answer to a prompt, under a unique key."""

from __future__ import annotations

import secrets
from datetime import date

from sqlalchemy import func, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, select

from bot.db.models import PromptRow, ResponseRow
from bot.domain.prompt import Response


def save_response(
    session: Session,
    *,
    team_id: str,
    prompt_id: int,
    respondent: str,
    response: Response,
    answered_on: date,
) -> None:
    """Store a person's answer over the one they gave before, in one statement.

    Args:
        session: The session of a unit of work that holds the prompt (`lock_prompt`).
        team_id: Slack workspace id.
        prompt_id: Row id.
        respondent: Slack user id, or the keyed hash of an anonymous prompt.
        response: The answer.
        answered_on: The day in the prompt's zone; no finer time is kept.
    """
    upsert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    answer = {"option_id": response.option_id, "text": response.text, "answered_on": answered_on}
    session.execute(
        upsert(ResponseRow)
        .values(id=_random_id(), team_id=team_id, prompt_id=prompt_id, respondent=respondent, **answer)
        .on_conflict_do_update(index_elements=["prompt_id", "respondent"], set_=answer)
    )


def find_response(session: Session, prompt_id: int, respondent: str) -> Response | None:
    """Return a person's answer, or None when there is none."""
    row = session.exec(
        select(ResponseRow).where(
            col(ResponseRow.prompt_id) == prompt_id, col(ResponseRow.respondent) == respondent
        )
    ).first()
    return Response(option_id=row.option_id, text=row.text) if row else None


def delete_response(session: Session, prompt_id: int, respondent: str) -> bool:
    """Delete a person's answer; False when there was none."""
    result = session.exec(
        delete(ResponseRow).where(
            col(ResponseRow.prompt_id) == prompt_id, col(ResponseRow.respondent) == respondent
        )
    )
    return bool(result.rowcount)


def responses_of(session: Session, prompt_id: int) -> list[Response]:
    """Return a prompt's answers without the people, in the order of their random ids."""
    rows = session.exec(
        select(ResponseRow.option_id, ResponseRow.text)
        .where(col(ResponseRow.prompt_id) == prompt_id)
        .order_by(col(ResponseRow.id))
    )
    return [Response(option_id=option_id, text=text) for option_id, text in rows]


def count_responses(session: Session, prompt_id: int) -> int:
    """Return how many people's answers to a prompt count now."""
    return session.exec(
        select(func.count()).select_from(ResponseRow).where(col(ResponseRow.prompt_id) == prompt_id)
    ).one()


def forget_respondents(session: Session, prompt_id: int) -> None:
    """Write a prompt's answers anew in random order, with random ids in place of ids and respondents.

    Neither the values nor the rows' places tell afterwards who answered or who answered first.
    """
    rows = session.exec(select(ResponseRow).where(col(ResponseRow.prompt_id) == prompt_id)).all()
    anew = [
        {
            "id": _random_id(),
            "team_id": row.team_id,
            "prompt_id": prompt_id,
            "respondent": _random_id(),
            "option_id": row.option_id,
            "text": row.text,
            "answered_on": row.answered_on,
        }
        for row in rows
    ]
    for row in rows:
        session.expunge(row)
    secrets.SystemRandom().shuffle(anew)
    session.exec(delete(ResponseRow).where(col(ResponseRow.prompt_id) == prompt_id))
    if anew:
        session.execute(insert(ResponseRow), anew)


def count_named_responses_by(session: Session, team_id: str, user_id: str) -> int:
    """Return how many answers of a person's are stored with their name."""
    return session.exec(
        select(func.count())
        .select_from(ResponseRow)
        .join(PromptRow, col(PromptRow.id) == col(ResponseRow.prompt_id))
        .where(
            col(ResponseRow.team_id) == team_id,
            col(ResponseRow.respondent) == user_id,
            col(PromptRow.anonymous).is_(False),
        )
    ).one()


def _random_id() -> str:
    return secrets.token_hex(16)
