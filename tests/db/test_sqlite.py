from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from bot.db.engine import SqliteDatabase
from bot.db.models import CounterRow
from bot.db.sqlite import GROUP_MOST
from tests.gate import Gate


def committed(file: Path) -> int:
    """Count the rows someone else sees."""
    outside = sqlite3.connect(file)
    try:
        (count,) = outside.execute("SELECT count(*) FROM counter").fetchone()
    finally:
        outside.close()
    return int(count)


def add(session: Session, what: str) -> None:
    session.add(CounterRow(team_id="T1", what=what, last=1))


async def write_together(
    database: SqliteDatabase, gate: Gate, units: Sequence[Callable[[Session], object]]
) -> list[object]:
    """Write units that all wait when the writer gets to the first of them, and return their outcomes."""
    held = asyncio.ensure_future(database.write(gate.pass_through))
    await gate.reached()
    waiting = [asyncio.ensure_future(database.write(unit)) for unit in units]
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # they have been asked for; now they have been handed over
    gate.open()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    await held
    return outcomes


def counting(file: Path, number: int) -> Callable[[Session], int]:
    def write(session: Session) -> int:
        add(session, str(number))
        session.flush()
        return committed(file)

    return write


async def test_units_that_wait_are_committed_in_groups_of_bounded_size(sqlite_url: str, gate: Gate) -> None:
    database = SqliteDatabase(sqlite_url, group_time_s=60)
    units = [counting(database.file, number) for number in range(GROUP_MOST * 2 + 5)]
    seen = await write_together(database, gate, units)
    await database.close()
    assert seen == [number // GROUP_MOST * GROUP_MOST for number in range(len(units))]
    assert committed(database.file) == len(units)


async def test_a_group_that_took_its_time_is_committed_before_the_next_unit(
    sqlite_url: str, gate: Gate
) -> None:
    database = SqliteDatabase(sqlite_url, group_time_s=0)
    seen = await write_together(database, gate, [counting(database.file, number) for number in range(5)])
    await database.close()
    assert seen == [0, 1, 2, 3, 4]


async def test_when_the_transaction_is_lost_nobody_hears_of_a_success(
    sqlite_database: SqliteDatabase, gate: Gate
) -> None:
    def lose_it(session: Session) -> None:
        # As SQLite does by itself on a full disk.
        session.connection().exec_driver_sql("ROLLBACK")
        add(session, "never")

    outcomes = await write_together(
        sqlite_database,
        gate,
        [lambda session: add(session, "before"), lose_it, lambda session: add(session, "after")],
    )
    assert [type(outcome).__name__ for outcome in outcomes] == ["RuntimeError", "RuntimeError", "NoneType"]
    assert committed(sqlite_database.file) == 1


@pytest.mark.parametrize("ended", [Session.commit, Session.rollback], ids=["commit", "rollback"])
async def test_a_unit_that_ends_its_transaction_is_undone(
    sqlite_database: SqliteDatabase, ended: Callable[[Session], None]
) -> None:
    def write(session: Session) -> None:
        add(session, "prompt")
        session.flush()
        ended(session)

    with pytest.raises(RuntimeError, match="does neither"):
        await sqlite_database.write(write)
    assert committed(sqlite_database.file) == 0


async def test_while_another_process_writes_units_fail_together_after_one_wait(sqlite_url: str) -> None:
    database = SqliteDatabase(sqlite_url, busy_timeout_s=0.01)
    other = sqlite3.connect(database.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    outcomes = await asyncio.gather(*(database.write(add, str(n)) for n in range(5)), return_exceptions=True)
    other.execute("ROLLBACK")
    other.close()
    assert {str(outcome) for outcome in outcomes} == {"database is locked"}
    await database.write(add, "afterwards")
    assert committed(database.file) == 1
    await database.close()


async def test_a_file_that_is_no_database_is_reported_to_whoever_asks(tmp_path: Path) -> None:
    file = tmp_path / "loopmark.db"
    file.write_text("not a database, and long enough to be read as one " * 20)
    database = SqliteDatabase(f"sqlite:///{file}")
    for unit in (database.read, database.write):
        with pytest.raises(OperationalError if False else Exception, match="not a database"):
            await unit(add, "prompt")
    await database.close()


async def test_connections_keep_the_house_rules(sqlite_database: SqliteDatabase) -> None:
    def rules(session: Session) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "temp_store", "query_only")
        return {name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}

    kept = {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "secure_delete": 1, "temp_store": 2}
    assert await sqlite_database.write(rules) == {**kept, "query_only": 0}
    assert await sqlite_database.read(rules) == {**kept, "query_only": 1}
