"""Client certificates: shown by a real TLS handshake, to their hosts only; files that can't be used end the start."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from bot.credentials import GivenCertificate
from bot.domain.criterion import SourceKind, SourceSpec
from bot.errors import ConfigError, SourceError, UserError
from bot.settings import load_settings
from bot.sources.address import AllowedHosts
from bot.sources.http import Fetcher
from bot.sources.http_json import HttpJson
from bot.sources.protocol import NoSecrets
from bot.sources.request import Request
from bot.sources.requesting import make_request

from .conftest import NOW, MetricServer, _serve


def given(certificate: Path, *hosts: str) -> GivenCertificate:
    return GivenCertificate(name="METRICS", certificate=certificate, key=None, hosts=hosts)


@pytest.fixture
async def strict_server(certificate: Path) -> AsyncIterator[MetricServer]:
    """A server that talks to nobody without the test's certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(certificate))
    context.load_cert_chain(certificate)
    context.verify_mode = ssl.CERT_REQUIRED
    # With TLS 1.3 a client learns only after the handshake that it was refused.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    runner, server = await _serve(context)
    yield server
    await runner.cleanup()


@pytest.fixture
def make_fetcher(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    # As an operator has their own authority trusted.
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    def make(*hosts: str) -> Fetcher:
        allowed = AllowedHosts.parse("127.0.0.1 localhost")
        return Fetcher(allowed=allowed, now=lambda: NOW, certificates=[given(certificate, *hosts)])

    return make


async def test_a_certificate_is_shown_where_it_is_asked_for(
    strict_server: MetricServer, make_fetcher: object
) -> None:
    assert callable(make_fetcher)
    url = strict_server.say("/x", b"5")
    spec = SourceSpec(SourceKind.HTTP_JSON, url, "$", (("client_cert", "metrics"),))
    HttpJson().check(spec)
    async with make_fetcher("127.0.0.1") as fetcher:
        request = await make_request(spec, NoSecrets(), url=url)
        assert (await fetcher.fetch(request)).body == b"5"
        with pytest.raises(SourceError) as caught:
            await fetcher.fetch(Request(url))
    assert caught.value.cause in ("tls", "connect")
    [seen] = strict_server.seen
    assert seen.path == "/x"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("METRICS", "the certificate METRICS is bound to metrics.internal, so it is not shown to 127.0.0.1"),
        (
            "OTHER",
            "there is no client certificate called OTHER; "
            "the operator gives them in LOOPMARK_CLIENT_CERTS: METRICS",
        ),
    ],
)
async def test_a_certificate_that_can_t_be_shown_is_one_sentence(
    strict_server: MetricServer, make_fetcher: object, name: str, sentence: str
) -> None:
    assert callable(make_fetcher)
    async with make_fetcher("metrics.internal") as fetcher:
        with pytest.raises(SourceError) as caught:
            await fetcher.fetch(Request(strict_server.say("/x"), client_cert=name))
    assert (str(caught.value), caught.value.cause, strict_server.seen) == (sentence, "secret", [])


async def test_a_redirect_elsewhere_is_followed_without_the_certificate(
    certificate: Path, make_fetcher: object
) -> None:
    assert callable(make_fetcher)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(certificate))
    context.load_cert_chain(certificate)
    context.verify_mode = ssl.CERT_OPTIONAL
    shown: list[tuple[str, bool]] = []

    runner, server = await _serve(context)
    try:

        async def look(request: web.Request) -> web.Response:
            assert request.transport is not None
            shown.append((request.path, bool(request.transport.get_extra_info("peercert"))))
            if request.path == "/y":
                return web.json_response(1)
            away = server.url("/y").replace("127.0.0.1", "localhost")
            return web.Response(status=302, headers={"location": away})

        server.on("/x", look)
        server.on("/y", look)
        async with make_fetcher("127.0.0.1") as fetcher:
            fetched = await fetcher.fetch(Request(server.url("/x"), client_cert="METRICS"))
        assert (fetched.host, shown) == ("localhost", [("/x", True), ("/y", False)])
    finally:
        await runner.cleanup()


def settings_of(**entry: object) -> tuple[GivenCertificate, ...]:
    text = json.dumps({"metrics": entry})
    return load_settings(_env_file=None, LOOPMARK_CLIENT_CERTS=text).client_certs


def test_a_certificate_is_given_in_the_settings(certificate: Path) -> None:
    assert settings_of(certificate=str(certificate), hosts=["Metrics.Internal"]) == (
        given(certificate, "metrics.internal"),
    )
    with_key = settings_of(certificate=str(certificate), key=str(certificate), hosts=["a.example.com"])
    assert with_key[0].key == certificate
    assert load_settings(_env_file=None, LOOPMARK_CLIENT_CERTS=" ").client_certs == ()


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"certificate": "/nowhere/m.pem", "hosts": ["a.example.com"]}, "/nowhere/m.pem can't be read"),
        ({"certificate": __file__, "hosts": ["a.example.com"]}, "holds no certificate with its key"),
        ({"certificate": __file__, "hosts": []}, "its hosts must be"),
        ({"hosts": ["a.example.com"]}, "lacks certificate or hosts"),
        ({"certificate": __file__, "hosts": ["a"], "pass": "x"}, "or has more than that"),
    ],
    ids=["no file", "no certificate", "no host", "no certificate named", "too much"],
)
def test_a_certificate_that_can_t_be_used_ends_the_start(entry: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        settings_of(**entry)
    [line] = refused.value.problems
    assert line.startswith("LOOPMARK_CLIENT_CERTS ")
    assert says in line


@pytest.mark.parametrize("text", ["{", "[]", "1"])
def test_what_is_no_list_of_certificates_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="LOOPMARK_CLIENT_CERTS must be JSON like"):
        load_settings(_env_file=None, LOOPMARK_CLIENT_CERTS=text)


@pytest.mark.parametrize(
    ("url", "name", "sentence"),
    [
        ("http://a.example.com/", "METRICS", "https:// addresses only"),
        ("https://a.example.com/", "a b", "no name of a client certificate"),
    ],
    ids=["http", "a name"],
)
def test_a_certificate_option_that_can_t_work_is_one_sentence(url: str, name: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as caught:
        HttpJson().check(SourceSpec(SourceKind.HTTP_JSON, url, "$", (("client_cert", name),)))
    assert caught.value.field == "source"
