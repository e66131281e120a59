"""Tokens: what lets a program push readings of one criterion; only their digests are kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from bot.db.models import CriterionRow, TokenRow


def add_token(
    session: Session, *, team_id: str, criterion_id: int, digest: str, created_by: str, now: datetime
) -> TokenRow:
    """Store a token's digest and return its row, id included."""
    row = TokenRow(
        team_id=team_id, criterion_id=criterion_id, digest=digest, created_by=created_by, created_at=now
    )
    session.add(row)
    session.flush()
    return row


def count_tokens(session: Session, criterion_id: int) -> int:
    """Return how many tokens of a criterion work now."""
    return session.exec(
        select(func.count())
        .select_from(TokenRow)
        .where(col(TokenRow.criterion_id) == criterion_id, col(TokenRow.revoked_at).is_(None))
    ).one()


def revoke_tokens(session: Session, criterion_id: int, now: datetime, *, token_id: int | None = None) -> int:
    """Make a criterion's tokens useless, or only the one with a row id, and return how many worked until now."""
    conditions = [col(TokenRow.criterion_id) == criterion_id, col(TokenRow.revoked_at).is_(None)]
    if token_id is not None:
        conditions.append(col(TokenRow.id) == token_id)
    return session.exec(update(TokenRow).where(*conditions).values(revoked_at=now)).rowcount


def find_token(session: Session, team_id: str, digest: str) -> tuple[TokenRow, CriterionRow] | None:
    """Return a token that works with its criterion, by the token's digest; None when there is none."""
    return session.exec(
        select(TokenRow, CriterionRow)
        .join(CriterionRow, col(CriterionRow.id) == col(TokenRow.criterion_id))
        .where(
            col(TokenRow.digest) == digest,
            col(TokenRow.team_id) == team_id,
            col(TokenRow.revoked_at).is_(None),
        )
    ).first()
