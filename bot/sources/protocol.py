"""Source protocol: what every kind of metric source offers, and what it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from bot.domain.criterion import SourceSpec
from bot.domain.prompt import Prompt, Tally
from bot.domain.secret import secrets_named
from bot.errors import SourceError
from bot.sources.jsonpath import Evaluator
from bot.sources.request import Fetched, Request


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """One read.

    Attributes:
        spec: Where the value comes from.
        team_id: Workspace it is read for.
        criterion_id: Row id, or None while the criterion is not saved yet.
    """

    spec: SourceSpec
    team_id: str
    criterion_id: int | None


@dataclass(frozen=True, slots=True)
class Observed:
    """A good read.

    Attributes:
        value: In the metric's own unit.
        at: When the value held, aware UTC.
        origin_host: Host it came from, without port and credentials, or None.
        detail: What was read, in a few plain words that may be shown, or empty.
        elapsed_s: How long it took, in seconds.
    """

    value: Decimal
    at: datetime
    origin_host: str | None
    detail: str
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its secrets in place; never shown, never logged.

    Attributes:
        text: What is sent.
        names: The secrets in it, upper case.
        hosts: Hosts and ``.suffixes`` it may be sent to; None when there is no secret in it.
    """

    text: str = field(repr=False)
    names: frozenset[str]
    hosts: tuple[str, ...] | None


class Secrets(Protocol):
    """What puts secrets where a text names them (``{{secret:GRAFANA}}``)."""

    async def fill(self, text: str) -> Filled:
        """Return a text with its secrets in place.

        Raises:
            SourceError: cause ``secret``, with a sentence that names the secret.
        """
        ...


class NoSecrets:
    """Leaves texts as they are; one that names a secret is refused."""

    async def fill(self, text: str) -> Filled:
        """Return the text when it names no secret.

        Raises:
            SourceError: cause ``secret``; it names one.
        """
        if "{{" in text and (names := secrets_named(text)):
            raise SourceError(f"there is no secret called {names[0]}", cause="secret")
        return Filled(text, frozenset(), None)


@dataclass(frozen=True, slots=True)
class Grant:
    """What an access token is asked for with (RFC 6749, section 4.4).

    Attributes:
        token_url: Where.
        client_id: Who asks.
        client_secret: Proves it.
        scope: What the token is for, or None for the server's default.
        audience: For whom it is, where the server wants to know, or None.
        in_form: Whether id and secret stand in the form; else they are sent as Basic credentials.
    """

    token_url: str
    client_id: Filled
    client_secret: Filled
    scope: Filled | None = None
    audience: Filled | None = None
    in_form: bool = False


class Tokens(Protocol):
    """Access tokens for `auth=oauth2`."""

    async def token(self, grant: Grant) -> Filled:
        """Return a token that holds, with the hosts it may be sent to.

        Raises:
            SourceError: There is none to be had.
        """
        ...

    def forget(self, token: str) -> None:
        """Use a token no more, since it was refused."""
        ...

    def all_tokens(self) -> frozenset[str]:
        """Return what must be left out of others' words."""
        ...


class Fetching(Protocol):
    """The guarded HTTP client, as sources see it."""

    async def fetch(self, request: Request) -> Fetched:
        """Return the answer to a request.

        Raises:
            SourceError: One sentence with host and cause, without address, query or credentials.
        """
        ...


class Connections(Protocol):
    """The databases the operator named, for `sql`."""

    @property
    def names(self) -> frozenset[str]:
        """The operator's names for them."""
        ...

    async def ask(self, name: str, query: str) -> object:
        """Return the only column of the only row of one statement that reads.

        Raises:
            SourceError: It can't be had; the sentence shows neither the database's address nor its password.
        """
        ...


class Answers(Protocol):
    """What prompts may show, for `feedback`."""

    async def closed(self, number: int) -> tuple[Prompt, Tally] | None:
        """Return a prompt with what its results show now, or None where it can't be seen from the home channel."""
        ...


@dataclass(frozen=True, slots=True)
class SourceContext:
    """What a source works with.

    Attributes:
        http: The guarded HTTP client; a source opens no connections of its own.
        paths: JSONPath evaluation that does not hold the event loop.
        now: The clock, aware UTC.
        secrets: Puts secrets where options name them.
        connections: The operator's databases, or None where there are none.
        answers: What prompts may show, or None where there are none.
        tokens: Access tokens for `auth=oauth2`, or None where it can't be used.
    """

    http: Fetching
    paths: Evaluator
    now: Callable[[], datetime]
    secrets: Secrets = field(default_factory=NoSecrets)
    connections: Connections | None = None
    answers: Answers | None = None
    tokens: Tokens | None = None


class Source(Protocol):
    """One kind of metric source. It keeps no state: the same object reads every criterion of its kind."""

    @property
    def kind(self) -> str:
        """Its name in the table and the database."""
        ...

    @property
    def readable_by_schedule(self) -> bool:
        """False when people or other programs bring the values."""
        ...

    @property
    def default_every(self) -> timedelta:
        """Time between reads, or in which a value is expected, when none was typed."""
        ...

    @property
    def default_readings_needed(self) -> int:
        """N: how many readings in a row have to agree before the status changes."""
        ...

    def check(self, spec: SourceSpec) -> None:
        """Do nothing when the spec could work; touches no network.

        Raises:
            UserError: It can never work (field ``url``, ``path`` or ``source``).
        """
        ...

    async def read(self, request: SourceRequest, ctx: SourceContext) -> Observed:
        """Return the value now.

        Raises:
            SourceError: With a cause and one plain sentence; permanent when trying again can't help.
        """
        ...
