"""Requests out of a source's options: credentials, headers and query, with their secrets filled in."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from urllib.parse import urlencode

import httpx

from bot.domain.criterion import SourceSpec
from bot.domain.secret import common_hosts, parse_secret_name, put_secrets, secrets_named
from bot.errors import SourceError, UserError
from bot.sources.protocol import Filled, Grant, Secrets, SourceContext
from bot.sources.request import Fetched, Request
from bot.sources.url import host_of, parse_source_url

AUTH = {
    "bearer": ("token",),
    "basic": ("user", "password"),
    "header": ("header", "token"),
    "oauth2": ("token_url", "client_id", "client_secret"),
}
"""Each way to prove who asks, and the options it needs (RFC 6750, RFC 7617, RFC 6749)."""

_GRANT = frozenset({*AUTH["oauth2"], "scope", "audience", "client_auth"})

_NOT_SENT = _GRANT | {"client_cert"}
REQUEST_OPTIONS = _GRANT | {
    "auth",
    "client_cert",
    "method",
    "body",
    *(name for names in AUTH.values() for name in names),
}
PREFIXES = ("header.", "query.", "form.")
_CREDENTIALS = frozenset(name for names in AUTH.values() for name in names) - _GRANT

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "cookie"})


def check_request_options(spec: SourceSpec, *, others: Iterable[str] = ()) -> None:
    """Do nothing when the options can be understood; touches no network and no secret.

    Args:
        spec: What was typed.
        others: Names of options the kind itself knows.

    Raises:
        UserError: field ``source``; one option is unknown, misses another, or can't be sent.
    """
    options = dict(spec.options)
    known = REQUEST_OPTIONS | set(others)
    for name in options:
        if name not in known and not name.startswith(PREFIXES):
            raise _refuse(
                f"{spec.kind} has no option “{name}”; it has {', '.join(sorted(known))}, "
                "and header.NAME, query.NAME and form.NAME"
            )
        if name.startswith("header."):
            _check_header(name.removeprefix("header."))
    way = options.get("auth")
    if way is not None and way not in AUTH:
        raise _refuse(f"auth is one of {', '.join(AUTH)}, not “{way}”")
    needed = AUTH.get(way or "", ())
    if missing := [name for name in needed if name not in options]:
        raise _refuse(f"auth={way} needs {' and '.join(missing)} too")
    if way != "oauth2" and (loose := sorted(_GRANT & set(options))):
        raise _refuse(f"{loose[0]} is for auth=oauth2 only")
    if way is None and (loose := sorted(_CREDENTIALS & set(options))):
        raise _refuse(f"{loose[0]} needs to know how it is sent: add auth=bearer, auth=basic or auth=header")
    if way == "header":
        _check_header(options["header"])
    if way == "oauth2":
        _check_grant(options)
    if "client_cert" in options:
        _check_certificate(options["client_cert"], spec.url or "")
    _check_method(options)


def _check_certificate(name: str, url: str) -> None:
    try:
        parse_secret_name(name)
    except UserError:
        raise _refuse(
            f"“{name[:40]}” is no name of a client certificate; take one the operator gave"
        ) from None
    if not url.strip().lower().startswith("https://"):
        raise _refuse("a client certificate is shown to https:// addresses only")


def _check_grant(options: Mapping[str, str]) -> None:
    if loose := sorted(_CREDENTIALS & set(options)):
        raise _refuse(f"{loose[0]} is not for auth=oauth2, which gets a token itself: leave it out")
    try:
        parse_source_url(options["token_url"])
    except SourceError as error:
        raise _refuse(f"token_url: {error}") from None
    if secrets_named(options["token_url"]):
        raise _refuse("a secret has no place in token_url; it is for client_secret")
    if options.get("client_auth") not in (None, "header", "form"):
        raise _refuse(f"client_auth is header or form, not “{options['client_auth']}”")


def _check_method(options: Mapping[str, str]) -> None:
    method = options.get("method", "GET").upper()
    if method not in ("GET", "POST"):
        raise _refuse(f"method is GET or POST, not “{options['method']}”")
    forms = [name for name in options if name.startswith("form.")]
    if (forms or "body" in options) and method != "POST":
        raise _refuse("a body is sent with method=POST only: add it")
    if forms and "body" in options:
        raise _refuse("a body is either JSON (body=…) or a form (form.NAME=…), not both")
    if "body" in options:
        try:
            json.loads(options["body"])
        except ValueError:
            raise _refuse("the body is not JSON; put it in single quotes: body='{\"a\": 1}'") from None


def _check_header(name: str) -> None:
    if not _HEADER_NAME.fullmatch(name) or name.lower() in _OURS:
        raise _refuse(f"“{name}” is no header that can be set here")


def _refuse(why: str) -> UserError:
    return UserError(f"{why[:1].upper()}{why[1:]}.", field="source")


async def fetch_described(
    spec: SourceSpec,
    ctx: SourceContext,
    *,
    url: str,
    query: Sequence[tuple[str, str]] = (),
    content: bytes | None = None,
    content_type: str | None = None,
    accept: str = "application/json",
    explained: frozenset[int] = frozenset(),
) -> Fetched:
    """Return the answer to the request a spec's options describe; every source that asks over HTTP comes through here.

    Args:
        spec: Whose options say how.
        ctx: What a source works with.
        url: Where.
        query: What the kind itself asks with, put into the address beside the options' own.
        content: What the kind itself posts; the options then have no body.
        content_type: Of that content.
        accept: What the kind can read.
        explained: Statuses that are no success, but whose answer the kind wants to see.

    Raises:
        SourceError: With a cause and one plain sentence.
    """
    make = partial(
        make_request,
        spec,
        ctx.secrets,
        url=url,
        query=query,
        content=content,
        content_type=content_type,
        accept=accept,
    )
    if spec.option("auth") != "oauth2":
        return await ctx.http.fetch(await make(explained=explained))
    if ctx.tokens is None:
        raise SourceError("auth=oauth2 can't be used here", cause="bad_request", permanent=True)
    grant = await _make_grant(spec, ctx.secrets)
    for is_last in (False, True):
        token = await ctx.tokens.token(grant)
        fetched = await ctx.http.fetch(await make(explained=explained | {401}, token=token))
        if fetched.status != 401:
            return fetched
        ctx.tokens.forget(token.text)
        if is_last and 401 in explained:
            return fetched
    raise SourceError(
        f"401 from {fetched.host}: the access token from {host_of(httpx.URL(grant.token_url))} was refused",
        cause="status",
        host=fetched.host,
    )


async def _make_grant(spec: SourceSpec, secrets: Secrets) -> Grant:
    options = dict(spec.options)
    filled = {name: await secrets.fill(text) for name, text in options.items() if name in _GRANT}
    if not all(one.text.isprintable() for one in filled.values()):
        raise SourceError("client id and secret can't have control characters in them", cause="secret")
    return Grant(
        token_url=options["token_url"],
        client_id=filled["client_id"],
        client_secret=filled["client_secret"],
        scope=filled.get("scope"),
        audience=filled.get("audience"),
        in_form=options.get("client_auth") == "form",
    )


async def make_request(
    spec: SourceSpec,
    secrets: Secrets,
    *,
    url: str,
    query: Sequence[tuple[str, str]] = (),
    content: bytes | None = None,
    content_type: str | None = None,
    accept: str = "application/json",
    explained: frozenset[int] = frozenset(),
    token: Filled | None = None,
) -> Request:
    """Return the request a spec's options describe, its secrets filled in and bound to their hosts.

    See `fetch_described` for the arguments; `token` is the access token, with `auth=oauth2`.

    Raises:
        SourceError: cause ``secret``; one is missing, or together they may be sent nowhere.
    """
    if not (spec.options or query or content):
        return Request(url, {"accept": accept}, explained=explained)  # most are as plain as that
    options = dict(spec.options)
    filled = {
        name: await (_fill_json(text, secrets) if name == "body" else secrets.fill(text))
        for name, text in options.items()
        if name not in _NOT_SENT
    }
    if token is not None:  # got for secrets, it goes where they may go and nowhere else
        filled["token"] = token
    for name, one in filled.items():
        if _goes_in_header(name) and not (one.text.isascii() and one.text.isprintable()):
            raise SourceError(f"the option {name} holds a sign that can't stand in a header", cause="secret")
        if any("\ud800" <= sign <= "\udfff" for sign in one.text):
            raise SourceError(f"the option {name} holds a broken sign; type it again", cause="secret")
    typed = {
        n.removeprefix("header.").lower(): one.text for n, one in filled.items() if n.startswith("header.")
    }
    credentials = _credentials(options.get("auth"), filled)
    headers = {"accept": accept} | typed | credentials
    asked: list[tuple[str, str | int | float | bool | None]] = [
        *query,
        *((n.removeprefix("query."), one.text) for n, one in filled.items() if n.startswith("query.")),
    ]
    form = {n.removeprefix("form."): one.text for n, one in filled.items() if n.startswith("form.")}
    if form:
        content, content_type = urlencode(form).encode(), "application/x-www-form-urlencoded"
    elif "body" in filled:
        content, content_type = filled["body"].text.encode(), "application/json"
    if content is not None and content_type is not None:
        headers["content-type"] = content_type
    with_secret = {name for name, one in filled.items() if one.names}
    return Request(
        url=str(httpx.URL(url).copy_merge_params(asked)) if asked else url,
        headers=headers,
        method="GET" if content is None and options.get("method", "GET").upper() == "GET" else "POST",
        content=content,
        bound_to=_common(filled.values()),
        secret_names=frozenset(name for one in filled.values() for name in one.names),
        secret_headers=frozenset(
            {n.removeprefix("header.").lower() for n in with_secret if n.startswith("header.")}
            | (set(credentials) if with_secret & _CREDENTIALS else set())
        ),
        secret_elsewhere=any(not _goes_in_header(name) for name in with_secret),
        client_cert=options["client_cert"].strip().upper() if "client_cert" in options else None,
        explained=explained,
    )


async def _fill_json(text: str, secrets: Secrets) -> Filled:
    """Return JSON with its secrets in place, each escaped as the inside of a JSON text."""
    filled = await secrets.fill(text)
    if not filled.names:
        return filled
    each = {name: (await secrets.fill(f"{{{{secret:{name}}}}}")).text for name in filled.names}
    escaped = put_secrets(text, {name: json.dumps(value)[1:-1] for name, value in each.items()})
    return Filled(escaped, filled.names, filled.hosts)


def _goes_in_header(name: str) -> bool:
    return name.startswith("header.") or name in _CREDENTIALS


def _credentials(way: str | None, filled: Mapping[str, Filled]) -> dict[str, str]:
    if way in ("bearer", "oauth2"):
        return {"authorization": f"Bearer {filled['token'].text}"}
    if way == "basic":
        pair = f"{filled['user'].text}:{filled['password'].text}".encode()
        return {"authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}
    if way == "header":
        return {filled["header"].text.lower(): filled["token"].text}
    return {}


def _common(filled: Iterable[Filled]) -> tuple[str, ...] | None:
    bound: tuple[str, ...] | None = None
    for one in filled:
        if one.hosts is not None:
            bound = one.hosts if bound is None else common_hosts(bound, one.hosts)
    if bound == ():
        raise SourceError("the secrets of this source have no host in common", cause="secret")
    return bound
