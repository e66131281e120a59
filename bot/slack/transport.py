"""Transport: one call to Slack through the limiter, and whatever goes wrong with it as a DeliveryError."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import LOST_TOKEN, DeliveryError
from bot.settings import Settings
from bot.slack.clock import SlackClock
from bot.slack.errors import RATE_LIMITED, Effect, disconnected, failed, refused, timed_out
from bot.slack.limiter import Limiter, SlowDownError
from bot.slack.rates import METHOD_RATES, Rate

TIMEOUT_S = 15.0
"""Longest time one request may take."""

LONGEST_WAIT_S = 60.0
"""Longest time a call waits for its turn, pauses after 429 included."""

LONGEST_CALL_S = LONGEST_WAIT_S + TIMEOUT_S
"""After this every method has returned or raised; a lease on a message being sent must be longer.

`find_posted` asks page by page and may take this long for each page.
"""

MOST_WAITING = 6_000
"""Calls that may wait for one method: what a crowd's receipts come to in the minutes they may wait."""

_DEFAULT_RETRY_AFTER_S = 5.0
_LONGEST_REPLY_BYTES = 64 * 1024
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def open_client(settings: Settings, *, timeout_s: float = TIMEOUT_S) -> AsyncWebClient:
    """Return slack_sdk's client on one shared session.

    Call it inside the loop; `SlackClient.aclose` closes it.

    slack_sdk repeats nothing by itself here: it would post twice after a dropped connection, and the
    limiter does the waiting after 429. Without a bot token every call is answered with ``not_authed``.

    Args:
        settings: Token and address.
        timeout_s: Longest time one request may take.
    """
    token = settings.slack_bot_token
    # slack_sdk logs whole requests at DEBUG, private answers among them, and formats them for that at any
    # level while its logger has none of its own.
    logger = logging.getLogger("bot.slack.wire")
    logger.setLevel(logging.INFO)
    client = AsyncWebClient(
        token=token.get_secret_value() if token is not None else None,
        base_url=settings.slack_api_url,
        timeout=math.ceil(timeout_s),
        session=aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=timeout_s, sock_connect=min(5.0, timeout_s)),
            cookie_jar=aiohttp.DummyCookieJar(),
        ),
        logger=logger,
        retry_handlers=[],
    )
    host = urlsplit(settings.slack_api_url).hostname or ""
    if host in _LOOPBACK or proxy_bypass(host):
        # slack_sdk takes HTTPS_PROXY from the environment but knows nothing of NO_PROXY.
        client.proxy = None
    return client


class Transport:
    """Sends calls: waits for their turn, maps every failure, and listens to Slack's clock."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        rates: Mapping[str, Rate] = METHOD_RATES,
        longest_wait_s: float = LONGEST_WAIT_S,
        bot_name: str = "Loopmark",
    ) -> None:
        """Keep what is needed; nothing is sent yet.

        Args:
            client: From `open_client`: with a session, without retry handlers.
            now: This machine's clock, aware UTC.
            sleep: Waits for seconds; used by the limiter only.
            monotonic: Seconds of a clock that never goes back.
            rates: Method → rate.
            longest_wait_s: See `LONGEST_WAIT_S`.
            bot_name: For ``/invite`` in sentences, without ``@``.
        """
        if client.session is None:
            raise ValueError("the client needs a session: without one each call would open its own")
        self.client = client
        self.session = client.session
        self.clock = SlackClock(now=now, monotonic=monotonic)
        self.limiter = Limiter(rates, monotonic=monotonic, sleep=sleep, max_waiting=MOST_WAITING)
        self.bot_name = bot_name
        self.lost_token = ""
        """Why nothing can be sent until the operator gives another token, or empty."""
        self._monotonic = monotonic
        self._longest_wait_s = longest_wait_s

    def until(self, wait_s: float | None = None) -> float:
        """Return the moment up to which a call that is asked for now may wait for its turn."""
        return self._monotonic() + (self._longest_wait_s if wait_s is None else wait_s)

    async def call(
        self,
        method: str,
        send: Callable[[], Awaitable[AsyncSlackResponse]],
        *,
        effect: Effect,
        priority: int,
        until: float | None = None,
        lane: str | None = None,
        lane_rate: Rate | None = None,
        shared_rate: Rate | None = None,
    ) -> AsyncSlackResponse:
        """Return Slack's answer to a Web API call, ``ok`` being true.

        Args:
            method: Slack's name of it.
            send: Makes the request through slack_sdk; called again after 429.
            effect: What the call does (bot.slack.errors.Effect).
            priority: bot.deps.Priority.
            until: From `until()`, so that several calls of one use share their patience; None for one alone.
            lane: Calls with the same lane keep their order.
            lane_rate: Rate of the lane.
            shared_rate: Rate over all calls that name it.

        Raises:
            DeliveryError: whatever went wrong.
        """

        async def attempt() -> AsyncSlackResponse:
            return await self._attempt(method, send, effect)

        return await self.limiter.run(
            attempt,
            method=method,
            priority=priority,
            until=self.until() if until is None else until,
            lane=lane,
            lane_rate=lane_rate,
            shared_rate=shared_rate,
        )

    async def reply(
        self,
        url: str,
        payload: Mapping[str, Any],
        *,
        effect: Effect,
        priority: int,
        until: float,
        rate: Rate,
    ) -> None:
        """Answer through a response_url, which is signed by Slack, takes no token and gives no ts.

        Args:
            url: From the payload: https, or on the host of SLACK_API_URL.
            payload: The message, JSON.
            effect: ``once`` for a new answer, ``repeatable`` for one that replaces.
            priority: bot.deps.Priority.
            until: From `until()`.
            rate: Rate of the answers to one url.

        Raises:
            DeliveryError: ``expired_url`` and ``used_url`` among others.
        """
        asked, own = urlsplit(url), urlsplit(self.client.base_url)
        if asked.scheme != "https" and (asked.scheme, asked.netloc) != (own.scheme, own.netloc):
            raise DeliveryError("That address is not one of Slack's.", error="invalid_url", permanent=True)

        async def attempt() -> None:
            await self._attempt_reply(url, payload, effect)

        await self.limiter.run(
            attempt, method="response_url", priority=priority, until=until, lane=url, lane_rate=rate
        )

    async def aclose(self) -> None:
        """Cancel calls that wait and close the session."""
        await self.limiter.aclose()
        await self.session.close()

    async def _attempt(
        self, method: str, send: Callable[[], Awaitable[AsyncSlackResponse]], effect: Effect
    ) -> AsyncSlackResponse:
        # Every raise is `from None`: slack_sdk's and aiohttp's errors hold the request, token and all, and
        # would take it into whatever prints a traceback.
        if self.session.closed:  # slack_sdk would open a session of its own
            raise disconnected(effect=effect, was_sent=False)
        try:
            answer = await send()
        except SlackApiError as error:
            raise self._refusal(method, error, effect) from None
        except AttributeError:
            # slack_sdk 3.47 asks a text/plain or non-object body of HTTP 200 for its .get: a proxy's page.
            raise failed(200, effect=effect) from None
        except (aiohttp.ClientError, OSError, UnicodeDecodeError) as error:
            raise _broken(error, effect) from None
        self.clock.hear(answer.headers.get("Date"))
        self.lost_token = ""
        return answer

    def _refusal(self, method: str, error: SlackApiError, effect: Effect) -> DeliveryError | SlowDownError:
        # Either slack_sdk's response or, when the body was not JSON, aiohttp's own.
        response = error.response
        headers: Mapping[str, str] = response.headers
        self.clock.hear(headers.get("Date"))
        is_answer = isinstance(response, AsyncSlackResponse)
        status = int(response.status_code if is_answer else response.status)
        body = response.data if is_answer and isinstance(response.data, dict) else {}
        code = str(body.get("error") or "")
        if status == 429 or code in RATE_LIMITED:
            return SlowDownError(_retry_after_s(headers))
        if status >= 500 or not code:
            return failed(status, effect=effect)
        if code in LOST_TOKEN:
            self.lost_token = f"Slack refuses the bot token ({code})"
        return refused(
            method,
            code,
            effect=effect,
            bot_name=self.bot_name,
            details=told(body),
            needed=str(body.get("needed") or ""),
        )

    async def _attempt_reply(self, url: str, payload: Mapping[str, Any], effect: Effect) -> None:
        if self.session.closed:
            raise disconnected(effect=effect, was_sent=False)
        try:
            async with self.session.post(
                url, json=payload, allow_redirects=False, proxy=self.client.proxy, ssl=self.client.ssl or True
            ) as answer:
                status, headers = answer.status, answer.headers
                text = (await answer.content.read(_LONGEST_REPLY_BYTES)).decode("utf-8", "replace")
        except (aiohttp.ClientError, OSError) as error:
            raise _broken(error, effect) from None
        self.clock.hear(headers.get("Date"))
        code = _reply_error(status, text)
        if status == 429 or code in RATE_LIMITED:
            raise SlowDownError(_retry_after_s(headers))
        if status >= 500 or (status != 200 and not code):
            raise failed(status, effect=effect)
        if code:
            raise refused("the answer", code, effect=effect, bot_name=self.bot_name)


def told(body: Mapping[str, Any]) -> list[str]:
    """Return Slack's own words on what is wrong with a request, without repeats."""
    metadata = body.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, dict) else None
    errors = body.get("errors")
    lines = [line for line in messages if isinstance(line, str)] if isinstance(messages, list) else []
    for entry in errors if isinstance(errors, list) else []:
        if isinstance(entry, str):
            lines.append(entry)
        elif isinstance(entry, dict) and entry.get("message"):
            pointer = entry.get("pointer")
            lines.append(f"{entry['message']} [json-pointer:{pointer}]" if pointer else str(entry["message"]))
    return list(dict.fromkeys(lines))


def _broken(error: Exception, effect: Effect) -> DeliveryError:
    if isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)):
        # No connection, so nothing was sent.
        return disconnected(effect=effect, was_sent=False)
    if isinstance(error, TimeoutError):
        return timed_out(effect=effect)
    return disconnected(effect=effect, was_sent=True)


def _retry_after_s(headers: Mapping[str, str]) -> float:
    asked = headers.get("Retry-After", "")
    return max(float(asked), 1.0) if asked.isascii() and asked.isdigit() else _DEFAULT_RETRY_AFTER_S


def _reply_error(status: int, text: str) -> str:
    """Return the error code in the answer of a response_url, or nothing when the message was taken.

    Dead ones were seen as ``{"ok":false,"error":"Expired url"}``, with a blank, and as a bare HTTP 404;
    refused blocks as HTTP 400 with the bare word.
    """
    try:
        body = json.loads(text)
    except ValueError:
        body = text.strip()
    if isinstance(body, dict):
        code = "" if body.get("ok", status == 200) else str(body.get("error") or "unknown_error")
    else:
        code = str(body) if status != 200 and len(str(body)) <= 40 and "<" not in str(body) else ""
    code = code.strip().lower().replace(" ", "_")
    if status in {404, 410} and code != "used_url":
        return "expired_url"
    return code
