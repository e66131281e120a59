"""A world for the tests of reading and judging: a real database, and a source that answers what it is told."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import cast

from sqlmodel import Session, select

from bot.db.channels import save_channel
from bot.db.criteria import Found
from bot.db.initiatives import find_initiative_by_id
from bot.db.models import CriterionRow, InitiativeRow, OutboxRow, ReadingRow, StatusChangeRow
from bot.db.people import save_person
from bot.deps import Database, Deps, Slack
from bot.domain.actor import Actor, Channel, Person
from bot.domain.criterion import SourceKind, SourceSpec
from bot.domain.names import fold
from bot.errors import SourceError
from bot.seal import Seal
from bot.settings import load_settings
from bot.sources.address import AllowedHosts
from bot.sources.http import Fetcher
from bot.sources.jsonpath import Evaluator
from bot.sources.manual import Manual
from bot.sources.protocol import Observed, SourceContext, SourceRequest
from bot.sources.sharing import SharedFetches
from bot.tasks import TrackedTasks

TEAM = "T0ACME"
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ALICE = Actor(TEAM, "U0ALICE", "C0GENERAL", "general")
BOB = Actor(TEAM, "U0BOB", "C0GENERAL", "general")
CHARLIE = Actor(TEAM, "U0CHARLIE", "C0LEADS", "leads")


class ScriptedSource:
    """Answers with the next of `answers` (the last one again and again); a text is a failure."""

    kind = SourceKind.HTTP_JSON
    readable_by_schedule = True
    default_every = timedelta(hours=1)
    default_readings_needed = 2

    def __init__(self) -> None:
        """Answer 412 until told otherwise."""
        self.answers: list[str | int] = [412]
        self.reads = 0
        self.hold: asyncio.Event | None = None
        self.reading = asyncio.Event()

    def check(self, spec: SourceSpec) -> None:
        """Accept any spec."""

    async def read(self, request: SourceRequest, ctx: SourceContext) -> Observed:
        """Return the next answer."""
        del request
        self.reads += 1
        self.reading.set()
        if self.hold is not None:
            await self.hold.wait()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, str):
            raise SourceError(answer, cause="status", host="api.example.com")
        return Observed(Decimal(answer), ctx.now(), "api.example.com", "", 0.01)


class World:
    """The database, the source and the time of a test."""

    def __init__(self, database: Database) -> None:
        """Begin on a Monday morning."""
        self.moment = START
        self.source = ScriptedSource()
        self.deps = Deps(
            settings=load_settings(_env_file=None),
            database=database,
            slack=cast("Slack", None),  # reading and judging never talk to Slack
            http=SharedFetches(Fetcher(allowed=AllowedHosts.parse(""), now=self.now), now=self.now),
            paths=Evaluator(),
            sources={SourceKind.HTTP_JSON: self.source, SourceKind.MANUAL: Manual()},
            seal=Seal("a key for tests only"),
            tasks=TrackedTasks(),
            wake=asyncio.Event(),
            now=self.now,
            random=random.Random(1),
            team_id=TEAM,
            bot_user_id="U0BOT",
            bot_name="Loopmark",
        )

    def now(self) -> datetime:
        """Return the test's time."""
        return self.moment

    async def aclose(self) -> None:
        """Close what was opened."""
        await self.deps.http.aclose()
        await self.deps.paths.aclose()

    async def set_scene(self) -> None:
        """Alice's initiative in #general, known to Alice, Bob and Charlie."""
        await self.deps.database.write(_set_scene)

    async def add(self, name: str = "p95 latency", **columns: object) -> int:
        """Add a criterion that is due now and return its row id."""
        return await self.deps.database.write(_add_criterion, name, columns)

    async def row(self, criterion_id: int) -> CriterionRow:
        """Return a criterion's row."""
        return await self.deps.database.read(Session.get_one, CriterionRow, criterion_id)

    async def found(self, criterion_id: int) -> Found:
        """Return a criterion with its initiative."""

        def load(session: Session) -> Found:
            row = session.get_one(CriterionRow, criterion_id)
            initiative = find_initiative_by_id(session, TEAM, row.initiative_id)
            assert initiative is not None
            return Found(row, initiative)

        return await self.deps.database.read(load)

    async def values(self) -> list[str]:
        """Return every stored value, oldest first."""
        rows = await self.deps.database.read(
            lambda session: list(session.exec(select(ReadingRow).order_by("id")))
        )
        return [str(row.value) for row in rows]

    async def changes(self) -> list[tuple[str, str]]:
        """Return every status change, oldest first."""
        rows = await self.deps.database.read(
            lambda session: list(session.exec(select(StatusChangeRow).order_by("id")))
        )
        return [(row.from_status, row.to_status) for row in rows]

    async def outbox(self) -> list[tuple[str, str]]:
        """Return (kind, key) of every message waiting, oldest first."""
        rows = await self.deps.database.read(
            lambda session: list(session.exec(select(OutboxRow).order_by("id")))
        )
        return [(row.kind, row.key) for row in rows]


def _set_scene(session: Session) -> None:
    for channel_id, private in (("C0GENERAL", False), ("C0LEADS", False), ("C0SECRET", True)):
        name = channel_id.removeprefix("C0").lower()
        save_channel(session, TEAM, Channel(channel_id, name, private, False, True), START)
    for user_id in ("U0ALICE", "U0BOB", "U0CHARLIE"):
        name = user_id.removeprefix("U0").title()
        save_person(session, Person(TEAM, user_id, name, "Europe/Berlin", is_admin=False), START)
    session.add(
        InitiativeRow(
            id=1,
            team_id=TEAM,
            name="Checkout rewrite",
            name_key=fold("Checkout rewrite"),
            owner_id="U0ALICE",
            channel_id="C0GENERAL",
            zone="Europe/Berlin",
            starts_on=date(2026, 11, 23),
            ends_on=date(2026, 12, 12),
            created_by="U0ALICE",
            created_at=START,
        )
    )


def _add_criterion(session: Session, name: str, columns: dict[str, object]) -> int:
    values: dict[str, object] = {
        "team_id": TEAM,
        "initiative_id": 1,
        "name": name,
        "name_key": fold(name),
        "kind": "guardrail",
        "direction": "at_most",
        "operator_typed": "<=",
        "target": Decimal(300),
        "unit": "ms",
        "owner_id": "U0ALICE",
        "source_kind": "http_json",
        "source_url": "https://api.example.com/stats",
        "source_path": "$.p95",
        "every_typed": "15m",
        "longest_gap_s": 900,
        "readings_needed": 2,
        "created_by": "U0ALICE",
        "created_at": START,
        "status": "no_data",
        "due_at": START,
    }
    row = CriterionRow(**(values | columns))
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id
