"""Five hundred posts due at one moment in fifty channels: out as fast as Slack's limits allow, in order, none lost."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Callable
from typing import Any

import pytest

from bot.db.engine import open_database
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.deps import Posted, Priority
from bot.domain.actor import Channel
from bot.domain.message import Message
from bot.slack.limiter import Limiter
from bot.slack.rates import CHANNEL_POSTS, METHOD_RATES
from jobs import notify
from tests.progress_world import TEAM, World
from tests.slack_double import RecordingSlack

pytestmark = pytest.mark.soak

CHANNELS, EACH = 50, 10
LONGEST_S = 180.0
"""A post that fails is never sent, so that without an end this would go on for ever."""
WORKSPACE = METHOD_RATES["chat.postMessage"]


class OwnTime:
    """A clock that moves on when everybody waits for it."""

    def __init__(self) -> None:
        """Begin at nought."""
        self.now_s = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        """Return the seconds gone."""
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        """Wait for seconds of this clock."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now_s + seconds, len(self._sleepers), woken))
        await woken

    def move_on(self) -> None:
        """Wake whoever comes next."""
        while self._sleepers:
            at_s, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                self.now_s = max(self.now_s, at_s)
                woken.set_result(None)
                return


class LimitedSlack(RecordingSlack):
    """Slack behind the limiter the bot really has."""

    def __init__(self, now: Callable[[], Any], clock: OwnTime) -> None:
        """Start with every bucket full."""
        super().__init__(now)
        self.clock = clock
        self.limiter = Limiter(METHOD_RATES, monotonic=clock.monotonic, sleep=clock.sleep)
        self.waiting = 0
        self.sent_at: list[tuple[float, str, str]] = []

    async def post(
        self,
        channel_id: str,
        message: Message,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        key: str | None = None,
        priority: Priority = Priority.DUE_POST,
    ) -> Posted:
        """Post when it is this message's turn."""

        async def send() -> Posted:
            self.waiting -= 1
            self.sent_at.append((self.clock.now_s, channel_id, str(key)))
            return await RecordingSlack.post(
                self,
                channel_id,
                message,
                thread_ts=thread_ts,
                broadcast=broadcast,
                key=key,
                priority=priority,
            )

        self.waiting += 1
        return await self.limiter.run(
            send,
            method="chat.postMessage",
            priority=priority,
            until=self.clock.now_s + 60,
            lane=channel_id,
            lane_rate=CHANNEL_POSTS,
        )


async def test_five_hundred_due_posts_go_out_in_the_least_time_slacks_limits_allow(database_url: str) -> None:
    began_s = time.monotonic()
    database = open_database(database_url)
    world, clock = World(database), OwnTime()
    slack = LimitedSlack(world.now, clock)
    world.slack = slack
    object.__setattr__(world.deps, "slack", slack)
    try:
        await world.set_scene()
        for number in range(CHANNELS):
            channel_id = f"C{number:03d}"
            slack.channels[channel_id] = Channel(
                channel_id, channel_id, is_private=False, is_archived=False, is_member=True
            )
            initiative_id = await world.start(f"Initiative {number}", channel_id)
            await world.add(f"m{number}", initiative_id=initiative_id)

        def write_all(session: Any) -> None:
            for turn in range(EACH):
                for number in range(CHANNELS):
                    add_to_outbox(
                        session,
                        team_id=TEAM,
                        key=f"{number:03d}:{turn}",
                        kind=OutboxKind.PROGRESS,
                        channel_id=f"C{number:03d}",
                        facts={
                            "initiative_id": number + 2,
                            "schedule_id": None,
                            "planned_at": world.moment.isoformat(),
                            "by": "U0ALICE",
                        },
                        now=world.moment,
                    )

        await database.write(write_all)
        size = world.queue.room()
        async with asyncio.timeout(LONGEST_S):
            while len(slack.sent_at) < CHANNELS * EACH or world.queue.busy:
                await notify.tick(world.deps, world.queue)
                under_way = size - world.queue.room()
                if under_way and slack.waiting == under_way:
                    clock.move_on()
                world.deps.wake.clear()
                # What is neither waiting for its turn nor done is with the database, whose threads need a moment.
                await asyncio.sleep(0.001 if slack.waiting < under_way else 0)
    finally:
        await slack.limiter.aclose()
        await database.close()

    moments = [at_s for at_s, _, _ in slack.sent_at]
    floor_s = max(
        (CHANNELS * EACH - WORKSPACE.burst) * WORKSPACE.interval_s,
        (EACH - CHANNEL_POSTS.burst) * CHANNEL_POSTS.interval_s,
    )
    assert floor_s <= moments[-1] + 0.001
    assert moments[-1] <= floor_s * 1.01, "no second of Slack's is left unused"
    print(  # noqa: T201  (a figure)
        f"500 posts in {moments[-1]:.1f} s of Slack's time on {database.dialect}; its limits allow {floor_s:.1f} s; "
        f"played in {time.monotonic() - began_s:.0f} s"
    )
    assert len({key for _, _, key in slack.sent_at}) == len(slack.sent_at) == CHANNELS * EACH
    for number in range(CHANNELS):
        of_channel = [key for _, _, key in slack.sent_at if key.startswith(f"{number:03d}:")]
        assert of_channel == [f"{number:03d}:{turn}" for turn in range(EACH)]
