"""Payloads on their way to the bot: signed HTTP here, Socket Mode beside it, events with their retries."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.model import JsonObject
from bot.sandbox.state import Team

Kind = Literal["slash_commands", "interactive", "events_api"]
Failure = Literal["operation_timeout", "dispatch_failed"]
ACK_LIMIT_S = 3.0
RETRY_DELAYS_S = (0.0, 60.0, 300.0)
LONGEST_ACK_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Ack:
    """What came back within the limit.

    ``error`` is None for an acknowledgement; ``reason`` is Slack's word for a retry (``http_timeout``);
    ``body`` is the JSON or text that came with it, None for an empty one.
    """

    elapsed_s: float
    error: Failure | None = None
    reason: str = ""
    body: JsonObject | None = None
    no_retry: bool = False


class Transport(Protocol):
    """A way to reach the bot."""

    async def send(self, kind: Kind, payload: JsonObject, *, retry: int, reason: str, limit_s: float) -> Ack:
        """Deliver once and return what came back; ``retry`` counts from 0."""


class Unreachable:
    """The transport before a request_url is known: nothing gets through."""

    async def send(self, kind: Kind, payload: JsonObject, *, retry: int, reason: str, limit_s: float) -> Ack:  # noqa: ARG002 # protocol
        """Fail at once."""
        return Ack(0.0, "dispatch_failed", "connection_failed")


class HttpTransport:
    """Signed POSTs to one address."""

    def __init__(self, url: str, signing_secret: str) -> None:
        """Deliver to ``url``; connections are opened at the first delivery."""
        self.url = url
        self._secret = signing_secret.encode()
        self._session: aiohttp.ClientSession | None = None

    async def send(self, kind: Kind, payload: JsonObject, *, retry: int, reason: str, limit_s: float) -> Ack:
        """Post the payload as Slack encodes this kind, signed on the real clock as the bot checks it."""
        if kind == "events_api":
            content_type, body = "application/json", json.dumps(payload)
        else:
            fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            content_type, body = "application/x-www-form-urlencoded", urlencode(fields)
        headers = self.signed_headers(body.encode(), content_type)
        if retry:
            headers |= {"x-slack-retry-num": str(retry), "x-slack-retry-reason": reason}
        loop = asyncio.get_running_loop()
        started_s = loop.time()
        try:
            async with asyncio.timeout(limit_s):
                async with self._open().post(self.url, data=body.encode(), headers=headers) as response:
                    content = await response.content.read(LONGEST_ACK_BYTES)
                    return _read_ack(response, content, loop.time() - started_s)
        except TimeoutError:
            return Ack(loop.time() - started_s, "operation_timeout", "http_timeout")
        except aiohttp.TooManyRedirects:
            return Ack(loop.time() - started_s, "dispatch_failed", "too_many_redirects")
        except aiohttp.ClientError:
            return Ack(loop.time() - started_s, "dispatch_failed", "connection_failed")

    def signed_headers(self, body: bytes, content_type: str) -> dict[str, str]:
        """Return the headers that prove the request comes from Slack."""
        timestamp = str(int(time.time()))
        digest = hmac.new(self._secret, b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        return {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={digest}",
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=False, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


def _read_ack(response: aiohttp.ClientResponse, content: bytes, elapsed_s: float) -> Ack:
    no_retry = response.headers.get("X-Slack-No-Retry") == "1"
    if not 200 <= response.status < 300:
        return Ack(elapsed_s, "dispatch_failed", "http_error", no_retry=no_retry)
    text = content.decode("utf-8", "replace")
    if not text.strip():
        return Ack(elapsed_s)
    if response.content_type != "application/json":
        return Ack(elapsed_s, body={"text": text})
    try:
        body = json.loads(text)
    except ValueError:
        return Ack(elapsed_s, "dispatch_failed", "http_error")
    if not isinstance(body, dict):
        return Ack(elapsed_s, "dispatch_failed", "http_error")
    return Ack(elapsed_s, body=body or None)


class Delivery:
    """Sends payloads over the current transport and keeps the record."""

    def __init__(self, team: Team) -> None:
        """Start unreachable."""
        self.team = team
        self.transport: Transport = Unreachable()
        self.ack_limit_s = ACK_LIMIT_S
        self.retry_delays_s: tuple[float, ...] = RETRY_DELAYS_S
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, kind: Kind, payload: JsonObject) -> Ack:
        """Deliver a command or an interaction once; Slack never repeats those."""
        return await self._once(kind, payload, 0, "")

    def start_event(self, envelope: JsonObject) -> None:
        """Deliver an event in the background, repeating it three times at most until it is acknowledged."""
        self._run(self._event(envelope))

    async def drained(self, timeout_s: float = 10.0) -> None:
        """Return when no event is on its way any more."""
        async with asyncio.timeout(timeout_s):
            while self._tasks:
                await asyncio.wait(self._tasks)

    async def stop(self) -> None:
        """Give up what is still on its way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _event(self, envelope: JsonObject) -> None:
        ack = await self._once("events_api", envelope, 0, "")
        for retry, delay_s in enumerate(self.retry_delays_s, start=1):
            if ack.error is None or ack.no_retry:
                return
            await asyncio.sleep(delay_s)
            ack = await self._once("events_api", envelope, retry, ack.reason)

    async def _once(self, kind: Kind, payload: JsonObject, retry: int, reason: str) -> Ack:
        journal = self.team.journal
        record = journal.begin("to_bot", _name(kind, payload), payload)
        ack = await self.transport.send(kind, payload, retry=retry, reason=reason, limit_s=self.ack_limit_s)
        journal.end(record, answer=ack.body, error=ack.error, elapsed_s=ack.elapsed_s)
        return ack

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _name(kind: Kind, payload: JsonObject) -> str:
    if kind == "slash_commands":
        return str(payload["command"])
    if kind == "events_api":
        return f"event {payload['event']['type']}"
    return str(payload["type"])
