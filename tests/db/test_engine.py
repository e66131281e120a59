from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, col, select

from bot.db.engine import PostgresDatabase, SqliteDatabase, open_database
from bot.db.models import CounterRow
from tests.gate import Gate

AnyDatabase = SqliteDatabase | PostgresDatabase


def add(session: Session, what: str, last: int = 1) -> None:
    session.add(CounterRow(team_id="T1", what=what, last=last))


def known(session: Session) -> list[str]:
    return list(session.exec(select(CounterRow.what).order_by(col(CounterRow.what))))


def row(session: Session, what: str) -> CounterRow:
    return session.exec(select(CounterRow).where(CounterRow.what == what)).one()


def add_and_fail(session: Session, what: str) -> None:
    add(session, what)
    session.flush()
    raise LookupError(what)


def increment(session: Session) -> int:
    counter = session.exec(select(CounterRow).with_for_update()).one()
    counter.last += 1
    session.add(counter)
    return counter.last


async def test_what_was_written_can_be_read(database: AnyDatabase) -> None:
    await database.write(add, "prompt", last=7)
    assert await database.read(known) == ["prompt"]


async def test_rows_that_were_read_can_be_used_afterwards(database: AnyDatabase) -> None:
    await database.write(add, "prompt", last=7)
    found = await database.read(row, "prompt")
    assert (found.team_id, found.what, found.last) == ("T1", "prompt", 7)


async def test_rows_that_were_written_can_be_used_afterwards(database: AnyDatabase) -> None:
    def write(session: Session) -> CounterRow:
        add(session, "prompt")
        return row(session, "prompt")

    assert (await database.write(write)).last == 1


async def test_a_unit_that_raises_changes_nothing(database: AnyDatabase) -> None:
    with pytest.raises(LookupError):
        await database.write(add_and_fail, "prompt")
    assert await database.read(known) == []


async def test_of_units_written_together_only_those_that_raise_are_undone(
    database: AnyDatabase, gate: Gate
) -> None:
    held = asyncio.ensure_future(database.write(gate.pass_through))
    await gate.reached()
    units = [
        asyncio.ensure_future(database.write(add_and_fail if n % 3 == 0 else add, f"{n:02}"))
        for n in range(20)
    ]
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # they have been asked for; now they have been handed over
    gate.open()
    outcomes = await asyncio.gather(*units, return_exceptions=True)
    await held
    assert [isinstance(outcome, LookupError) for outcome in outcomes] == [n % 3 == 0 for n in range(20)]
    assert await database.read(known) == [f"{n:02}" for n in range(20) if n % 3]


async def test_a_broken_rule_of_the_tables_undoes_only_the_unit_that_broke_it(database: AnyDatabase) -> None:
    outcomes = await asyncio.gather(
        database.write(add, "prompt"),
        database.write(add, "prompt"),
        database.write(add, "schedule"),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "IntegrityError",
        "NoneType",
        "NoneType",
    ]
    assert await database.read(known) == ["prompt", "schedule"]


async def test_a_part_of_a_unit_can_be_undone(database: AnyDatabase) -> None:
    def write(session: Session) -> None:
        add(session, "kept")
        with pytest.raises(IntegrityError), session.begin_nested():
            add(session, "kept")
        add(session, "added after")

    await asyncio.gather(database.write(write), database.write(add, "beside"))
    assert await database.read(known) == ["added after", "beside", "kept"]


async def test_counting_up_loses_nothing(database: AnyDatabase, database_url: str) -> None:
    await database.write(add, "prompt", last=0)
    other = open_database(database_url)
    counts = await asyncio.gather(*(one.write(increment) for one in (database, other) for _ in range(20)))
    await other.close()
    assert sorted(counts) == list(range(1, 41))


async def test_a_read_refuses_to_write(database: AnyDatabase) -> None:
    def write(session: Session) -> None:
        add(session, "prompt")
        session.flush()

    with pytest.raises(DBAPIError):
        await database.read(write)
    assert await database.read(known) == []


async def test_all_statements_of_a_read_see_the_same_moment(database: AnyDatabase, gate: Gate) -> None:
    def read_twice(session: Session) -> tuple[list[str], list[str]]:
        before = known(session)
        gate.pass_through()
        return before, known(session)

    reading = asyncio.ensure_future(database.read(read_twice))
    await gate.reached()
    await database.write(add, "prompt")
    gate.open()
    assert await reading == ([], [])
    assert await database.read(known) == ["prompt"]


async def test_a_cancelled_write_runs_to_its_end_first(database: AnyDatabase, gate: Gate) -> None:
    def write(session: Session) -> None:
        gate.pass_through()
        add(session, "prompt")

    writing = asyncio.ensure_future(database.write(write))
    await gate.reached()
    for _ in range(3):
        writing.cancel()
        await asyncio.sleep(0)
        assert not writing.done()
    gate.open()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await database.read(known) == ["prompt"]


async def test_a_cancelled_write_tells_what_it_raised(database: AnyDatabase, gate: Gate) -> None:
    def write(session: Session) -> None:
        gate.pass_through()
        add_and_fail(session, "prompt")

    writing = asyncio.ensure_future(database.write(write))
    await gate.reached()
    writing.cancel()
    gate.open()
    with pytest.raises(asyncio.CancelledError) as cancelled:
        await writing
    assert isinstance(cancelled.value.__cause__, LookupError)
    assert await database.read(known) == []


async def test_a_cancelled_read_ends_at_once(database: AnyDatabase, gate: Gate) -> None:
    reading = asyncio.ensure_future(database.read(gate.pass_through))
    await gate.reached()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_a_unit_that_raises_stop_iteration_ends_too(database: AnyDatabase) -> None:
    def write(_session: Session) -> None:
        next(iter(()))

    with pytest.raises(RuntimeError, match="StopIteration"):
        await database.write(write)


async def test_close_finishes_what_waits_and_refuses_the_rest(database_url: str, gate: Gate) -> None:
    database = open_database(database_url)
    held = asyncio.ensure_future(database.write(gate.pass_through))
    await gate.reached()
    waiting = [asyncio.ensure_future(database.write(add, str(n))) for n in range(5)]
    await asyncio.sleep(0)
    closing = asyncio.ensure_future(database.close())
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(held, closing, *waiting)
    await database.close()
    with pytest.raises(RuntimeError, match="closed"):
        await database.write(add, "late")
    again = open_database(database_url)
    assert await again.read(known) == ["0", "1", "2", "3", "4"]
    await again.close()


async def test_it_says_which_database_it_is(database: AnyDatabase, database_url: str) -> None:
    await database.ping()
    assert database_url.startswith(database.dialect)


async def test_errors_do_not_show_what_was_stored(sqlite_database: SqliteDatabase) -> None:
    await sqlite_database.write(add, "what Alice typed")
    with pytest.raises(IntegrityError) as refused:
        await sqlite_database.write(add, "what Alice typed")
    assert "Alice" not in str(refused.value)
