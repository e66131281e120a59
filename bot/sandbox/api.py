"""The Web API's front door: tokens, encodings, scopes, limits and faults, the same for every method."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.sandbox.calls import ApiError, Args, Call, Method, need_scope
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.limits import Limits
from bot.sandbox.model import JsonObject
from bot.sandbox.state import Team

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Api:
    """Answers ``/api/METHOD``."""

    def __init__(self, team: Team, methods: Mapping[str, Method], faults: Faults, limits: Limits) -> None:
        """Serve these methods."""
        self.team = team
        self.methods = methods
        self.faults = faults
        self.limits = limits

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call, with whatever trouble was ordered for it."""
        name = request.match_info["method"]
        loop = asyncio.get_running_loop()
        started_s = loop.time()
        fault = self.faults.take(name)
        if fault is not None and fault.kind == "drop_before":
            self.team.journal.end(self.team.journal.begin("from_bot", name, {}), error="dropped_before")
            return _cut(request)
        if fault is not None and fault.kind == "delay" and fault.before:
            await asyncio.sleep(fault.amount)
        warnings: list[str] = []
        record = self.team.journal.begin("from_bot", name, {})
        status, headers = 200, self._headers(self.methods.get(name))
        try:
            body, warnings = await self._answer(request, name, fault, record.payload)
        except ApiError as error:
            body = error.body()
        except _OtherStatus as other:
            status, body = other.status, other.body
            headers = {**headers, **other.headers}
        if warnings:
            body["warning"] = ",".join(warnings)
            body.setdefault("response_metadata", {})["warnings"] = warnings
        self.team.journal.end(record, answer=body, error=body.get("error"), elapsed_s=loop.time() - started_s)
        if fault is not None and fault.kind == "drop_after":
            return _cut(request)
        if fault is not None and fault.kind == "delay" and not fault.before:
            await asyncio.sleep(fault.amount)
        return web.json_response(body, status=status, headers=headers)

    async def _answer(
        self, request: web.Request, name: str, fault: Fault | None, seen: JsonObject
    ) -> tuple[JsonObject, list[str]]:
        method = self.methods.get(name)
        if method is None:
            raise ApiError("unknown_method", req_method=name)
        if fault is not None:
            _raise_ordered(fault)
        warnings: list[str] = []
        values, token = await self._arguments(request, method, warnings)
        seen.update(values)
        self._check_token(request, method, token)
        if method.token == "bot":
            need_scope(self.team, method.scopes)
        self._check_arguments(request, method, values)
        wait_s = self.limits.retry_after_s(
            method, str(values.get("channel", "")) if method.per_channel else ""
        )
        if wait_s:
            raise _OtherStatus(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(wait_s)})
        call = Call(self.team, Args(values), warnings)
        return {"ok": True, **method.answer(call)}, warnings

    async def _arguments(
        self, request: web.Request, method: Method, warnings: list[str]
    ) -> tuple[dict[str, Any], str | None]:
        """Return the arguments Slack would see and the token that came among them, if any."""
        values: dict[str, Any] = dict(request.query)
        token = values.pop("token", None)
        if request.method == "POST" and request.can_read_body:
            if "Content-Type" not in request.headers:
                raise ApiError("missing_post_type")
            if request.content_type == "application/json":
                body = await self._json_body(request, warnings)
                if method.reads_json:
                    # A token inside a JSON body is not looked at.
                    body.pop("token", None)
                    values |= body
                else:
                    self.team.journal.violate(
                        f"{method.name}: reads no JSON body, its arguments were not seen"
                    )
            elif request.content_type in FORMS:
                if request.charset:
                    warnings.append("superfluous_charset")
                form = {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
                token = form.pop("token", token)
                values |= form
            else:
                raise ApiError("invalid_post_type")
        return values, token

    async def _json_body(self, request: web.Request, warnings: list[str]) -> dict[str, Any]:
        if not request.charset:
            warnings.append("missing_charset")
        try:
            body = json.loads(await request.read())
        except ValueError:
            raise ApiError("invalid_json") from None
        if not isinstance(body, dict):
            raise ApiError("json_not_object")
        return body

    def _check_token(self, request: web.Request, method: Method, in_arguments: str | None) -> None:
        if method.token == "none":
            return
        header = request.headers.get("Authorization", "")
        in_header = header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else None
        if method.token == "app" and request.method != "POST":
            raise ApiError("insecure_request")
        token = in_header if method.token == "app" else in_header or in_arguments
        if not token:
            raise ApiError("not_authed")
        installation = self.team.installation
        kind = installation.token_kind(token)
        if kind is None:
            raise ApiError("invalid_auth")
        if token in installation.dead_tokens:
            raise ApiError(installation.dead_tokens[token])
        if kind != method.token:
            raise ApiError("not_allowed_token_type")

    def _check_arguments(self, request: web.Request, method: Method, values: Mapping[str, Any]) -> None:
        if request.method == "GET" and method.verb.startswith("P"):
            self.team.journal.violate(f"{method.name}: called with GET")
        unknown = sorted(set(values) - set(method.required) - set(method.optional))
        if unknown:
            self.team.journal.violate(f"{method.name}: unknown arguments {', '.join(unknown)}")
        missing = [name for name in method.required if values.get(name) in (None, "")]
        if missing:
            raise ApiError(
                "invalid_arguments", messages=[f"missing required field: {name}" for name in missing]
            )

    def _headers(self, method: Method | None) -> dict[str, str]:
        headers = {"x-oauth-scopes": ",".join(self.team.installation.scopes)}
        if method is not None and method.scopes:
            headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
        return headers


class _OtherStatus(Exception):
    """The answer has an HTTP status other than 200."""

    def __init__(self, status: int, body: JsonObject, headers: Mapping[str, str]) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = dict(headers)


def _raise_ordered(fault: Fault) -> None:
    if fault.kind == "error":
        raise ApiError(fault.code)
    if fault.kind == "ratelimited":
        raise _OtherStatus(
            429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(int(fault.amount))}
        )
    if fault.kind == "status":
        raise _OtherStatus(int(fault.amount), {"ok": False, "error": "internal_error"}, {})


def _cut(request: web.Request) -> web.StreamResponse:
    """Break the TCP connection, so that the caller gets no answer at all."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
