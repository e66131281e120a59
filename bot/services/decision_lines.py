"""Decision lines: written before the results, frozen by them, asked about on their day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from bot.db.criteria import criteria_of
from bot.db.decisions import last_decision, open_line_row, open_line_rows, to_decision
from bot.db.homes import redraw_homes
from bot.db.initiatives import find_initiative_by_id, open_initiatives
from bot.db.iterations import running_rows
from bot.db.loops import has_results
from bot.db.models import CriterionRow, DecisionLineRow, DecisionRow
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.posts import redraw_posts
from bot.db.redraws import ask_redraw
from bot.db.ships import last_ships
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.criterion import CriterionState
from bot.domain.dates import resolve
from bot.domain.decision import DecisionLine, LineCondition
from bot.domain.decision_card import DecisionCard
from bot.domain.formatting import format_condition
from bot.domain.initiative import Initiative, InitiativeState
from bot.domain.line_text import parse_half
from bot.domain.names import fold, nearest
from bot.domain.reminding import MORNING, by_day
from bot.domain.requests import LineHalf, WriteLine
from bot.domain.wallclock import day_at, moment_of
from bot.errors import UserError
from bot.services.finding import find_initiative
from bot.services.looping import last_loop
from bot.services.people import known_person
from bot.services.permission import require_owner


@dataclass(frozen=True, slots=True)
class Written:
    """A decision line that was stored."""

    initiative: Initiative
    line: DecisionLine


@dataclass(frozen=True, slots=True)
class Debt:
    """An initiative of somebody's that is to be decided."""

    initiative: Initiative
    decide_by: date


def write_line(session: Session, actor: Actor, request: WriteLine, now: datetime) -> Written:
    """Store a decision line over the one that was there, unless readings of what was shipped exist already.

    Raises:
        UserError: results exist, the day is over, or a criterion is not there; the field says which.
        AmbiguousError: several initiatives fit.
        NotAllowedError: the person neither owns it nor is an admin.
        UnknownPersonError: Slack was never asked about them.
    """
    initiative = find_initiative(session, actor, request.initiative)
    require_owner(
        known_person(session, actor), initiative.owner_id, None, f"the decision line of “{initiative.name}”"
    )
    if is_frozen(session, initiative.id):
        raise UserError(
            "A decision line is written before the results, and readings of what was shipped are there already. "
            f"Decide first: `/loop decide keep|change|stop for {initiative.name}`. Then write one for the next ship.",
            field="text",
        )
    today = day_at(now, initiative.zone)
    day = resolve(request.decide_by, today, field="decide_by")
    keep = _half(session, initiative, request.keep, "keep")
    stop = _half(session, initiative, request.stop, "stop")
    row = open_line_row(session, initiative.id, for_update=True)
    row = row or DecisionLineRow(
        team_id=actor.team_id,
        initiative_id=initiative.id,
        channel_id="",
        decide_by=day,
        by_user_id="",
        at=now,
    )
    row.channel_id = initiative.channel_id
    row.keep_criterion_id, row.keep_if = keep
    row.stop_criterion_id, row.stop_if = stop
    row.decide_by, row.by_user_id, row.at = day, actor.user_id, now
    row.due_at = asked_at(day, initiative.zone, now)
    session.add(row)
    session.flush()
    redraw_posts(session, initiative.id, now)
    redraw_homes(session, actor.team_id, [initiative.owner_id], now)
    return Written(initiative, to_line(session, row))


def is_frozen(session: Session, initiative_id: int) -> bool:
    """Say whether readings exist of what was shipped since the last decision."""
    decided = last_decision(session, initiative_id)
    ships = [
        ship for ship in last_ships(session, initiative_id, 50) if decided is None or ship.at > decided.at
    ]
    return bool(ships) and has_results(session, ships[0])


def asked_at(day: date, zone: str, now: datetime) -> datetime:
    """Return when the card of a line is posted: the morning of its day, or as soon as it is daytime after that."""
    morning = moment_of(datetime.combine(day, MORNING), ZoneInfo(zone))
    return by_day(max(morning, now), zone)


def to_line(session: Session, row: DecisionLineRow) -> DecisionLine:
    """Return a line with the values as they are now."""
    assert row.id is not None
    decision = session.get(DecisionRow, row.decision_id) if row.decision_id is not None else None
    return DecisionLine(
        id=row.id,
        keep=_condition(session, row.keep_criterion_id, row.keep_if),
        stop=_condition(session, row.stop_criterion_id, row.stop_if),
        decide_by=row.decide_by,
        by=row.by_user_id,
        decision=to_decision(decision) if decision else None,
    )


def open_line(session: Session, initiative_id: int) -> DecisionLine | None:
    """Return an initiative's line that is not decided yet, or None."""
    row = open_line_row(session, initiative_id)
    return to_line(session, row) if row else None


def find_card(session: Session, team_id: str, line_id: int) -> tuple[DecisionCard, DecisionLineRow]:
    """Return a line as its card says it, and its row.

    Raises:
        UserError: there is none.
    """
    row = session.get(DecisionLineRow, line_id)
    initiative = find_initiative_by_id(session, team_id, row.initiative_id) if row else None
    if row is None or initiative is None:
        raise UserError("That decision line is gone.")
    return DecisionCard(initiative, to_line(session, row), last_loop(session, initiative.id)), row


def mark_card_posted(session: Session, line_id: int, ts: str, now: datetime) -> None:
    """Store where a line's card stands; one that was decided meanwhile is drawn again."""
    row = session.get_one(DecisionLineRow, line_id)
    row.ts = ts
    if row.decision_id is not None:
        ask_redraw(row, now)


def debts_of(session: Session, team_id: str, owner_id: str, now: datetime) -> list[Debt]:
    """Return what somebody has to decide today or had to before, the earliest first."""
    own = {each.id: each for each in open_initiatives(session, team_id, owner_id=owner_id)}
    days: dict[int, date] = {row.initiative_id: row.ends_on for row in running_rows(session, own)}
    for row in open_line_rows(session, own):
        days[row.initiative_id] = min(row.decide_by, days.get(row.initiative_id, row.decide_by))
    debts = [
        Debt(own[initiative_id], day)
        for initiative_id, day in days.items()
        if day <= day_at(now, own[initiative_id].zone)
    ]
    return sorted(debts, key=lambda debt: debt.decide_by)


async def ask_due(deps: Deps) -> int:
    """Put the cards of lines whose day has come into the outbox; nothing is written when there is none."""
    now = deps.now()
    if not await deps.database.read(_any_due, deps.team_id, now):
        return 0
    asked = await deps.database.write(_ask_due, deps.team_id, now)
    deps.wake.set()
    return asked


def _any_due(session: Session, team_id: str, now: datetime) -> bool:
    due = select(DecisionLineRow.id).where(
        col(DecisionLineRow.team_id) == team_id, col(DecisionLineRow.due_at) <= now
    )
    return session.exec(due.limit(1)).first() is not None


def _ask_due(session: Session, team_id: str, now: datetime) -> int:
    rows = session.exec(
        select(DecisionLineRow)
        .where(col(DecisionLineRow.team_id) == team_id, col(DecisionLineRow.due_at) <= now)
        .order_by(col(DecisionLineRow.due_at))
        .limit(50)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.due_at = None
        session.add(row)
        initiative = find_initiative_by_id(session, team_id, row.initiative_id)
        if initiative is None or initiative.state is not InitiativeState.OPEN or row.decision_id is not None:
            continue
        add_to_outbox(
            session,
            team_id=team_id,
            key=f"decide:{row.id}:{row.decide_by.isoformat()}",
            kind=OutboxKind.DECISION_DUE,
            channel_id=row.channel_id,
            facts={"line_id": row.id},
            now=now,
        )
        redraw_homes(session, team_id, [initiative.owner_id], now)
    return len(rows)


def _half(
    session: Session, initiative: Initiative, half: LineHalf | None, field: str
) -> tuple[int | None, str]:
    if half is None:
        return None, ""
    rows = {fold(found.row.name): found.row for found in criteria_of(session, initiative)}
    row = rows.get(fold(half.name))
    if row is None:
        near = nearest(half.name, [each.name for each in rows.values()])
        hint = f"Did you mean “{near[0]}”?" if near else "Add it first: `/criteria add`."
        raise UserError(f"“{initiative.name}” has no criterion “{half.name}”. {hint}", field=field)
    if half.unit and fold(half.unit) != fold(row.unit):
        raise UserError(
            f"“{row.name}” is in {row.unit or 'no unit'}, not in {half.unit}. Leave the unit out.",
            field=field,
        )
    return row.id, format_condition(half.condition)


def _condition(session: Session, criterion_id: int | None, typed: str) -> LineCondition | None:
    if criterion_id is None:
        return None
    row = session.get_one(CriterionRow, criterion_id)
    # Stored as `format_condition` writes it, so that it reads back as it was typed.
    half = parse_half(f"x {typed}", "keep")
    assert half is not None
    archived = row.state == CriterionState.ARCHIVED
    return LineCondition(criterion_id, row.name, half.condition, row.unit, None if archived else row.value)
