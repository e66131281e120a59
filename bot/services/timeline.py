"""The story of an initiative: its start, ships, decisions, closed follow-ups, moved goalposts and status changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, col, select

from bot.db.decisions import decisions_since
from bot.db.follow_ups import last_closed
from bot.db.goalposts import to_goalpost
from bot.db.iterations import last_iterations
from bot.db.models import CriterionRow, GoalpostRow, StatusChangeRow
from bot.db.ships import last_ships
from bot.domain.criterion import Kind, Status
from bot.domain.follow_up import FollowUpState
from bot.domain.goalpost import say_move
from bot.domain.initiative import Initiative
from bot.domain.ship import Ship
from bot.domain.standing import mark, word
from bot.domain.timeline import TOLD, Event, Timeline, last_events
from bot.domain.wallclock import day_at, show_day


def timeline_of(session: Session, initiative: Initiative, now: datetime) -> Timeline:
    """Return the last of what happened to an initiative, oldest first."""
    events = [Event(initiative.created_at, "🏁", "started")]
    events += (Event(ship.at, "🚀", f"shipped {ship.name}", ship.by) for ship in _ships(session, initiative))
    events += _iterations(session, initiative, now)
    events += _decisions(session, initiative)
    events += _follow_ups(session, initiative)
    events += _goalposts(session, initiative, now)
    events += _changes(session, initiative)
    return last_events(events)


def _ships(session: Session, initiative: Initiative) -> list[Ship]:
    # One more than is told, so that it shows that there were earlier ones.
    return last_ships(session, initiative.id, TOLD + 1)


def _iterations(session: Session, initiative: Initiative, now: datetime) -> Iterator[Event]:
    today = day_at(now, initiative.zone)
    for at, iteration in last_iterations(session, initiative.id, TOLD + 1):
        until = show_day(iteration.ends_on, today)
        yield Event(at, "🔁", f"iteration {iteration.goal}, until {until}", iteration.by)


def _decisions(session: Session, initiative: Initiative) -> Iterator[Event]:
    for decision in decisions_since(session, initiative.id, initiative.created_at)[-TOLD - 1 :]:
        why = f": “{decision.reason}”" if decision.reason else ""
        against = ", against the decision line" if decision.against else ""
        yield Event(decision.at, "⚖️", f"decided {decision.kind}{against}{why}", decision.by)


def _follow_ups(session: Session, initiative: Initiative) -> Iterator[Event]:
    for each in last_closed(session, initiative.id, TOLD + 1):
        assert each.closed_at is not None
        if each.state is FollowUpState.DONE:
            yield Event(each.closed_at, "☑️", f"follow-up done: {each.text}", each.closed_by)
        else:
            words = f"follow-up not done: {each.text}: “{each.reason}”"
            yield Event(each.closed_at, "🚫", words, each.closed_by)


def _goalposts(session: Session, initiative: Initiative, now: datetime) -> Iterator[Event]:
    rows = session.exec(
        select(GoalpostRow, CriterionRow.name)
        .join(CriterionRow, col(CriterionRow.id) == col(GoalpostRow.criterion_id))
        .where(col(CriterionRow.initiative_id) == initiative.id)
        .order_by(col(GoalpostRow.at).desc(), col(GoalpostRow.id).desc())
        .limit(TOLD + 1)
    )
    for row, name in rows:
        goalpost = to_goalpost(row)
        yield Event(
            goalpost.at, "🥅", f"{name}: {say_move(goalpost.move, now, initiative.zone)}", goalpost.by
        )


def _changes(session: Session, initiative: Initiative) -> Iterator[Event]:
    rows = session.exec(
        select(StatusChangeRow, CriterionRow.name, CriterionRow.kind)
        .join(CriterionRow, col(CriterionRow.id) == col(StatusChangeRow.criterion_id))
        .where(col(CriterionRow.initiative_id) == initiative.id)
        .order_by(col(StatusChangeRow.at).desc(), col(StatusChangeRow.id).desc())
        .limit(TOLD + 1)
    )
    for row, name, kind in rows:
        before, after = Status(row.from_status), Status(row.to_status)
        words = f"{name}: {word(before, Kind(kind))} → {word(after, Kind(kind))}"
        yield Event(row.at, mark(after), words)
