"""Outages: sources that failed in the same way at about the same time, told as one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.initiative import Initiative
from bot.domain.post import StatusChange

TOGETHER = timedelta(minutes=10)
"""A criterion joins an outage that another one joined at most this long before (product.md, "one outage")."""


@dataclass(frozen=True, slots=True)
class Outage:
    """Criteria of one home channel whose sources broke together, for the same reason.

    Attributes:
        failure: Why they can't be read, one plain sentence that names the host.
        changes: How each of them became broken, in the order in which they did.
        lasted: From the first one to the last one that could be read again, or None while it goes on.
        otherwise: How many of those that are read again stand otherwise than before.
    """

    failure: str
    changes: tuple[StatusChange, ...]
    lasted: timedelta | None = None
    otherwise: int = 0

    @property
    def initiative(self) -> Initiative | None:
        """The initiative they all belong to, or None when there are several."""
        ids = {change.initiative.id for change in self.changes}
        return self.changes[0].initiative if len(ids) == 1 else None
