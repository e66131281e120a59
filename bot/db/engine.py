"""The database an address names, as units of work: one hop onto a database thread each."""

from __future__ import annotations

from bot.db.postgres import PostgresDatabase, missing_driver
from bot.db.sqlite import SqliteDatabase
from bot.errors import ConfigError

__all__ = ["PostgresDatabase", "SqliteDatabase", "open_database"]


def open_database(
    url: str, *, readers: int | None = None, writers: int | None = None
) -> SqliteDatabase | PostgresDatabase:
    """Start the database threads; nothing is connected before the first unit of work.

    Args:
        url: As in ``Settings.database_url``: ``sqlite:///FILE`` or ``postgresql+psycopg://…``.
        readers: Threads for reads; None means 3 on SQLite and 4 on PostgreSQL.
        writers: Threads for writes on PostgreSQL, None means 4; SQLite always has one.

    Raises:
        ConfigError: the driver for PostgreSQL is not installed.
    """
    if url.startswith("sqlite"):
        return SqliteDatabase(url, readers=readers or 3)
    try:
        return PostgresDatabase(url, readers=readers or 4, writers=writers or 4)
    except ModuleNotFoundError as error:
        raise ConfigError([missing_driver(error)]) from error
