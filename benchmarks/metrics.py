"""A metric server for the benchmarks: 2,000 distinct JSON bodies of 1 KB, and the same as Prometheus text.

A bare protocol, so that what it costs is small beside what reads it. Run as `python -m benchmarks.metrics`; it
prints its port, and ends with its parent (when its standard input closes).
"""

from __future__ import annotations

import asyncio
import json
import sys

BODIES = 2_000
BODY_BYTES = 1_024


def make_body(number: int) -> bytes:
    """Return the JSON of one address: 1 KB, with its number at ``$.stats.signups``."""
    body = {
        "service": f"checkout-{number}",
        "stats": {"signups": number, "conversion": number / 7, "errors": number % 13},
        "history": [number + step for step in range(40)],
        "padding": "",
    }
    short = BODY_BYTES - len(json.dumps(body))
    return json.dumps(body | {"padding": "x" * short}).encode()


def make_sample(number: int) -> bytes:
    """Return 1 KB of Prometheus' text format with one sample in it."""
    sample = b"# TYPE signups gauge\nsignups %d\n" % number
    return b"# HELP signups %b\n%b" % (b"x" * (BODY_BYTES - len(sample) - 16), sample)


def make_answers() -> list[bytes]:
    """Return the whole answer to each address's request."""
    return [_answer(b"application/json", make_body(number)) for number in range(BODIES)]


def _answer(content_type: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (
        content_type,
        len(body),
        body,
    )


class _Server(asyncio.Protocol):
    """Answers `GET /NUMBER` with a body and `GET /metrics/NUMBER` with one sample."""

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = answers
        self._transport: asyncio.WriteTransport | None = None
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, self._received = self._received.split(b"\r\n\r\n", 1)
            path = head.split(b" ", 2)[1].split(b"?")[0]
            number = int(path.rpartition(b"/")[2])
            if path.startswith(b"/metrics/"):
                self._transport.write(_answer(b"text/plain; version=0.0.4", make_sample(number)))
            else:
                self._transport.write(self._answers[number % BODIES])


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    answers = make_answers()
    server = await loop.create_server(lambda: _Server(answers), "127.0.0.1", 0, backlog=2048)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve())
