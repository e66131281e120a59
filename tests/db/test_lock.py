from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.db.engine import SqliteDatabase
from bot.db.lock import hold_lock
from bot.db.models import CounterRow
from bot.errors import ConfigError


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/data/loopmark.db"


def take(url: str) -> None:
    with hold_lock(url):
        pass


def test_only_one_process_holds_the_lock(url: str) -> None:
    with (
        hold_lock(url),
        pytest.raises(
            ConfigError, match=rf"loopmark\.db is in use by .*\(process {os.getpid()}\): stop that one"
        ),
    ):
        take(url)


def test_the_lock_can_be_taken_again_once_it_was_let_go(url: str) -> None:
    take(url)
    take(url)


def test_the_lock_goes_with_the_process_that_held_it(url: str) -> None:
    code = (
        "import sys; from bot.db.lock import hold_lock\n"
        "with hold_lock(sys.argv[1]):\n    print('held', flush=True); sys.stdin.read()"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", code, url], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(ConfigError, match=rf"process {other.pid}\b"):
            take(url)
        other.kill()
    take(url)


def test_the_number_in_the_lock_file_is_the_holders_alone(url: str, tmp_path: Path) -> None:
    lock = tmp_path / "data" / "loopmark.db.lock"
    lock.parent.mkdir()
    lock.write_text("123456789012345678901234567890\n")
    with hold_lock(url):
        assert lock.read_text() == f"{os.getpid()}\n"


async def test_others_may_use_the_database_meanwhile(sqlite_url: str) -> None:
    with hold_lock(sqlite_url):
        guest = SqliteDatabase(sqlite_url)
        await guest.write(lambda session: session.add(CounterRow(team_id="T1", what="prompt", last=1)))
        await guest.close()


def test_on_postgresql_there_is_nothing_to_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with hold_lock("postgresql+psycopg://localhost/loopmark"):
        take("postgresql+psycopg://localhost/loopmark")
    assert list(tmp_path.iterdir()) == []
