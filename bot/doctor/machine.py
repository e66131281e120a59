"""This machine: settings, files and the database."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.db.migrate import pending
from bot.db.sqlite_file import sqlite_file
from bot.doctor.findings import Finding, Mark
from bot.errors import ConfigError
from bot.seal import KEY_FILE, load_secret_key
from bot.settings import SLACK_API_URL, Settings, missing_for_run
from bot.sources.table import load_sources, make_sources


def look_at_settings(settings: Settings) -> list[Finding]:
    """Say whether `loopmark run` has the settings it needs, and how Slack reaches it."""
    missing = missing_for_run(settings)
    if missing:
        return [Finding(Mark.WRONG, "settings", line) for line in missing]
    if settings.uses_sockets:
        found = [Finding(Mark.RIGHT, "settings", "Socket Mode; no public address is needed")]
    elif settings.public_url is None:
        found = [
            Finding(
                Mark.WRONG,
                "settings",
                "HTTP mode without LOOPMARK_PUBLIC_URL",
                "set it to the address Slack reaches this machine at, or use Socket Mode (SLACK_APP_TOKEN)",
            )
        ]
    else:
        found = [Finding(Mark.RIGHT, "settings", f"HTTP mode at {settings.public_url}")]
    if settings.slack_api_url != SLACK_API_URL:
        words = f"SLACK_API_URL is {settings.slack_api_url}, not Slack's own"
        found.append(Finding(Mark.NOTE, "settings", words))
    return found


def look_at_sources() -> list[Finding]:
    """Say which sources of other packages are used, and why one is not; nothing where there are none."""
    loaded = load_sources()
    added = sorted(set(loaded.sources) - set(make_sources()))
    found = [
        Finding(Mark.WRONG, "sources", problem, "mend or uninstall the package")
        for problem in loaded.problems
    ]
    if added:
        found.append(Finding(Mark.RIGHT, "sources", f"brought by packages: {', '.join(added)}"))
    return found


def look_at_files(settings: Settings) -> list[Finding]:
    """Say whether the secret key and the SQLite file are there, usable, and this user's alone."""
    found = []
    if settings.secret_key is None:
        found.append(_look_at_secret_file(settings))
    else:
        found.append(_try_secret(settings, "LOOPMARK_SECRET_KEY is set"))
    if settings.is_sqlite:
        file = sqlite_file(settings.database_url)
        if file.exists() and (problem := _private_file_problem(file)) is not None:
            found.append(Finding(Mark.WRONG, "file", *problem))
    return found


def _look_at_secret_file(settings: Settings) -> Finding:
    file = settings.data_dir / KEY_FILE
    if not file.exists():
        return Finding(Mark.NOTE, "secret key", f"{file} is not there yet", "`loopmark run` makes it")
    problem = _private_file_problem(file)
    if problem is not None:
        return Finding(Mark.WRONG, "secret key", *problem)
    return _try_secret(settings, f"{file}; keep a copy apart from the database's")


def _try_secret(settings: Settings, words: str) -> Finding:
    try:
        load_secret_key(settings)
    except ConfigError as error:
        return Finding(Mark.WRONG, "secret key", "; ".join(error.problems))
    return Finding(Mark.RIGHT, "secret key", words)


def _private_file_problem(file: Path) -> tuple[str, str] | None:
    """Return what is wrong with the permissions of a file that only Loopmark should use, and what to do."""
    if not os.access(file, os.R_OK | os.W_OK) or not os.access(file.parent, os.W_OK | os.X_OK):
        words = f"{file} can't be read and written by this user"
        return words, f"give it and its folder to this user (chown {file})"
    mode = file.stat().st_mode & 0o777
    if mode & 0o077 and file.parent.stat().st_mode & 0o011:
        return f"{file} can be opened by other users of this machine (mode {mode:o})", f"chmod 600 {file}"
    return None


def look_at_database(settings: Settings) -> Finding:
    """Say whether the database answers and has today's tables; makes and changes nothing."""
    if settings.is_sqlite and not sqlite_file(settings.database_url).exists():
        file = sqlite_file(settings.database_url)
        return Finding(Mark.NOTE, "database", f"{file} is not there yet", "`loopmark run` makes it")
    try:
        missing = pending(settings.database_url)
    except ConfigError as error:
        return Finding(Mark.WRONG, "database", "; ".join(error.problems))
    except SQLAlchemyError as error:
        return Finding(Mark.WRONG, "database", f"it does not answer: {str(error).splitlines()[0]}")
    if not missing:
        return Finding(Mark.RIGHT, "database", "it answers and is up to date")
    words = f"{len(missing)} pending: {', '.join(missing)}"
    if settings.is_sqlite:
        next_step = "the next `loopmark run` makes them, or `loopmark migrate` now"
        return Finding(Mark.NOTE, "migrations", words, next_step)
    return Finding(Mark.WRONG, "migrations", words, "`loopmark migrate`")
