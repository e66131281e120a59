"""Do-not-disturb: until when Slack keeps its notifications from somebody, as it said within the last minutes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from bot.deps import Priority
from bot.errors import DeliveryError
from bot.slack.transport import Transport

KNOWN_FOR = timedelta(minutes=5)
"""How long an answer counts."""

PAUSE = timedelta(minutes=1)
"""How long nobody is asked about after Slack gave no answer."""

LONG_PAUSE = timedelta(minutes=15)
"""The same after an answer that does not change by itself: the scope was not granted."""

LONGEST_WAIT_S = 5.0
"""How long a look waits for its turn: a message held up by it would keep others waiting."""

_MOST_PEOPLE = 2000

log = structlog.get_logger(__name__)


class DoNotDisturb:
    """What Slack says of people's do-not-disturb, in memory; nothing of it is stored."""

    def __init__(self, transport: Transport, *, now: Callable[[], datetime]) -> None:
        """Know nothing of anybody yet; `now` is this machine's clock, aware UTC, by which messages are due."""
        self._transport = transport
        self._now = now
        self._known: OrderedDict[str, tuple[datetime, datetime | None, datetime | None]] = OrderedDict()
        self._failed: tuple[datetime, DeliveryError] | None = None
        self._logged = ""

    async def until(self, user_id: str) -> datetime | None:
        """Return until when somebody's do-not-disturb runs that runs now, aware UTC, or None when none does.

        Raises:
            DeliveryError: Slack could not be asked, or a moment ago; the reason is logged once.
        """
        now = self._now()
        asked_at, starts, ends = self._known.get(user_id, (None, None, None))
        if asked_at is None or not timedelta() <= now - asked_at < KNOWN_FOR:
            starts, ends = await self._ask(user_id, now)
            self._known[user_id] = (now, starts, ends)
            self._known.move_to_end(user_id)
            while len(self._known) > _MOST_PEOPLE:
                self._known.popitem(last=False)
        return ends if starts is not None and ends is not None and starts <= now < ends else None

    async def _ask(self, user_id: str, now: datetime) -> tuple[datetime | None, datetime | None]:
        if self._failed is not None:
            failed_at, error = self._failed
            pause = LONG_PAUSE if error.permanent else PAUSE
            if timedelta() <= now - failed_at < pause:
                raise error
        try:
            answer = await self._transport.call(
                "dnd.info",
                lambda: self._transport.client.dnd_info(user=user_id),
                effect="read",
                priority=Priority.DUE_POST,
                until=self._transport.until(LONGEST_WAIT_S),
            )
        except DeliveryError as error:
            if error.error in {"user_not_found", "user_not_visible"}:
                return None, None  # somebody of another workspace; that says nothing of the others
            self._failed = (now, error)
            if error.error != self._logged:
                self._logged = error.error
                log.warning(
                    "do-not-disturb not known, nothing waits for it", error=error.error, do=str(error)
                )
            raise
        self._failed, self._logged = None, ""
        return period(answer.data if isinstance(answer.data, dict) else {}, now)


def period(info: Mapping[str, Any], now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return from when to when do-not-disturb runs that runs now or comes next, aware UTC; None without one.

    Slack tells a bot the hours somebody set (``dnd_*``). When they pause notifications by hand it tells them alone
    (docs.slack.dev, "dnd.info", snooze properties); where it says so after all, the later end counts.

    Args:
        info: Slack's answer to dnd.info.
        now: Aware UTC.
    """
    starts, ends = _moment(info.get("next_dnd_start_ts")), _moment(info.get("next_dnd_end_ts"))
    if not info.get("dnd_enabled") or starts is None or ends is None or ends <= starts:
        starts, ends = None, None
    snoozed = _moment(info.get("snooze_endtime")) if info.get("snooze_enabled") else None
    if snoozed is not None and snoozed > now:
        runs = starts is not None and ends is not None and starts <= now < ends
        return now, max(snoozed, ends) if runs and ends is not None else snoozed
    return starts, ends


def _moment(seconds: object) -> datetime | None:
    # Slack writes 1 where there is none.
    if not isinstance(seconds, int) or not 1 < seconds < 4_102_444_800:
        return None
    return datetime.fromtimestamp(seconds, UTC)
