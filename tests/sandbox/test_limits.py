"""Rate limits: bursts, whole seconds, and each method, workspace and channel on its own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.calls import Method
from bot.sandbox.limits import Bucket, Limits


def method(tier: Any, *, per_channel: bool = False) -> Method:
    """Return a method of this tier."""
    return Method(f"m{tier}", "PJ", tier, lambda _call: {}, per_channel=per_channel)


class Stopwatch:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        """Start at zero."""
        self.at_s = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.at_s


@pytest.mark.parametrize(("tier", "per_min"), [(1, 1), (2, 20), (3, 50), (4, 100), ("S", 600)])
def test_a_method_takes_a_minutes_worth_at_once_and_then_its_rate(tier: Any, per_min: int) -> None:
    watch = Stopwatch()
    limits = Limits(clock=watch)
    assert [limits.retry_after_s(method(tier), "") for _ in range(per_min)] == [0] * per_min
    wait_s = limits.retry_after_s(method(tier), "")
    assert wait_s >= 1
    watch.at_s += wait_s
    assert limits.retry_after_s(method(tier), "") == 0


def test_channels_are_counted_apart() -> None:
    limits = Limits(clock=Stopwatch())
    posting = method("S", per_channel=True)
    assert [limits.retry_after_s(posting, "C1") for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    assert limits.retry_after_s(posting, "C2") == 0


def test_methods_are_counted_apart() -> None:
    limits = Limits(clock=Stopwatch())
    assert limits.retry_after_s(method(1), "") == 0
    assert limits.retry_after_s(method(1), "") == 60
    assert limits.retry_after_s(method(2), "") == 0


def test_switched_off_nothing_is_refused() -> None:
    limits = Limits(enabled=False, clock=Stopwatch())
    assert {limits.retry_after_s(method(1), "") for _ in range(100)} == {0}


@given(
    st.lists(st.floats(min_value=0, max_value=30), max_size=60),
    st.integers(min_value=1, max_value=20),
    st.floats(min_value=0.1, max_value=5),
)
def test_no_window_ever_passes_more_than_the_burst_and_the_rate(
    gaps: list[float], capacity: int, per_s: float
) -> None:
    bucket, now_s, passed = Bucket(capacity, 0.0), 0.0, 0
    for gap in gaps:
        now_s += gap
        wait_s = bucket.take(now_s, capacity, per_s)
        assert isinstance(wait_s, int)
        passed += wait_s == 0
    assert passed <= capacity + now_s * per_s + 1e-6


async def test_the_sixth_post_in_a_second_is_answered_with_429(api: Any, cast: Any) -> None:
    cast.ws.limits.clock = lambda: 0.0
    statuses = []
    for _ in range(6):
        answer = await api("chat.postMessage", channel=cast.general.id, text="x")
        statuses.append(api.status)
    assert statuses == [200] * 5 + [429]
    assert answer == {"ok": False, "error": "ratelimited"}
    assert api.headers["Retry-After"] == "1"
    assert len(cast.ws.messages(cast.general)) == 5
    cast.ws.limits.reset()
    assert (await api("chat.postMessage", channel=cast.general.id, text="x"))["ok"]
