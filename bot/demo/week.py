"""The week before a visitor comes: what the people type and press, and what the bot makes of it by itself."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.app import Loopmark
from bot.db.schedules import next_schedule
from bot.demo.cast import ZONE, Cast
from bot.demo.clock import DemoClock
from bot.demo.numbers import OUTAGES_H
from bot.domain.wallclock import start_of_day, wall_at
from bot.sandbox import Channel, Message, Outcome, User, Workspace

FIRST_DAY = timedelta(days=8)
"""How long ago the first day is: the Monday post is always among what happened since."""

OPENS = timedelta(hours=8, minutes=30)
"""When the first day begins in Berlin; all is set up before a Monday's post at 09:00."""

EVERY = timedelta(hours=4)
"""How often the criteria are read, and how far the clock is moved at a time."""

LAG = timedelta(minutes=15)
"""So much later than the criteria's own moments, so that all of them are due together."""

WAITED_FOR = 5
"""Answers with which the anonymous prompt closes; one more than are in it."""

QUESTION = "How safe does it feel to ship on a Friday?"
EARLIER_QUESTION = "Is the new address step clearer than the old one?"

Act = Callable[[], Awaitable[object]]


def opening(now: datetime) -> datetime:
    """Return when the demo's first day begins, aware UTC, for a visitor who comes at a moment."""
    today = wall_at(now, ZoneInfo(ZONE)).date()
    return start_of_day(today - FIRST_DAY, ZONE) + OPENS


class Week:
    """Alice and Bob each own an initiative, Kofi is on both teams, and four others talk and answer."""

    def __init__(
        self, workspace: Workspace, loopmark: Loopmark, clock: DemoClock, cast: Cast, address: str
    ) -> None:
        """Begin with an empty workspace.

        Args:
            workspace: Where they work.
            loopmark: The bot, which does not tick by itself yet.
            clock: Runs in real time; is moved from one moment of the week to the next.
            cast: Who they are.
            address: The metric server's, without a slash at the end.
        """
        self._workspace = workspace
        self._loopmark = loopmark
        self._clock = clock
        self._cast = cast
        self._address = address

    async def play(self, now: Callable[[], datetime]) -> None:
        """Live through the week, up to the present.

        Args:
            now: The present on the wall, aware UTC; asked again at the end, since this takes a while.

        Raises:
            TimeoutError: the bot did not answer; with the last exchanges in its text.
        """
        opened = self._clock.now()
        acts = [*self._acts(), *((moment, None) for moment in _readings(now() - opened))]
        for since, act in sorted(acts, key=lambda one: one[0]):
            await self._move_to(opened + since)
            if act is not None:
                await act()
                await self._loopmark.settle()
        await self._move_to(now())

    async def _move_to(self, moment: datetime) -> None:
        """Let time pass up to a moment; what is scheduled on the way is posted on time."""
        deps = self._loopmark.deps
        while True:
            schedule = await deps.database.read(next_schedule, deps.team_id)
            if schedule is None or schedule.due_at is None or schedule.due_at >= moment:
                break
            self._clock.move_to(schedule.due_at)
            await self._loopmark.settle()
        self._clock.move_to(moment)
        await self._loopmark.settle()

    def _acts(self) -> list[tuple[timedelta, Act]]:
        cast, answer, say = self._cast, self._answer, self._say
        first, second, third, fourth = cast.others
        return [
            (_at(0), self._start_checkout),
            (_at(0, minutes=10), self._start_search),
            (_at(0, minutes=20), self._schedule),
            (_at(1, hours=5), partial(self._note, cast.kofi, cast.checkout, "the new form is confusing on a phone")),
            (_at(1, hours=7), partial(self._note, cast.bob, cast.search, "typing errors still find nothing")),
            (_at(2, hours=2), self._post_here),
            (_at(2, hours=3), self._ask_named),
            (_at(2, hours=4), partial(answer, cast.alice, cast.checkout, EARLIER_QUESTION, "Thumbs up")),
            (_at(2, hours=5), partial(answer, cast.kofi, cast.checkout, EARLIER_QUESTION, "Thumbs down")),
            (_at(2, hours=6), partial(answer, first, cast.checkout, EARLIER_QUESTION, "Thumbs up")),
            (_at(4, hours=1), partial(say, cast.kofi, cast.checkout, "Payments were down since the night, they say.")),
            (_at(4, hours=2), partial(say, cast.bob, cast.search, "Behind, yes: the new index is not live yet.")),
            (_at(5, hours=3), partial(say, third, cast.general, "Yesterday's release went out without a hitch.")),
            (_at(5, hours=4), partial(say, fourth, cast.general, "This time …")),
            (_at(6, hours=2), self._ask_anonymously),
            (_at(6, hours=3), partial(answer, first, cast.general, QUESTION, "4")),
            (_at(6, hours=5), partial(answer, second, cast.general, QUESTION, "3")),
            (_at(6, hours=7), partial(answer, third, cast.general, QUESTION, "5")),
            (_at(7, hours=0.5), partial(answer, fourth, cast.general, QUESTION, "3")),
            (_at(7, hours=1), partial(say, cast.alice, cast.general, "Four answers so far. One more and we see them.")),
            (_at(7, hours=9), self._post_here),  # so that what changes for a visitor is told near the end
            (_at(7, hours=10), partial(say, cast.kofi, cast.checkout, "Latency is up since the release at four.")),
        ]  # fmt: skip

    async def _start_checkout(self) -> None:
        alice, here = self._cast.alice, self._cast.checkout
        await self._say(alice, here, "Let's write down what the rewrite is for, before we argue about it.")
        await self._type(alice, here, '/initiative new "Checkout rewrite" by in 5 weeks')
        checkout, payments = f"source {self._address}/checkout", f"source {self._address}/payments"
        for line in (
            f"Conversion >= 3.2 % from 2.8 by in 5 weeks {checkout} path $.conversion.percent every 4h",
            f"p95 latency <= 800 ms guardrail {checkout} path $.latency.p95_ms every 4h",
            f"Refunds <= 1.2 % from 2 by in 5 weeks {payments} path $.refunds.percent every 4h",
        ):
            await self._type(alice, here, f"/criteria add {line}")

    async def _start_search(self) -> None:
        bob, here = self._cast.bob, self._cast.search
        await self._type(bob, here, '/initiative new "Faster search" by in 3 weeks')
        searches = f"source {self._address}/search"
        for line in (
            f"Searches that end in a click >= 80 % from 62 by in 3 weeks {searches} path $.searches.percent.found",
            f"Searches without a result <= 6 % from 14 by in 3 weeks {searches} path $.searches.percent.nothing",
        ):
            await self._type(bob, here, f"/criteria add {line} every 4h")

    async def _schedule(self) -> None:
        await self._say(
            self._cast.alice, self._cast.leads, "From now on every Monday at nine, so that nobody has to ask."
        )
        where = self._cast.leads.mention
        for name in ("Checkout rewrite", "Faster search"):
            line = f'/progress schedule every Mon 09:00 in {where} for "{name}"'
            await self._type(self._cast.alice, self._cast.leads, line)

    async def _post_here(self) -> None:
        preview = await self._type(self._cast.alice, self._cast.checkout, "/progress")
        await self._press(self._cast.alice, preview.message, "Post here")

    async def _ask_named(self) -> None:
        line = f'/feedback ask "{EARLIER_QUESTION}" thumbs closes in 2d'
        await self._type(self._cast.bob, self._cast.checkout, line)

    async def _ask_anonymously(self) -> None:
        line = f'/feedback ask "{QUESTION}" scale anonymous closes after {WAITED_FOR} answers'
        await self._type(self._cast.alice, self._cast.general, line)

    async def _note(self, user: User, channel: Channel, text: str) -> None:
        await self._type(user, channel, f"/feedback {text}")

    async def _answer(self, user: User, channel: Channel, question: str, option: str) -> None:
        await self._press(user, self._prompt(channel, question), option)

    async def _say(self, user: User, channel: Channel, text: str) -> None:
        await self._workspace.person(user).post(channel, text)

    def _prompt(self, channel: Channel, question: str) -> Message:
        asked = (message for message in self._workspace.messages(channel) if question in message.text)
        return next(message for message in asked if message.user.is_bot)

    async def _type(self, user: User, channel: Channel, line: str) -> Outcome:
        outcome = await self._workspace.person(user).command(channel, line)
        return await self._answered(outcome, line)

    async def _press(self, user: User, message: Message, button: str) -> None:
        await self._answered(await self._workspace.person(user).click(message, button), button)

    async def _answered(self, outcome: Outcome, what: str) -> Outcome:
        if not outcome.acknowledged:
            raise TimeoutError(f"{what!r} was not acknowledged\n{self._workspace.server.journal.story()}")
        await self._loopmark.settle()
        return outcome


def _at(day: int, *, hours: float = 0, minutes: float = 0) -> timedelta:
    return timedelta(days=day, hours=hours, minutes=minutes)


def _readings(length: timedelta) -> list[timedelta]:
    """Return when the clock stops for readings: regularly, and for the first retries of the outage."""
    begins = EVERY * math.ceil(timedelta(hours=OUTAGES_H[0]) / EVERY) + LAG
    regular = [EVERY * count + LAG for count in range(int(length / EVERY) + 1)]
    retries = [begins + timedelta(minutes=minutes) for minutes in (3, 9)]
    return [moment for moment in (*regular, *retries) if moment < length]
