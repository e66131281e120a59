"""Notes: free feedback a person gave unasked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
    """

    id: int
    text: str
    author_id: str
    channel_id: str
    initiative_id: int | None
    created_at: datetime
    ship_id: int | None = None
