from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlmodel import Session, col, delete, select

from bot.db.engine import PostgresDatabase, SqliteDatabase
from bot.db.models import CounterRow, NoteRow
from tests.gate import Gate

SECRET = "the-sealed-key-of-prompt-12"


def add(session: Session, text: str) -> None:
    session.add(
        NoteRow(
            team_id="T1",
            channel_id="C1",
            author_id="U1",
            text=text,
            created_at=datetime(2026, 3, 2, tzinfo=UTC),
        )
    )


def remove(session: Session) -> None:
    session.exec(delete(NoteRow).where(col(NoteRow.text) == SECRET))


def texts(session: Session) -> list[str]:
    return list(session.exec(select(NoteRow.text)))


def data_folder(session: Session) -> str:
    # So that what is only in shared memory is in the files as well.
    return str(session.connection().execute(text("SHOW data_directory")).scalar_one())


async def files_with_the_secret(database: SqliteDatabase | PostgresDatabase) -> list[Path]:
    """Look through every file the database has, but for PostgreSQL's write-ahead log (see product.md)."""
    if isinstance(database, SqliteDatabase):
        files = list(database.file.parent.iterdir())
    else:
        folder = Path(await database.read(data_folder))
        number = await database.read(lambda s: s.connection().execute(text(OID)).scalar_one())
        checkpoint(folder.parent)
        files = list((folder / "base" / str(number)).iterdir())
    return [file for file in files if SECRET.encode() in file.read_bytes()]


OID = "SELECT oid FROM pg_database WHERE datname = current_database()"


def checkpoint(socket_folder: Path) -> None:
    with psycopg.connect(host=str(socket_folder), user="postgres", autocommit=True) as connection:
        connection.execute("CHECKPOINT")


async def scrub(database: SqliteDatabase | PostgresDatabase) -> None:
    """Scrub until it is done: on PostgreSQL anyone who is just connecting to the server may put it off."""
    for _ in range(50):
        if await database.scrub("note"):
            return
    pytest.fail("the table could not be scrubbed")


async def test_nothing_of_a_deleted_row_is_left_after_a_scrub(
    database: SqliteDatabase | PostgresDatabase,
) -> None:
    await database.write(add, SECRET)
    await database.write(add, "kept")
    await database.write(remove)
    assert await files_with_the_secret(database), "else this test shows nothing"
    await scrub(database)
    assert await files_with_the_secret(database) == []
    assert await database.read(texts) == ["kept"]


@pytest.mark.parametrize("looked_first", [NoteRow, CounterRow], ids=["at_the_table", "elsewhere"])
async def test_a_scrub_is_put_off_while_someone_may_still_see_the_row(
    database: SqliteDatabase | PostgresDatabase, gate: Gate, looked_first: type[NoteRow | CounterRow]
) -> None:
    def look(session: Session) -> list[str]:
        session.exec(select(looked_first)).first()
        gate.pass_through()
        return texts(session)

    await database.write(add, SECRET)
    looking = asyncio.ensure_future(database.read(look))
    await gate.reached()
    await database.write(remove)
    assert await database.scrub("note") is False
    gate.open()
    assert await looking == [SECRET]
    await scrub(database)
    assert await files_with_the_secret(database) == []


async def test_on_sqlite_a_scrub_keeps_its_place_among_the_writes(sqlite_database: SqliteDatabase) -> None:
    await sqlite_database.write(add, SECRET)
    outcomes = await asyncio.gather(
        sqlite_database.write(remove), sqlite_database.scrub("note"), sqlite_database.write(add, "after")
    )
    assert list(outcomes) == [None, True, None]
    assert await files_with_the_secret(sqlite_database) == []
    assert await sqlite_database.read(texts) == ["after"]
