"""Criteria: measurable conditions on an initiative."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from urllib.parse import urlsplit


class Kind(StrEnum):
    """What a criterion is for."""

    SUCCESS = "success"  # reach the target by the due date
    GUARDRAIL = "guardrail"  # must hold all the time


class Direction(StrEnum):
    """Which side of the target is good."""

    AT_LEAST = "at_least"  # >=
    AT_MOST = "at_most"  # <=
    ABOVE = "above"  # >
    BELOW = "below"  # <
    BETWEEN = "between"  # target <= value <= target_high


class Status(StrEnum):
    """What the readings mean now."""

    NOT_STARTED = "not_started"
    NO_DATA = "no_data"
    ON_PACE = "on_pace"
    BEHIND = "behind"
    MET = "met"
    MISSED = "missed"
    STALE = "stale"
    SOURCE_BROKEN = "source_broken"


class CriterionState(StrEnum):
    """Whether a criterion is read and judged."""

    OPEN = "open"
    PAUSED = "paused"
    ARCHIVED = "archived"


class SourceKind(StrEnum):
    """The kinds of source Loopmark brings; packages of others may add kinds with names of their own."""

    HTTP_JSON = "http_json"
    PROMETHEUS = "prometheus"
    CSV = "csv"
    GITHUB = "github"
    SQL = "sql"
    PUSH = "push"
    FEEDBACK = "feedback"
    MANUAL = "manual"


BROUGHT = frozenset({SourceKind.MANUAL, SourceKind.PUSH})
"""The kinds whose values people or programs bring, so that there is nothing to read."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A direction with its bound or bounds.

    Attributes:
        direction: Which side is good.
        target: The bound, in the metric's unit; the lower bound for ``between``.
        target_high: The upper bound for ``between``, else None.
        typed: The operator as the person wrote it (``>=``, ``at least``, ``between``), shown back unchanged.
    """

    direction: Direction
    target: Decimal
    target_high: Decimal | None = None
    typed: str = ""


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Where a criterion's value comes from.

    Attributes:
        kind: Which source module reads it: one of `SourceKind`, or a kind another package brings.
        url: Address, for kinds that have one, else None.
        path: RFC 9535 JSONPath for ``http_json``, else None.
        options: What else the kind wants to know, (name, text) sorted by name, no name twice; each kind's
            page in docs/sources/ lists its own. Texts may name secrets (``{{secret:GRAFANA}}``).
    """

    kind: str
    url: str | None = None
    path: str | None = None
    options: tuple[tuple[str, str], ...] = ()

    @property
    def host(self) -> str:
        """The host that is asked, lower case and without a port; empty for kinds without an address."""
        return (urlsplit(self.url).hostname or "") if self.url else ""

    def option(self, name: str) -> str | None:
        """Return the text of an option, or None where it was not given."""
        return dict(self.options).get(name)


@dataclass(frozen=True, slots=True)
class Criterion:
    """A measurable condition on an initiative, with all that judging it needs.

    Attributes:
        id: Row id.
        initiative_id: Row id of its initiative.
        name: As typed, not escaped.
        kind: Success or guardrail.
        condition: Direction and target.
        baseline: Value it started from, or None until the first good reading gives it.
        baseline_typed: True when the person gave the baseline (``from``).
        unit: As typed, possibly empty.
        due_on: Last day that counts, in the initiative's zone; None for a guardrail without a date.
        owner_id: Slack user id.
        source: Where the value comes from.
        every: Planned time between reads (the longest gap, where the plan is uneven).
        readings_needed: N: readings in a row that must agree before on_pace, behind, met, missed change.
        state: Open, paused or archived.
        created_at: Aware UTC.
        starts_on: The initiative's first day, in ``zone``.
        zone: The initiative's IANA zone.
        judged_from: When an edit gave it another source, aware UTC; readings before are not judged. None
            without one.
    """

    id: int
    initiative_id: int
    name: str
    kind: Kind
    condition: Condition
    baseline: Decimal | None
    baseline_typed: bool
    unit: str
    due_on: date | None
    owner_id: str
    source: SourceSpec
    every: timedelta
    readings_needed: int
    state: CriterionState
    created_at: datetime
    starts_on: date
    zone: str
    judged_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """How reading a criterion's source has gone lately.

    Attributes:
        failures: Failed reads in a row since the last good one.
        failing_since: When the first of them happened, aware UTC, or None.
        last_failure: What the last one said (``HTTP 401 from api.example.com``), or empty.
    """

    failures: int = 0
    failing_since: datetime | None = None
    last_failure: str = ""


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What the readings mean now, with the sentence that explains it.

    Attributes:
        status: One of the eight.
        sentence: Plain text, not escaped: ``412 ms is not at most 300 ms``.
        value: Last good value, or None.
        value_at: When it was read, aware UTC, or None.
        progress: 0 at the baseline, 1 at the target; None for guardrails and without a value.
        since: Since when this status holds, as far as the readings tell, aware UTC, or None.
        frozen: True once the verdict on the due date was taken; later readings no longer change it.
        no_verdict: True when the due date passed without a fresh value; the owner is asked once to give it.
    """

    status: Status
    sentence: str
    value: Decimal | None = None
    value_at: datetime | None = None
    progress: Decimal | None = None
    since: datetime | None = None
    frozen: bool = False
    no_verdict: bool = False
    facts: tuple[str, ...] = field(default=())
