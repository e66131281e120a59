"""Links to initiatives' pages: who made each, until when, and whether it was revoked."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select, update

from bot.db.models import PageLinkRow


def add_page_link(
    session: Session, *, team_id: str, initiative_id: int, created_by: str, now: datetime, ends_at: datetime
) -> PageLinkRow:
    """Store a link and return its row, id included."""
    row = PageLinkRow(
        team_id=team_id, initiative_id=initiative_id, created_by=created_by, created_at=now, ends_at=ends_at
    )
    session.add(row)
    session.flush()
    return row


def find_page_link(session: Session, team_id: str, link_id: int, now: datetime) -> PageLinkRow | None:
    """Return a link that works at a moment (aware UTC), or None."""
    row = session.get(PageLinkRow, link_id)
    works = row is not None and row.team_id == team_id and row.revoked_at is None and row.ends_at > now
    return row if works else None


def working_page_links(session: Session, initiative_id: int, now: datetime) -> list[PageLinkRow]:
    """Return the links of an initiative that work at a moment (aware UTC), those that end last first."""
    return list(
        session.exec(
            select(PageLinkRow)
            .where(
                col(PageLinkRow.initiative_id) == initiative_id,
                col(PageLinkRow.revoked_at).is_(None),
                col(PageLinkRow.ends_at) > now,
            )
            .order_by(col(PageLinkRow.ends_at).desc(), col(PageLinkRow.id))
        )
    )


def revoke_page_links(
    session: Session,
    initiative_id: int,
    now: datetime,
    *,
    created_by: str | None = None,
    link_id: int | None = None,
) -> int:
    """Make an initiative's links useless and return how many worked until now.

    Args:
        session: An open session.
        initiative_id: Row id.
        now: Aware UTC.
        created_by: Only this person's, or None for all.
        link_id: Only this one, or None for all.
    """
    conditions = [
        col(PageLinkRow.initiative_id) == initiative_id,
        col(PageLinkRow.revoked_at).is_(None),
        col(PageLinkRow.ends_at) > now,
    ]
    if created_by is not None:
        conditions.append(col(PageLinkRow.created_by) == created_by)
    if link_id is not None:
        conditions.append(col(PageLinkRow.id) == link_id)
    return session.exec(update(PageLinkRow).where(*conditions).values(revoked_at=now)).rowcount
