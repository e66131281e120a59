"""Access tokens from a real token server: got once, kept, renewed, bound, and never shown."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import unquote_plus

import pytest
from aiohttp import web

from bot.domain.criterion import SourceKind, SourceSpec
from bot.domain.secret import put_secrets, secrets_named
from bot.errors import SourceError, UserError
from bot.sources.address import AllowedHosts
from bot.sources.http import Fetcher
from bot.sources.http_json import HttpJson
from bot.sources.jsonpath import Evaluator
from bot.sources.oauth2 import UNSAID, AccessTokens
from bot.sources.protocol import Filled, SourceContext, SourceRequest
from bot.sources.sharing import SharedFetches

from .conftest import NOW, MetricServer

ID, SECRET = "loop mark", "s3cret+/&ü"


@dataclass
class Bound:
    """One secret, CLIENT."""

    hosts: tuple[str, ...] = ("127.0.0.1",)

    async def fill(self, text: str) -> Filled:
        names = secrets_named(text)
        if not names:
            return Filled(text, frozenset(), None)
        return Filled(put_secrets(text, dict.fromkeys(names, SECRET)), frozenset(names), self.hosts)


@dataclass
class Login:
    """A token server and the metric server that believes its newest token."""

    server: MetricServer
    metrics: MetricServer
    said: dict[str, object] = field(default_factory=lambda: {"expires_in": 3600, "token_type": "Bearer"})
    forms: list[dict[str, str]] = field(default_factory=list)
    valid: str = ""

    def __post_init__(self) -> None:
        self.server.on("/token", self.give)
        self.metrics.on("/stats", self.stats)

    async def give(self, request: web.Request) -> web.Response:
        form = {name: str(text) for name, text in (await request.post()).items()}
        self.forms.append(form)
        pair = [form.get("client_id", ""), form.get("client_secret", "")]
        if "Authorization" in request.headers:
            coded = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
            pair = [unquote_plus(one) for one in coded.split(":")]
        if pair != [ID, SECRET]:
            return web.json_response({"error": "invalid_client"}, status=401)
        self.valid = f"token-{len(self.forms)}"
        return web.json_response({"access_token": self.valid, **self.said})

    async def stats(self, request: web.Request) -> web.Response:
        good = request.headers.get("Authorization") == f"Bearer {self.valid}"
        return web.json_response({"a": 7}, status=200 if good else 401)


@dataclass
class Clock:
    """Time that a test moves."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def login(server: MetricServer, other_server: MetricServer) -> Login:
    return Login(other_server, server)


@pytest.fixture
async def ctx(machine_trust: ssl.SSLContext, paths: Evaluator, clock: Clock) -> AsyncIterator[SourceContext]:
    allowed = AllowedHosts.parse("127.0.0.1 localhost")
    async with Fetcher(allowed=allowed, now=clock, ssl_context=machine_trust) as fetcher:
        shared = SharedFetches(fetcher, now=clock)
        tokens = AccessTokens(shared, now=clock)
        yield SourceContext(http=shared, paths=paths, now=clock, secrets=Bound(), tokens=tokens)


def spec(login: Login, **options: str) -> SourceSpec:
    asked = {
        "auth": "oauth2",
        "token_url": login.server.url("/token"),
        "client_id": ID,
        "client_secret": "{{secret:CLIENT}}",
        **options,
    }
    return SourceSpec(SourceKind.HTTP_JSON, login.metrics.url("/stats"), "$.a", tuple(sorted(asked.items())))


async def read(ctx: SourceContext, one: SourceSpec) -> Decimal:
    HttpJson().check(one)
    return (await HttpJson().read(SourceRequest(one, "T0ACME", None), ctx)).value


async def refusal(ctx: SourceContext, one: SourceSpec) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await HttpJson().read(SourceRequest(one, "T0ACME", None), ctx)
    assert SECRET not in str(caught.value)
    assert "token-" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("way", ["header", "form"])
async def test_a_token_is_got_and_sent(ctx: SourceContext, login: Login, way: str) -> None:
    assert await read(ctx, spec(login, client_auth=way, scope="a b", audience="https://api")) == 7
    [form] = login.forms
    shared = {"grant_type": "client_credentials", "scope": "a b", "audience": "https://api"}
    assert form == (shared | ({"client_id": ID, "client_secret": SECRET} if way == "form" else {}))


async def test_reads_at_the_same_time_get_one_token(ctx: SourceContext, login: Login) -> None:
    assert set(await asyncio.gather(*(read(ctx, spec(login)) for _ in range(8)))) == {Decimal(7)}
    assert len(login.forms) == 1


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ({"expires_in": 3600}, timedelta(seconds=3540)),
        ({"expires_in": "100"}, timedelta(seconds=90)),
        ({}, UNSAID * 0.9),
        ({"expires_in": True}, UNSAID * 0.9),
        ({"expires_in": 10**12}, timedelta(days=1) - timedelta(seconds=60)),
    ],
    ids=["an hour", "in a text", "not said", "no number", "for ever"],
)
async def test_a_token_is_kept_until_shortly_before_it_runs_out(
    ctx: SourceContext, login: Login, clock: Clock, said: dict[str, object], holds: timedelta
) -> None:
    login.said = said
    await read(ctx, spec(login))
    clock.at = NOW + holds - timedelta(seconds=1)
    await read(ctx, spec(login))
    assert len(login.forms) == 1
    clock.at = NOW + holds
    await read(ctx, spec(login))
    assert len(login.forms) == 2


@pytest.mark.parametrize("other", [{"scope": "x"}, {"audience": "y"}], ids=["scope", "audience"])
async def test_another_grant_is_another_token(
    ctx: SourceContext, login: Login, other: dict[str, str]
) -> None:
    await read(ctx, spec(login))
    await read(ctx, spec(login, **other))
    assert len(login.forms) == 2


async def test_a_refused_token_is_forgotten_and_a_new_one_tried(ctx: SourceContext, login: Login) -> None:
    await read(ctx, spec(login))
    login.valid = "revoked"
    assert await read(ctx, spec(login)) == 7
    assert len(login.forms) == 2


async def test_a_second_refusal_is_said(ctx: SourceContext, login: Login) -> None:
    login.metrics.say("/stats", status=401)
    error = await refusal(ctx, spec(login))
    assert str(error) == "401 from 127.0.0.1: the access token from 127.0.0.1 was refused"
    assert len(login.forms) == 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"client_id": "mallory"}, "401 from 127.0.0.1: the secret CLIENT was refused"),
        ({"client_secret": "typed"}, "401 from 127.0.0.1: the client was refused"),
    ],
    ids=["secret", "typed"],
)
async def test_it_is_said_who_refused_what(
    ctx: SourceContext, login: Login, options: dict[str, str], sentence: str
) -> None:
    error = await refusal(ctx, spec(login, **options))
    assert (str(error), error.cause, login.metrics.seen) == (sentence, "status", [])


@pytest.mark.parametrize(
    ("status", "body", "cause", "sentence"),
    [
        (400, b'{"error": "invalid_scope"}', "status", "HTTP 400 from 127.0.0.1: invalid_scope"),
        (400, b'{"error": "s3cret+/&"}', "status", "HTTP 400 from 127.0.0.1"),
        (400, b"[" * 100_000, "status", "HTTP 400 from 127.0.0.1"),
        (500, b"{}", "status", "HTTP 500 from 127.0.0.1"),
        (200, b"<html>", "not_json", "the answer from 127.0.0.1 holds no access token"),
        (200, b'{"access_token": "a\\r\\nb"}', "not_json", "the answer from 127.0.0.1 holds no access token"),
        (
            200,
            b'{"access_token": "a", "token_type": "mac"}',
            "bad_request",
            "127.0.0.1 gives tokens that are not of the type bearer",
        ),
    ],
    ids=["scope", "strange word", "nested", "broken", "a page", "line ends", "another type"],
)
async def test_an_answer_without_a_token_is_one_sentence(
    ctx: SourceContext, login: Login, status: int, body: bytes, cause: str, sentence: str
) -> None:
    login.server.say("/token", body, status=status)
    error = await refusal(ctx, spec(login))
    assert (str(error), error.cause, error.host) == (sentence, cause, "127.0.0.1")


async def test_a_token_goes_only_where_its_secret_may_go(ctx: SourceContext, login: Login) -> None:
    elsewhere = login.metrics.url("/stats").replace("127.0.0.1", "localhost")
    one = SourceSpec(SourceKind.HTTP_JSON, elsewhere, "$.a", spec(login).options)
    error = await refusal(ctx, one)
    assert error.cause == "secret"
    assert "not sent to localhost" in str(error)
    assert login.metrics.seen == []


async def test_a_client_secret_is_sent_to_no_token_server_it_is_not_bound_to(
    ctx: SourceContext, login: Login
) -> None:
    other = login.server.url("/token").replace("127.0.0.1", "localhost")
    assert (await refusal(ctx, spec(login, token_url=other))).cause == "secret"
    assert login.server.seen == []


async def test_what_holds_tokens_shows_none(ctx: SourceContext, login: Login) -> None:
    await read(ctx, spec(login))
    assert isinstance(ctx.tokens, AccessTokens)
    assert ctx.tokens.all_tokens() == {"token-1"}
    shown = json.dumps([repr(held) for held in ctx.tokens._held.values()] + [repr(ctx.tokens._held)])
    assert "token-1" not in shown
    assert SECRET not in shown


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"token_url": "login"}, "Token_url: a source's address starts with"),
        ({"token_url": "https://l.example.com/{{secret:X}}"}, "no place in token_url"),
        ({"client_auth": "magic"}, "Client_auth is header or form"),
        ({"token": "x"}, "Token is not for auth=oauth2"),
        ({"auth": "bearer", "token": "x"}, "is for auth=oauth2 only"),
        ({"client_secret": ""}, "needs client_secret too"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_grant_that_can_t_work_is_one_sentence(
    login: Login, options: dict[str, str], sentence: str
) -> None:
    one = spec(login, **options)
    kept = tuple((name, text) for name, text in one.options if text)
    with pytest.raises(UserError, match=sentence) as caught:
        HttpJson().check(SourceSpec(one.kind, one.url, one.path, kept))
    assert caught.value.field == "source"
