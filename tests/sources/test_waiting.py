"""A service that asks to be left alone is: every HTTP source says until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.sources.http import Fetcher
from bot.sources.request import Request
from bot.sources.waiting import LONGEST_WAIT, asks_to_wait, say_until

from .conftest import NOW, MetricServer

EPOCH = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("status", "headers", "minutes"),
    [
        pytest.param(429, {"retry-after": "120"}, 2, id="seconds"),
        pytest.param(503, {"retry-after": "Mon, 02 Mar 2026 09:45:00 GMT"}, 15, id="a date"),
        pytest.param(503, {"retry-after": "Mon, 02 Mar 2026 09:45:00 -0000"}, 15, id="a date without a zone"),
        pytest.param(
            403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH + 1800)}, 30, id="a reset time"
        ),
        pytest.param(429, {"x-ratelimit-reset": str(EPOCH + 60)}, 1, id="a reset time alone, with 429"),
        pytest.param(
            429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "300"}, 5, id="seconds to the reset"
        ),
        pytest.param(
            403,
            {"retry-after": "60", "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH + 1800)},
            1,
            id="retry-after goes first",
        ),
        pytest.param(429, {"retry-after": "999999999999"}, 24 * 60, id="more than a day of seconds"),
        pytest.param(429, {"retry-after": "Wed, 02 Mar 2050 09:45:00 GMT"}, 24 * 60, id="a date far away"),
        pytest.param(429, {"x-ratelimit-reset": str(EPOCH * 1000)[:12]}, 24 * 60, id="a reset far away"),
    ],
)
def test_an_answer_says_when_it_may_be_asked_again(
    status: int, headers: dict[str, str], minutes: int
) -> None:
    assert asks_to_wait(status, headers, NOW) == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        pytest.param(200, {"retry-after": "60"}, id="a good answer"),
        pytest.param(500, {"retry-after": "60"}, id="a broken server"),
        pytest.param(429, {}, id="nothing said"),
        pytest.param(429, {"retry-after": "soon"}, id="no time"),
        pytest.param(429, {"retry-after": "-5"}, id="less than no time"),
        pytest.param(429, {"retry-after": "0"}, id="at once"),
        pytest.param(503, {"retry-after": "Mon, 02 Mar 2026 09:29:00 GMT"}, id="a date that has passed"),
        pytest.param(403, {"x-ratelimit-reset": str(EPOCH + 1800)}, id="refused, with no word of limits"),
        pytest.param(
            403, {"x-ratelimit-remaining": "12", "x-ratelimit-reset": str(EPOCH + 1800)}, id="some left"
        ),
        pytest.param(
            403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH - 1)}, id="a reset that passed"
        ),
    ],
)
def test_an_answer_that_asks_for_nothing_delays_nothing(status: int, headers: dict[str, str]) -> None:
    assert asks_to_wait(status, headers, NOW) is None


@given(st.sampled_from([403, 429, 503]), st.text(max_size=40), st.text(max_size=40), st.text(max_size=20))
def test_whatever_an_answer_says_it_delays_for_a_day_at_most(
    status: int, after: str, reset: str, remaining: str
) -> None:
    headers = {"retry-after": after, "x-ratelimit-reset": reset, "x-ratelimit-remaining": remaining}
    until = asks_to_wait(status, headers, NOW)
    assert until is None or NOW < until <= NOW + LONGEST_WAIT


def test_a_moment_is_named_to_the_minute_and_never_too_early() -> None:
    assert say_until(datetime(2026, 3, 2, 14, 5, tzinfo=UTC)) == "14:05 UTC"
    assert say_until(datetime(2026, 3, 2, 14, 4, 1, tzinfo=UTC)) == "14:05 UTC"
    assert say_until(datetime(2026, 3, 2, 23, 59, 1, tzinfo=UTC)) == "00:00 UTC"


async def test_every_error_over_http_says_when_to_ask_again(server: MetricServer, fetcher: Fetcher) -> None:
    url = server.say("/busy", status=429, retry_after="600")
    with pytest.raises(SourceError) as caught:
        await fetcher.fetch(Request(url))
    assert str(caught.value) == "HTTP 429 from 127.0.0.1, which asks to wait until 09:40 UTC"
    assert caught.value.retry_at == NOW + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("headers", "says", "waits"),
    [
        pytest.param({"x_ratelimit_remaining": "12"}, "the secret GITHUB was refused", False, id="refused"),
        pytest.param({"retry_after": "600"}, "asks to wait until 09:40 UTC", True, id="asked too often"),
    ],
)
async def test_a_secret_asked_with_too_often_is_not_called_refused(
    server: MetricServer, fetcher: Fetcher, headers: dict[str, str], says: str, waits: bool
) -> None:
    url = server.say("/forbidden", b"{}", status=403, **headers)
    request = Request(
        url,
        headers={"authorization": "Bearer query-secret-4711"},
        bound_to=("127.0.0.1",),
        secret_names=frozenset({"GITHUB"}),
        secret_headers=frozenset({"authorization"}),
    )
    with pytest.raises(SourceError, match=says) as caught:
        await fetcher.fetch(request)
    assert (caught.value.retry_at is not None) is waits
