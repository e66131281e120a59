"""`loopmark poll`: the bot's own use case, on a real database and over real HTTP, without Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web
from sqlmodel import Session, select

from bot.db.engine import open_database
from bot.db.models import CriterionRow, InitiativeRow, ReadingRow
from bot.errors import ConfigError, UserError
from bot.poll_once import Polled, poll_by_name
from bot.settings import Settings, load_settings

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


class Metrics:
    """Answers with one number, or with an error."""

    def __init__(self) -> None:
        self.status = 200
        self.address = ""

    async def answer(self, _request: web.Request) -> web.Response:
        return web.json_response({"p95": 830}, status=self.status)


@pytest.fixture
async def metrics() -> AsyncIterator[Metrics]:
    """A metric server on this machine."""
    served = Metrics()
    app = web.Application()
    app.router.add_get("/stats", served.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.address = f"http://127.0.0.1:{runner.addresses[0][1]}/stats"
    yield served
    await runner.cleanup()


@pytest.fixture
async def settings(metrics: Metrics, sqlite_url: str) -> Settings:
    """An installation with two initiatives, both with a p95 latency, and no token."""

    def store(session: Session) -> None:
        for number, name in ((1, "Checkout rewrite"), (2, "Search")):
            session.add(
                InitiativeRow(
                    id=number,
                    team_id=f"T{number}",
                    name=name,
                    name_key=name.casefold(),
                    owner_id="U0ALICE",
                    channel_id="C0GENERAL",
                    zone="Europe/Berlin",
                    starts_on=date(2026, 11, 9),
                    ends_on=date(2026, 12, 12),
                    created_by="U0ALICE",
                    created_at=NOW - timedelta(days=14),
                )
            )
        session.flush()
        session.add(criterion(1, 1, "p95 latency", metrics.address))
        session.add(criterion(2, 2, "p95 latency", metrics.address))
        session.add(criterion(3, 1, "Crash rate", metrics.address))
        session.add(criterion(4, 1, "Support calls", None, source_kind="manual"))
        session.add(criterion(5, 1, "Under way", metrics.address, lease_until=NOW + timedelta(minutes=1)))

    database = open_database(sqlite_url)
    await database.write(store)
    await database.close()
    return load_settings(
        _env_file=None,
        SLACK_BOT_TOKEN=None,
        DATABASE_URL=sqlite_url,
        LOOPMARK_SECRET_KEY="k" * 32,
        LOOPMARK_ALLOWED_HOSTS="127.0.0.1",
    )


def criterion(number: int, initiative_id: int, name: str, url: str | None, **changed: Any) -> CriterionRow:
    """Make a row of a guardrail of at most 800 ms."""
    columns: dict[str, Any] = {
        "id": number,
        "team_id": f"T{initiative_id}",
        "initiative_id": initiative_id,
        "name": name,
        "name_key": name.casefold(),
        "kind": "guardrail",
        "direction": "at_most",
        "target": Decimal(800),
        "unit": "ms",
        "owner_id": "U0ALICE",
        "source_kind": "http_json",
        "source_url": url,
        "source_path": "$.p95",
        "every_typed": "1h",
        "longest_gap_s": 3600,
        "readings_needed": 2,
        "created_by": "U0ALICE",
        "created_at": NOW - timedelta(days=14),
    }
    return CriterionRow(**{**columns, **changed})


async def poll(settings: Settings, name: str) -> Polled:
    """Read one criterion at the tests' moment."""
    return await poll_by_name(settings, name, now=lambda: NOW)


async def test_the_value_its_status_and_its_sentence_are_said_and_the_reading_is_stored(
    settings: Settings,
) -> None:
    polled = await poll(settings, "CRASH  rate")
    assert not polled.failed
    assert polled.words == "Crash rate: 830 ms, breached\n830 ms is not at most 800 ms"
    database = open_database(settings.database_url)
    readings = await database.read(lambda session: list(session.exec(select(ReadingRow))))
    await database.close()
    assert [(row.criterion_id, row.value, row.origin) for row in readings] == [(3, Decimal(830), "asked")]


async def test_a_failed_read_says_why(settings: Settings, metrics: Metrics) -> None:
    metrics.status = 503
    polled = await poll(settings, "Crash rate")
    assert polled.failed
    assert "HTTP 503 from 127.0.0.1" in polled.words


async def test_a_criterion_somebody_reads_at_this_moment_is_not_read_twice(settings: Settings) -> None:
    polled = await poll(settings, "Under way")
    assert polled.failed
    assert "being read at this moment" in polled.words


async def test_a_name_that_fits_several_lists_them_and_each_can_be_chosen(settings: Settings) -> None:
    with pytest.raises(UserError) as refused:
        await poll(settings, "p95 latency")
    lines = str(refused.value).splitlines()
    assert lines[0] == "More than one criterion is called “p95 latency”:"
    assert [line.split()[2] for line in lines[1:]] == ["'#1'", "'#2'"]
    assert "Search" in lines[2]
    # The second one is another workspace's: the operator sees them all.
    assert not (await poll(settings, "#2")).failed


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("crash rat", "Did you mean “Crash rate”?"),
        ("something else", "`loopmark check` lists them all"),
        ("#99", "There is no criterion “#99”"),
        ("Support calls", "is set by hand"),
    ],
)
async def test_what_can_t_be_read_is_told_in_one_sentence(settings: Settings, name: str, words: str) -> None:
    with pytest.raises(UserError, match=words.replace("?", r"\?")):
        await poll(settings, name)


async def test_a_database_without_tables_has_to_be_migrated_first(settings: Settings, tmp_path: Any) -> None:
    empty = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/other.db"})
    with pytest.raises(ConfigError, match="loopmark migrate"):
        await poll(empty, "Crash rate")
    assert not (tmp_path / "other.db").exists()
