"""A SQLite file: one writer thread that commits whole groups, and a few readers.

Transactions are begun and ended here in plain SQL and nowhere else. SQLAlchemy's bookkeeping for them would
be about a third of a small write's cost; and a read that turns into a write fails at once with "database is
locked", whatever the busy timeout, so every write has to begin with BEGIN IMMEDIATE.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.db.sqlite_file import HeldConnection, held, make_file, sqlite_engine, sqlite_file
from bot.db.unit import Unit, deliver

P = ParamSpec("P")
T = TypeVar("T")

GROUP_MOST = 64
"""Most units that are committed together."""

GROUP_TIME_S = 0.05

CHECKPOINT_WAIT_S = 0.2
"""How long a scrub waits for readers; writers wait behind it meanwhile."""


class SqliteDatabase:
    """Units of work on one SQLite file."""

    dialect = "sqlite"

    def __init__(
        self,
        url: str,
        *,
        readers: int = 3,
        busy_timeout_s: float = 5.0,
        group_time_s: float = GROUP_TIME_S,
    ) -> None:
        """Start the threads; each opens its connection when it gets its first unit.

        Args:
            url: ``sqlite:///FILE``.
            readers: Reader threads, each with a connection of its own.
            busy_timeout_s: How long a write waits for another process that is writing.
            group_time_s: A group that has worked this long is committed, so that those who waited in it
                hear of it.
        """
        self._group_time_s = group_time_s
        self.file = sqlite_file(url)
        make_file(self.file)
        self._busy_timeout_s = busy_timeout_s
        self._writer = sqlite_engine(url, busy_timeout_s=busy_timeout_s)
        self._reader = sqlite_engine(url, read_only=True, busy_timeout_s=busy_timeout_s)
        self._writes: SimpleQueue[Unit | None] = SimpleQueue()
        self._reads: SimpleQueue[Unit | None] = SimpleQueue()
        self._is_closed = False
        self._threads = [threading.Thread(target=self._serve_writes, name="db-writer", daemon=True)]
        self._threads += [
            threading.Thread(target=self._serve_reads, name=f"db-reader-{n}", daemon=True)
            for n in range(readers)
        ]
        for thread in self._threads:
            thread.start()

    async def read(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query function and return what it returns; all its statements see the same moment."""
        return cast(T, await self._put(self._reads, Unit(fn, args, kwargs)).outcome())

    async def write(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in one transaction, committed when this returns and undone when it raises.

        It may share its transaction with units that wait at the same time: each is undone by itself, and
        nobody hears of a commit that did not happen. Runs to its end when the caller is cancelled.
        The function neither commits nor rolls back; ``session.begin_nested()`` undoes a part.
        """
        return cast(T, await self._put(self._writes, Unit(fn, args, kwargs)).true_outcome())

    async def scrub(self, table: str) -> bool:  # noqa: ARG002  (a checkpoint is of the whole file)
        """Copy the write-ahead log into the file and truncate it, so that no old page is left in it.

        The file's own pages are overwritten on delete (secure_delete).

        Returns:
            True when it was truncated; False when someone is still reading an older state.
        """
        return cast(bool, await self._put(self._writes, Unit(self._checkpoint, alone=True)).true_outcome())

    async def ping(self) -> None:
        """Return when the database answers.

        Raises:
            sqlalchemy.exc.DBAPIError: it does not.
        """
        await self.read(_select_one)

    async def close(self) -> None:
        """Finish what waits, refuse what comes after, and let go of the file."""
        if not self._is_closed:
            self._is_closed = True
            self._writes.put(None)
            for _ in self._threads[1:]:
                self._reads.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    def _put(self, queue: SimpleQueue[Unit | None], unit: Unit) -> Unit:
        if self._is_closed:
            raise RuntimeError("the database is closed")
        queue.put(unit)
        return unit

    def _serve_reads(self) -> None:
        unit = self._reads.get()
        while unit is not None:
            try:
                with held(self._reader) as (connection, raw), _session(connection) as session:
                    while unit is not None:
                        if not unit.future.cancelled():
                            _run_read(unit, session, raw)
                            deliver([unit])
                        unit = self._reads.get()
            except DBAPIError as error:
                # The connection could not be opened; the next unit tries again.
                assert unit is not None
                unit.fail(error)
                deliver([unit])
                unit = self._reads.get()

    def _serve_writes(self) -> None:
        waiting: deque[Unit | None] = deque([self._writes.get()])
        while waiting[0] is not None:
            try:
                with held(self._writer) as (connection, raw), _session(connection) as session:
                    while waiting[0] is not None:
                        while len(waiting) < GROUP_MOST and not self._writes.empty():
                            waiting.append(self._writes.get_nowait())
                        deliver(_run_alone(waiting, raw) or self._run_group(waiting, session, raw))
                        if not waiting:
                            waiting.append(self._writes.get())
            except DBAPIError as error:
                unit = waiting.popleft()
                assert unit is not None
                unit.fail(error)
                deliver([unit])
                if not waiting:
                    waiting.append(self._writes.get())

    def _run_group(self, waiting: deque[Unit | None], session: Session, raw: HeldConnection) -> list[Unit]:
        """Run units from the left of `waiting` in one transaction and return them with their outcomes."""
        group: list[Unit] = []
        try:
            raw.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            # All who wait have waited for the busy timeout; letting each wait again in turn helps nobody.
            while waiting and waiting[0] is not None and not waiting[0].alone:
                group.append(cast(Unit, waiting.popleft()))
                group[-1].fail(error)
            return group
        shared = len(waiting) > 1
        ends_at = time.monotonic() + self._group_time_s
        while waiting and waiting[0] is not None and not waiting[0].alone:
            unit = cast(Unit, waiting.popleft())
            group.append(unit)
            _run_write(unit, session, raw, shared=shared)
            if not raw.in_transaction:
                # SQLite gave up the whole transaction (a full disk, say), and with it what the others wrote.
                assert unit.error is not None
                return _fail_all(group, unit.error)
            if time.monotonic() > ends_at:
                break
        try:
            raw.execute("COMMIT" if shared or unit.error is None else "ROLLBACK")
        except sqlite3.Error as error:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            return _fail_all(group, error)
        return group

    def _checkpoint(self, raw: HeldConnection) -> bool:
        raw.execute(f"PRAGMA busy_timeout = {int(CHECKPOINT_WAIT_S * 1000)}")
        try:
            is_busy, _frames, _copied = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            raw.execute(f"PRAGMA busy_timeout = {int(self._busy_timeout_s * 1000)}")
        return not is_busy


def _session(connection: Connection) -> Session:
    return Session(bind=connection, expire_on_commit=False)


def _select_one(session: Session) -> None:
    session.connection().execute(text("SELECT 1"))


def _run_read(unit: Unit, session: Session, raw: HeldConnection) -> None:
    try:
        raw.execute("BEGIN")
        unit.value = unit.run(session)
    except BaseException as error:  # what it raises is the caller's, whatever it is
        unit.fail(error)
    finally:
        session.close()
        if raw.in_transaction:
            raw.execute("ROLLBACK")


def _run_alone(waiting: deque[Unit | None], raw: HeldConnection) -> list[Unit]:
    unit = waiting[0]
    if unit is None or not unit.alone:
        return []
    waiting.popleft()
    try:
        unit.value = unit.fn(raw)
    except BaseException as error:  # as in _run_read
        unit.fail(error)
    return [unit]


def _fail_all(group: list[Unit], error: BaseException) -> list[Unit]:
    for unit in group:
        if unit.error is None:
            unit.fail(error)
    return group


def _run_write(unit: Unit, session: Session, raw: HeldConnection, *, shared: bool) -> None:
    try:
        if shared:
            raw.execute("SAVEPOINT unit")
        raw.was_ended = False
        unit.value = unit.run(session)
        if not raw.in_transaction:
            # Whatever the unit made of that, it must not go on: its statements would be committed one by one.
            raise RuntimeError(f"SQLite gave up the transaction of {unit.fn!r}")
        session.flush()
        if raw.was_ended:
            raise RuntimeError(f"{unit.fn!r} committed or rolled back; a unit of work does neither")
    except BaseException as error:  # as in _run_read
        unit.fail(error)
        if shared and raw.in_transaction:
            raw.execute("ROLLBACK TO unit")
    finally:
        session.close()
        if shared and raw.in_transaction:
            raw.execute("RELEASE unit")
