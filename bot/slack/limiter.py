"""Limiter: who may call Slack now, who waits, and who goes first.

A call belongs to a method's queue and may stand in a lane of it (a channel for posts, a message for
updates). A queue has a rate; a lane is serial, so that order is kept, and may have a rate of its own.
Nothing runs while nobody waits: a call that finds room starts in the caller's own step.
"""

from __future__ import annotations

import asyncio
import itertools
from bisect import insort
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from bot.errors import DeliveryError
from bot.slack.bucket import INSTANT_S, Bucket, Lane
from bot.slack.rates import UNKNOWN_METHOD, Rate

T = TypeVar("T")

ATTEMPTS = 5
"""Times a call is sent when Slack keeps answering 429."""


class SlowDownError(Exception):
    """Slack answered 429: the call was not taken."""

    def __init__(self, retry_after_s: float) -> None:
        """Keep the seconds Slack asked to wait."""
        super().__init__()
        self.retry_after_s = retry_after_s


@dataclass(slots=True, eq=False)
class _Waiter:
    rank: tuple[int, int]
    lane: Lane | None
    shared: Bucket | None
    until: float
    turn: asyncio.Future[None]

    def __lt__(self, other: _Waiter) -> bool:
        return self.rank < other.rank


@dataclass(slots=True)
class _Queue:
    bucket: Bucket
    lanes: dict[str, Lane] = field(default_factory=dict)
    waiting: list[_Waiter] = field(default_factory=list)
    timer: asyncio.Task[None] | None = None
    timer_at: float = float("inf")


class Limiter:
    """Keeps one workspace's calls within Slack's limits.

    Order: the lower priority number first, and the earlier caller among equals; within a lane one call
    at a time. A call that Slack answers with 429 keeps its place and is sent again after the pause.
    """

    def __init__(
        self,
        rates: Mapping[str, Rate],
        *,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        max_waiting: int = 2000,
        max_lanes: int = 1000,
    ) -> None:
        """Start with every bucket full.

        Args:
            rates: Method → rate; a method without one gets `UNKNOWN_METHOD`.
            monotonic: Seconds of a clock that never goes back.
            sleep: Waits for seconds of that clock.
            max_waiting: Calls that may wait for one method; one more is refused.
            max_lanes: Lanes kept for one method before idle ones are forgotten.
        """
        self._rates = rates
        self._monotonic = monotonic
        self._sleep = sleep
        self._max_waiting = max_waiting
        self._max_lanes = max_lanes
        self._queues: dict[str, _Queue] = {}
        self._shared: dict[Rate, Bucket] = {}
        self._tickets = itertools.count()
        self._is_closed = False

    async def run(
        self,
        call: Callable[[], Awaitable[T]],
        *,
        method: str,
        priority: int,
        until: float,
        lane: str | None = None,
        lane_rate: Rate | None = None,
        shared_rate: Rate | None = None,
    ) -> T:
        """Return what the call returns, started when it is its turn.

        Args:
            call: Sends the request; raises SlowDownError when Slack answered 429.
            method: Slack's method, whose rate is kept.
            priority: Lower goes first among those who wait.
            until: Moment (of the monotonic clock) after which it is no longer started.
            lane: Calls of one method with the same lane run one at a time, in order.
            lane_rate: The lane's own rate, or None when order is all it is for.
            shared_rate: A rate kept over all calls that name it, beside the method's.

        Raises:
            DeliveryError: error ``ratelimited`` when its turn did not come in time, ``connection`` after
                `aclose`; either way it was certainly not taken.
            asyncio.CancelledError: the caller was cancelled, or the limiter was closed while it waited.
        """
        if self._is_closed:
            raise DeliveryError("Loopmark is stopping.", error="connection", permanent=False)
        queue = self._queue(method)
        rank = (priority, next(self._tickets))
        at = self._lane(queue, lane, lane_rate) if lane is not None else None
        shared = (
            self._shared.setdefault(shared_rate, Bucket(shared_rate)) if shared_rate is not None else None
        )
        attempt = 0
        while True:
            attempt += 1
            await self._turn(queue, rank, at, shared, until)
            try:
                return await call()
            except SlowDownError as slow_down:
                paused_until = self._monotonic() + slow_down.retry_after_s
                self._pause(queue, at, paused_until)
                if attempt >= ATTEMPTS or paused_until > until:
                    raise _limited(slow_down.retry_after_s) from None
            finally:
                self._leave(queue, at)

    def room(self, method: str, shared_rate: Rate) -> int:
        """Return how many calls could start at this moment, beside those that wait for their turn.

        Args:
            method: Slack's method.
            shared_rate: A rate kept over all calls that name it, beside the method's.
        """
        now, queue = self._monotonic(), self._queue(method)
        shared = self._shared.setdefault(shared_rate, Bucket(shared_rate))
        return max(0, min(queue.bucket.room(now), shared.room(now)) - len(queue.waiting))

    async def aclose(self) -> None:
        """Cancel everyone who waits; who is under way is left to end."""
        self._is_closed = True
        timers = []
        for queue in self._queues.values():
            for waiter in queue.waiting:
                waiter.turn.cancel()
            if queue.timer is not None:
                queue.timer.cancel()
                timers.append(queue.timer)
        await asyncio.gather(*timers, return_exceptions=True)

    def _queue(self, method: str) -> _Queue:
        queue = self._queues.get(method)
        if queue is None:
            queue = self._queues[method] = _Queue(Bucket(self._rates.get(method, UNKNOWN_METHOD)))
        return queue

    def _lane(self, queue: _Queue, name: str, rate: Rate | None) -> Lane:
        lane = queue.lanes.get(name)
        if lane is None:
            if len(queue.lanes) >= self._max_lanes:
                now = self._monotonic()
                queue.lanes = {
                    key: kept
                    for key, kept in queue.lanes.items()
                    if kept.is_busy or kept.waiting or not kept.is_full(now)
                }
            lane = queue.lanes[name] = Lane(rate)
        return lane

    async def _turn(
        self, queue: _Queue, rank: tuple[int, int], lane: Lane | None, shared: Bucket | None, until: float
    ) -> None:
        """Return when the call may start; it then holds its lane and is counted."""
        now = self._monotonic()
        if self._is_closed:
            raise asyncio.CancelledError
        if not queue.waiting and _wait_s(queue, lane, shared, now) == 0.0:
            if now > until:
                raise _limited(1.0)
            _start(queue, lane, shared, now)
            return
        if len(queue.waiting) >= self._max_waiting:
            raise _limited(queue.bucket.wait_s(now) + 1.0)
        waiter = _Waiter(rank, lane, shared, until, asyncio.get_running_loop().create_future())
        insort(queue.waiting, waiter)
        if lane is not None:
            lane.waiting += 1
        self._look(queue, until)
        try:
            await waiter.turn
        except asyncio.CancelledError:
            if not waiter.turn.done() or waiter.turn.cancelled():
                self._forget(queue, waiter)
            elif waiter.turn.exception() is None:
                # Cancelled in the same loop step in which its turn came: pass the lane on.
                self._leave(queue, lane)
            raise
        finally:
            if lane is not None:
                lane.waiting -= 1

    def _forget(self, queue: _Queue, waiter: _Waiter) -> None:
        if waiter in queue.waiting:
            queue.waiting.remove(waiter)
        if not self._is_closed:
            self._admit(queue)

    def _leave(self, queue: _Queue, lane: Lane | None) -> None:
        if lane is not None:
            lane.is_busy = False
        if queue.waiting and not self._is_closed:
            self._look(queue, float("inf"))

    def _pause(self, queue: _Queue, lane: Lane | None, until: float) -> None:
        """Stop what Slack complained about.

        For a post that is its channel; when a second channel is told to wait while the first still does,
        it is the workspace, and all posts stop.
        """
        if lane is None or lane.rate is None:
            queue.bucket.pause(until)
            return
        now = self._monotonic()
        if any(other.paused_until > now for other in queue.lanes.values() if other is not lane):
            queue.bucket.pause(until)
        lane.pause(until)

    def _look(self, queue: _Queue, until: float) -> None:
        """Admit, unless the method has no room and the timer is set for when it has: a crowd costs little."""
        now = self._monotonic()
        room_at = now + queue.bucket.wait_s(now)
        if (
            room_at > now
            and room_at <= until
            and queue.timer is not None
            and queue.timer_at <= min(room_at, until)
        ):
            return
        self._admit(queue)

    def _admit(self, queue: _Queue) -> None:
        """Start whose turn it is, refuse whose time ran out, and set the timer for the next moment."""
        now = self._monotonic()
        wake_at = float("inf")
        still: list[_Waiter] = []
        for waiter in queue.waiting:
            if waiter.turn.done():
                continue
            wait_s = _wait_s(queue, waiter.lane, waiter.shared, now)
            if wait_s == 0.0 and now <= waiter.until:
                _start(queue, waiter.lane, waiter.shared, now)
                waiter.turn.set_result(None)
                continue
            opens_at = max(queue.bucket.paused_until, waiter.lane.paused_until if waiter.lane else 0.0)
            if now > waiter.until or opens_at > waiter.until:
                waiter.turn.set_exception(_limited(max(opens_at - now, 1.0)))
                continue
            still.append(waiter)
            wake_at = min(wake_at, now + wait_s, waiter.until + 2 * INSTANT_S)
        queue.waiting = still
        self._set_timer(queue, wake_at, now)

    def _set_timer(self, queue: _Queue, wake_at: float, now: float) -> None:
        if queue.timer is not None:
            if queue.timer_at <= wake_at < float("inf"):
                return
            queue.timer.cancel()
            queue.timer = None
        queue.timer_at = wake_at
        if wake_at < float("inf"):
            queue.timer = asyncio.get_running_loop().create_task(
                self._wake(queue, wake_at - now), name="slack limiter"
            )

    async def _wake(self, queue: _Queue, delay_s: float) -> None:
        await self._sleep(delay_s)
        queue.timer = None
        self._admit(queue)


def _wait_s(queue: _Queue, lane: Lane | None, shared: Bucket | None, now: float) -> float:
    """Return the seconds until a call may start by the clock; infinite while its lane is busy."""
    wait_s = queue.bucket.wait_s(now)
    if shared is not None:
        wait_s = max(wait_s, shared.wait_s(now))
    if lane is not None:
        wait_s = float("inf") if lane.is_busy else max(wait_s, lane.wait_s(now))
    return wait_s


def _start(queue: _Queue, lane: Lane | None, shared: Bucket | None, now: float) -> None:
    queue.bucket.take(now)
    if shared is not None:
        shared.take(now)
    if lane is not None:
        lane.take(now)
        lane.is_busy = True


def _limited(retry_after_s: float) -> DeliveryError:
    return DeliveryError(
        "Slack asks Loopmark to slow down; try again later.",
        error="ratelimited",
        permanent=False,
        retry_after_s=retry_after_s,
    )
