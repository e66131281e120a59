"""Judging: what a criterion's readings mean now is written once, together with the fact that it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session, col, select

from bot.db.criteria import Found, to_health, to_source, with_initiatives
from bot.db.homes import redraw_homes
from bot.db.maintenances import maintenances
from bot.db.models import CriterionRow, StatusChangeRow
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.polls import changed_by_time
from bot.db.posts import redraw_posts
from bot.db.readings import JUDGED, add_status_change, breaks_of, last_readings_of, readings_around
from bot.db.rows import update_row
from bot.deps import Deps
from bot.domain.criterion import Criterion, Health, Status, StatusReport
from bot.domain.progress import default_baseline
from bot.domain.reading import Reading
from bot.domain.status import assess, due_end
from bot.domain.timing import next_change_by_time
from bot.services.outages import join_outage, leave_outage

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
    return judge_all(session, [found], now, silently=silently)[0]


def judge_all(
    session: Session, founds: Sequence[Found], now: datetime, *, silently: bool = False
) -> list[StatusReport]:
    """Do for each criterion what `judge` does for one, and return the reports in the same order."""
    criteria = [found.criterion for found in founds]
    settled = [found.row.settled is not None for found in founds]
    reports = []
    for found, criterion, evidence in zip(
        founds, criteria, load_evidence(session, criteria, settled, now), strict=True
    ):
        judged = weigh(criterion, found.row, to_health(found.row), evidence, now)
        if not silently:
            tell(session, criterion, found.row, found.initiative.channel_id, judged, now)
        update_row(found.row, judged.values)
        reports.append(judged.report)
    return reports


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a criterion is judged by.

    Attributes:
        readings: Its last readings, ascending, as many as could matter.
        outages: When its source was found broken since the first of them.
    """

    readings: Sequence[Reading]
    outages: Sequence[datetime]


@dataclass(frozen=True, slots=True)
class Judged:
    """What judging one criterion came to, not yet written.

    Attributes:
        report: What its readings mean now.
        values: The columns of its row that say so.
        former: The status it had.
        asks_for_verdict: Whether its owner has to be asked, now and never again.
        failure: Why its source could not be read last, or empty.
    """

    report: StatusReport
    values: dict[str, object]
    former: Status
    asks_for_verdict: bool
    failure: str

    @property
    def changed(self) -> bool:
        """Whether the status is another one than before."""
        return self.report.status is not self.former


def load_evidence(
    session: Session, criteria: Sequence[Criterion], settled: Sequence[bool], now: datetime
) -> list[Evidence]:
    """Load what criteria are judged by, all together: a statement for each was half of what judging costs.

    Args:
        session: The session.
        criteria: The criteria.
        settled: For each, whether it has a settled status.
        now: Aware UTC.
    """
    dues = [due_end(criterion) for criterion in criteria]
    recent = {
        # With the settled status known, the newest readings that could overturn it are enough.
        criterion.id: criterion.readings_needed + 1 if is_settled else JUDGED
        for criterion, is_settled, due_at in zip(criteria, settled, dues, strict=True)
        if due_at is None or now < due_at
    }
    readings = last_readings_of(session, recent)
    for criterion, due_at in zip(criteria, dues, strict=True):
        if due_at is not None and now >= due_at:
            readings[criterion.id] = readings_around(session, criterion.id, due_at)
    outages = breaks_of(session, {of: each[0].at for of, each in readings.items() if each})
    return [Evidence(readings[one.id], outages.get(one.id, ())) for one in criteria]


def weigh(
    criterion: Criterion, row: CriterionRow | Row[Any], health: Health, evidence: Evidence, now: datetime
) -> Judged:
    """Return what a criterion's readings mean now, and the columns that say so; touches no database.

    Args:
        criterion: The criterion.
        row: Its row, or a result with the columns of its status.
        health: How reading its source has gone, the last read included.
        evidence: Its readings and outages.
        now: Aware UTC.
    """
    former = Status(row.status)
    report = assess(
        criterion,
        evidence.readings,
        now,
        health=health,
        former=Status(row.settled) if row.settled else None,
        former_since=row.settled_since,
        outages=evidence.outages,
    )
    asks_for_verdict = report.no_verdict and not row.no_verdict_asked
    is_new = report.status is not former or row.status_since is None
    settles = report.status in SETTLED and report.status != row.settled
    since = report.since or now
    values: dict[str, object] = {
        "baseline": default_baseline(evidence.readings) if row.baseline is None else row.baseline,
        "status": report.status,
        "status_since": since if is_new else row.status_since,
        "settled": report.status if settles else row.settled,
        "settled_since": since if settles else row.settled_since,
        "sentence": report.sentence,
        "progress": report.progress,
        "value": report.value,
        "value_at": report.value_at,
        "frozen": report.frozen,
        "no_verdict_asked": row.no_verdict_asked or asks_for_verdict,
        "judge_at": next_change_by_time(criterion, report, now),
    }
    return Judged(report, values, former, asks_for_verdict, health.last_failure)


def tell(
    session: Session,
    criterion: Criterion,
    row: CriterionRow | Row[Any],
    channel_id: str,
    judged: Judged,
    now: datetime,
) -> None:
    """Store that a status changed as a fact, and the messages that follow from it, for the outbox to send."""
    if judged.changed:
        change = StatusChangeRow(
            team_id=row.team_id,
            criterion_id=criterion.id,
            at=now,
            from_status=judged.former,
            to_status=judged.report.status,
            sentence=judged.report.sentence,
            value=judged.report.value,
        )
        change_id = add_status_change(session, change)
        if not _is_told_together(session, change, change_id, channel_id, judged, now):
            add_to_outbox(
                session,
                team_id=row.team_id,
                key=f"change:{change_id}",
                kind=OutboxKind.STATUS_REPLY,
                channel_id=channel_id,
                facts={"status_change_id": change_id},
                now=now,
            )
        redraw_posts(session, criterion.initiative_id, now)
        redraw_homes(session, row.team_id, [row.owner_id], now)
    if judged.asks_for_verdict:
        redraw_homes(session, row.team_id, [row.owner_id], now)
        add_to_outbox(
            session,
            team_id=row.team_id,
            key=f"verdict:{criterion.id}:{criterion.due_on}",
            kind=OutboxKind.VERDICT_ASKED,
            channel_id=row.owner_id,
            facts={"criterion_id": criterion.id},
            now=now,
        )


def _is_told_together(
    session: Session,
    change: StatusChangeRow,
    change_id: int,
    channel_id: str,
    judged: Judged,
    now: datetime,
) -> bool:
    """Say whether an outage's message tells of a change, so that it needs none of its own."""
    if judged.report.status is Status.SOURCE_BROKEN and judged.failure:
        join_outage(session, change, change_id, channel_id, judged.failure, now)
        return True
    if judged.former is not Status.SOURCE_BROKEN:
        return False
    return leave_outage(session, change.criterion_id, judged.report.status, now)


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
    worked_on = maintenances(session, team_id, now) if rows else {}
    judged = []
    for row in rows:
        maintenance = worked_on.get(to_source(row).host)
        if maintenance is None:
            judged.append(row)
        else:
            row.judge_at = maintenance.until
    judge_all(session, with_initiatives(session, team_id, judged), now)
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
