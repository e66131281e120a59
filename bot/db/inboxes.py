"""Inboxes: where replies to words that were written anonymously wait; who opens one is written nowhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import and_, or_, update
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from bot.db.models import PromptRow, ResponseRow


def find_inboxes(session: Session, team_id: str, addresses: Collection[str]) -> Sequence[ResponseRow]:
    """Return the written answers of closed prompts that have one of these inboxes; nothing is written."""
    return session.exec(
        select(ResponseRow).where(col(ResponseRow.team_id) == team_id, col(ResponseRow.inbox).in_(addresses))
    ).all()


def asked_with_inboxes(session: Session, team_id: str) -> list[str]:
    """Return the ids of all questions that answers with an inbox are to; the same few come again and again."""
    ids = select(ResponseRow.question_id).where(
        col(ResponseRow.team_id) == team_id, col(ResponseRow.inbox).is_not(None)
    )
    return list(session.exec(ids.distinct()))


def put_reply(session: Session, prompt_id: int, address: str, sealed: bytes, day: date) -> bool:
    """Put a reply into an inbox and say whether it was put: there is room for one.

    Args:
        session: The session of a unit of work.
        prompt_id: Row id of the prompt the words answered.
        address: The inbox's.
        sealed: The reply, sealed to the address.
        day: The day in the prompt's zone; no finer time is kept.
    """
    put = session.execute(
        update(ResponseRow)
        .where(
            col(ResponseRow.prompt_id) == prompt_id,
            col(ResponseRow.inbox) == address,
            col(ResponseRow.replied_on).is_(None),
        )
        .values(reply=sealed, replied_on=day)
        .returning(col(ResponseRow.id))
    )
    return put.first() is not None


def forget_inboxes(session: Session, closed_before: datetime, replied_before: date) -> None:
    """Delete inboxes whose time is over with their replies, all that are due at once; the words stay.

    Args:
        session: The session of a unit of work.
        closed_before: Aware UTC; those of prompts that closed before go unless there is a reply in them.
        replied_before: Those whose reply came before this day go.
    """
    closed = columns(col(PromptRow.id)).where(
        col(PromptRow.anonymous).is_(True), col(PromptRow.closed_at) < closed_before
    )
    session.execute(
        update(ResponseRow)
        .where(
            col(ResponseRow.inbox).is_not(None),
            or_(
                col(ResponseRow.replied_on) < replied_before,
                and_(col(ResponseRow.replied_on).is_(None), col(ResponseRow.prompt_id).in_(closed)),
            ),
        )
        .values(inbox=None, reply=None, replied_on=None),
        execution_options={"synchronize_session": False},
    )
