"""A metric server on loopback that answers what a test tells it to, and the client that reads it."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.sources.address import AllowedHosts
from bot.sources.http import Fetcher
from bot.sources.jsonpath import Evaluator

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class MetricServer:
    """One real server; `seen` holds every request that arrived."""

    base: str
    answers: dict[str, Answer] = field(default_factory=dict)
    seen: list[web.Request] = field(default_factory=list)

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return self.base + path

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.base.rpartition(":")[2])

    def on(self, path: str, answer: Answer) -> str:
        """Answer a path with a function, and return its address."""
        self.answers[path] = answer
        return self.url(path)

    def say(self, path: str, body: bytes = b"{}", *, status: int = 200, **headers: str) -> str:
        """Answer a path always the same, and return its address."""

        async def answer(_: web.Request) -> web.Response:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return web.Response(
                body=body, status=status, headers={"content-type": "application/json", **named}
            )

        return self.on(path, answer)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Note the request and answer it."""
        self.seen.append(request)
        return await self.answers[request.path](request)


async def _serve(tls: ssl.SSLContext | None = None) -> tuple[web.AppRunner, MetricServer]:
    scheme = "https" if tls else "http"
    server = MetricServer(base="")
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    server.base = f"{scheme}://127.0.0.1:{runner.addresses[0][1]}"
    return runner, server


@pytest.fixture
async def server() -> AsyncIterator[MetricServer]:
    runner, server = await _serve()
    yield server
    await runner.cleanup()


@pytest.fixture
async def other_server() -> AsyncIterator[MetricServer]:
    runner, server = await _serve()
    yield server
    await runner.cleanup()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate with its key, for 127.0.0.1 and localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "metrics.example")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(4711)
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2120, 1, 1, tzinfo=dt.UTC))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
async def tls_server(certificate: Path) -> AsyncIterator[MetricServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    runner, server = await _serve(context)
    yield server
    await runner.cleanup()


@pytest.fixture
def trust(certificate: Path) -> ssl.SSLContext:
    """Trust the test's certificate and no other."""
    return ssl.create_default_context(cafile=str(certificate))


@pytest.fixture(scope="session")
def machine_trust() -> ssl.SSLContext:
    """Trust what this machine trusts; made once, since reading the certificates takes 20 ms."""
    return ssl.create_default_context()


@pytest.fixture
async def fetcher(machine_trust: ssl.SSLContext) -> AsyncIterator[Fetcher]:
    """A client that may read 127.0.0.1, and nothing else inside."""
    allowed = AllowedHosts.parse("127.0.0.1")
    async with Fetcher(allowed=allowed, now=lambda: NOW, ssl_context=machine_trust) as fetcher:
        yield fetcher


@pytest.fixture
async def paths() -> AsyncIterator[Evaluator]:
    evaluator = Evaluator()
    yield evaluator
    await evaluator.aclose()
