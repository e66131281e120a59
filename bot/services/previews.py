"""Previews: a criterion that is being added, judged as if it were saved, now and on readings there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.db.criteria import to_criterion
from bot.db.history import changes_within, criteria_with_source, readings_within
from bot.deps import Deps
from bot.domain.criterion import Criterion, Status
from bot.domain.preview import Preview, Replayed
from bot.domain.reading import Origin, Reading
from bot.domain.replay import as_if_since, replay
from bot.domain.status import assess
from bot.services.adding import Proposal, find_source, new_row
from bot.services.editing import edited_criterion

REPLAYED = timedelta(days=30)
"""How far back readings are judged anew."""

READINGS = 2_000
"""Most readings that are judged anew; 13 ms for as many, measured."""

CHANGES = 200


def make_preview(session: Session, proposal: Proposal, deps: Deps) -> Preview:
    """Return what a proposed criterion would show, whose source was read.

    Its history are the readings that another criterion of the same initiative, archived ones too, has of the
    same source: whoever adds a criterion anew to change it sees what the change would have meant.
    """
    assert proposal.value is not None, "its source was read"
    assert proposal.value_at is not None, "its source was read"
    now = deps.now()
    if proposal.criterion_id is None:
        criterion = planned(proposal, deps, now)
    else:
        criterion = edited_criterion(session, proposal, deps, now)
    reading = Reading(at=proposal.value_at, value=proposal.value, origin=Origin.ASKED)
    return Preview(
        criterion=criterion,
        reading=reading,
        report=assess(criterion, [reading], now),
        now=now,
        replayed=_replay_like(session, criterion, proposal.actor.team_id, now),
    )


def planned(proposal: Proposal, deps: Deps, now: datetime) -> Criterion:
    """Return a proposed criterion as it would be saved now; its row id is 0."""
    source = find_source(deps, proposal.request.source.kind)
    row = new_row(proposal.actor, proposal.request, proposal.initiative, source, now)
    row.id = 0
    return to_criterion(row, proposal.initiative)


def _replay_like(session: Session, criterion: Criterion, team_id: str, now: datetime) -> Replayed | None:
    start, end = now - REPLAYED, now + timedelta(microseconds=1)
    for criterion_id in criteria_with_source(session, team_id, criterion.initiative_id, criterion.source):
        readings = readings_within(session, criterion_id, start, end, most=READINGS)
        if len(readings) > 1:
            outages = [
                at
                for at, _, to, _ in changes_within(session, criterion_id, start, end, most=CHANGES)
                if to is Status.SOURCE_BROKEN
            ]
            return replay_readings(criterion, readings, now, outages[::-1])
    return None


def replay_readings(
    criterion: Criterion, readings: Sequence[Reading], now: datetime, outages: Sequence[datetime] = ()
) -> Replayed:
    """Return what a criterion would have done on readings of its source, had it been there since the first.

    Args:
        criterion: As it would be; a due date that is over ends the replay.
        readings: At least one, ascending, none later than ``now``.
        now: Aware UTC.
        outages: When its source was found broken, ascending.
    """
    first_at = readings[0].at
    course = replay(as_if_since(criterion, first_at), readings, now, outages=outages)
    return Replayed(changes=max(0, len(course) - 1), readings=len(readings), over=now - first_at)
