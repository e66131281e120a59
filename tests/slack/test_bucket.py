"""A bucket's room: exactly as many calls as may start at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.bucket import Bucket
from bot.slack.rates import Rate


@given(
    interval_s=st.floats(0.001, 100),
    burst=st.integers(1, 50),
    pauses_s=st.lists(st.floats(0, 300), max_size=30),
)
def test_there_is_room_for_exactly_as_many_calls_as_start_without_a_wait(
    interval_s: float, burst: int, pauses_s: list[float]
) -> None:
    bucket, now = Bucket(Rate(interval_s, burst)), 1000.0
    for pause_s in pauses_s:
        now += pause_s
        if bucket.wait_s(now) == 0.0:
            bucket.take(now)
    room = bucket.room(now)
    assert 0 <= room <= burst
    for _ in range(room):
        assert bucket.wait_s(now) == 0.0
        bucket.take(now)
    assert bucket.wait_s(now) > 0.0


def test_a_paused_bucket_has_no_room_and_one_without_a_rate_has_any() -> None:
    paused, free = Bucket(Rate(1.0, 5)), Bucket(None)
    paused.pause(10.0)
    assert paused.room(9.0) == 0
    assert paused.room(10.0) == 1
    assert free.room(0.0) > 1_000_000
