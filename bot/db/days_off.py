"""Days off: the team's calendar."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete
from sqlmodel import Session, col, select

from bot.db.calendar_links import linked_days
from bot.db.models import DayOffRow
from bot.domain.days_off import DaysOff


def add_days_off(session: Session, team_id: str, first: date, last: date, *, by: str) -> None:
    """Enter days off; what stands there already stays one entry."""
    same = select(DayOffRow).where(
        col(DayOffRow.team_id) == team_id, col(DayOffRow.first_on) == first, col(DayOffRow.last_on) == last
    )
    if session.exec(same).first() is None:
        session.add(DayOffRow(team_id=team_id, first_on=first, last_on=last, by_user_id=by))
        session.flush()


def days_off_of(session: Session, team_id: str, since: date | None = None) -> list[DaysOff]:
    """Return a team's entries that end on a day or later, or all of them, the earliest first."""
    query = select(DayOffRow).where(col(DayOffRow.team_id) == team_id)
    if since is not None:
        query = query.where(col(DayOffRow.last_on) >= since)
    rows = session.exec(query.order_by(col(DayOffRow.first_on), col(DayOffRow.id)))
    return [DaysOff(row.id or 0, row.first_on, row.last_on, row.by_user_id) for row in rows]


def off_days(session: Session, team_id: str) -> frozenset[date]:
    """Return every day off of a team: those that were entered, and those its calendars give."""
    entered = {day for entry in days_off_of(session, team_id) for day in entry.days()}
    return frozenset(entered | linked_days(session, team_id))


def remove_days_off(session: Session, entry_id: int) -> None:
    """Take an entry out of the calendar."""
    session.execute(delete(DayOffRow).where(col(DayOffRow.id) == entry_id))


def forget_old_days_off(session: Session, before: date) -> None:
    """Forget entries that ended before a day."""
    session.execute(delete(DayOffRow).where(col(DayOffRow.last_on) < before))
