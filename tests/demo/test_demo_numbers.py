"""The demo's numbers over time, and the server that gives them out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest

from bot.demo import numbers
from bot.demo.metrics import ADDRESSES, MORE, MetricServer

HOUR = timedelta(hours=1)

VISITS_H = range(183, 209)
"""Hours since the first day at which a visitor can come."""


@pytest.mark.parametrize("hour", VISITS_H)
def test_whenever_a_visitor_comes_the_guardrail_is_breached_and_no_source_is_down(hour: int) -> None:
    for earlier in (0, 4):
        assert numbers.p95_ms((hour - earlier) * HOUR) > 800
    assert (numbers.refund_percent(hour * HOUR) or 9) < 1.2
    assert numbers.conversion_percent(hour * HOUR) < 3.2
    assert numbers.found_percent(hour * HOUR) < 66
    assert 6 < numbers.empty_percent(hour * HOUR) < 12


def test_the_week_has_a_breach_that_ends_and_an_outage_that_ends() -> None:
    breached = [numbers.p95_ms(hour * HOUR) > 800 for hour in range(175)]
    assert (breached[0], True in breached, breached[-1]) == (False, True, False)
    down = [numbers.refund_percent(hour * HOUR) is None for hour in range(175)]
    assert (down[0], True in down, down[-1]) == (False, True, False)


def test_one_more_signs_up_each_minute() -> None:
    before = numbers.beta_signups(5 * HOUR)
    assert numbers.beta_signups(5 * HOUR + timedelta(minutes=3)) == before + 3


class Age:
    """The time since the first day, set by the test."""

    def __init__(self) -> None:
        self.age = 24 * HOUR

    def __call__(self) -> timedelta:
        return self.age


@pytest.fixture
def age() -> Age:
    return Age()


@pytest.fixture
async def server(age: Age) -> AsyncIterator[MetricServer]:
    async with MetricServer(age) as opened:
        yield opened


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(trust_env=False) as session:
        yield session


async def test_its_page_lists_every_address_with_its_numbers(
    server: MetricServer, http: aiohttp.ClientSession
) -> None:
    async with http.get(f"{server.address}/") as answer:
        page = await answer.text()
    for path in ADDRESSES:
        assert f"{server.address}{path}" in page
    assert str(server.signups) in page
    async with http.get(f"{server.address}/signups") as answer:
        assert json.loads(await answer.text()) == {"signups": {"total": server.signups}}


async def test_a_visitor_can_let_more_sign_up(server: MetricServer, http: aiohttp.ClientSession) -> None:
    before = server.signups
    async with http.post(f"{server.address}/signups") as answer:
        assert (answer.status, answer.url.path) == (200, "/")
        assert str(before + MORE) in await answer.text()
    assert server.signups == before + MORE


async def test_in_an_outage_the_service_answers_503_and_the_page_says_so(
    server: MetricServer, age: Age, http: aiohttp.ClientSession
) -> None:
    age.age = (numbers.OUTAGES_H[0] + 1) * HOUR
    async with http.get(f"{server.address}/payments") as answer:
        assert answer.status == 503
    async with http.get(f"{server.address}/") as answer:
        assert "HTTP 503" in await answer.text()
