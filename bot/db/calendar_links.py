"""Calendar links: addresses a team's days off are read from, and the days they gave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from bot.db.due import any_due, claim_rows
from bot.db.models import CalendarDayRow, CalendarLinkRow
from bot.domain.days_off import CalendarLink


def add_link(
    session: Session, team_id: str, host: str, sealed: bytes, *, by: str, now: datetime, due_at: datetime
) -> CalendarLinkRow:
    """Store an address, sealed, and return its row."""
    row = CalendarLinkRow(
        team_id=team_id, host=host, sealed=sealed, by_user_id=by, created_at=now, read_at=now, due_at=due_at
    )
    session.add(row)
    session.flush()
    return row


def link_rows(session: Session, team_id: str) -> list[CalendarLinkRow]:
    """Return a team's links, the oldest first."""
    query = select(CalendarLinkRow).where(col(CalendarLinkRow.team_id) == team_id)
    return list(session.exec(query.order_by(col(CalendarLinkRow.id))))


def links_of(session: Session, team_id: str, since: date) -> list[CalendarLink]:
    """Return a team's links with their days from one on, the oldest first."""
    return [_to_link(session, row, since) for row in link_rows(session, team_id)]


def find_link(session: Session, team_id: str, link_id: int, since: date) -> CalendarLink | None:
    """Return one link with its days from one on, or None when it was removed."""
    row = session.get(CalendarLinkRow, link_id)
    return None if row is None or row.team_id != team_id else _to_link(session, row, since)


def remove_link(session: Session, link_id: int) -> None:
    """Forget an address and its days."""
    session.execute(delete(CalendarDayRow).where(col(CalendarDayRow.link_id) == link_id))
    session.execute(delete(CalendarLinkRow).where(col(CalendarLinkRow.id) == link_id))


def save_days(session: Session, row: CalendarLinkRow, days: Iterable[date], since: date) -> bool:
    """Store the days a link gives from one on, over what it gave before; False when they are the same."""
    assert row.id is not None
    known = _days(session, row.id, since)
    wanted = {day for day in days if day >= since}
    if wanted == set(known):
        return False
    of_link = col(CalendarDayRow.link_id) == row.id
    session.execute(delete(CalendarDayRow).where(of_link, col(CalendarDayRow.day) >= since))
    link_id, team_id = row.id, row.team_id
    session.add_all(CalendarDayRow(team_id=team_id, link_id=link_id, day=day) for day in sorted(wanted))
    session.flush()
    return True


def linked_days(session: Session, team_id: str) -> set[date]:
    """Return every day off that a team's links give."""
    query = select(col(CalendarDayRow.day)).where(col(CalendarDayRow.team_id) == team_id)
    return set(session.exec(query.distinct()))


def forget_old_linked_days(session: Session, before: date) -> None:
    """Forget days before one."""
    session.execute(delete(CalendarDayRow).where(col(CalendarDayRow.day) < before))


def any_link_due(session: Session, team_id: str, now: datetime) -> bool:
    """Say whether a calendar is to be read; a quiet tick is this look, and no write."""
    return any_due(session, CalendarLinkRow, team_id, now)


def claim_links(
    session: Session, team_id: str, *, now: datetime, limit: int, lease_until: datetime
) -> list[tuple[int, bytes]]:
    """Take calendars that are to be read, the longest due first: row ids and sealed addresses.

    Until the lease ends nobody else takes them.
    """
    rows = claim_rows(session, CalendarLinkRow, team_id, now=now, limit=limit, lease_until=lease_until)
    return [(row.id, row.sealed) for row in rows if row.id is not None]


def _to_link(session: Session, row: CalendarLinkRow, since: date) -> CalendarLink:
    assert row.id is not None
    days = tuple(_days(session, row.id, since))
    return CalendarLink(row.id, row.host, row.by_user_id, days, row.read_at, row.failure)


def _days(session: Session, link_id: int | None, since: date) -> list[date]:
    query = select(col(CalendarDayRow.day)).where(
        col(CalendarDayRow.link_id) == link_id, col(CalendarDayRow.day) >= since
    )
    return list(session.exec(query.order_by(col(CalendarDayRow.day))))
