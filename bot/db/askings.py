"""Askings: who is asked by direct message to answer which prompt, when, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, or_, update
from sqlmodel import Session, col, select

from bot.db.due import any_due, claim_rows
from bot.db.models import AskingRow, PromptRow
from bot.domain.asked import AskKind, LeftOut
from bot.domain.prompt import PromptState

WAITING, SENT, LEFT_OUT = "waiting", "sent", "left_out"


def add_askings(
    session: Session, team_id: str, prompt_id: int, user_ids: Iterable[str], kind: AskKind, due_at: datetime
) -> None:
    """Plan that people are asked (aware UTC), each once."""
    session.add_all(
        AskingRow(team_id=team_id, prompt_id=prompt_id, user_id=user_id, kind=kind.value, due_at=due_at)
        for user_id in user_ids
    )
    session.flush()


def any_asking_due(session: Session, team_id: str, now: datetime) -> bool:
    """Say whether somebody is to be asked; a quiet tick is this look, and no write."""
    return any_due(session, AskingRow, team_id, now)


def claim_askings(
    session: Session, team_id: str, *, now: datetime, limit: int, lease_until: datetime
) -> list[str]:
    """Take people who are to be asked for this worker alone, the longest due first; Slack user ids."""
    rows = claim_rows(session, AskingRow, team_id, now=now, limit=limit, lease_until=lease_until)
    return list(dict.fromkeys(row.user_id for row in rows))


def waiting_askings(session: Session, team_id: str, user_id: str, until: datetime) -> list[AskingRow]:
    """Return what somebody is to be asked up to a moment (aware UTC), the earliest first."""
    return list(
        session.exec(
            select(AskingRow)
            .where(
                col(AskingRow.team_id) == team_id,
                col(AskingRow.user_id) == user_id,
                col(AskingRow.due_at) <= until,
            )
            .order_by(col(AskingRow.due_at), col(AskingRow.id))
        )
    )


def look_at_askings(session: Session, team_id: str, user_id: str, now: datetime) -> None:
    """Make due what somebody is to be asked and was kept from them by the time of their day."""
    session.execute(
        update(AskingRow)
        .where(
            col(AskingRow.team_id) == team_id,
            col(AskingRow.user_id) == user_id,
            col(AskingRow.due_at).is_not(None),
            col(AskingRow.because) == LeftOut.TIME.value,
        )
        .values(due_at=now),
        execution_options={"synchronize_session": False},
    )


def count_messages(session: Session, team_id: str, user_id: str, since: datetime) -> int:
    """Return how many direct messages asked somebody since a moment (aware UTC), whatever stood in each."""
    return session.exec(
        select(func.count(func.distinct(col(AskingRow.message_id)))).where(
            col(AskingRow.team_id) == team_id,
            col(AskingRow.user_id) == user_id,
            col(AskingRow.sent_at) >= since,
        )
    ).one()


def count_unasked(session: Session, prompt_id: int) -> dict[tuple[AskKind, str, LeftOut], int]:
    """Return how many people were left out of a prompt's messages or wait, by kind, state and reason."""
    rows = session.exec(
        select(AskingRow.kind, AskingRow.state, AskingRow.because, func.count())
        .where(
            col(AskingRow.prompt_id) == prompt_id,
            col(AskingRow.because).in_([LeftOut.CAP.value, LeftOut.TIME.value]),
            col(AskingRow.state) != SENT,
        )
        .group_by(col(AskingRow.kind), col(AskingRow.state), col(AskingRow.because))
    )
    return {(AskKind(kind), state, LeftOut(because)): count for kind, state, because, count in rows}


def prompts_asked_of(session: Session, team_id: str, user_id: str, now: datetime) -> list[PromptRow]:
    """Return the open prompts that name somebody or of which they were reminded, the first to close first.

    Nothing of it depends on who answered: of an anonymous prompt everybody who was asked is reminded.
    """
    asked = select(AskingRow.prompt_id).where(
        col(AskingRow.team_id) == team_id,
        col(AskingRow.user_id) == user_id,
        or_(col(AskingRow.kind) == AskKind.INVITATION.value, col(AskingRow.state) == SENT),
    )
    return list(
        session.exec(
            select(PromptRow)
            .where(
                col(PromptRow.id).in_(asked),
                col(PromptRow.state) == PromptState.OPEN.value,
                or_(col(PromptRow.closes_at).is_(None), col(PromptRow.closes_at) > now),
            )
            .order_by(col(PromptRow.closes_at).is_(None), col(PromptRow.closes_at), col(PromptRow.id))
        )
    )


def people_asked(session: Session, prompt_id: int) -> list[str]:
    """Return whom a prompt names or reminds (Slack user ids), whatever became of it."""
    asked = select(AskingRow.user_id).where(col(AskingRow.prompt_id) == prompt_id)
    return list(session.exec(asked.distinct()))


def forget_askings(session: Session, before: datetime) -> None:
    """Forget who was asked to answer prompts that closed before a moment (aware UTC)."""
    closed = select(PromptRow.id).where(col(PromptRow.closed_at) < before)
    session.execute(
        delete(AskingRow).where(col(AskingRow.prompt_id).in_(closed)),
        execution_options={"synchronize_session": False},
    )
