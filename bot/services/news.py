"""News: whether there is anything to say of an initiative since a moment."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from bot.db.criteria import Found, criteria_of
from bot.db.goalposts import goalposts_since
from bot.db.readings import last_reading_until, status_changes_since
from bot.domain.initiative import Initiative
from bot.domain.post_schedule import PostOnly


def has_news(session: Session, initiative: Initiative, only: PostOnly, since: datetime) -> bool:
    """Say whether a run that posts only under a condition posts an initiative.

    Args:
        session: The session.
        initiative: The initiative.
        only: The condition.
        since: When its schedule posted it last, aware UTC.
    """
    criteria = criteria_of(session, initiative)
    ids = [found.row.id for found in criteria if found.row.id is not None]
    if status_changes_since(session, ids, since):
        return True
    if only is PostOnly.CHANGED and goalposts_since(session, ids, since):
        return True
    return only is PostOnly.CHANGED and any(_is_new(session, found, since) for found in criteria)


def _is_new(session: Session, found: Found, since: datetime) -> bool:
    row = found.row
    assert row.id is not None
    if row.created_at > since:
        return True
    if row.value_at is None or row.value_at <= since:
        return False
    before = last_reading_until(session, row.id, since)
    return before is None or before.value != row.value
