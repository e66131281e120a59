"""Timelines: the last events in order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.timeline import Event, last_events

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@given(hours=st.lists(st.integers(-50, 50), max_size=20), most=st.integers(1, 15))
def test_a_timeline_is_the_last_events_in_order(hours: list[int], most: int) -> None:
    events = [Event(AT + timedelta(hours=back), "🚀", str(place)) for place, back in enumerate(hours)]
    told = last_events(events, most)
    moments = [event.at for event in told.events]
    assert moments == sorted(moments)
    assert len(moments) == min(most, len(events))
    assert told.earlier == (len(events) > most)
    left_out = set(events) - set(told.events)
    assert all(event.at <= moments[0] for event in left_out)
