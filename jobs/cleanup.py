"""Forgetting what is kept for a time only: drafts a day, taken events an hour, pushed requests two days,
past days off and inboxes three months, who was asked by direct message five weeks after the prompt's close."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from bot.db.askings import forget_askings
from bot.db.calendar_links import forget_old_linked_days
from bot.db.days_off import forget_old_days_off
from bot.db.drafts import delete_expired_drafts
from bot.db.events import forget_old_events
from bot.db.inboxes import forget_inboxes
from bot.db.pushed import forget_old_pushed
from bot.db.ship_tokens import forget_old_ship_requests
from bot.deps import Deps
from bot.domain.inbox import KEPT as INBOXES_KEPT

EVERY = timedelta(minutes=10)
DAYS_OFF_KEPT = timedelta(days=90)
"""Longer than runs are missed for in an outage."""
ASKINGS_KEPT = timedelta(days=35)
"""Longer than the week in which they are counted, and long enough for whoever asked to look."""


class Cleanup:
    """Remembers when it last ran, so that most ticks cost nothing."""

    def __init__(self) -> None:
        """Run at the first tick."""
        self._last: datetime | None = None

    async def tick(self, deps: Deps) -> None:
        """Forget what is too old, at most every ten minutes."""
        now = deps.now()
        if self._last is not None and now - self._last < EVERY:
            return
        self._last = now
        await deps.database.write(_forget, now)


def _forget(session: Session, now: datetime) -> None:
    delete_expired_drafts(session, now)
    forget_old_events(session, now)
    forget_old_pushed(session, now)
    forget_old_ship_requests(session, now)
    forget_old_days_off(session, (now - DAYS_OFF_KEPT).date())
    forget_old_linked_days(session, (now - DAYS_OFF_KEPT).date())
    forget_askings(session, now - ASKINGS_KEPT)
    # A day later than they stop opening, so that the day is over in every zone.
    inboxes_over = now - INBOXES_KEPT - timedelta(days=2)
    forget_inboxes(session, inboxes_over, inboxes_over.date())
