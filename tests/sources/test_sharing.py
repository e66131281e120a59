"""Who asks for the same shares an answer; what has not changed is not sent again."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from aiohttp import web

from bot.errors import SourceError
from bot.sources.address import AllowedHosts
from bot.sources.http import Fetcher
from bot.sources.request import Request
from bot.sources.sharing import SharedFetches
from tests.sources.conftest import NOW, MetricServer

MINUTE = timedelta(minutes=1)


class Clock:
    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def fetcher(clock: Clock, machine_trust: object) -> object:
    async with Fetcher(
        allowed=AllowedHosts.parse("127.0.0.1"), now=clock, ssl_context=machine_trust
    ) as fetcher:
        yield fetcher


@pytest.fixture
def shared(fetcher: Fetcher, clock: Clock) -> SharedFetches:
    return SharedFetches(fetcher, now=clock)


class Held:
    """Answers when it is let go."""

    def __init__(self, status: int = 200) -> None:
        self.arrived = asyncio.Event()
        self.go = asyncio.Event()
        self.status = status

    async def __call__(self, _: web.Request) -> web.Response:
        self.arrived.set()
        await self.go.wait()
        return web.Response(body=b"1", status=self.status)


async def test_those_who_ask_at_the_same_time_share_one_fetch(
    server: MetricServer, shared: SharedFetches
) -> None:
    held = Held()
    url = server.on("/x", held)
    all_of_them = [asyncio.create_task(shared.fetch(Request(url))) for _ in range(5)]
    await held.arrived.wait()
    held.go.set()
    assert {fetched.body for fetched in await asyncio.gather(*all_of_them)} == {b"1"}
    assert len(server.seen) == 1


async def test_a_failure_is_everybodys_and_is_not_kept(server: MetricServer, shared: SharedFetches) -> None:
    held = Held(status=503)
    url = server.on("/x", held)
    both = [asyncio.create_task(shared.fetch(Request(url), reuse=MINUTE)) for _ in range(2)]
    await held.arrived.wait()
    held.go.set()
    errors = await asyncio.gather(*both, return_exceptions=True)
    assert [isinstance(error, SourceError) for error in errors] == [True, True]
    assert len(server.seen) == 1
    server.say("/x", b"2")
    assert (await shared.fetch(Request(url), reuse=MINUTE)).body == b"2"


@pytest.mark.parametrize("gone", [0, 1], ids=["who asked", "who waited"])
async def test_one_who_goes_away_does_not_take_the_answer_from_the_other(
    server: MetricServer, shared: SharedFetches, gone: int
) -> None:
    held = Held()
    url = server.on("/x", held)
    both = [asyncio.create_task(shared.fetch(Request(url))) for _ in range(2)]
    await held.arrived.wait()
    both[gone].cancel()
    held.go.set()
    assert (await both[1 - gone]).body == b"1"
    with pytest.raises(asyncio.CancelledError):
        await both[gone]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"headers": {"x-team": "b"}}, id="a header"),
        pytest.param({"method": "POST", "content": b"{}"}, id="a body"),
        pytest.param({"bound_to": ("127.0.0.1",), "secret_names": frozenset({"K"})}, id="a secret"),
    ],
)
async def test_what_differs_is_not_shared(
    server: MetricServer, shared: SharedFetches, other: dict[str, object]
) -> None:
    url = server.say("/x", b"1")
    await shared.fetch(Request(url), reuse=MINUTE)
    await shared.fetch(Request(url, **other), reuse=MINUTE)  # type: ignore[arg-type]  # a table of differences
    assert len(server.seen) == 2


async def test_a_recent_answer_is_taken_again_with_its_own_moment(
    server: MetricServer, shared: SharedFetches, clock: Clock
) -> None:
    url = server.say("/x", b"1")
    await shared.fetch(Request(url), reuse=MINUTE)
    clock.moment += MINUTE
    again = await shared.fetch(Request(url), reuse=MINUTE)
    assert (again.at, len(server.seen)) == (NOW, 1)
    assert (await shared.fetch(Request(url))).at == clock.moment, "who wants it new gets it new"
    clock.moment += MINUTE + timedelta(seconds=1)
    assert (await shared.fetch(Request(url), reuse=MINUTE)).at == clock.moment
    assert len(server.seen) == 3


def conditional(body: bytes, **headers: str) -> object:
    async def answer(request: web.Request) -> web.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = request.headers.get("If-None-Match") or request.headers.get("If-Modified-Since")
        if asked in headers.values():
            return web.Response(status=304)
        return web.Response(body=body, headers=named)

    return answer


@pytest.mark.parametrize(
    "headers",
    [{"etag": '"v1"'}, {"last_modified": "Mon, 02 Mar 2026 09:00:00 GMT"}],
    ids=["ETag", "Last-Modified"],
)
async def test_what_has_not_changed_is_not_sent_again(
    server: MetricServer, shared: SharedFetches, clock: Clock, headers: dict[str, str]
) -> None:
    url = server.on("/x", conditional(b"1", **headers))  # type: ignore[arg-type]  # a function
    first = await shared.fetch(Request(url))
    clock.moment += MINUTE
    second = await shared.fetch(Request(url))
    assert (second.body, second.status, second.at) == (first.body, 200, clock.moment)
    assert len(server.seen) == 2
    server.on("/x", conditional(b"2", etag='"v2"'))  # type: ignore[arg-type]  # as above
    assert (await shared.fetch(Request(url))).body == b"2"


async def test_what_is_kept_is_bounded_and_the_least_used_goes_first(
    server: MetricServer, fetcher: Fetcher, clock: Clock
) -> None:
    shared = SharedFetches(fetcher, now=clock, kept_bytes=25_000)
    urls = [server.on(f"/{name}", conditional(b"1" * 10_000, etag=f'"{name}"')) for name in "abc"]  # type: ignore[arg-type]
    for url in (urls[0], urls[1], urls[0], urls[2], urls[0], urls[1]):
        await shared.fetch(Request(url))
    asked = [(request.path, "If-None-Match" in request.headers) for request in server.seen]
    # The third did not fit beside both others, so the second, used longest ago, went.
    assert asked == [("/a", False), ("/b", False), ("/a", True), ("/c", False), ("/a", True), ("/b", False)]


async def test_an_answer_that_is_not_modified_although_nobody_asked_is_an_error(
    server: MetricServer, shared: SharedFetches
) -> None:
    with pytest.raises(SourceError, match="HTTP 304 from"):
        await shared.fetch(Request(server.say("/x", status=304)))


async def test_nothing_kept_holds_a_secret(server: MetricServer, shared: SharedFetches) -> None:
    url = server.on("/x", conditional(b"1", etag='"v1"'))  # type: ignore[arg-type]  # a function
    made = Request(
        url,
        headers={"authorization": "Bearer s3cr3t"},
        bound_to=("127.0.0.1",),
        secret_names=frozenset({"K"}),
        secret_headers=frozenset({"authorization"}),
    )
    await shared.fetch(made, reuse=MINUTE)
    assert "s3cr3t" not in repr(vars(shared))
