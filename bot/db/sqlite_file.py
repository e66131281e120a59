"""The SQLite file an address names, and connections to it that keep the house rules."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import NullPool

SWITCH_WAIT_S = 0.02
"""Between two tries to switch a file to a write-ahead log."""


class HeldConnection(sqlite3.Connection):
    """A connection whose transactions are begun and ended in SQL by the thread that holds it.

    SQLAlchemy calls commit and rollback on its own; they do nothing but note that they were called.
    """

    was_ended = False

    def commit(self) -> None:
        """Note that someone wanted to end the transaction."""
        self.was_ended = True

    def rollback(self) -> None:
        """Note that someone wanted to end the transaction."""
        self.was_ended = True


def sqlite_file(url: str) -> Path:
    """Return the file a ``sqlite:///`` address names."""
    return Path(make_url(url).database or "")


def make_folder(file: Path) -> None:
    """Make the folder a database file stands in, readable by its owner only if it has to be made."""
    if not file.parent.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def make_file(file: Path) -> None:
    """Make a database file and its folder, readable by their owner only; what is there is left as it is.

    SQLite gives the files beside it (``-wal``, ``-shm``) the same mode.
    """
    make_folder(file)
    file.touch(mode=0o600, exist_ok=True)


def sqlite_engine(
    url: str, *, read_only: bool = False, busy_timeout_s: float = 5.0, foreign_keys: bool = True
) -> Engine:
    """Return an engine whose connections keep the house rules and leave transactions to their holder.

    Args:
        url: ``sqlite:///FILE``.
        read_only: Refuse every write.
        busy_timeout_s: How long a statement waits for another process.
        foreign_keys: Enforced; only a migration that rebuilds a table turns it off.
    """
    engine = create_engine(
        url,
        poolclass=NullPool,
        # What people wrote must not get into a log by way of an error's message.
        hide_parameters=True,
        connect_args={
            "factory": HeldConnection,
            "isolation_level": None,
            "timeout": busy_timeout_s,
            "cached_statements": 256,
        },
    )

    @event.listens_for(engine, "connect")
    def keep_the_rules(connection: sqlite3.Connection, _record: object) -> None:
        _switch_to_wal(connection, busy_timeout_s)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = ON")
        # Sorting must not leave answers in temporary files.
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        connection.execute(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")

    return engine


def _switch_to_wal(connection: sqlite3.Connection, busy_timeout_s: float) -> None:
    """Have the file keep a write-ahead log; another process that switches it at this moment is waited for.

    For this statement SQLite does not wait by itself: it says "database is locked" at once.
    """
    until = time.monotonic() + busy_timeout_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
            time.sleep(SWITCH_WAIT_S)
        else:
            return


@contextmanager
def held(engine: Engine) -> Iterator[tuple[Connection, HeldConnection]]:
    """Open a connection for as long as the block lasts, with the driver's own one beside it."""
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, HeldConnection)
        yield connection, raw
