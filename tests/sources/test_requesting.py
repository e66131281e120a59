"""Options of a request: what they send, where secrets go, and what is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from aiohttp import web

from bot.domain.criterion import SourceKind, SourceSpec
from bot.domain.secret import put_secrets, secrets_named
from bot.errors import SourceError, UserError
from bot.sources.http import Fetcher
from bot.sources.protocol import Filled, NoSecrets
from bot.sources.request import is_bound_to
from bot.sources.requesting import check_request_options, make_request

from .conftest import MetricServer


@dataclass
class Given:
    """Two secrets, each bound to hosts."""

    hosts: tuple[str, ...] = ("127.0.0.1",)

    async def fill(self, text: str) -> Filled:
        names = secrets_named(text)
        if not names:
            return Filled(text, frozenset(), None)
        return Filled(
            put_secrets(text, {name: f"{name.lower()}-value" for name in names}), frozenset(names), self.hosts
        )


def spec(**options: str) -> SourceSpec:
    named = {name.replace("__", "."): text for name, text in options.items()}
    return SourceSpec(SourceKind.HTTP_JSON, "http://127.0.0.1/", "$", tuple(sorted(named.items())))


@pytest.mark.parametrize(
    ("options", "name", "sent"),
    [
        ({"auth": "bearer", "token": "{{secret:GRAFANA}}"}, "Authorization", "Bearer grafana-value"),
        ({"auth": "basic", "user": "u", "password": "p"}, "Authorization", "Basic dTpw"),
        ({"auth": "header", "header": "X-Key", "token": "t"}, "X-Key", "t"),
        ({"header__X-Team": "checkout"}, "X-Team", "checkout"),
    ],
    ids=["bearer", "basic", "header key", "header"],
)
async def test_options_become_headers(
    server: MetricServer, fetcher: Fetcher, options: dict[str, str], name: str, sent: str
) -> None:
    made = spec(**options)
    check_request_options(made)
    await fetcher.fetch(await make_request(made, Given(), url=server.say("/x", b"1")))
    assert server.seen[0].headers[name] == sent


async def test_a_query_is_added_to_the_address(server: MetricServer, fetcher: Fetcher) -> None:
    url = server.say("/x", b"1")
    await fetcher.fetch(await make_request(spec(query__to="a b&c"), Given(), url=f"{url}?from=1"))
    assert dict(server.seen[0].query) == {"from": "1", "to": "a b&c"}


@pytest.mark.parametrize(
    ("options", "kind", "body"),
    [
        ({"body": '{"a": 1}'}, "application/json", b'{"a": 1}'),
        ({"form__a": "1 2", "form__b": "ü"}, "application/x-www-form-urlencoded", b"a=1+2&b=%C3%BC"),
    ],
    ids=["json", "form"],
)
async def test_a_post_sends_its_body(
    server: MetricServer, fetcher: Fetcher, options: dict[str, str], kind: str, body: bytes
) -> None:
    got: list[bytes] = []

    async def answer(request: web.Request) -> web.Response:
        got.append(await request.read())
        return web.json_response(5)

    made = spec(method="post", **options)
    check_request_options(made)
    await fetcher.fetch(await make_request(made, Given(), url=server.on("/x", answer)))
    assert (got, server.seen[0].method, server.seen[0].headers["Content-Type"]) == ([body], "POST", kind)


async def test_a_redirected_post_goes_nowhere_else(server: MetricServer, fetcher: Fetcher) -> None:
    url = server.say("/x", status=307, location="/y")
    with pytest.raises(SourceError, match="redirects a POST") as caught:
        await fetcher.fetch(await make_request(spec(method="POST", body="{}"), Given(), url=url))
    assert caught.value.cause == "redirect"
    assert len(server.seen) == 1


async def test_a_refused_secret_is_named_and_never_shown(server: MetricServer, fetcher: Fetcher) -> None:
    made = await make_request(
        spec(auth="bearer", token="{{secret:GRAFANA}}"), Given(), url=server.say("/x", status=401)
    )
    with pytest.raises(SourceError) as caught:
        await fetcher.fetch(made)
    assert str(caught.value) == "401 from 127.0.0.1: the secret GRAFANA was refused"
    assert "grafana-value" not in repr(made)


async def test_a_secret_is_sent_to_its_hosts_only(server: MetricServer, fetcher: Fetcher) -> None:
    url = server.say("/x", b"1")
    made = await make_request(
        spec(query__key="{{secret:GRAFANA}}"), Given(("grafana.internal", ".example.com")), url=url
    )
    with pytest.raises(SourceError, match=r"bound to grafana\.internal, \.example\.com") as caught:
        await fetcher.fetch(made)
    assert (caught.value.cause, server.seen) == ("secret", [])


@pytest.mark.parametrize(
    ("hosts", "sent_on"),
    [
        pytest.param(("127.0.0.1", "localhost"), True, id="bound to the new host"),
        pytest.param(("127.0.0.1",), False, id="not bound to it"),
    ],
)
async def test_a_secret_header_goes_on_only_to_hosts_it_is_bound_to(
    server: MetricServer, fetcher: Fetcher, hosts: tuple[str, ...], sent_on: bool
) -> None:
    server.say("/y", b"1")
    url = server.say("/x", status=302, location=server.url("/y").replace("127.0.0.1", "localhost"))
    made = await make_request(
        spec(auth="bearer", token="{{secret:K}}", header__X_Typed="typed"), Given(hosts), url=url
    )
    await fetcher.fetch(made)
    assert ("Authorization" in server.seen[1].headers) is sent_on
    assert "X_Typed" in server.seen[0].headers
    assert "X_Typed" not in server.seen[1].headers


async def test_a_refusal_after_the_secret_was_left_behind_does_not_blame_it(
    server: MetricServer, fetcher: Fetcher
) -> None:
    server.say("/y", status=401)
    url = server.say("/x", status=302, location=server.url("/y").replace("127.0.0.1", "localhost"))
    with pytest.raises(SourceError, match=r"^HTTP 401 from localhost$"):
        await fetcher.fetch(
            await make_request(spec(auth="bearer", token="{{secret:K}}"), Given(("127.0.0.1",)), url=url)
        )


async def test_a_secret_in_the_address_is_followed_nowhere_it_is_not_bound_to(
    server: MetricServer, fetcher: Fetcher
) -> None:
    server.say("/y", b"1")
    url = server.say("/x", status=302, location=server.url("/y").replace("127.0.0.1", "localhost"))
    with pytest.raises(SourceError, match="not sent to localhost") as caught:
        await fetcher.fetch(
            await make_request(spec(query__key="{{secret:K}}"), Given(("127.0.0.1",)), url=url)
        )
    assert (caught.value.cause, len(server.seen)) == ("secret", 1)


async def test_a_secret_in_a_json_body_can_hold_any_sign(server: MetricServer, fetcher: Fetcher) -> None:
    got: list[object] = []

    async def answer(request: web.Request) -> web.Response:
        got.append(await request.json())
        return web.json_response(5)

    class Odd(Given):
        async def fill(self, text: str) -> Filled:
            return Filled(put_secrets(text, {"K": 'a"b\\c'}), frozenset({"K"}), self.hosts)

    made = await make_request(
        spec(method="POST", body='{"key": "{{secret:K}}"}'), Odd(), url=server.on("/x", answer)
    )
    await fetcher.fetch(made)
    assert got == [{"key": 'a"b\\c'}]


async def test_a_typed_token_is_left_behind_at_another_origin(server: MetricServer, fetcher: Fetcher) -> None:
    server.say("/y", b"1")
    other = server.url("/y").replace("127.0.0.1", "localhost")
    url = server.say("/x", status=302, location=other)
    await fetcher.fetch(await make_request(spec(auth="bearer", token="typed"), Given(), url=url))
    assert "Authorization" in server.seen[0].headers
    assert "Authorization" not in server.seen[1].headers


@pytest.mark.parametrize(
    ("host", "bound", "same"),
    [
        ("a.example.com", ".example.com", True),
        ("example.com", ".example.com", False),
        ("badexample.com", ".example.com", False),
        ("EXAMPLE.com.", "example.com", True),
        ("example.com.evil.net", "example.com", False),
    ],
)
def test_hosts_are_compared_as_names(host: str, bound: str, same: bool) -> None:
    assert is_bound_to(host, [bound]) is same


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"colour": "red"}, "no option “colour”"),
        ({"auth": "magic"}, "Auth is one of"),
        ({"auth": "bearer"}, "needs token too"),
        ({"token": "x"}, "add auth=bearer"),
        ({"method": "PUT"}, "GET or POST"),
        ({"body": "{}"}, "method=POST"),
        ({"method": "POST", "body": "{"}, "not JSON"),
        ({"method": "POST", "body": "{}", "form__a": "1"}, "not both"),
        ({"header__Host": "x"}, "no header that can be set"),
        ({"header__a b": "x"}, "no header that can be set"),
        ({"auth": "header", "header": "Cookie", "token": "x"}, "no header that can be set"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_option_is_one_sentence(options: dict[str, str], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as caught:
        check_request_options(spec(**options))
    assert caught.value.field == "source"


@pytest.mark.parametrize(
    "options",
    [{"header__X": "a\r\nHost: b"}, {"header__X": "Zürich"}, {"header__X": "a\x00"}, {"query__a": "\ud800"}],
    ids=["line end", "not ASCII", "control", "surrogate"],
)
async def test_what_can_not_be_sent_is_a_sentence(options: dict[str, str]) -> None:
    with pytest.raises(SourceError, match="the option") as caught:
        await make_request(spec(**options), NoSecrets(), url="http://127.0.0.1/")
    assert caught.value.cause == "secret"


async def test_a_body_may_hold_line_ends(server: MetricServer) -> None:
    made = await make_request(
        spec(method="POST", body=json.dumps({"a": 1}, indent=1)), NoSecrets(), url=server.url("/")
    )
    assert made.content is not None
    assert b"\n" in made.content
