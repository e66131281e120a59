"""A world for the tests of progress posts: a real database, a Slack in memory, and a clock moved by hand."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from sqlmodel import Session, col, select

from bot.db.channels import save_channel
from bot.db.criteria import Found
from bot.db.initiatives import find_initiative_by_id
from bot.db.models import CriterionRow, InitiativeRow, OutboxRow, PostRow, ScheduleRow
from bot.db.people import save_person
from bot.db.readings import add_readings
from bot.deps import Database, Deps
from bot.domain.actor import Actor, Person
from bot.domain.entities import ChannelRef
from bot.domain.names import fold
from bot.domain.post_schedule import PostOnly
from bot.domain.reading import Reading
from bot.domain.requests import ScheduleProgress
from bot.domain.rhythms import parse_every
from bot.seal import Seal
from bot.services.judging import judge
from bot.services.schedules import ScheduleView
from bot.services.scheduling import create_schedule
from bot.settings import load_settings
from bot.tasks import TrackedTasks
from handlers.context import Click, Incoming
from jobs import notify, post, redraw
from jobs.queue import LocalQueue
from tests.slack_double import CHANNELS, RecordingSlack

TEAM = "T0ACME"
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""09:00 in Berlin."""

ALICE = Actor(TEAM, "U0ALICE", "C0GENERAL", "general")
BOB = Actor(TEAM, "U0BOB", "C0GENERAL", "general")
CHARLIE = Actor(TEAM, "U0CHARLIE", "C0LEADS", "leads")


class CountingDatabase:
    """Passes everything on, and counts the writes."""

    def __init__(self, database: Database) -> None:
        """Begin at none."""
        self._database = database
        self.dialect = database.dialect
        self.writes = 0

    async def read(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Read."""
        return await self._database.read(fn, *args, **kwargs)

    async def write(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Count a write and do it."""
        self.writes += 1
        return await self._database.write(fn, *args, **kwargs)

    async def ping(self) -> None:
        """Ping."""
        await self._database.ping()

    async def scrub(self, table: str) -> bool:
        """Scrub."""
        return await self._database.scrub(table)


class World:
    """The database, Slack and the time of a test."""

    def __init__(self, database: Database) -> None:
        """Begin on a Monday morning."""
        self.moment = MONDAY
        self.database = CountingDatabase(database)
        self.slack = RecordingSlack(self.now)
        self.tasks = TrackedTasks()
        self.queue = LocalQueue(20)
        self.deps = Deps(
            settings=load_settings(_env_file=None),
            database=self.database,
            slack=self.slack,
            # Posting reads no source.
            http=cast(Any, None),
            paths=cast(Any, None),
            sources={},
            seal=Seal("a key for tests only"),
            tasks=self.tasks,
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

    def forward(self, **by: float) -> None:
        """Move the clock."""
        self.moment += timedelta(**by)

    async def settle(self) -> None:
        """Run the ticks until nothing is due at this moment."""
        while True:
            self.deps.wake.clear()
            await post.tick(self.deps, self.queue)
            await notify.tick(self.deps, self.queue)
            await redraw.tick(self.deps, self.queue)
            busy = self.queue.busy
            await self.queue.idle()
            if not busy and not self.deps.wake.is_set():
                return

    async def set_scene(self, *, people: bool = True) -> None:
        """Everybody and every channel are known; Alice's initiative 1 lives in #general."""

        def store(session: Session) -> None:
            for channel in CHANNELS:
                save_channel(session, TEAM, channel, MONDAY)
            if people:
                for user_id in ("U0ALICE", "U0BOB", "U0CHARLIE"):
                    name = user_id.removeprefix("U0").title()
                    save_person(session, Person(TEAM, user_id, name, "Europe/Berlin", False), MONDAY)

        await self.deps.database.write(store)
        await self.start("Checkout rewrite")

    async def start(self, name: str, channel_id: str = "C0GENERAL", owner: str = "U0ALICE") -> int:
        """Store an open initiative and return its row id."""

        def store(session: Session) -> int:
            row = InitiativeRow(
                team_id=TEAM,
                name=name,
                name_key=fold(name),
                owner_id=owner,
                channel_id=channel_id,
                zone="Europe/Berlin",
                starts_on=date(2026, 11, 9),
                ends_on=date(2026, 12, 20),
                created_by=owner,
                created_at=MONDAY - timedelta(days=14),
            )
            session.add(row)
            session.flush()
            assert row.id is not None
            return row.id

        return await self.deps.database.write(store)

    async def add(self, name: str = "p95 latency", *, initiative_id: int = 1, **columns: Any) -> int:
        """Store a guardrail ≤ 800 ms that needs one reading, and return its row id."""

        def store(session: Session) -> int:
            values: dict[str, Any] = {
                "team_id": TEAM,
                "initiative_id": initiative_id,
                "name": name,
                "name_key": fold(name),
                "kind": "guardrail",
                "direction": "at_most",
                "operator_typed": "<=",
                "target": Decimal(800),
                "unit": "ms",
                "owner_id": "U0ALICE",
                "source_kind": "manual",
                "every_typed": "7d",
                "longest_gap_s": 7 * 86_400,
                "readings_needed": 1,
                "created_by": "U0ALICE",
                "created_at": MONDAY - timedelta(days=14),
                "status": "no_data",
            }
            row = CriterionRow(**(values | columns))
            session.add(row)
            session.flush()
            assert row.id is not None
            return row.id

        return await self.deps.database.write(store)

    async def read(self, criterion_id: int, value: int | str) -> None:
        """Store a reading now and judge it, as the poller does."""

        def store(session: Session) -> None:
            row = session.get_one(CriterionRow, criterion_id)
            initiative = find_initiative_by_id(session, TEAM, row.initiative_id)
            assert initiative is not None
            add_readings(session, TEAM, [(criterion_id, Reading(self.moment, Decimal(value)))])
            judge(session, Found(row, initiative), self.moment)

        await self.deps.database.write(store)

    async def schedule(
        self,
        every: str = "every Mon 09:00",
        *,
        actor: Actor = ALICE,
        channel_id: str = "C0GENERAL",
        names: tuple[str, ...] = (),
        confirmed: bool = False,
        only: PostOnly = PostOnly.ALWAYS,
    ) -> ScheduleView:
        """Create a schedule and return it."""
        request = ScheduleProgress(parse_every(every), ChannelRef(channel_id), names, only=only)
        outcome = await create_schedule(self.deps, actor, request, confirmed=confirmed)
        assert isinstance(outcome, ScheduleView)
        return outcome

    async def change(self, table: type[Any], row_id: int, **values: Any) -> None:
        """Set columns of a row."""

        def store(session: Session) -> None:
            row = session.get_one(table, row_id)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)

        await self.deps.database.write(store)

    async def make_private(self, channel_id: str) -> None:
        """A channel becomes private."""
        channel = replace(self.slack.channels[channel_id], is_private=True)
        self.slack.channels[channel_id] = channel
        await self.deps.database.write(save_channel, TEAM, channel, self.moment)

    async def set_admin(self, user_id: str, is_admin: bool) -> None:
        """A person is a workspace admin, or is not."""
        person = Person(TEAM, user_id, user_id.removeprefix("U0").title(), "Europe/Berlin", is_admin)
        await self.deps.database.write(save_person, person, self.moment)

    async def count(self, table: type[Any]) -> int:
        """Return how many rows a table has."""
        return await self.deps.database.read(lambda session: len(session.exec(select(table)).all()))

    async def rows(self, table: type[Any]) -> list[Any]:
        """Return every row of a table that has ids, oldest first."""

        def load(session: Session) -> list[Any]:
            return list(session.exec(select(table).order_by(col(table.id))))

        return await self.deps.database.read(load)

    async def outbox(self) -> list[OutboxRow]:
        """Return every outbox row, oldest first."""
        return await self.rows(OutboxRow)

    async def states(self) -> list[tuple[str, str]]:
        """Return (kind, state) of every outbox row, oldest first."""
        return [(row.kind, row.state) for row in await self.outbox()]

    async def schedule_row(self) -> ScheduleRow:
        """Return the only schedule's row."""
        (row,) = await self.rows(ScheduleRow)
        return cast(ScheduleRow, row)

    async def last_post(self, channel_id: str = "C0GENERAL", initiative_id: int = 1) -> str | None:
        """Return the ts of the initiative's last post in a channel."""
        row = await self.deps.database.read(Session.get, PostRow, (initiative_id, channel_id))
        return row.ts if row else None

    def at(self, actor: Actor = ALICE, typed: str = "/progress") -> Incoming:
        """Return what a listener gets."""
        return Incoming(
            self.deps, actor, typed=typed, response_url="https://hooks.example/1", trigger_id="1.2.a"
        )

    async def press(self, listener: Any, value: str, actor: Actor = ALICE, view_id: str | None = None) -> Any:
        """Press a button with a value."""
        click = Click("pressed", value, "1.2", None, view_id, "", {}, is_ephemeral=True)
        return await listener(click, self.at(actor, typed=""))
