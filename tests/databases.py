"""Fresh, migrated databases for tests, on SQLite and on PostgreSQL; loaded by the top conftest."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import IO

import psycopg
import pytest
from sqlmodel import Session

from bot.db import migrations
from bot.db.engine import PostgresDatabase, SqliteDatabase
from bot.db.migrate import upgrade
from bot.db.models import Table
from tests.postgres import PostgresServer, begin_run, memory

FOLDER = "LOOPMARK_TESTS_FOLDER"
"""Environment variable that tells the xdist workers which folder is the run's."""

HEAD = max(file.stem[:4] for file in Path(migrations.__path__[0]).glob("versions/[0-9]*.py"))
"""Number of the newest migration."""

# Who is still connected is sent away first, but for the connections every test of a process uses. Rows are deleted
# without looking at foreign keys, and only where there are any: TRUNCATE makes new files for every table and index.
_EMPTY = b"""
DO $$
DECLARE
  name text;
  has_rows boolean;
BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> 'kept';
  SET LOCAL lock_timeout = '5s';
  SET LOCAL session_replication_role = replica;
  IF (SELECT count(*) FROM pg_tables WHERE schemaname = 'public') <> %d
     OR (SELECT version_num FROM alembic_version) <> '%b' THEN
    RAISE EXCEPTION 'a test changed the tables';
  END IF;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %%I)', name) INTO has_rows;
    IF has_rows THEN EXECUTE format('DELETE FROM %%I', name); END IF;
  END LOOP;
  FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
    PERFORM setval(format('%%I', name), 1, false);
  END LOOP;
END $$
""" % (len(Table.metadata.tables) + 1, HEAD.encode())

KEPT = 4
"""Threads that read, and threads that write, on the connections every test of a process uses."""

_alive = pytest.StashKey[IO[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin the run, unless this is a worker of one that has begun."""
    if not hasattr(config, "workerinput"):
        folder, config.stash[_alive] = begin_run()
        os.environ[FOLDER] = str(folder)
        if (fast := memory()) is not None:
            # What pytest makes `tmp_path` in, in this process and in its workers.
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", fast)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the run where it began: stop what was started."""
    if _alive in config.stash:
        PostgresServer(Path(os.environ.pop(FOLDER))).stop()
        config.stash[_alive].close()


def _wait_for(_session: Session, together: threading.Barrier) -> None:
    together.wait(timeout=30)


class Databases:
    """Makes databases that have every table and no row; each one costs a copy."""

    def __init__(self, folder: Path) -> None:
        """Use the run's folder for what all its processes share."""
        self.server = PostgresServer(folder)
        self._worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self._numbers = itertools.count(1)
        self._admin: psycopg.Connection[tuple[object, ...]] | None = None
        self._own: str | None = None
        self._emptying: psycopg.Connection[tuple[object, ...]] | None = None
        self._kept: PostgresDatabase | None = None

    def close(self) -> None:
        """Let go of the server."""
        self._let_go()
        if self._admin is not None:
            self._admin.close()

    def sqlite(self, folder: Path) -> str:
        """Copy the migrated file into a folder and return the address of the copy."""
        with self.server.locked():
            template = self.server.folder / "template.db"
            if not template.exists():
                upgrade(f"sqlite:///{template}")
        file = folder / "loopmark.db"
        shutil.copyfile(template, file)
        return f"sqlite:///{file}"

    def postgresql(self, *, migrated: bool = True) -> str:
        """Make a database on the run's server and return its address."""
        name = f"test_{self._worker}_{next(self._numbers)}"
        template = "loopmark_template" if migrated else "template0"
        # A third of what the default strategy costs, which writes every page of the template to the log.
        self._ask(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.server.url(name)

    def borrow(self) -> str:
        """Return the address of this process's own database with every table and no row."""
        if self._own is None:
            self._own = self.postgresql()
        return self._own

    def kept(self) -> PostgresDatabase:
        """Return this process's own database, opened once: a connection that knows its tables costs a test nothing."""
        if self._kept is None:
            url = self.borrow()
            named = f"{url}{'&' if '?' in url else '?'}application_name=kept"
            self._kept = PostgresDatabase(named, readers=KEPT, writers=KEPT)
        return self._kept

    async def settle(self) -> None:
        """Return when nothing of the test runs on the kept connections any more; a database it closed is let go."""
        assert self._kept is not None
        try:
            for run in (self._kept.write, self._kept.read):
                # Each thread takes one of these, after all that was asked of it before.
                together = threading.Barrier(KEPT)
                await asyncio.gather(*(run(_wait_for, together) for _ in range(KEPT)))
        except RuntimeError:
            self._kept = None

    def give_back(self) -> None:
        """Empty this process's own database: two hundred times cheaper than a new one.

        A test that left other tables, or a connection that holds one locked, gets the next one a new database.
        """
        assert self._own is not None
        try:
            if self._emptying is None:
                name = self._own.partition("?")[0].rpartition("/")[2]
                self._emptying = psycopg.connect(
                    host=str(self.server.folder),
                    user="postgres",
                    dbname=name,
                    autocommit=True,
                    application_name="kept",
                )
            self._emptying.execute(_EMPTY)
        except psycopg.Error:
            self._let_go()
            self.drop(self._own)
            self._own = None

    def _let_go(self) -> None:
        """Close the connections that are kept for all tests."""
        if self._kept is not None:
            asyncio.run(self._kept.close())
            self._kept = None
        if self._emptying is not None:
            self._emptying.close()
            self._emptying = None

    def drop(self, url: str) -> None:
        """Remove a database that `postgresql` made, whoever is still connected to it."""
        self._ask(f"DROP DATABASE {url.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")

    def _ask(self, statement: str) -> None:
        if self._admin is None:
            self.server.start()
            self._admin = psycopg.connect(host=str(self.server.folder), user="postgres", autocommit=True)
            with self.server.locked():
                known = self._admin.execute("SELECT 1 FROM pg_database WHERE datname = 'loopmark_template'")
                if known.fetchone() is None:
                    self._admin.execute("CREATE DATABASE loopmark_template")
                    upgrade(self.server.url("loopmark_template"))
        self._admin.execute(statement.encode())  # bytes, because psycopg takes only literals as text


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Give what makes databases, one per process of the run."""
    made = Databases(Path(os.environ[FOLDER]))
    yield made
    made.close()


@pytest.fixture
def sqlite_url(databases: Databases, tmp_path: Path) -> str:
    """Give the address of a fresh SQLite file with every table."""
    return databases.sqlite(tmp_path)


@pytest.fixture
def postgresql_url(databases: Databases) -> Iterator[str]:
    """Give the address of a PostgreSQL database with every table and no row."""
    yield databases.borrow()
    databases.give_back()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the address of a fresh database with every table, once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def database(
    database_url: str, databases: Databases
) -> AsyncIterator[SqliteDatabase | PostgresDatabase]:
    """Give a fresh open database, once on SQLite and once on PostgreSQL."""
    if database_url.startswith("postgresql"):
        yield databases.kept()
        await databases.settle()
        return
    opened = SqliteDatabase(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[SqliteDatabase]:
    """Give a fresh open SQLite database, for tests in which the kind of database makes no difference."""
    opened = SqliteDatabase(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture
async def postgresql_database(postgresql_url: str) -> AsyncIterator[PostgresDatabase]:
    """Give a fresh open PostgreSQL database of the test's own."""
    opened = PostgresDatabase(postgresql_url)
    yield opened
    await opened.close()
