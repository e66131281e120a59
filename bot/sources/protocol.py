"""Source protocol: what every kind of metric source offers, and what it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from bot.domain.criterion import SourceSpec
from bot.sources.http import Fetcher
from bot.sources.jsonpath import Evaluator


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
class SourceContext:
    """What a source works with.

    Attributes:
        http: The guarded HTTP client; a source opens no connections of its own.
        paths: JSONPath evaluation that does not hold the event loop.
        now: The clock, aware UTC.
    """

    http: Fetcher
    paths: Evaluator
    now: Callable[[], datetime]


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
