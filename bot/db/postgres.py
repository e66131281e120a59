"""A PostgreSQL database: a pool of threads, each holding one connection."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from bot.db.unit import Unit, deliver

if TYPE_CHECKING:
    from psycopg import Connection as PsycopgConnection  # an optional dependency

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 3
"""How often a unit is run that PostgreSQL gave up on account of others."""

TRY_AGAIN = frozenset({"40001", "40P01"})
"""serialization_failure and deadlock_detected, of PostgreSQL's Appendix A; nothing was written then."""

LOCK_WAIT_MS = 500
"""How long a scrub waits for its lock; those who want the table wait behind it."""


def postgres_engine(url: str, *, read_only: bool = False) -> Engine:
    """Return an engine that opens a connection each time it is asked for one.

    Args:
        url: ``postgresql+psycopg://…``.
        read_only: Refuse every write, and let all statements of a transaction see the same moment (as on
            SQLite).

    Raises:
        ModuleNotFoundError: psycopg is not installed.
    """
    # What people wrote must not get into a log by way of an error's message.
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    if read_only:
        from psycopg import IsolationLevel

        @event.listens_for(engine, "connect")
        def read_only_from_here(connection: PsycopgConnection[object], _record: object) -> None:
            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            connection.read_only = True

    return engine


def missing_driver(error: ModuleNotFoundError) -> str:
    """Say in one line what to install."""
    return (
        f"DATABASE_URL names a PostgreSQL database, but {error.name} is not installed: "
        "pip install 'loopmark[postgres]'"
    )


class PostgresDatabase:
    """Units of work on a PostgreSQL database."""

    dialect = "postgresql"

    def __init__(self, url: str, *, readers: int = 4, writers: int = 4) -> None:
        """Start the threads; each opens its connection when it gets its first unit.

        Args:
            url: ``postgresql+psycopg://…``.
            readers: Threads, and so connections, for reads.
            writers: Threads, and so connections, for writes.
        """
        self._engine = postgres_engine(url)
        self._reads: SimpleQueue[Unit | None] = SimpleQueue()
        self._writes: SimpleQueue[Unit | None] = SimpleQueue()
        self._is_closed = False
        self._threads: list[threading.Thread] = []
        for name, count, engine, queue in (
            ("reader", readers, postgres_engine(url, read_only=True), self._reads),
            ("writer", writers, self._engine, self._writes),
        ):
            for n in range(count):
                thread = threading.Thread(
                    target=_serve, args=(queue, engine), name=f"db-{name}-{n}", daemon=True
                )
                thread.start()
                self._threads.append(thread)
        self._stops = [self._reads] * readers + [self._writes] * writers

    async def read(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query function and return what it returns; all its statements see the same moment."""
        return cast(T, await self._put(self._reads, Unit(fn, args, kwargs)).outcome())

    async def write(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in one transaction, committed when this returns and undone when it raises.

        It is run again when PostgreSQL undid it on account of others (a deadlock, a lost connection), so it
        must not change anything but the database. Runs to its end when the caller is cancelled.
        The function neither commits nor rolls back; ``session.begin_nested()`` undoes a part.
        """
        return cast(T, await self._put(self._writes, Unit(fn, args, kwargs)).true_outcome())

    async def scrub(self, table: str) -> bool:
        """Write the table's file anew without the rows that were deleted.

        Returns:
            True when no deleted row is left in it; False when a transaction that may still see one, or that
            holds the table, is open.
        """
        unit = Unit(self._rewrite, (table,), alone=True)
        return cast(bool, await self._put(self._writes, unit).true_outcome())

    async def ping(self) -> None:
        """Return when the database answers.

        Raises:
            sqlalchemy.exc.DBAPIError: it does not.
        """
        await self.read(_select_one)

    async def close(self) -> None:
        """Finish what waits, refuse what comes after, and close the connections."""
        if not self._is_closed:
            self._is_closed = True
            for queue in self._stops:
                queue.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    def _put(self, queue: SimpleQueue[Unit | None], unit: Unit) -> Unit:
        if self._is_closed:
            raise RuntimeError("the database is closed")
        queue.put(unit)
        return unit

    def _rewrite(self, table: str) -> bool:
        still_seen: list[str] = []
        name = self._engine.dialect.identifier_preparer.quote(table)
        with self._engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.add_notice_handler(lambda notice: still_seen.extend(_dead_rows(notice.message_detail)))
            connection.execute(text(f"SET lock_timeout = {LOCK_WAIT_MS}"))
            try:
                # VERBOSE, because rows that an open transaction may still see are copied without a word.
                connection.execute(text(f"VACUUM (FULL, VERBOSE) {name}"))
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) == "55P03":  # lock_not_available
                    return False
                raise
        return all(count == "0" for count in still_seen)


def _dead_rows(detail: str | None) -> list[str]:
    # "0 dead row versions cannot be removed yet.", in the server's language; the number comes first.
    return re.findall(r"\d+", detail or "")[:1]


def _select_one(session: Session) -> None:
    session.connection().execute(text("SELECT 1"))


def _serve(queue: SimpleQueue[Unit | None], engine: Engine) -> None:
    unit = queue.get()
    while unit is not None:
        try:
            with engine.connect() as connection:
                while unit is not None:
                    if unit.alone:
                        _run_alone(unit)
                    else:
                        _run(unit, connection)
                    deliver([unit])
                    unit = queue.get()
        except DBAPIError as error:
            # The connection could not be opened; the next unit tries again.
            assert unit is not None
            unit.fail(error)
            deliver([unit])
            unit = queue.get()


def _run_alone(unit: Unit) -> None:
    try:
        unit.value = unit.fn(*unit.args)
    except BaseException as error:  # what it raises is the caller's, whatever it is
        unit.fail(error)


def _run(unit: Unit, connection: Connection) -> None:
    for tries_left in reversed(range(TRIES)):
        is_committing = False
        try:
            with Session(bind=connection, expire_on_commit=False) as session:
                unit.value = unit.run(session)
                session.flush()
                is_committing = True
                session.commit()
        except DBAPIError as error:
            is_lost = error.connection_invalidated and not is_committing
            if tries_left and (is_lost or getattr(error.orig, "sqlstate", None) in TRY_AGAIN):
                continue
            unit.fail(error)
        except BaseException as error:  # as in _run_alone
            unit.fail(error)
        return
