"""Initiatives: a piece of work with one stated outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class InitiativeState(StrEnum):
    """Whether work goes on."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Initiative:
    """A piece of work with one stated outcome, an owner, a home channel, a zone, a start and an end date.

    Attributes:
        id: Row id.
        name: As typed, not escaped.
        outcome: What will be different for users, one sentence, or empty.
        owner_id: Slack user id.
        channel_id: Home channel, Slack id.
        channel_name: Its name when last seen, without ``#``, possibly empty.
        private: True when the home channel is private (then it is visible only there and to its owner).
        zone: IANA zone its dates are read in.
        starts_on: First day, in ``zone``.
        ends_on: Last day, in ``zone``.
        state: Open or closed.
        created_at: Aware UTC.
        broadcasts: True when its status changes are shown in the channel, not in the thread alone.
        check_ins: When owners of its criteria are reminded to check in, as `formatting.format_every` writes a
            rhythm; empty for never.
    """

    id: int
    name: str
    outcome: str
    owner_id: str
    channel_id: str
    channel_name: str
    private: bool
    zone: str
    starts_on: date
    ends_on: date
    state: InitiativeState
    created_at: datetime
    broadcasts: bool = False
    check_ins: str = "every Mon 10:00"
