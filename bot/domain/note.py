"""Notes: free feedback a person gave unasked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class NoteState(StrEnum):
    """What became of a note."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    ACTED_ON = "acted on"
    NOT_DOING = "not doing"


CLOSED = (NoteState.ACTED_ON, NoteState.NOT_DOING)
"""States in which nothing is left to do about a note."""


@dataclass(frozen=True, slots=True)
class Note:
    """Free feedback a person gave unasked.

    Attributes:
        id: Row id.
        text: As typed, decoded, not escaped.
        author_id: Slack user id.
        channel_id: Where it was typed.
        initiative_id: What it is about, or None when that is the channel alone.
        created_at: Aware UTC.
        ship_id: The ship it is about, or None.
        state: What became of it.
        moved_by: Who said so last (Slack user id), or None while it is new.
        reason: What was done, or why it is not; possibly empty.
        said_by: Slack user id of who wrote the message it keeps, empty where a program did; None for the
            author's own words.
        message_ts: The message it keeps (Slack's ts), or None where it was typed.
        permalink: Where that message stands in Slack, or empty.
    """

    id: int
    text: str
    author_id: str
    channel_id: str
    initiative_id: int | None
    created_at: datetime
    ship_id: int | None = None
    state: NoteState = NoteState.NEW
    moved_by: str | None = None
    reason: str = ""
    said_by: str | None = None
    message_ts: str | None = None
    permalink: str = ""


@dataclass(frozen=True, slots=True)
class NotesClosed:
    """How many notes were acted on or turned down, and the median time from giving one to that."""

    count: int
    median: timedelta
