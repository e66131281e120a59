"""What happened around a ship, for the loop clock: readings, taps, notes, answers and decisions."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, or_
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from bot.db.decisions import decisions_since
from bot.db.models import CriterionRow, NoteRow, PromptRow, ReadingRow, ResponseRow, ShipVoteRow
from bot.domain.criterion import CriterionState
from bot.domain.loop import Answers, LoopFacts, Said, Watched
from bot.domain.ship import Ship
from bot.domain.wallclock import day_at

DAY_AROUND = timedelta(days=1)
"""A prompt's zone may be a day ahead or behind; the exact day is decided in bot/domain/loop.py."""


def facts_of(session: Session, ship: Ship) -> LoopFacts:
    """Return what happened after a ship, as far as its stamps need it."""
    return LoopFacts(
        watched=tuple(_watched(session, ship)),
        said=(*_taps(session, ship), *_notes(session, ship)),
        answers=tuple(_answers(session, ship)),
        decisions=tuple(
            (decision.at, decision.kind)
            for decision in decisions_since(session, ship.initiative_id, ship.at)[:1]
        ),
    )


def has_results(session: Session, ship: Ship) -> bool:
    """Say whether an open criterion has a reading after a ship."""
    reading = (
        select(ReadingRow.id)
        .join(CriterionRow, col(CriterionRow.id) == col(ReadingRow.criterion_id))
        .where(
            col(CriterionRow.initiative_id) == ship.initiative_id,
            col(CriterionRow.state) == CriterionState.OPEN,
            col(ReadingRow.at) > ship.at,
            col(ReadingRow.struck_at).is_(None),
        )
    )
    return session.exec(reading.limit(1)).first() is not None


def _watched(session: Session, ship: Ship) -> list[Watched]:
    criteria = session.exec(
        select(CriterionRow.id, CriterionRow.readings_needed).where(
            col(CriterionRow.initiative_id) == ship.initiative_id,
            col(CriterionRow.state) == CriterionState.OPEN,
        )
    ).all()
    found = []
    for criterion_id, needed in criteria:
        # One look into the index for each: only the first N after the ship matter.
        moments = session.exec(
            select(ReadingRow.at)
            .where(
                col(ReadingRow.criterion_id) == criterion_id,
                col(ReadingRow.at) > ship.at,
                col(ReadingRow.struck_at).is_(None),
            )
            .order_by(col(ReadingRow.at))
            .limit(needed)
        ).all()
        found.append(Watched(needed, tuple(moments)))
    return found


def _taps(session: Session, ship: Ship) -> list[Said]:
    rows = session.exec(
        select(ShipVoteRow.at, ShipVoteRow.user_id)
        .where(col(ShipVoteRow.ship_id) == ship.id, col(ShipVoteRow.user_id) != ship.by)
        .order_by(col(ShipVoteRow.at))
        .limit(1)
    )
    return [Said(at, by) for at, by in rows]


def _notes(session: Session, ship: Ship) -> list[Said]:
    """Return the first note on the ship or on its initiative; one on another ship says nothing of this one."""
    # A message somebody kept is feedback of whoever wrote it; a program's, of whoever kept it.
    said_by = func.coalesce(func.nullif(NoteRow.said_by, ""), NoteRow.author_id)
    rows = session.exec(
        select(NoteRow.created_at, said_by)
        .where(
            col(NoteRow.initiative_id) == ship.initiative_id,
            col(NoteRow.created_at) >= ship.at,
            said_by != ship.by,
            or_(col(NoteRow.ship_id).is_(None), col(NoteRow.ship_id) == ship.id),
        )
        .order_by(col(NoteRow.created_at))
        .limit(1)
    )
    return [Said(at, by) for at, by in rows]


def _answers(session: Session, ship: Ship) -> list[Answers]:
    """Return the days of answers to the initiative's prompts; of a named prompt the shipper's own are left out."""
    first_day = day_at(ship.at - DAY_AROUND, "UTC")
    # SQLAlchemy's own select, since SQLModel's knows no more than four columns.
    days = session.execute(
        sa_select(
            col(PromptRow.id),
            col(PromptRow.anonymous),
            col(ResponseRow.answered_on),
            func.count(),
            func.min(ResponseRow.respondent),
        )
        .join(ResponseRow, col(ResponseRow.prompt_id) == col(PromptRow.id))
        .where(
            col(PromptRow.initiative_id) == ship.initiative_id,
            col(ResponseRow.answered_on) >= first_day,
            or_(col(PromptRow.anonymous).is_(True), col(ResponseRow.respondent) != ship.by),
        )
        .group_by(col(PromptRow.id), col(PromptRow.anonymous), col(ResponseRow.answered_on))
    ).all()
    found = []
    for prompt_id in dict.fromkeys(day[0] for day in days):
        prompt = session.get_one(PromptRow, prompt_id)
        own = [(answered_on, count, by) for of, _, answered_on, count, by in days if of == prompt_id]
        if prompt.anonymous:
            # How many there were on a day matters up to two; the hashes are left behind here.
            counted = tuple(answered_on for answered_on, count, _ in own for _ in range(min(count, 2)))
            found.append(Answers(prompt.created_at, prompt.zone, anonymous=counted))
        else:
            named = tuple((answered_on, by) for answered_on, _, by in own)
            found.append(Answers(prompt.created_at, prompt.zone, named=named))
    return found
