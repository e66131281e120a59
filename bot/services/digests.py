"""Digests: what a schedule of many initiatives says of them together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median

from sqlmodel import Session

from bot.db.criteria import criteria_of
from bot.db.notes import closing_times
from bot.db.readings import status_changes_since
from bot.domain.criterion import Status
from bot.domain.digest import Digest, DigestEntry, worst_first
from bot.domain.initiative import Initiative
from bot.domain.note import NotesClosed
from bot.domain.post import LATE_AFTER, StatusChange
from bot.services.follow_ups import due_follow_ups
from bot.services.progress import post_of


def digest_of(
    session: Session,
    initiatives: Iterable[Initiative],
    now: datetime,
    *,
    since: datetime | None,
    planned_at: datetime | None = None,
) -> Digest:
    """Return what a digest says of some initiatives at a moment.

    Args:
        session: An open session.
        initiatives: In any order.
        now: Aware UTC.
        since: When the last digest was posted, aware UTC; what changed since then is told. None tells nothing.
        planned_at: When it should have gone out, or None when nobody planned it.
    """
    initiatives = list(initiatives)
    late_by = timedelta() if planned_at is None else now - planned_at
    return Digest(
        entries=worst_first(_entry(session, initiative, now, since) for initiative in initiatives),
        since=since,
        now=now,
        late_by=late_by if late_by > LATE_AFTER else timedelta(),
        notes=_notes(session, initiatives, since),
    )


def _notes(session: Session, initiatives: Sequence[Initiative], since: datetime | None) -> NotesClosed | None:
    waits = [] if since is None else closing_times(session, [each.id for each in initiatives], since)
    if not waits:
        return None
    return NotesClosed(len(waits), timedelta(seconds=median(wait.total_seconds() for wait in waits)))


def _entry(session: Session, initiative: Initiative, now: datetime, since: datetime | None) -> DigestEntry:
    post = post_of(session, initiative, now, since=since)
    follow_ups = due_follow_ups(session, initiative, now)
    if since is None:
        return DigestEntry(post, follow_ups=follow_ups)
    criteria = {found.row.id: found.criterion for found in criteria_of(session, initiative)}
    changes = status_changes_since(session, [row_id for row_id in criteria if row_id is not None], since)
    return DigestEntry(
        post,
        tuple(
            StatusChange(
                initiative=initiative,
                name=criteria[change.criterion_id].name,
                kind=criteria[change.criterion_id].kind,
                before=Status(change.from_status),
                after=Status(change.to_status),
                sentence=change.sentence,
            )
            for change in changes
        ),
        follow_ups,
    )
