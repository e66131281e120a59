from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from bot.db.engine import PostgresDatabase, open_database
from bot.db.models import CounterRow


def fill(session: Session, count: int) -> None:
    session.add_all(CounterRow(team_id="T1", what=f"{n:02}", last=0) for n in range(count))


def counts(session: Session) -> list[int]:
    return list(session.exec(select(CounterRow.last).order_by(col(CounterRow.what))))


CLAIM = text(
    """
    UPDATE counter SET last = :mine
     WHERE last = 0
       AND what IN (SELECT what FROM counter WHERE last = 0 ORDER BY what LIMIT :free FOR UPDATE SKIP LOCKED)
    RETURNING what
    """
)


async def test_two_writers_that_claim_at_once_take_different_rows(
    postgresql_database: PostgresDatabase,
) -> None:
    both_have_claimed = threading.Barrier(2, timeout=30)

    def claim(session: Session, mine: int) -> set[str]:
        taken = set(session.connection().execute(CLAIM, {"mine": mine, "free": 6}).scalars())
        both_have_claimed.wait()  # neither has committed yet
        return taken

    await postgresql_database.write(fill, 10)
    first, second = await asyncio.gather(
        postgresql_database.write(claim, 1), postgresql_database.write(claim, 2)
    )
    assert first.isdisjoint(second)
    assert len(first | second) == 10
    assert sorted(await postgresql_database.read(counts)) == [1] * len(first) + [2] * len(second)


async def test_units_that_lock_each_other_out_are_both_written(postgresql_database: PostgresDatabase) -> None:
    both_hold_one = threading.Barrier(2, timeout=30)
    tries: list[str] = []

    def take_both(session: Session, order: tuple[str, str]) -> None:
        tries.append(order[0])
        for n, what in enumerate(order):
            found = session.exec(select(CounterRow).where(CounterRow.what == what).with_for_update()).one()
            found.last += 1
            session.add(found)
            session.flush()
            if n == 0 and len(tries) <= 2:
                both_hold_one.wait()

    await postgresql_database.write(fill, 2)
    await asyncio.gather(
        postgresql_database.write(take_both, ("00", "01")), postgresql_database.write(take_both, ("01", "00"))
    )
    assert len(tries) == 3
    assert await postgresql_database.read(counts) == [2, 2]


def backend(session: Session) -> int:
    return int(session.connection().execute(text("SELECT pg_backend_pid()")).scalar_one())


def end_backend(session: Session, number: int) -> None:
    session.connection().execute(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})


@pytest.mark.parametrize("way", ["read", "write"])
async def test_a_lost_connection_is_replaced_before_anyone_notices(postgresql_url: str, way: str) -> None:
    database, other = PostgresDatabase(postgresql_url, readers=1, writers=1), open_database(postgresql_url)
    run = database.read if way == "read" else database.write
    lost = await run(backend)
    await other.write(end_backend, lost)
    assert await run(backend) != lost
    assert await run(lambda s: s.connection().execute(text("SHOW transaction_read_only")).scalar_one()) == (
        "on" if way == "read" else "off"
    )
    await other.close()
    await database.close()


async def test_a_unit_that_keeps_losing_its_connection_fails(postgresql_url: str) -> None:
    database, other = PostgresDatabase(postgresql_url, writers=1), PostgresDatabase(postgresql_url, writers=1)
    loop = asyncio.get_running_loop()
    tries = []

    def write(session: Session) -> None:
        tries.append(1)
        session.add(CounterRow(team_id="T1", what="never", last=1))
        session.flush()
        asyncio.run_coroutine_threadsafe(other.write(end_backend, backend(session)), loop).result(30)
        session.connection().execute(text("SELECT 1"))

    with pytest.raises(OperationalError):
        await database.write(write)
    assert len(tries) == 3
    assert await database.read(counts) == []
    await other.close()
    await database.close()


async def test_a_server_that_is_not_there_is_reported_to_whoever_asks(tmp_path: Path) -> None:
    database = PostgresDatabase(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}")
    for run in (database.read, database.write):
        with pytest.raises(OperationalError):
            await run(counts)
    await database.close()
