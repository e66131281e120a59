"""Timelines: what happened to an initiative, told in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

TOLD = 12
"""Most events of a timeline; older ones are counted."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an initiative.

    Attributes:
        at: When, aware UTC.
        sign: An emoji that says what kind of thing, never without the words.
        words: Plain text, not escaped.
        by: Slack user id of who did it, or None where nobody did.
    """

    at: datetime
    sign: str
    words: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """The last events of an initiative, oldest first, and whether there were earlier ones."""

    events: tuple[Event, ...]
    earlier: bool = False


NOTHING = Timeline(())
"""Of an initiative whose story was not asked for."""


def last_events(events: Iterable[Event], most: int = TOLD) -> Timeline:
    """Return the last of some events in order; those of one moment stay in the order given."""
    ordered = sorted(events, key=lambda event: event.at)
    return Timeline(tuple(ordered[-most:]), earlier=len(ordered) > most)
