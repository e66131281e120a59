"""Digests: what one message says of many initiatives, the ones that need attention first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.criterion import CriterionState, Status
from bot.domain.follow_up import FollowUpView
from bot.domain.note import NotesClosed
from bot.domain.post import ProgressPost, StatusChange
from bot.domain.standing import Standing

_NEED = frozenset({Status.MISSED, Status.BEHIND, Status.SOURCE_BROKEN, Status.STALE, Status.NO_DATA})


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """One initiative of a digest.

    Attributes:
        post: What a progress post would say of it.
        changes: The status changes since the last digest, oldest first.
        follow_ups: Those overdue or due soon, the earliest first.
    """

    post: ProgressPost
    changes: tuple[StatusChange, ...] = ()
    follow_ups: tuple[FollowUpView, ...] = ()

    @property
    def needing(self) -> int:
        """How many of its criteria need attention."""
        return sum(needs_attention(each.line.standing) for each in self.post.lines)


@dataclass(frozen=True, slots=True)
class Digest:
    """What a digest says.

    Attributes:
        entries: Its initiatives, those that need attention first.
        since: When the last one was posted, aware UTC, or None for the first.
        now: The moment it is made for, aware UTC.
        late_by: How long after its planned time it goes out; zero unless that is worth saying.
        missed: The runs it stands for besides its own, in words; empty where there are none.
        notes: The notes on its initiatives that were closed since then, or None where there are none.
    """

    entries: tuple[DigestEntry, ...]
    since: datetime | None
    now: datetime
    late_by: timedelta = timedelta()
    missed: str = ""
    notes: NotesClosed | None = None

    @property
    def needing(self) -> int:
        """How many initiatives need attention."""
        return sum(each.needing > 0 for each in self.entries)


def needs_attention(standing: Standing) -> bool:
    """Say whether a criterion needs somebody's attention: it is open, and missed, behind or without a fresh value."""
    return standing.state is CriterionState.OPEN and standing.status in _NEED


def worst_first(entries: Iterable[DigestEntry]) -> tuple[DigestEntry, ...]:
    """Return initiatives by their worst criterion, then by how many need attention, then by name."""
    return tuple(sorted(entries, key=_need))


def _need(entry: DigestEntry) -> tuple[int, int, str]:
    standing = entry.post.standing
    rank = len(Status) * 2 if standing is None else standing.rank
    return rank, -entry.needing, entry.post.initiative.name.casefold()
