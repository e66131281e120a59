"""Reading one criterion from the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.app import open_deps, utc_now
from bot.db.criteria import Found
from bot.db.migrate import pending
from bot.db.overview import all_criteria
from bot.domain.criterion import BROUGHT, SourceKind
from bot.domain.names import fold, nearest
from bot.errors import ConfigError, UserError
from bot.services.lines import line_of_found
from bot.services.polling import Checked, poll_now
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Polled:
    """What reading one criterion came to, in words, and whether it failed."""

    words: str
    failed: bool


async def poll_by_name(settings: Settings, name: str, *, now: Callable[[], datetime] = utc_now) -> Polled:
    """Read one criterion through the use case the bot itself uses; asks Slack nothing.

    Args:
        settings: Checked settings; no token is needed.
        name: The criterion's, or ``#`` and its row id.
        now: The one clock.

    Raises:
        ConfigError: the database can't be used or has an old schema.
        UserError: none fits (with the nearest names), several do (with their ids), or it is set by hand.
    """
    if await asyncio.to_thread(pending, settings.database_url):
        raise ConfigError(
            ["the database has an old schema, or is not there yet: run `loopmark migrate` first"]
        )
    async with open_deps(settings, now=now, asks_slack=False) as (deps, _, _):
        found = _pick(await deps.database.read(all_criteria), name)
        if found.criterion.source.kind in BROUGHT:
            how = "set by hand" if found.criterion.source.kind == SourceKind.MANUAL else "pushed by a program"
            raise UserError(f"“{found.row.name}” is {how}: /criteria set in Slack gives its value, too.")
        outcome = await poll_now(replace(deps, team_id=found.row.team_id), found.criterion.id)
        return _say(found, outcome, now())


def _pick(criteria: Sequence[Found], name: str) -> Found:
    number = name.removeprefix("#")
    if name.startswith("#") and number.isdecimal():
        matches = [found for found in criteria if found.row.id == int(number)]
    else:
        matches = [found for found in criteria if fold(found.row.name) == fold(name)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        rows = [
            f"  loopmark poll '#{found.row.id}'   {found.row.name} · {found.initiative.name}"
            + (f" · #{found.initiative.channel_name}" if found.initiative.channel_name else "")
            for found in matches
        ]
        raise UserError("\n".join([f"More than one criterion is called “{name}”:", *rows]))
    near = nearest(name, [found.row.name for found in criteria])
    meant = " or ".join(f"“{candidate}”" for candidate in near)
    hint = f"Did you mean {meant}?" if near else "`loopmark check` lists them all."
    raise UserError(f"There is no criterion “{name}”. {hint}")


def _say(found: Found, outcome: Checked | None, now: datetime) -> Polled:
    if outcome is None:
        words = f"{found.row.name} is being read at this moment; it is read again right after."
        return Polled(words, failed=True)
    line = line_of_found(outcome.found, now)
    if outcome.failure:
        return Polled(f"{line.name} could not be read: {outcome.failure}\n{line.sentence}", failed=True)
    return Polled(f"{line.name}: {line.value}, {line.words}\n{line.sentence}", failed=False)
