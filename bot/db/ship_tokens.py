"""Tokens that let a program ship for one initiative, and the requests they sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, delete, select, update

from bot.db.models import ShipRequestRow, ShipTokenRow
from bot.db.pushed import REMEMBERED_FOR


def add_ship_token(
    session: Session, *, team_id: str, initiative_id: int, digest: str, created_by: str, now: datetime
) -> int:
    """Store a token's digest and return its row id."""
    row = ShipTokenRow(
        team_id=team_id, initiative_id=initiative_id, digest=digest, created_by=created_by, created_at=now
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def count_ship_tokens(session: Session, initiative_id: int) -> int:
    """Return how many tokens of an initiative work now."""
    return session.exec(
        select(func.count())
        .select_from(ShipTokenRow)
        .where(col(ShipTokenRow.initiative_id) == initiative_id, col(ShipTokenRow.revoked_at).is_(None))
    ).one()


def revoke_ship_tokens(
    session: Session, initiative_id: int, now: datetime, *, token_id: int | None = None
) -> int:
    """Make an initiative's tokens useless, or only the one with a row id, and return how many worked until now."""
    conditions = [col(ShipTokenRow.initiative_id) == initiative_id, col(ShipTokenRow.revoked_at).is_(None)]
    if token_id is not None:
        conditions.append(col(ShipTokenRow.id) == token_id)
    return session.exec(update(ShipTokenRow).where(*conditions).values(revoked_at=now)).rowcount


def find_ship_token(
    session: Session, team_id: str, digest: str, *, for_update: bool = False
) -> ShipTokenRow | None:
    """Return a token that works, by its digest; None when there is none."""
    found = select(ShipTokenRow).where(
        col(ShipTokenRow.digest) == digest,
        col(ShipTokenRow.team_id) == team_id,
        col(ShipTokenRow.revoked_at).is_(None),
    )
    return session.exec(found.with_for_update() if for_update else found).first()


def find_ship_request(session: Session, token_id: int, key: str) -> ShipRequestRow | None:
    """Return the request that came with a token and a key before, or None."""
    return session.get(ShipRequestRow, (token_id, key))


def add_ship_request(
    session: Session,
    *,
    team_id: str,
    token_id: int,
    key: str,
    digest: str,
    answered: Mapping[str, Any],
    now: datetime,
) -> None:
    """Remember a request and what it was answered, in the transaction that stores its ship."""
    session.add(
        ShipRequestRow(token_id=token_id, key=key, team_id=team_id, digest=digest, answered=answered, at=now)
    )


def forget_old_ship_requests(session: Session, now: datetime) -> None:
    """Forget requests that are no longer repeated."""
    session.exec(delete(ShipRequestRow).where(col(ShipRequestRow.at) < now - REMEMBERED_FOR))
