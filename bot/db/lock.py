"""The lock file beside a SQLite file: only one `loopmark run` uses the file at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from bot.db.sqlite_file import make_folder, sqlite_file
from bot.errors import ConfigError


@contextmanager
def hold_lock(url: str) -> Iterator[None]:
    """Hold ``<file>.lock`` for as long as the block lasts, or the process, however it ends.

    SQLite itself lets several processes write; what must not happen twice is the clock that reads and posts.
    Other commands don't take the lock. On PostgreSQL there is nothing to hold.

    Args:
        url: As in ``Settings.database_url``; the file need not exist yet.

    Raises:
        ConfigError: another process holds it; with its number and what to do.
    """
    if not url.startswith("sqlite"):
        yield
        return
    file = sqlite_file(url)
    make_folder(file)
    # Opened without emptying it: what the holder wrote is needed when the lock is refused. Never removed
    # either, or two processes could hold two files of the same name.
    number = os.open(file.with_name(file.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(number, "r+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = lock.read().strip() or "unknown"
            raise ConfigError(
                [
                    f"{file} is in use by another `loopmark run` (process {holder}): "
                    "stop that one, or give this one another file with DATABASE_URL"
                ]
            ) from None
        lock.truncate()
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield
