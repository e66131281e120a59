"""Access tokens: got for client credentials (RFC 6749, section 4.4), kept until they run out, never shown."""

from __future__ import annotations

import base64
import json
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from urllib.parse import quote_plus, urlencode

from bot.domain.secret import common_hosts
from bot.errors import SourceError
from bot.sources.protocol import Fetching, Filled, Grant
from bot.sources.request import Fetched, Request

MOST_TOKENS = 1_000
UNSAID = timedelta(minutes=5)
"""How long a token is used whose server does not say how long it holds."""

LONGEST = timedelta(days=1)

_MARGIN = timedelta(seconds=60)
_LARGEST_ANSWER_BYTES = 64 * 1024
_EXPLAINED = frozenset({400, 401})
_CLIENT_REFUSED = frozenset({"invalid_client", "unauthorized_client"})
_ERRORS = _CLIENT_REFUSED | {
    "invalid_request", "invalid_grant", "unsupported_grant_type", "invalid_scope", "access_denied",
}  # fmt: skip
_TOKEN = re.compile(r"[\x21-\x7e]{1,16000}")  # RFC 6750, section 2.1, and what others send


@dataclass(frozen=True, slots=True)
class _Held:
    token: Filled = field(repr=False)
    until: datetime


class AccessTokens:
    """Gets tokens, and keeps each for as long as it holds, less a margin.

    Two who need the same token at the same time ask with the same request, which `SharedFetches` makes once.
    """

    def __init__(self, http: Fetching, *, now: Callable[[], datetime]) -> None:
        """Start with no token.

        Args:
            http: The guarded client, which shares requests.
            now: The clock, aware UTC.
        """
        self._http = http
        self._now = now
        self._held: OrderedDict[bytes, _Held] = OrderedDict()

    async def token(self, grant: Grant) -> Filled:
        """Return an access token with the hosts it may be sent to, those of the secrets it was got for.

        Raises:
            SourceError: The server gave none; the sentence names the secret that was refused.
        """
        key = _key_of(grant)
        held = self._held.get(key)
        if held is not None and self._now() < held.until:
            self._held.move_to_end(key)
            return held.token
        request = _request_for(grant)
        fetched = await self._http.fetch(request)
        if fetched.status >= 400:
            raise _explain(fetched, grant)
        text, holds = _read_answer(fetched)
        token = Filled(text, request.secret_names, request.bound_to)
        self._held[key] = _Held(token, fetched.at + holds - min(_MARGIN, holds / 10))
        self._held.move_to_end(key)
        while len(self._held) > MOST_TOKENS:
            self._held.popitem(last=False)
        return token

    def forget(self, token: str) -> None:
        """Use a token no more, since it was refused."""
        for key in [key for key, held in self._held.items() if held.token.text == token]:
            del self._held[key]

    def all_tokens(self) -> frozenset[str]:
        """Return the tokens that are held, for those who show others' words and must leave them out."""
        return frozenset(held.token.text for held in self._held.values())


def _key_of(grant: Grant) -> bytes:
    texts = (grant.token_url, grant.client_id, grant.client_secret, grant.scope, grant.audience)
    parts = [None if one is None else one.text if isinstance(one, Filled) else one for one in texts]
    hosts = [one.hosts for one in texts if isinstance(one, Filled)]
    return blake2b(repr((parts, hosts, grant.in_form)).encode(), digest_size=32).digest()


def _request_for(grant: Grant) -> Request:
    parts = [one for one in (grant.client_id, grant.client_secret, grant.scope, grant.audience) if one]
    form = {"grant_type": "client_credentials"}
    if grant.scope is not None:
        form["scope"] = grant.scope.text
    if grant.audience is not None:
        form["audience"] = grant.audience.text
    headers = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}
    if grant.in_form:
        form |= {"client_id": grant.client_id.text, "client_secret": grant.client_secret.text}
    else:  # RFC 6749, section 2.3.1: each is encoded as in a form before they are joined
        pair = f"{quote_plus(grant.client_id.text)}:{quote_plus(grant.client_secret.text)}"
        headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"
    bound: tuple[str, ...] | None = None
    for one in parts:
        if one.hosts is not None:
            bound = one.hosts if bound is None else common_hosts(bound, one.hosts)
    if bound == ():
        raise SourceError("the secrets of this source have no host in common", cause="secret")
    names = frozenset(name for one in parts for name in one.names)
    return Request(
        grant.token_url,
        headers,
        method="POST",
        content=urlencode(form).encode(),
        bound_to=bound,
        secret_names=names,
        secret_headers=frozenset({"authorization"} if names else ()),
        secret_elsewhere=bool(names),
        explained=_EXPLAINED,
    )


def _read_answer(fetched: Fetched) -> tuple[str, timedelta]:
    """Return the token of an answer and how long it holds (RFC 6749, section 5.1)."""
    answer = _load(fetched.body)
    token = answer.get("access_token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise SourceError(
            f"the answer from {fetched.host} holds no access token", cause="not_json", host=fetched.host
        )
    if str(answer.get("token_type", "bearer")).lower() != "bearer":
        raise SourceError(
            f"{fetched.host} gives tokens that are not of the type bearer",
            cause="bad_request",
            host=fetched.host,
        )
    said = answer.get("expires_in")
    if isinstance(said, str) and re.fullmatch(r"[0-9]{1,9}", said):
        said = int(said)
    if isinstance(said, bool) or not isinstance(said, int | float) or not said >= 0:
        return token, UNSAID
    return token, timedelta(seconds=min(said, LONGEST.total_seconds()))


def _explain(fetched: Fetched, grant: Grant) -> SourceError:
    """Return why there is no token (RFC 6749, section 5.2); only the standard's own words are repeated."""
    host, status = fetched.host, fetched.status
    said = _load(fetched.body).get("error")
    word = said if isinstance(said, str) and said in _ERRORS else ""
    if word in _CLIENT_REFUSED or (not word and status == 401):
        names = sorted(grant.client_secret.names or grant.client_id.names)
        what = f"the secret {' and '.join(names)}" if names else "the client"
        return SourceError(f"{status} from {host}: {what} was refused", cause="status", host=host)
    return SourceError(f"HTTP {status} from {host}{f': {word}' if word else ''}", cause="status", host=host)


def _load(body: bytes) -> dict[str, object]:
    if len(body) > _LARGEST_ANSWER_BYTES:
        return {}
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
