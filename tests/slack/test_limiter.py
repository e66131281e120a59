"""The limiter: who may call, who waits, who goes first, and what 429 does."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DeliveryError
from bot.slack.limiter import ATTEMPTS, Limiter, SlowDownError
from bot.slack.rates import CHANNEL_POSTS, REDRAWS, TIER_1, TIER_2, TIER_3, TIER_4, Rate
from tests.slack.conftest import FakeClock

ONE_A_SECOND = Rate(interval_s=1.0, burst=1)
WIDE = Rate(interval_s=0.001, burst=1000)


class Bench:
    """A limiter on a fake clock, and a log of what started when."""

    def __init__(self, *, max_waiting: int = 2000, max_lanes: int = 1000, **rates: Rate) -> None:
        self.clock = FakeClock()
        self.limiter = Limiter(
            rates,
            monotonic=self.clock.monotonic,
            sleep=self.clock.sleep,
            max_waiting=max_waiting,
            max_lanes=max_lanes,
        )
        self.began_s = self.clock.now_s
        self.started: list[tuple[str, float]] = []
        self.ended: list[str] = []
        self.tasks: dict[str, asyncio.Task[Any]] = {}

    @property
    def order(self) -> list[str]:
        return [name for name, _ in self.started]

    def call(
        self, name: str, *, slow_downs: list[float] | None = None, gate: asyncio.Event | None = None
    ) -> Callable[[], Awaitable[str]]:
        answers = list(slow_downs or [])

        async def send() -> str:
            self.started.append((name, round(self.clock.now_s - self.began_s, 3)))
            if gate is not None:
                await gate.wait()
            if answers:
                raise SlowDownError(answers.pop(0))
            self.ended.append(name)
            return name

        return send

    async def ask(
        self,
        name: str,
        method: str = "m",
        *,
        priority: int = 1,
        patience_s: float = 60.0,
        slow_downs: list[float] | None = None,
        gate: asyncio.Event | None = None,
        **options: Any,
    ) -> asyncio.Task[str]:
        """Ask for a call in a task of its own, and let it get as far as it can."""
        task = asyncio.create_task(
            self.limiter.run(
                self.call(name, slow_downs=slow_downs, gate=gate),
                method=method,
                priority=priority,
                until=self.clock.now_s + patience_s,
                **options,
            )
        )
        self.tasks[name] = task
        await self.clock.settle()
        return task


async def test_a_call_that_finds_room_starts_without_a_task_switch() -> None:
    bench = Bench(m=TIER_3)
    run = bench.limiter.run(
        bench.call("a"),
        method="m",
        priority=1,
        until=bench.clock.now_s + 60,
        lane="C1",
        lane_rate=CHANNEL_POSTS,
    )

    with pytest.raises(StopIteration) as done:
        run.send(None)

    assert done.value.value == "a"
    assert bench.clock.slept == []


async def test_calls_beyond_the_burst_start_one_interval_apart() -> None:
    bench = Bench(m=Rate(interval_s=2.0, burst=3))
    for name in "abcde":
        await bench.ask(name)
    await bench.clock.advance(10)

    assert bench.started == [("a", 0), ("b", 0), ("c", 0), ("d", 2), ("e", 4)]


async def test_methods_do_not_wait_for_each_other() -> None:
    bench = Bench(m=ONE_A_SECOND, n=ONE_A_SECOND)
    for name in ("a", "b"):
        await bench.ask(name, "m")
    await bench.ask("c", "n")

    assert bench.order == ["a", "c"]
    await bench.limiter.aclose()


async def test_who_waits_goes_by_priority_and_then_by_arrival() -> None:
    bench = Bench(m=ONE_A_SECOND)
    await bench.ask("first")
    for name, priority in [("redraw", 3), ("reply", 2), ("post", 1), ("post2", 1), ("answer", 0)]:
        await bench.ask(name, priority=priority)
    await bench.clock.advance(10)

    assert bench.order == ["first", "answer", "post", "post2", "reply", "redraw"]


@pytest.mark.parametrize(
    ("rate", "most"),
    [(TIER_1, 1), (TIER_2, 20), (TIER_3, 50), (TIER_4, 100), (REDRAWS, 40)],
    ids=["tier 1", "tier 2", "tier 3", "tier 4", "redraws"],
)
async def test_a_tier_is_used_up_in_a_minute_and_never_exceeded(rate: Rate, most: int) -> None:
    bench = Bench(m=rate)
    for number in range(most + 5):
        await bench.ask(str(number), patience_s=600)
    await bench.clock.advance(59.9)

    assert len(bench.started) == most
    await bench.limiter.aclose()


@settings(max_examples=60)
@given(
    per_minute=st.integers(1, 30),
    burst=st.integers(1, 30),
    gaps_s=st.lists(st.floats(0, 40, allow_nan=False), min_size=1, max_size=50),
)
def test_no_minute_sees_more_calls_start_than_the_rate_allows(
    per_minute: int, burst: int, gaps_s: list[float]
) -> None:
    async def scenario() -> list[float]:
        bench = Bench(m=Rate.at_most(per_minute, burst=min(burst, per_minute)))
        for number, gap_s in enumerate(gaps_s):
            await bench.clock.advance(gap_s)
            await bench.ask(str(number), patience_s=10_000)
        await bench.clock.advance(60 * len(gaps_s) + 60)
        assert len(bench.started) == len(gaps_s)
        return [at for _, at in bench.started]

    starts = asyncio.run(scenario())
    for start in starts:
        assert sum(start <= other < start + 59.99 for other in starts) <= per_minute


@settings(max_examples=60)
@given(
    posts=st.lists(
        st.tuples(
            st.sampled_from(["C1", "C2", "C3"]),
            st.lists(st.sampled_from([1.0, 2.0, 7.0]), max_size=2),
            st.floats(0, 2, allow_nan=False),
        ),
        min_size=1,
        max_size=25,
    )
)
def test_posts_to_one_channel_keep_their_order_whatever_slack_answers(
    posts: list[tuple[str, list[float], float]],
) -> None:
    async def scenario() -> list[str]:
        bench = Bench(m=TIER_4)
        for number, (channel, slow_downs, gap_s) in enumerate(posts):
            await bench.clock.advance(gap_s)
            await bench.ask(
                f"{channel} {number}",
                slow_downs=slow_downs,
                lane=channel,
                lane_rate=CHANNEL_POSTS,
                patience_s=10_000,
            )
        await bench.clock.advance(2_000)
        return bench.ended

    sent = defaultdict(list)
    for name in asyncio.run(scenario()):
        channel, number = name.split()
        sent[channel].append(int(number))
    assert sum(map(len, sent.values())) == len(posts)
    assert all(numbers == sorted(numbers) for numbers in sent.values())


async def test_a_channel_takes_about_one_post_a_second() -> None:
    bench = Bench(m=WIDE)
    for name in "abcdef":
        await bench.ask(name, lane="C1", lane_rate=CHANNEL_POSTS)
    await bench.ask("elsewhere", lane="C2", lane_rate=CHANNEL_POSTS)
    await bench.clock.advance(10)

    burst = CHANNEL_POSTS.burst
    assert sorted(bench.started, key=lambda start: start[1])[: burst + 1] == [
        *((name, 0) for name in "abc"),
        ("elsewhere", 0),
    ]
    assert bench.started[-3:] == [("d", 1), ("e", 2), ("f", 3)]


async def test_a_post_waits_until_the_one_before_it_in_the_channel_has_been_answered() -> None:
    bench = Bench(m=WIDE)
    gate = asyncio.Event()
    await bench.ask("a", lane="C1", lane_rate=CHANNEL_POSTS, gate=gate)
    await bench.ask("b", lane="C1", lane_rate=CHANNEL_POSTS)
    assert bench.order == ["a"]

    gate.set()
    await bench.clock.settle()

    assert bench.ended == ["a", "b"]


async def test_a_429_pauses_its_channel_and_no_other() -> None:
    bench = Bench(m=WIDE)
    await bench.ask("a", lane="C1", lane_rate=CHANNEL_POSTS, slow_downs=[7])
    await bench.ask("b", lane="C1", lane_rate=CHANNEL_POSTS)
    await bench.ask("c", lane="C2", lane_rate=CHANNEL_POSTS)
    await bench.clock.advance(20)

    assert bench.started == [("a", 0), ("c", 0), ("a", 7), ("b", 8)]


async def test_a_429_in_a_second_channel_pauses_every_post() -> None:
    bench = Bench(m=WIDE)
    await bench.ask("a", lane="C1", lane_rate=CHANNEL_POSTS, slow_downs=[7])
    await bench.ask("b", lane="C2", lane_rate=CHANNEL_POSTS, slow_downs=[5])
    await bench.ask("c", lane="C3", lane_rate=CHANNEL_POSTS)
    assert bench.order == ["a", "b"]
    await bench.clock.advance(20)

    assert dict(bench.started[2:]) == pytest.approx({"b": 5, "c": 5, "a": 7}, abs=0.01)


async def test_a_429_of_a_method_without_channels_pauses_it_and_keeps_the_order() -> None:
    bench = Bench(m=Rate(interval_s=1, burst=10))
    await bench.ask("a", slow_downs=[7, 3])
    await bench.ask("b")
    await bench.clock.advance(20)

    assert bench.started == [("a", 0), ("a", 7), ("a", 10), ("b", 11)]
    assert bench.ended == ["a", "b"]


async def test_no_burst_follows_a_pause() -> None:
    bench = Bench(m=Rate(interval_s=1, burst=10))
    for name in "abcd":
        await bench.ask(name, slow_downs=[7] if name == "a" else None)
    await bench.clock.advance(20)

    assert [at for _, at in bench.started] == [0, 7, 8, 9, 10]


async def test_a_call_is_given_up_when_slack_keeps_saying_429() -> None:
    bench = Bench(m=WIDE)
    task = await bench.ask("a", slow_downs=[1.0] * 20)
    await bench.clock.advance(30)

    with pytest.raises(DeliveryError) as refusal:
        await task
    assert bench.order == ["a"] * ATTEMPTS
    assert (refusal.value.error, refusal.value.permanent, refusal.value.unclear) == (
        "ratelimited",
        False,
        False,
    )
    assert refusal.value.retry_after_s == 1.0


async def test_a_pause_longer_than_the_patience_is_not_waited_for() -> None:
    bench = Bench(m=WIDE)
    task = await bench.ask("a", slow_downs=[300.0], patience_s=60)
    other = await bench.ask("b", patience_s=60)

    with pytest.raises(DeliveryError) as refusal:
        await task
    assert refusal.value.retry_after_s == 300.0
    with pytest.raises(DeliveryError) as refusal:
        await other
    assert refusal.value.retry_after_s == pytest.approx(300.0)
    assert bench.order == ["a"]


async def test_a_call_whose_turn_does_not_come_in_time_is_refused_and_never_started() -> None:
    bench = Bench(m=Rate(interval_s=30, burst=1))
    await bench.ask("a")
    late = await bench.ask("late", patience_s=10)
    patient = await bench.ask("patient", patience_s=60)
    await bench.clock.advance(10.1)

    with pytest.raises(DeliveryError) as refusal:
        await late
    assert refusal.value.error == "ratelimited"
    assert refusal.value.unclear is False
    await bench.clock.advance(60)
    assert bench.order == ["a", "patient"]
    assert patient.result() == "patient"


async def test_a_call_is_not_started_late_even_when_the_machine_stood_still() -> None:
    bench = Bench(m=Rate(interval_s=30, burst=1))
    await bench.ask("a")
    late = await bench.ask("late", patience_s=10)
    bench.clock.now_s += 100
    await bench.clock.advance(0)

    with pytest.raises(DeliveryError):
        await late
    assert bench.order == ["a"]


async def test_a_shared_rate_holds_beside_the_methods_own() -> None:
    bench = Bench(update=TIER_3)
    for number in range(60):
        await bench.ask(f"redraw {number}", "update", priority=3, shared_rate=REDRAWS, patience_s=600)
    await bench.ask("edit", "update", priority=1)
    await bench.clock.advance(59.9)

    redraws = [name for name in bench.order if name.startswith("redraw")]
    assert redraws == [f"redraw {number}" for number in range(40)]
    assert ("edit", 0) in bench.started
    await bench.limiter.aclose()


async def test_a_waiting_call_that_is_cancelled_leaves_its_place_to_the_next() -> None:
    bench = Bench(m=ONE_A_SECOND)
    await bench.ask("a")
    gone = await bench.ask("gone")
    await bench.ask("next")
    gone.cancel()
    await bench.clock.advance(1)

    assert gone.cancelled()
    assert bench.order == ["a", "next"]


async def test_a_call_cancelled_under_way_frees_its_channel() -> None:
    bench = Bench(m=WIDE)
    stuck = await bench.ask("stuck", lane="C1", gate=asyncio.Event())
    await bench.ask("next", lane="C1")
    assert bench.order == ["stuck"]

    stuck.cancel()
    await bench.clock.settle()

    assert bench.ended == ["next"]


async def test_a_call_cancelled_in_the_moment_its_turn_comes_passes_the_channel_on() -> None:
    bench = Bench(m=WIDE)
    gate = asyncio.Event()

    async def end_and_cancel_the_next() -> None:
        await gate.wait()
        # Runs after this call has ended and given the second its turn, and before the second runs.
        asyncio.get_running_loop().call_soon(bench.tasks["second"].cancel)

    first = asyncio.create_task(
        bench.limiter.run(
            end_and_cancel_the_next, method="m", priority=1, until=bench.clock.now_s + 60, lane="C1"
        )
    )
    await bench.clock.settle()
    second = await bench.ask("second", lane="C1")
    await bench.ask("third", lane="C1")
    gate.set()
    await bench.clock.settle()

    assert first.done()
    assert second.cancelled()
    assert bench.order == ["third"]


async def test_a_failing_call_frees_its_channel_and_its_error_comes_through() -> None:
    bench = Bench(m=WIDE)

    async def fail() -> None:
        raise DeliveryError("No.", error="is_archived", permanent=True)

    with pytest.raises(DeliveryError, match="No"):
        await bench.limiter.run(fail, method="m", priority=1, until=bench.clock.now_s + 1, lane="C1")
    await bench.ask("next", lane="C1")

    assert bench.ended == ["next"]


async def test_closing_cancels_who_waits_and_lets_who_is_under_way_end() -> None:
    bench = Bench(m=ONE_A_SECOND)
    gate = asyncio.Event()
    under_way = await bench.ask("under way", gate=gate)
    waiting = await bench.ask("waiting")
    assert bench.clock.sleepers == 1

    await bench.limiter.aclose()
    gate.set()
    await bench.clock.settle()

    assert under_way.result() == "under way"
    assert waiting.cancelled()
    assert bench.clock.sleepers == 0
    with pytest.raises(DeliveryError, match="stopping"):
        await bench.limiter.run(bench.call("late"), method="m", priority=0, until=bench.clock.now_s + 1)
    assert bench.order == ["under way"]


async def test_no_timer_is_left_when_nobody_waits() -> None:
    bench = Bench(m=Rate(interval_s=30, burst=1))
    await bench.ask("a")
    waiting = await bench.ask("b")
    assert bench.clock.sleepers == 1
    waiting.cancel()
    await bench.clock.settle()

    assert bench.clock.sleepers == 0


async def test_one_call_more_than_may_wait_is_refused_at_once() -> None:
    bench = Bench(m=Rate(interval_s=30, burst=1), max_waiting=2)
    for name in "abc":
        await bench.ask(name)
    refused = await bench.ask("d")

    with pytest.raises(DeliveryError) as refusal:
        await refused
    assert refusal.value.permanent is False
    assert refusal.value.retry_after_s == pytest.approx(31)
    await bench.limiter.aclose()


async def test_forgetting_idle_lanes_keeps_those_that_still_count() -> None:
    bench = Bench(m=WIDE, max_lanes=3)
    for name in ("a", "b", "c"):
        await bench.ask(name, lane="busy", lane_rate=CHANNEL_POSTS)
    for number in range(10):
        await bench.ask(str(number), lane=f"C{number}")
    await bench.ask("d", lane="busy", lane_rate=CHANNEL_POSTS)
    await bench.clock.advance(5)

    assert bench.started[-1] == ("d", 1)
    assert len(bench.order) == 14


async def test_a_channel_that_frees_early_is_served_before_a_long_pause_elsewhere_ends() -> None:
    bench = Bench(m=WIDE)
    gate = asyncio.Event()
    await bench.ask("paused", lane="C1", lane_rate=CHANNEL_POSTS, slow_downs=[50])
    await bench.ask("open", lane="C2", lane_rate=ONE_A_SECOND, gate=gate)
    await bench.ask("after", lane="C2", lane_rate=ONE_A_SECOND)
    gate.set()
    await bench.clock.advance(2)

    assert bench.started[-1] == ("after", 1)
    await bench.clock.advance(60)
    assert bench.started[-1] == ("paused", 50)


async def test_there_is_room_for_what_could_start_now_beside_those_who_wait() -> None:
    bench = Bench(slow=Rate(interval_s=1.0, burst=3))
    shared = Rate(interval_s=2.0, burst=2)
    assert bench.limiter.room("slow", shared) == 2
    await bench.limiter.run(bench.call("a"), method="slow", priority=0, until=1e9, shared_rate=shared)
    assert bench.limiter.room("slow", shared) == 1
    await bench.limiter.run(bench.call("b"), method="slow", priority=0, until=1e9, shared_rate=shared)
    assert bench.limiter.room("slow", shared) == 0
