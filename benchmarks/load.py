"""Load: prepared requests over kept-alive connections, each answer checked, each one timed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"
LONGEST_ANSWER_S = 20.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """One request as it goes on the wire.

    Attributes:
        wire: Request line, headers and body.
        marker: What a right answer contains.
    """

    wire: bytes
    marker: bytes


@dataclass(frozen=True, slots=True)
class Span:
    """One request from its sending to its answer, in seconds of one clock that never goes back.

    Attributes:
        place: Which of the requests it was.
        sent_s: When it was sent.
        answered_s: When the whole answer was there.
    """

    place: int
    sent_s: float
    answered_s: float


@dataclass(slots=True)
class Slice:
    """What one stretch of load came to.

    Attributes:
        elapsed_s: From the first request to the last answer.
        spans: One per request, in the order of the answers.
    """

    elapsed_s: float = 0.0
    spans: list[Span] = field(default_factory=list)

    @property
    def latencies_s(self) -> list[float]:
        """How long each answer took, in the order of the answers."""
        return [span.answered_s - span.sent_s for span in self.spans]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.spans) / self.elapsed_s


class WrongAnswerError(Exception):
    """An answer was not the one that belongs to its request, so the numbers would mean nothing."""


class _Connection(asyncio.Protocol):
    """One kept-alive connection that sends its next request as soon as it has the answer to the last."""

    def __init__(self, requests: Iterator[tuple[int, Prepared]], into: Slice) -> None:
        self._requests = requests
        self._into = into
        self._buffer = bytearray()
        self._stop_at_s = 0.0
        self._sent_at_s = 0.0
        self._left: int | None = None
        self._place = 0
        self._request: Prepared | None = None
        self._transport: asyncio.Transport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self._transport = transport  # type: ignore[assignment]  # uvloop's transports are not subclasses

    def start(self, *, stop_at_s: float, most: int | None) -> None:
        """Send requests until a moment of `time.perf_counter`, or so many of them."""
        self._stop_at_s = stop_at_s
        self._left = most
        self._send()

    @property
    def waits(self) -> bool:
        """Whether an answer is still to come."""
        return self._request is not None and not self.done.done()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head_end = self._buffer.find(HEAD_END)
        if head_end < 0:
            return
        head = bytes(self._buffer[:head_end]).lower()
        at = head.find(LENGTH)
        length = int(head[at + len(LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._buffer) < head_end + len(HEAD_END) + length:
            return
        now_s = time.perf_counter()
        self._into.spans.append(Span(self._place, self._sent_at_s, now_s))
        assert self._request is not None
        if not head.startswith(b"http/1.1 200") or self._request.marker not in self._buffer:
            self._fail(WrongAnswerError(f"expected {self._request.marker!r} in {bytes(self._buffer)!r}"))
            return
        self._buffer.clear()
        if now_s < self._stop_at_s and self._left != 0:
            self._send()
        else:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(exc or WrongAnswerError("the server closed a kept-alive connection"))

    def close(self) -> None:
        """Close the connection; what it was asked to send has been answered."""
        if not self.done.done():
            self.done.set_result(None)
        assert self._transport is not None
        self._transport.close()

    def _send(self) -> None:
        if self._left is not None:
            self._left -= 1
        following = next(self._requests, None)
        if following is None:
            self.close()
            return
        self._place, self._request = following
        assert self._transport is not None
        self._sent_at_s = time.perf_counter()
        self._transport.write(self._request.wire)

    def _fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)
            assert self._transport is not None
            self._transport.close()


async def press(
    address: tuple[str, int],
    requests: Sequence[Prepared],
    *,
    concurrent: int,
    seconds: float = 60.0,
    each_sends: int | None = None,
) -> Slice:
    """Send requests in turn over so many connections at once, and return how long the answers took.

    Args:
        address: Host and port of the server.
        requests: Sent one after the other, again from the start when they run out.
        concurrent: Connections, each with one request under way at any time.
        seconds: How long new requests are sent.
        each_sends: Most requests on each connection, or None for as many as fit.

    Raises:
        WrongAnswerError: an answer was not a 200 with the request's marker.
    """
    return await _send_all(
        address, cycle(enumerate(requests)), concurrent=concurrent, seconds=seconds, each_sends=each_sends
    )


async def press_once(
    address: tuple[str, int], requests: Sequence[Prepared], *, concurrent: int, seconds: float = 60.0
) -> Slice:
    """Send each request once, in turn over so many connections at once; else as `press`."""
    return await _send_all(address, enumerate(requests), concurrent=concurrent, seconds=seconds)


async def _send_all(
    address: tuple[str, int],
    requests: Iterable[tuple[int, Prepared]],
    *,
    concurrent: int,
    seconds: float,
    each_sends: int | None = None,
) -> Slice:
    loop = asyncio.get_running_loop()
    result = Slice()
    in_turn = iter(requests)
    connections: list[_Connection] = []
    for _ in range(concurrent):
        _, connection = await loop.create_connection(lambda: _Connection(in_turn, result), *address)
        connections.append(connection)
    started_s = time.perf_counter()
    for connection in connections:
        connection.start(stop_at_s=started_s + seconds, most=each_sends)
    try:
        async with asyncio.timeout(seconds + LONGEST_ANSWER_S):
            await asyncio.gather(*(connection.done for connection in connections))
    except TimeoutError:
        waiting = sum(connection.waits for connection in connections)
        raise WrongAnswerError(f"{waiting} of {concurrent} connections still wait for an answer") from None
    result.elapsed_s = time.perf_counter() - started_s
    return result
