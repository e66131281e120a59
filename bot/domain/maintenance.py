"""Maintenance: hosts that are worked on, whose criteria are neither read nor judged for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A host that is worked on.

    Attributes:
        host: Lower case, without a port.
        until: When its criteria are read and judged again, aware UTC.
        by_user_id: Who said so.
    """

    host: str
    until: datetime
    by_user_id: str
