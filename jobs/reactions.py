"""Reactions that were missed: looked for at the start, after a stop, and every hour, since Slack tells of each once."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.blocks.answering import standing_message
from bot.blocks.privacy import privacy_line
from bot.blocks.ships import vote_standing
from bot.deps import Deps, Priority
from bot.domain.message import Message
from bot.services.missed_reactions import Watched, take_missed, watched
from bot.services.reacting import Taken
from bot.services.whispering import whisper
from jobs.queue import Queue

EVERY = timedelta(hours=1)
STOPPED = timedelta(minutes=5)
"""Between two ticks of a machine that slept; Slack's last try comes after about six."""


class MissedReactions:
    """Remembers when it last looked, so that most ticks cost nothing."""

    def __init__(self) -> None:
        """Look at the first tick."""
        self._looked: datetime | None = None
        self._ticked: datetime | None = None
        self._busy = False

    async def tick(self, deps: Deps, queue: Queue) -> None:
        """Start a look when it is time for one and none is under way."""
        now = deps.now()
        stopped = self._ticked is None or now - self._ticked > STOPPED
        self._ticked = now
        if self._busy or not (stopped or self._looked is None or now - self._looked >= EVERY):
            return
        if queue.room() < 1:
            self._ticked = None
            return
        self._looked = now
        messages = await deps.database.read(watched, deps.team_id, now)
        if messages:
            self._busy = True
            queue.put("missed reactions", lambda: self._look(deps, messages))

    async def _look(self, deps: Deps, messages: list[Watched]) -> None:
        try:
            for message in messages:
                for user_id, taken in await take_missed(deps, message):
                    said = _receipt(deps, taken)
                    await whisper(
                        deps,
                        message.channel_id,
                        user_id,
                        said,
                        priority=Priority.ASIDE,
                        or_directly=False,
                    )
        finally:
            self._busy = False


def _receipt(deps: Deps, taken: Taken) -> Message:
    if (voted := taken.voted) is not None:
        return vote_standing(voted.ship, voted.thumb, voted.former)
    assert taken.answered is not None, "what was refused is not told again"
    answered = taken.answered
    privacy = privacy_line(answered.prompt, deps.database.dialect)
    return standing_message(answered.prompt, answered.answers, answered.former, privacy)
