"""Clock: what time Slack has, by the Date header of its answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


class SlackClock:
    """Follows Slack's clock, which timestamps of messages are made from."""

    def __init__(self, *, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        """Start with this machine's clock (`now`, aware UTC) until Slack first answers."""
        self._now = now
        self._monotonic = monotonic
        self._heard: tuple[datetime, float] | None = None

    def hear(self, date: str | None) -> None:
        """Take over the Date header of an answer (whole seconds); one that can't be read is passed over."""
        if date is None:
            return
        try:
            moment = parsedate_to_datetime(date)
        except ValueError:
            return
        if moment.tzinfo is None:  # "-0000": the sender does not say which zone; RFC 9110 asks for GMT
            moment = moment.replace(tzinfo=UTC)
        self._heard = (moment.astimezone(UTC), self._monotonic())

    def now(self) -> datetime:
        """Return Slack's time, aware UTC: the last Date header plus what has passed since."""
        if self._heard is None:
            return self._now()
        date, heard_at = self._heard
        return date + timedelta(seconds=self._monotonic() - heard_at)

    @property
    def skew(self) -> timedelta:
        """How far Slack's clock is ahead of this machine's; zero before Slack first answered."""
        return self.now() - self._now() if self._heard is not None else timedelta()
