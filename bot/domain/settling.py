"""Settling: which status a row of single verdicts adds up to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.criterion import Status

JUDGED = frozenset({Status.ON_PACE, Status.BEHIND, Status.MET, Status.MISSED})
"""The statuses a reading can speak for; the others come from time and from failures."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What the readings so far add up to.

    Attributes:
        status: One of the four judged statuses.
        since: When it was settled (the reading that made it so), aware UTC.
        latest: What the last reading alone says.
        agreeing: How many readings in a row, the last one included, say ``latest``.
    """

    status: Status
    since: datetime
    latest: Status
    agreeing: int


def settle(
    verdicts: Iterable[tuple[datetime, Status]],
    needed: int,
    *,
    outage_after: timedelta,
    outages: Sequence[datetime] = (),
    former: Status | None = None,
    former_since: datetime | None = None,
) -> Settled | None:
    """Return the status that verdicts add up to: the first one counts, later ones need N in a row.

    An outage between two readings ends a row: the first reading after it brings the former status
    back and counts as one (product.md, "Status").

    Args:
        verdicts: Each reading's moment and what it says alone, ascending.
        needed: N, at least 1.
        outage_after: A longer time between two readings is an outage (the value was stale).
        outages: Moments at which the source was found broken, in any order.
        former: Judged status settled earlier, when the readings before ``verdicts`` were left out. The one
            settled after all of them does as well: any N in a row among ``verdicts`` decide anew.
        former_since: Since when ``former`` held.

    Returns:
        None without verdicts.
    """
    settled = None
    for settled in settle_each(  # noqa: B007  (the last one is the result)
        verdicts,
        needed,
        outage_after=outage_after,
        outages=outages,
        former=former,
        former_since=former_since,
    ):
        pass
    return settled


def settle_each(
    verdicts: Iterable[tuple[datetime, Status]],
    needed: int,
    *,
    outage_after: timedelta,
    outages: Sequence[datetime] = (),
    former: Status | None = None,
    former_since: datetime | None = None,
) -> Iterator[Settled]:
    """Yield after each verdict what `settle` says of it and all before it; same arguments."""
    status = former if former in JUDGED else None
    since = former_since
    latest: Status | None = None
    before: datetime | None = None
    agreeing = 0
    for at, verdict in verdicts:
        joined = before is not None and at - before <= outage_after and not _lies_between(outages, before, at)
        agreeing = agreeing + 1 if joined and verdict is latest else 1
        if status is None or (verdict is not status and agreeing >= needed):
            status, since = verdict, at
        since = since or at
        latest, before = verdict, at
        yield Settled(status, since, latest, agreeing)


def _lies_between(outages: Sequence[datetime], before: datetime, at: datetime) -> bool:
    return any(before < outage <= at for outage in outages)
