"""Outages: which criteria broke together, and where that is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from bot.db.models import ChannelRow, CriterionRow, OutageCriterionRow, OutageRow
from bot.domain.criterion import CriterionState, Status


def find_open_outage(
    session: Session, team_id: str, channel_id: str, failure: str, *, joined_since: datetime
) -> OutageRow | None:
    """Return the outage of a channel that goes on for the same reason, or None.

    The channel's row is locked, so that of two who find none only one makes one.

    Args:
        session: The session.
        team_id: Slack workspace id.
        channel_id: Slack id of the home channel.
        failure: Why the sources can't be read, to the letter.
        joined_since: When a criterion joined it at the earliest, aware UTC.
    """
    session.get(ChannelRow, (team_id, channel_id), with_for_update=True)
    return session.exec(
        select(OutageRow)
        .where(
            col(OutageRow.team_id) == team_id,
            col(OutageRow.channel_id) == channel_id,
            col(OutageRow.failure) == failure,
            col(OutageRow.over_at).is_(None),
            col(OutageRow.joined_at) >= joined_since,
        )
        .order_by(col(OutageRow.id).desc())
        .limit(1)
    ).first()


def outage_broken(session: Session, criterion_id: int) -> tuple[OutageRow, OutageCriterionRow] | None:
    """Return the outage a criterion is in now, with its place in it, or None."""
    found = session.exec(
        select(OutageRow, OutageCriterionRow)
        .join(OutageCriterionRow, col(OutageCriterionRow.outage_id) == col(OutageRow.id))
        .where(
            col(OutageCriterionRow.criterion_id) == criterion_id,
            col(OutageCriterionRow.back_as).is_(None),
            col(OutageRow.over_at).is_(None),
        )
        .order_by(col(OutageRow.id).desc())
        .limit(1)
    ).first()
    return None if found is None else (found[0], found[1])


def criteria_of_outage(session: Session, outage_id: int) -> Sequence[OutageCriterionRow]:
    """Return the criteria of an outage in the order in which they broke."""
    return session.exec(
        select(OutageCriterionRow)
        .where(col(OutageCriterionRow.outage_id) == outage_id)
        .order_by(col(OutageCriterionRow.status_change_id))
    ).all()


def is_still_broken(session: Session, outage_id: int, *, but: int) -> bool:
    """Say whether an open criterion of an outage other than `but` can still not be read."""
    broken = (
        select(OutageCriterionRow.criterion_id)
        .join(CriterionRow, col(CriterionRow.id) == col(OutageCriterionRow.criterion_id))
        .where(
            col(OutageCriterionRow.outage_id) == outage_id,
            col(OutageCriterionRow.back_as).is_(None),
            col(OutageCriterionRow.criterion_id) != but,
            col(CriterionRow.state) == CriterionState.OPEN,
            col(CriterionRow.status) == Status.SOURCE_BROKEN,
        )
    )
    return session.exec(broken.limit(1)).first() is not None


def save_outage_message(session: Session, outage_id: int, ts: str, thread_ts: str) -> None:
    """Store where an outage is told, and whose thread takes the message that it is over."""
    row = session.get_one(OutageRow, outage_id)
    row.ts, row.thread_ts = ts, thread_ts
