"""Connections: the databases the operator named for `sql`, asked on a few threads, read-only and bounded in time."""

from __future__ import annotations

import asyncio
import math
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import quote

from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.engine.url import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.errors import SourceError
from bot.sources.body import shorten

THREADS = 4
"""Statements that run at the same time, over all connections."""

GRACE_S = 2.0
"""Longer than the database's own limit, so that its answer says what happened."""

_LONGEST_VALUE = 1_000_000  # SQLite makes values of any length out of nothing
_STEPS = 10_000  # SQLite's virtual machine looks at the clock every so many steps


class SqlConnections:
    """Asks the operator's databases; a connection lasts for one statement, so nothing is left behind on it."""

    def __init__(self, urls: Mapping[str, str], *, timeout_s: float) -> None:
        """Open nothing yet.

        Args:
            urls: Name → ``postgresql://…`` or ``sqlite:///FILE``.
            timeout_s: Longest time one statement may take, connecting included.
        """
        self._timeout_s = timeout_s
        self._urls = {name: make_url(url) for name, url in urls.items()}
        self._engines: dict[str, Engine] = {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="sql-source")

    @property
    def names(self) -> frozenset[str]:
        """The operator's names."""
        return frozenset(self._urls)

    async def ask(self, name: str, query: str) -> object:
        """Return the only column of the only row of one statement.

        Raises:
            SourceError: ``connect``, ``timeout``, ``bad_request`` or ``path_missing``; the sentence names the
                connection, never its address.
        """
        url = self._urls[name]
        ask = _ask_sqlite if url.get_backend_name() == "sqlite" else _ask_postgresql
        work = partial(ask, self._engine(name, url), name, query, self._timeout_s)
        try:
            async with asyncio.timeout(self._timeout_s + GRACE_S):
                rows = await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except TimeoutError:
            raise _too_slow(name, self._timeout_s) from None
        return _only_value(name, rows)

    def close(self) -> None:
        """Start no more statements; those under way end by their own time limit."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _engine(self, name: str, url: URL) -> Engine:
        if name not in self._engines:
            make = _sqlite_engine if url.get_backend_name() == "sqlite" else _postgresql_engine
            try:
                self._engines[name] = make(url, self._timeout_s)
            except ModuleNotFoundError as error:
                raise SourceError(
                    f"the database {name} can't be asked: {error.name} is not installed where Loopmark runs",
                    cause="connect",
                    host=name,
                ) from None
        return self._engines[name]


def _sqlite_engine(url: URL, timeout_s: float) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"file:{quote(url.database or '')}?mode=ro", uri=True, timeout=timeout_s, check_same_thread=False
        )
        connection.execute("PRAGMA query_only = ON")
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        return connection

    return create_engine("sqlite://", creator=connect, poolclass=NullPool)


def _postgresql_engine(url: URL, timeout_s: float) -> Engine:
    limits = {"connect_timeout": max(2, math.ceil(timeout_s)), "tcp_user_timeout": int(timeout_s * 1000)}
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        connect_args=limits,
        hide_parameters=True,
    )


@contextmanager
def _connection(engine: Engine, name: str) -> Iterator[Any]:
    try:
        pooled = engine.raw_connection()
    except (DBAPIError, engine.dialect.loaded_dbapi.Error):
        # The driver's own sentence would name the host, the port and the user.
        raise SourceError(
            f"the database {name} can't be reached, or refuses the sign-in", cause="connect", host=name
        ) from None
    try:
        yield pooled.driver_connection
    finally:
        pooled.close()


def _ask_sqlite(engine: Engine, name: str, query: str, timeout_s: float) -> list[Sequence[object]]:
    deadline = time.monotonic() + timeout_s
    with _connection(engine, name) as connection:
        connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
        try:
            # sqlite3 itself refuses more than one statement.
            rows: list[Sequence[object]] = connection.execute(query).fetchmany(2)
        except (sqlite3.Error, sqlite3.Warning) as error:
            if time.monotonic() > deadline:
                raise _too_slow(name, timeout_s) from None
            if str(error).startswith("attempt to write"):
                raise _would_write(name) from None
            raise _refused(name, str(error)) from None
        return rows


def _ask_postgresql(engine: Engine, name: str, query: str, timeout_s: float) -> list[Sequence[object]]:
    import psycopg  # an extra: only who reads PostgreSQL has it

    rows: list[Sequence[object]] = []
    with _connection(engine, name) as connection:
        connection.read_only = True
        try:
            connection.execute(f"SET LOCAL statement_timeout = {int(timeout_s * 1000)}")
            with connection.cursor() as cursor:
                # Streaming sends it by the extended protocol, in which the server takes one statement only
                # (two could leave the read-only transaction), and fetches no more than is looked at.
                results = cursor.stream(query)
                try:
                    for row in results:
                        rows.append(row)
                        if len(rows) == 2:
                            break
                finally:
                    results.close()
        except psycopg.errors.QueryCanceled:
            raise _too_slow(name, timeout_s) from None
        except psycopg.errors.ReadOnlySqlTransaction:
            raise _would_write(name) from None
        except psycopg.Error as error:
            raise _refused(name, error.diag.message_primary or "the connection was lost") from None
        return rows


def _only_value(name: str, rows: Sequence[Sequence[object]]) -> object:
    if len(rows) != 1:
        how = "no row" if not rows else "more than one row"
        raise SourceError(f"the query gave {how}; it has to give one", cause="path_missing", host=name)
    if len(rows[0]) != 1:
        raise SourceError(
            f"the query gave {len(rows[0])} columns; it has to give one", cause="path_missing", host=name
        )
    return rows[0][0]


def _too_slow(name: str, timeout_s: float) -> SourceError:
    return SourceError(
        f"the database {name} did not answer within {timeout_s:g} s", cause="timeout", host=name
    )


def _would_write(name: str) -> SourceError:
    return SourceError(
        f"the database {name} may only be read, and this query would change something",
        cause="bad_request",
        permanent=True,
        host=name,
    )


def _refused(name: str, why: str) -> SourceError:
    return SourceError(
        f"the database {name} refused the query: {shorten(why, 160)}", cause="bad_request", host=name
    )
