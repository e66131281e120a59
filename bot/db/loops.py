"""What happened around a ship, for the loop clock: readings, taps, notes, answers and decisions."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_
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
    rows = session.exec(
        select(NoteRow.created_at, NoteRow.author_id)
        .where(
            col(NoteRow.initiative_id) == ship.initiative_id,
            col(NoteRow.created_at) >= ship.at,
            col(NoteRow.author_id) != ship.by,
            or_(col(NoteRow.ship_id).is_(None), col(NoteRow.ship_id) == ship.id),
        )
        .order_by(col(NoteRow.created_at))
        .limit(1)
    )
    return [Said(at, by) for at, by in rows]


def _answers(session: Session, ship: Ship) -> list[Answers]:
    first_day = day_at(ship.at - DAY_AROUND, "UTC")
    prompts = session.exec(
        select(PromptRow)
        .where(col(PromptRow.initiative_id) == ship.initiative_id)
        .order_by(col(PromptRow.id))
    ).all()
    found = []
    for prompt in prompts:
        rows = session.exec(
            select(col(ResponseRow.answered_on), col(ResponseRow.respondent))
            .where(col(ResponseRow.prompt_id) == prompt.id, col(ResponseRow.answered_on) >= first_day)
            .order_by(col(ResponseRow.answered_on))
        ).all()
        if prompt.anonymous:
            # The hashes are left behind here: nothing may be concluded from them.
            found.append(Answers(prompt.created_at, prompt.zone, anonymous=tuple(day for day, _ in rows)))
        else:
            found.append(Answers(prompt.created_at, prompt.zone, named=tuple((day, by) for day, by in rows)))
    return [each for each in found if each.named or each.anonymous]
