"""What whoever runs the workspace may give the page: a clock to turn, and what to try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class ClockState:
    """Where the workspace's clock stands.

    Attributes:
        now: Its time, aware UTC.
        rate: Seconds that pass there during one real second.
        next_at: What `jump` goes to, aware UTC, or None.
        next_what: What that is, in words (``the weekly progress post``), or empty.
        busy: What is being done to it now, in words, or empty.
    """

    now: datetime
    rate: float
    next_at: datetime | None = None
    next_what: str = ""
    busy: str = ""


class ClockControl(Protocol):
    """A clock that can be turned from the page."""

    def state(self) -> ClockState:
        """Return where it stands."""
        ...

    async def jump(self) -> None:
        """Go to the next thing on it, and return when what is due there was done.

        Raises:
            LookupError: there is nothing to go to; one sentence.
        """
        ...

    def set_rate(self, rate: float) -> None:
        """Let it run at this many seconds a real second; 1 is real time."""
        ...


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One thing worth trying.

    Attributes:
        id: Names it.
        title: A few words.
        text: mrkdwn.
        done: True once it happened, whoever did it.
        go: Where it is done: ``channel`` (id), ``command`` (typed for the person) or ``home`` (true).
    """

    id: str
    title: str
    text: str
    done: bool
    go: Mapping[str, Any] = field(default_factory=dict)
