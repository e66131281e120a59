"""Outages: criteria whose sources break together are told as one, and as one when they are back."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from bot.db.models import OutageCriterionRow, OutageRow, StatusChangeRow
from bot.db.outages import criteria_of_outage, find_open_outage, is_still_broken, outage_broken
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.redraws import ask_redraw
from bot.domain.criterion import Status
from bot.domain.outage import TOGETHER


def join_outage(
    session: Session, change: StatusChangeRow, change_id: int, channel_id: str, failure: str, now: datetime
) -> None:
    """Tell that a source broke: with those that broke before it for the same reason, or as the first of them.

    Args:
        session: The session of the unit of work that also writes the status change.
        change: To source_broken.
        change_id: Its row id.
        channel_id: Slack id of the home channel.
        failure: Why it can't be read, one plain sentence that names the host.
        now: Aware UTC.
    """
    outage = find_open_outage(session, change.team_id, channel_id, failure, joined_since=now - TOGETHER)
    if outage is None:
        outage = OutageRow(
            team_id=change.team_id, channel_id=channel_id, failure=failure, began_at=now, joined_at=now
        )
        session.add(outage)
        session.flush()
        add_to_outbox(
            session,
            team_id=change.team_id,
            key=f"outage:{outage.id}",
            kind=OutboxKind.OUTAGE,
            channel_id=channel_id,
            facts={"outage_id": outage.id},
            now=now,
        )
    else:
        outage.joined_at = now
        ask_redraw(outage, now)
    assert outage.id is not None
    session.merge(
        OutageCriterionRow(
            outage_id=outage.id,
            criterion_id=change.criterion_id,
            status_change_id=change_id,
            back_as=None,
        )
    )


def leave_outage(session: Session, criterion_id: int, status: Status, now: datetime) -> bool:
    """Note that a criterion can be read again, and once all can, have that told in one message.

    Args:
        session: The session of the unit of work that also writes the status change.
        criterion_id: Row id.
        status: What it is now.
        now: Aware UTC.

    Returns:
        Whether that message says all there is to say of it: it stands as it did before, and did not break alone.
    """
    found = outage_broken(session, criterion_id)
    if found is None:
        return False
    outage, place = found
    place.back_as = status
    session.flush()
    assert outage.id is not None
    together = len(criteria_of_outage(session, outage.id)) > 1
    if not is_still_broken(session, outage.id, but=criterion_id):
        outage.over_at = now
        if together:
            ask_redraw(outage, now)
            add_to_outbox(
                session,
                team_id=outage.team_id,
                key=f"outage:{outage.id}:over",
                kind=OutboxKind.OUTAGE_OVER,
                channel_id=outage.channel_id,
                facts={"outage_id": outage.id},
                now=now,
            )
    before = session.get_one(StatusChangeRow, place.status_change_id).from_status
    return together and before == status
