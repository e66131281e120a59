"""Strikes: readings that were voided, by whom and why; they stay to be seen and count nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.initiative import Initiative
from bot.domain.reading import Reading


@dataclass(frozen=True, slots=True)
class Struck:
    """A reading that was struck.

    Attributes:
        reading_id: Row id.
        reading: What it said.
        at: When it was struck, aware UTC.
        by: Slack user id of who did.
        reason: Why, on one line.
    """

    reading_id: int
    reading: Reading
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class ToldStrike:
    """A reading that was struck or restored, for the thread of the initiative's post.

    Attributes:
        initiative: Whose criterion it is.
        name: The criterion's, as typed.
        unit: Of its values.
        reading: What it said.
        by: Slack user id of who did it.
        reason: Why it was struck; empty where it was restored.
    """

    initiative: Initiative
    name: str
    unit: str
    reading: Reading
    by: str
    reason: str
