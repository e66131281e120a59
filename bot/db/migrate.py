"""Migrations: numbered files that bring any older database to today's tables, on SQLite and PostgreSQL.

To add one, change bot/db/models/ and run::

    python -m bot.db.migrate new "add lease"

which writes ``bot/db/migrations/versions/0002_add_lease.py`` from the difference between the last migration
and the models. Read it, mend what it could not know (data to be moved), and run the tests in tests/db:
they check on both databases that the last migration gives exactly what the models say.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import OperationalError

from bot.db.postgres import missing_driver, postgres_engine
from bot.db.sqlite_file import HeldConnection, make_file, sqlite_engine, sqlite_file
from bot.errors import ConfigError

MIGRATIONS = Path(__file__).parent / "migrations"

ADVISORY_LOCK = 0x100B3A2B
"""Any number; while one migration holds it, PostgreSQL makes a second one wait."""


def upgrade(url: str) -> list[str]:
    """Bring the database to today's tables, making the SQLite file and its folder if there is none.

    All migrations are one transaction: when one of them fails, none was made.

    Args:
        url: As in ``Settings.database_url``.

    Returns:
        The migrations that were made, oldest first (``0001_create_tables``).

    Raises:
        ConfigError: the database can't be used, or was made by a newer Loopmark.
    """
    if _is_sqlite(url):
        make_file(sqlite_file(url))
    with _transaction(url) as connection:
        missing = _pending(connection)
        if missing:
            command.upgrade(_config(connection), "head")
    return missing


WAIT_S = 60.0
"""How long a migration waits for another process that is making it, on SQLite."""


def pending(url: str) -> list[str]:
    """Return the migrations the database lacks, oldest first; nothing is made or changed.

    Raises:
        ConfigError: as for `upgrade`.
    """
    if _is_missing(url):
        return _history()
    with _connected(url) as connection:
        return _pending(connection)


def current(url: str) -> str | None:
    """Return the last migration that was made (``0001_create_tables``), or None when none was.

    Raises:
        ConfigError: as for `upgrade`.
    """
    made = len(_history()) - len(pending(url))
    return _history()[made - 1] if made else None


def new(message: str) -> Path:
    """Write the next migration from the difference between the last one and the models.

    Args:
        message: A verb and what it is done to; becomes the file's name.

    Returns:
        The file, to be read and mended.
    """
    number = f"{len(_history()) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/empty.db"
        upgrade(url)
        with _connected(url) as connection:
            made = command.revision(_config(connection), message, rev_id=number, autogenerate=True)
    assert isinstance(made, Script)
    file = Path(made.path)
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.lstrip().startswith("# ###")), "utf-8")
    return file


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    # ConfigParser takes % for the beginning of a name.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _history() -> list[str]:
    """Name every migration there is, oldest first."""
    scripts = ScriptDirectory.from_config(_config()).walk_revisions()
    return [Path(script.path).stem for script in scripts][::-1]


def _pending(connection: Connection) -> list[str]:
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return _history()
    names = _history()
    numbers = [name.partition("_")[0] for name in names]
    if revision not in numbers:
        raise ConfigError([f"a newer Loopmark made this database (migration {revision}): update Loopmark"])
    return names[numbers.index(revision) + 1 :]


def _is_sqlite(url: str) -> bool:
    return url.startswith("sqlite")


def _is_missing(url: str) -> bool:
    # Connecting would make the file.
    return _is_sqlite(url) and not sqlite_file(url).exists()


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    try:
        # To make a table anew is to drop it, which with foreign keys on deletes what refers to its rows.
        engine = (
            sqlite_engine(url, foreign_keys=False, busy_timeout_s=WAIT_S)
            if _is_sqlite(url)
            else postgres_engine(url)
        )
        with engine.connect() as connection:
            yield connection
    except ModuleNotFoundError as error:
        raise ConfigError([missing_driver(error)]) from error
    except OperationalError as error:
        shown = make_url(url).render_as_string(hide_password=True)
        raise ConfigError([f"DATABASE_URL {shown} can't be used: {_first_line(error)}"]) from error


@contextmanager
def _transaction(url: str) -> Iterator[Connection]:
    with _connected(url) as connection:
        raw = connection.connection.dbapi_connection
        if not isinstance(raw, HeldConnection):
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ADVISORY_LOCK})
                yield connection
            return
        raw.execute("BEGIN IMMEDIATE")
        with connection.begin():
            yield connection
        broken = raw.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise ConfigError(
                [f"no migration was made: rows of {broken[0]} refer to missing rows of {broken[2]}"]
            )
        raw.execute("COMMIT")


def _first_line(error: OperationalError) -> str:
    return str(error.orig).strip().splitlines()[0]


def main() -> None:
    """Write the next migration: ``python -m bot.db.migrate new "add lease"``."""
    match sys.argv[1:]:
        case ["new", message]:
            sys.stdout.write(f"{new(message)}\n")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
