"""Redirects: each hop is judged like a first request, and credentials stay behind."""

from __future__ import annotations

import ssl

import pytest

from bot.errors import SourceError
from bot.sources.address import AllowedHosts
from bot.sources.http import Fetcher
from bot.sources.request import Request

from .conftest import NOW, MetricServer

SECRETS = {"Authorization": "Bearer hush", "X-Api-Key": "hush", "Cookie": "a=hush", "Accept-Language": "de"}


async def refusal(fetcher: Fetcher, url: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await fetcher.fetch(Request(url))
    return caught.value


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed(server: MetricServer, fetcher: Fetcher, status: int) -> None:
    server.say("/new", b'{"a": 1}')
    fetched = await fetcher.fetch(Request(server.say("/old", status=status, location="/new")))
    assert (fetched.body, fetched.url) == (b'{"a": 1}', server.url("/new"))


async def test_three_redirects_are_followed_and_four_are_not(server: MetricServer, fetcher: Fetcher) -> None:
    for number in range(4):
        server.say(f"/{number}", status=302, location=f"/{number + 1}")
    server.say("/4")
    assert (await fetcher.fetch(Request(server.url("/1")))).url == server.url("/4")
    error = await refusal(fetcher, server.url("/0"))
    assert (error.cause, str(error)) == ("redirect", "more than 3 redirects, the last to 127.0.0.1")


async def test_a_loop_ends(server: MetricServer, fetcher: Fetcher) -> None:
    error = await refusal(fetcher, server.say("/loop", status=302, location="/loop"))
    assert error.cause == "redirect"
    assert len(server.seen) == 4


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.2:{port}/in", "http://[::1]:{port}/in", "http://2130706433:{port}/in",
     "http://169.254.169.254/in"],
)  # fmt: skip
async def test_a_redirect_to_an_address_inside_is_refused(
    server: MetricServer, fetcher: Fetcher, target: str
) -> None:
    server.say("/in")
    url = server.say("/out", status=302, location=target.format(port=server.port))
    error = await refusal(fetcher, url)
    assert (error.cause, error.permanent) == ("address_refused", True)
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://a:b@127.0.0.1/x", "http://[::1/x"]
)
async def test_a_redirect_that_leads_nowhere_usable_is_refused(
    server: MetricServer, fetcher: Fetcher, location: str
) -> None:
    error = await refusal(fetcher, server.say("/out", status=302, location=location))
    assert error.cause == "redirect"
    assert str(error) == "127.0.0.1 redirects to something that is no plain http(s) address"


async def test_a_redirect_without_a_target_is_a_bad_status(server: MetricServer, fetcher: Fetcher) -> None:
    assert str(await refusal(fetcher, server.say("/out", status=302))) == "HTTP 302 from 127.0.0.1"


async def test_a_redirect_from_https_to_http_is_refused(
    server: MetricServer, tls_server: MetricServer, trust: ssl.SSLContext
) -> None:
    url = tls_server.say("/out", status=302, location=server.say("/in"))
    async with Fetcher(
        allowed=AllowedHosts.parse("127.0.0.1"), now=lambda: NOW, ssl_context=trust
    ) as fetcher:
        error = await refusal(fetcher, url)
    assert (error.cause, str(error)) == ("redirect", "127.0.0.1 redirects from https to http")
    assert server.seen == []


async def test_a_redirect_from_http_to_https_is_followed(
    server: MetricServer, tls_server: MetricServer, trust: ssl.SSLContext
) -> None:
    url = server.say("/out", status=301, location=tls_server.say("/in"))
    async with Fetcher(
        allowed=AllowedHosts.parse("127.0.0.1"), now=lambda: NOW, ssl_context=trust
    ) as fetcher:
        assert (await fetcher.fetch(Request(url, SECRETS))).url == tls_server.url("/in")
    assert "Authorization" not in tls_server.seen[0].headers


async def test_credentials_go_along_within_the_origin(server: MetricServer, fetcher: Fetcher) -> None:
    server.say("/new")
    await fetcher.fetch(Request(server.say("/old", status=302, location="/new"), SECRETS))
    for request in server.seen:
        assert {name: request.headers.get(name) for name in SECRETS} == SECRETS


async def test_every_header_that_could_be_a_credential_stays_behind_when_the_origin_changes(
    server: MetricServer, other_server: MetricServer, fetcher: Fetcher
) -> None:
    back = server.say("/back")
    away = other_server.say("/away", status=302, location=back)
    await fetcher.fetch(Request(server.say("/old", status=302, location=away), SECRETS))
    arrived = [*other_server.seen, server.seen[1]]
    assert [request.path for request in arrived] == ["/away", "/back"]
    for request in arrived:
        names = {name.lower() for name in request.headers}
        assert names == {"host", "accept", "accept-encoding", "accept-language", "user-agent"} | (
            names & {"connection"}
        )


async def test_the_time_bound_counts_over_all_hops(server: MetricServer, fetcher: Fetcher) -> None:
    server.say("/loop", status=302, location="/loop")
    with pytest.raises(SourceError) as caught:
        await fetcher.fetch(Request(server.url("/loop")), timeout_s=0.0)
    assert caught.value.cause == "timeout"


async def test_a_redirect_s_secret_address_is_in_no_message(server: MetricServer, fetcher: Fetcher) -> None:
    server.say("/in", status=401)
    error = await refusal(fetcher, server.say("/out", status=302, location="/in?token=hush") + "?key=hush")
    assert str(error) == "HTTP 401 from 127.0.0.1"
    assert "hush" not in repr(error.__cause__)
