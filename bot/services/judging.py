"""Judging: what a criterion's readings mean now is written once, together with the fact that it changed."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from bot.db.criteria import Found, to_health
from bot.db.initiatives import find_initiative_by_id
from bot.db.models import CriterionRow, StatusChangeRow
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.polls import changed_by_time
from bot.db.readings import JUDGED, add_status_change, breaks_since, last_readings, readings_around
from bot.deps import Deps
from bot.domain.criterion import Status, StatusReport
from bot.domain.status import assess, due_end
from bot.domain.timing import next_change_by_time

SETTLED = {Status.ON_PACE, Status.BEHIND, Status.MET, Status.MISSED}
JUDGED_AT_ONCE = 100


def judge(session: Session, found: Found, now: datetime, *, silently: bool = False) -> StatusReport:
    """Write what the readings mean now to the criterion's row, and a status change as a fact.

    The fact, and the message in the home channel it causes, are written in the session's transaction.

    Args:
        session: The session of the unit of work that changed something, with the row attached to it.
        found: The criterion; its row is updated.
        now: Aware UTC.
        silently: True for a criterion that is just being created: its first status is no change.
    """
    row = found.row
    assert row.id is not None
    due_at = due_end(found.criterion)
    if due_at is not None and now >= due_at:
        readings = readings_around(session, row.id, due_at)
    else:
        # With the settled status known, the newest readings that could overturn it are enough.
        readings = last_readings(session, row.id, row.readings_needed + 1 if row.settled else JUDGED)
    if row.baseline is None and readings:
        row.baseline = readings[0].value
    report = assess(
        found.criterion,
        readings,
        now,
        health=to_health(row),
        former=Status(row.settled) if row.settled else None,
        former_since=row.settled_since,
        outages=breaks_since(session, row.id, readings[0].at) if readings else (),
    )
    before = Status(row.status)
    if report.status is not before and not silently:
        change_id = add_status_change(
            session,
            StatusChangeRow(
                team_id=row.team_id,
                criterion_id=row.id,
                at=now,
                from_status=before,
                to_status=report.status,
                sentence=report.sentence,
                value=report.value,
            ),
        )
        add_to_outbox(
            session,
            team_id=row.team_id,
            key=f"change:{change_id}",
            kind=OutboxKind.STATUS_REPLY,
            channel_id=found.initiative.channel_id,
            facts={"status_change_id": change_id},
            now=now,
        )
    if report.status is not before or row.status_since is None:
        row.status_since = report.since or now
    row.status = report.status
    if report.status in SETTLED and report.status != row.settled:
        row.settled, row.settled_since = report.status, report.since or now
    row.sentence = report.sentence
    row.progress = report.progress
    row.value = report.value
    row.value_at = report.value_at
    row.frozen = report.frozen
    row.judge_at = next_change_by_time(found.criterion, report, now)
    if report.no_verdict and not row.no_verdict_asked:
        row.no_verdict_asked = True
        add_to_outbox(
            session,
            team_id=row.team_id,
            key=f"verdict:{row.id}",
            kind=OutboxKind.VERDICT_ASKED,
            channel_id=row.owner_id,
            facts={"criterion_id": row.id},
            now=now,
        )
    session.add(row)
    return report


def judge_due(session: Session, team_id: str, now: datetime) -> int:
    """Judge the criteria whose status time alone may have changed (start, staleness, due date).

    Returns:
        How many were judged; `JUDGED_AT_ONCE` when there may be more.
    """
    rows = session.exec(
        select(CriterionRow)
        .where(
            col(CriterionRow.team_id) == team_id,
            changed_by_time(now),
        )
        .order_by(col(CriterionRow.judge_at))
        .limit(JUDGED_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        initiative = find_initiative_by_id(session, team_id, row.initiative_id)
        assert initiative is not None
        judge(session, Found(row=row, initiative=initiative), now)
    return len(rows)


async def judge_by_time(deps: Deps) -> int:
    """Judge every criterion whose status time alone may have changed, and return how many there were."""
    judged = 0
    while True:
        batch = await deps.database.write(judge_due, deps.team_id, deps.now())
        judged += batch
        if batch:
            deps.wake.set()
        if batch < JUDGED_AT_ONCE:
            return judged
