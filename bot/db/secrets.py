"""Secrets: sealed values with the hosts they are bound to; whoever reads them unseals them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from bot.db.models import CalendarLinkRow, PromptKeyRow, SecretRow
from bot.domain.secret import Secret


def find_secrets(session: Session, team_id: str, names: Collection[str]) -> list[SecretRow]:
    """Return the rows of those names that there are."""
    if not names:
        return []
    return list(
        session.exec(
            select(SecretRow).where(col(SecretRow.team_id) == team_id, col(SecretRow.name).in_(names))
        ).all()
    )


def stored_secrets(session: Session, team_id: str) -> list[Secret]:
    """Return what may be told of a workspace's secrets, by name."""
    columns = (SecretRow.name, SecretRow.hosts, SecretRow.changed_by, SecretRow.changed_at)
    rows = session.exec(
        select(*columns).where(col(SecretRow.team_id) == team_id).order_by(col(SecretRow.name))
    )
    return [Secret(name, tuple(hosts), by, at) for name, hosts, by, at in rows]


def save_secret(
    session: Session,
    team_id: str,
    name: str,
    *,
    sealed: bytes,
    hosts: Sequence[str],
    changed_by: str,
    now: datetime,
) -> None:
    """Store a secret over what had its name."""
    session.merge(
        SecretRow(
            team_id=team_id,
            name=name,
            sealed=sealed,
            hosts=list(hosts),
            changed_by=changed_by,
            changed_at=now,
        )
    )


def delete_secret(session: Session, team_id: str, name: str) -> bool:
    """Delete a secret; False when there was none."""
    row = session.get(SecretRow, (team_id, name))
    if row is None:
        return False
    session.delete(row)
    return True


def reseal_rows(session: Session, reseal: Callable[[bytes], bytes | None]) -> int:
    """Put what is sealed under an older key under the newest one, and return how many rows that were.

    Args:
        session: An open session.
        reseal: Returns the bytes sealed anew, or None where they stay.
    """
    count = 0
    rows: list[SecretRow | PromptKeyRow | CalendarLinkRow] = []
    rows.extend(session.exec(select(SecretRow).with_for_update()).all())
    rows.extend(session.exec(select(PromptKeyRow).with_for_update()).all())
    rows.extend(session.exec(select(CalendarLinkRow).with_for_update()).all())
    for row in rows:
        if (sealed := reseal(row.sealed)) is not None:
            row.sealed = sealed
            session.add(row)
            count += 1
    return count
