"""Striking: a bad reading is voided in the open, and the criterion is judged by what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from bot.db.criteria import Found, to_report
from bot.db.goalposts import add_goalposts
from bot.db.models import CriterionRow, ReadingRow
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.posts import redraw_posts
from bot.db.readings import JUDGED, first_reading
from bot.db.strikes import newest_standing, reading_by_id, to_reading
from bot.domain.actor import Actor
from bot.domain.criterion import CriterionState, Status, StatusReport
from bot.domain.goalpost import find_moves
from bot.domain.reading import Reading
from bot.domain.values import show_value
from bot.errors import UserError
from bot.services.editing import find_editable
from bot.services.judging import judge
from bot.services.reminding import plan_reminder

OFFERED = 5
"""How many of the last readings are offered to be struck."""


@dataclass(frozen=True, slots=True)
class Strike:
    """What striking or restoring a reading came to.

    Attributes:
        found: The criterion as it is stored now.
        report: What its readings mean now.
        former: Its status before.
        reading_id: Row id of the reading.
        reading: What it said.
    """

    found: Found
    report: StatusReport
    former: Status
    reading_id: int
    reading: Reading


def offer_readings(session: Session, actor: Actor, name: str) -> tuple[Found, list[tuple[int, Reading]]]:
    """Return a criterion somebody may edit, and its last readings with their row ids, newest first.

    Raises:
        UserError: none has that name, or it has no reading to strike.
        AmbiguousError: several have that name.
        NotAllowedError: the person is not its owner.
    """
    found = find_editable(session, actor, name)
    assert found.row.id is not None
    rows = newest_standing(session, found.row.id, limit=OFFERED)
    if not rows:
        raise UserError(f"“{found.row.name}” has no reading to strike.", field="name")
    return found, [(row.id, to_reading(row)) for row in rows if row.id is not None]


def find_reading(session: Session, actor: Actor, name: str, value: Decimal | None) -> tuple[Found, int]:
    """Return a criterion and the row id of its newest reading, or of the newest with a value.

    Raises:
        UserError: there is none (with the last values), or no criterion has that name.
        AmbiguousError: several have that name.
        NotAllowedError: the person is not its owner.
    """
    found, _ = offer_readings(session, actor, name)
    assert found.row.id is not None
    rows = newest_standing(session, found.row.id, limit=1 if value is None else JUDGED)
    for row in rows:
        if row.id is not None and (value is None or row.value == value):
            return found, row.id
    unit = found.row.unit
    last = ", ".join(show_value(row.value, unit, digits=None) for row in rows[:OFFERED])
    assert value is not None, "there is a reading"
    raise UserError(
        f"None of the last {len(rows)} readings of “{found.row.name}” is {show_value(value, unit, digits=None)}; "
        f"the last are {last}. Type the name alone to choose one.",
        field="value",
    )


def strike_reading(session: Session, actor: Actor, reading_id: int, reason: str, now: datetime) -> Strike:
    """Void a reading of the criterion somebody chose, and judge it by what is left.

    Raises:
        UserError: the reading is gone or struck already.
        NotAllowedError: the person is not the criterion's owner.
    """
    found, row = _lock(session, actor, reading_id)
    if row.struck_at is not None:
        raise UserError("That reading is struck already. [Restore] in its history takes that back.")
    was_judged = reading_id in _judged(session, found)
    row.struck_at, row.struck_by, row.struck_reason = now, actor.user_id, reason
    return _judge_again(session, actor, found, row, now, reason, was_judged=was_judged)


def restore_reading(session: Session, actor: Actor, reading_id: int, now: datetime) -> Strike:
    """Make a struck reading of the criterion somebody chose count again.

    Raises:
        UserError: the reading is gone or counts already.
        NotAllowedError: the person is not the criterion's owner.
    """
    found, row = _lock(session, actor, reading_id)
    if row.struck_at is None:
        raise UserError("That reading counts already.")
    row.struck_at, row.struck_by, row.struck_reason = None, None, ""
    session.add(row)
    session.flush()
    was_judged = reading_id in _judged(session, found)
    return _judge_again(session, actor, found, row, now, "", was_judged=was_judged)


def _lock(session: Session, actor: Actor, reading_id: int) -> tuple[Found, ReadingRow]:
    found = find_editable(session, actor, "")
    assert found.row.id is not None
    # Held until the end: a read that ends meanwhile, or a second press, waits.
    criterion = session.exec(
        select(CriterionRow)
        .where(col(CriterionRow.id) == found.row.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    row = reading_by_id(session, found.row.id, reading_id)
    if row is None:
        raise UserError("That reading is gone. Type `/criteria history` to see those there are.")
    return Found(criterion, found.initiative), row


def _judged(session: Session, found: Found) -> Sequence[int | None]:
    assert found.row.id is not None
    return [row.id for row in newest_standing(session, found.row.id, limit=JUDGED)]


def _judge_again(
    session: Session,
    actor: Actor,
    found: Found,
    reading: ReadingRow,
    now: datetime,
    reason: str,
    *,
    was_judged: bool,
) -> Strike:
    session.add(reading)
    session.flush()
    row = found.row
    assert row.id is not None
    assert reading.id is not None
    before, former = found.criterion, Status(row.status)
    add_to_outbox(
        session,
        team_id=row.team_id,
        key=f"{'strike' if reason else 'restore'}:{reading.id}:{now.isoformat()}",
        kind=OutboxKind.STRIKE,
        channel_id=found.initiative.channel_id,
        facts={"reading_id": reading.id, "by": actor.user_id, "reason": reason},
        now=now,
    )
    if not row.baseline_typed:
        first = first_reading(session, row.id)
        row.baseline = first.value if first else None
        add_goalposts(
            session, row.team_id, row.id, find_moves(before, found.criterion), by=actor.user_id, now=now
        )
    if was_judged:
        # What it settled, alone or with others, is settled anew by those that are left.
        row.settled = row.settled_since = None
    session.add(row)
    report = judge(session, found, now) if row.state == CriterionState.OPEN else to_report(row)
    plan_reminder(session, found, now)
    redraw_posts(session, row.initiative_id, now)
    return Strike(found, report, former, reading.id, to_reading(reading))
