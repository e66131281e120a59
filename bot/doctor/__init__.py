"""The doctor: is everything there that `loopmark run` needs, and does every source give its value?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.app import utc_now
from bot.db.criteria import Found
from bot.db.engine import open_database
from bot.db.overview import Waiting, all_criteria, waiting_messages
from bot.doctor.findings import Finding, Mark, SourceAge
from bot.doctor.machine import look_at_database, look_at_files, look_at_settings, look_at_sources
from bot.doctor.work import by_need, say_source, say_waiting
from bot.doctor.workspace import look_at_slack
from bot.settings import Settings

__all__ = ["Examination", "Finding", "Mark", "SourceAge", "examine"]


@dataclass(frozen=True, slots=True)
class Examination:
    """What the doctor found.

    Attributes:
        findings: One for each thing looked at, in order.
        sources: One for each open criterion, those that need attention first.
    """

    findings: tuple[Finding, ...]
    sources: tuple[SourceAge, ...] = ()

    @property
    def is_healthy(self) -> bool:
        """True when nothing is wrong."""
        marks = [each.mark for each in self.findings] + [each.mark for each in self.sources]
        return Mark.WRONG not in marks


async def examine(settings: Settings, *, now: Callable[[], datetime] = utc_now) -> Examination:
    """Look at everything `loopmark run` stands on, changing nothing; also while it runs.

    Args:
        settings: Checked settings; what is missing for `run` is a finding.
        now: The one clock.
    """
    findings = [*look_at_settings(settings), *look_at_files(settings), *look_at_sources()]
    sources: tuple[SourceAge, ...] = ()
    database = await asyncio.to_thread(look_at_database, settings)
    findings.append(database)
    if database.mark is Mark.RIGHT:
        waiting, criteria = await _read_overview(settings, now())
        findings.append(say_waiting(waiting, now()))
        sources = by_need([say_source(found, now()) for found in criteria])
    findings += await look_at_slack(settings, now)
    return Examination(tuple(findings), sources)


async def _read_overview(settings: Settings, now: datetime) -> tuple[Waiting, list[Found]]:
    database = open_database(settings.database_url, readers=1, writers=1)
    try:
        return await database.read(waiting_messages, now), await database.read(all_criteria)
    finally:
        await database.close()
