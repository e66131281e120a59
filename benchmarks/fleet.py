"""A fleet of criteria on a SQLite file, with everything that reads them and no Slack."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

from sqlalchemy import insert
from sqlmodel import Session

from benchmarks.metrics import BODIES
from bot.db.engine import open_database
from bot.db.migrate import upgrade
from bot.db.models import CriterionRow, InitiativeRow, Table
from bot.deps import Deps, Slack
from bot.seal import Seal
from bot.settings import load_settings
from bot.sources.address import AllowedHosts
from bot.sources.http import Fetcher
from bot.sources.jsonpath import Evaluator
from bot.sources.sharing import SharedFetches
from bot.sources.table import make_sources
from bot.tasks import TrackedTasks

TEAM = "T0BENCH"


def utc_now() -> datetime:
    """Return the present moment, aware UTC."""
    return datetime.now(UTC)


@contextmanager
def metric_server() -> Iterator[int]:
    """Run the metric server in a process of its own and yield its port; it ends with the block."""
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.metrics"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield int(server.stdout.readline())
    finally:
        server.stdin.close()
        server.stdout.close()
        server.wait(timeout=10)


@asynccontextmanager
async def open_fleet(
    port: int, *, criteria: int, every: timedelta, concurrent: int, spread: bool = False
) -> AsyncIterator[Deps]:
    """Store criteria that read the metric server and yield what reads them; nothing runs yet.

    Each is on pace already and stays so.

    Args:
        port: The metric server's.
        criteria: How many.
        every: How often each is read.
        concurrent: Reads at the same time; all of them go to one host.
        spread: True spreads their moments evenly over the interval, from now on; else all are due now.
    """
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'fleet.db'}"
        await asyncio.to_thread(upgrade, url)
        database = open_database(url)
        settings = load_settings(_env_file=None).model_copy(
            update={"fetches": concurrent, "fetches_per_host": concurrent}
        )
        async with Fetcher(allowed=AllowedHosts.parse("127.0.0.1"), now=utc_now) as http:
            paths = Evaluator()
            deps = Deps(
                settings=settings,
                database=database,
                slack=cast("Slack", None),  # nothing here is ever told to anybody
                http=SharedFetches(http, now=utc_now),
                paths=paths,
                sources=make_sources(),
                seal=Seal("a key for the benchmark alone, long enough"),
                tasks=TrackedTasks(),
                wake=asyncio.Event(),
                now=utc_now,
                random=random.Random(1),
                team_id=TEAM,
                bot_user_id="U0BOT",
                bot_name="Loopmark",
            )
            try:
                await database.write(_store, f"http://127.0.0.1:{port}", criteria, every, spread)
                yield deps
            finally:
                await paths.aclose()
                await database.close()


def _store(session: Session, base: str, criteria: int, every: timedelta, spread: bool) -> None:
    now = utc_now()
    session.add(
        InitiativeRow(
            id=1,
            team_id=TEAM,
            name="Fleet",
            name_key="fleet",
            owner_id="U0ALICE",
            channel_id="C0FLEET",
            zone="Europe/Berlin",
            starts_on=now.date() - timedelta(days=10),
            ends_on=now.date() + timedelta(days=100),
            created_by="U0ALICE",
            created_at=now,
        )
    )
    session.flush()
    same = CriterionRow(
        team_id=TEAM,
        initiative_id=1,
        name="",
        name_key="",
        kind="success",
        direction="at_least",
        operator_typed=">=",
        target=Decimal(1_000_000),
        baseline=Decimal(-1),
        owner_id="U0ALICE",
        source_kind="http_json",
        source_path="$.stats.signups",
        every_typed=f"{int(every.total_seconds() // 60)}m",
        longest_gap_s=int(every.total_seconds()),
        readings_needed=2,
        created_by="U0ALICE",
        status="on_pace",
        status_since=now,
        settled="on_pace",
        settled_since=now,
    ).model_dump(exclude={"id"})
    rows = []
    for number in range(criteria):
        due_at = now + every * number / criteria if spread else now
        rows.append(
            same
            | {
                "name": f"Signups {number}",
                "name_key": f"signups {number}",
                "source_url": f"{base}/{number % BODIES}?criterion={number}",
                "created_at": due_at - every,
                "due_at": due_at,
            }
        )
    session.execute(insert(Table.metadata.tables["criterion"]), rows)
