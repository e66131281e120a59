"""Readings: one value of a source at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Origin(StrEnum):
    """What caused a reading."""

    SCHEDULED = "scheduled"
    ASKED = "asked"  # `check`, the button, the CLI, the first reading
    MANUAL = "manual"  # `set`
    PUSHED = "pushed"  # a program, with a token


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a source at one moment, with where it came from.

    Attributes:
        at: When the value held: the moment the answer came, or when a person set it. Aware UTC.
        value: In the metric's own unit.
        origin: What caused it.
        by: Slack user id for ``manual``, else None.
        note: What the person or program wrote beside it, or empty.
    """

    at: datetime
    value: Decimal
    origin: Origin = Origin.SCHEDULED
    by: str | None = None
    note: str = ""
