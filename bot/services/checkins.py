"""Check-ins: a person says how sure they are of a criterion, and gives its value where people give it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from bot.db.checkins import add_check_in, last_check_ins
from bot.db.criteria import Found, criteria_of
from bot.db.posts import redraw_posts
from bot.domain.actor import Actor
from bot.domain.checkin import CheckIn, Confidence
from bot.domain.criterion import CriterionState, SourceKind, Status
from bot.domain.initiative import InitiativeState
from bot.errors import UserError
from bot.services.criteria import store_reading
from bot.services.finding import find_criterion
from bot.services.lines import by_need, standing_of
from bot.services.people import known_person
from bot.services.progress import seen_initiative


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """A check-in that was stored.

    Attributes:
        found: The criterion as it is stored now.
        confidence: The check-in, and the confidence before it.
        former: The criterion's status before a value came with it, or None where none came.
    """

    found: Found
    confidence: Confidence
    former: Status | None


def criterion_to_check_in(session: Session, actor: Actor, name: str) -> Found:
    """Return the criterion that is meant, if a check-in on it says anything.

    Raises:
        UserError: field ``name``; none has that name, or it is paused.
        AmbiguousError: several have.
        UnknownPersonError: Slack was never asked about the person.
    """
    known_person(session, actor)
    found = find_criterion(session, actor, name)
    if found.row.state != CriterionState.OPEN:
        raise UserError(
            f"“{found.row.name}” is paused. Start it again first: `/criteria resume {found.row.name}`.",
            field="name",
        )
    return found


def criteria_to_check_in(session: Session, actor: Actor, initiative_id: int) -> list[Found]:
    """Return the criteria of an initiative that somebody can check in on, their own and the worst first.

    Raises:
        UserError: the initiative is closed or not to be seen, or has no open criterion.
        UnknownPersonError: Slack was never asked about the person.
    """
    known_person(session, actor)
    initiative = seen_initiative(session, actor, initiative_id)
    if initiative.state is not InitiativeState.OPEN:
        raise UserError(f"“{initiative.name}” is closed, so there is nothing to check in on.")
    criteria = [each for each in criteria_of(session, initiative) if each.row.state == CriterionState.OPEN]
    if not criteria:
        raise UserError(f"“{initiative.name}” has no open criteria. Add one: `/criteria add`.")
    return sorted(criteria, key=lambda each: (each.row.owner_id != actor.user_id, by_need(standing_of(each))))


def check_in(
    session: Session,
    actor: Actor,
    initiative_id: int,
    criterion_id: int,
    *,
    confidence: int,
    sentence: str,
    value: Decimal | None,
    now: datetime,
) -> CheckedIn:
    """Store a check-in, with a value where one was given, and have the initiative's posts drawn again.

    Args:
        session: An open session.
        actor: Who checks in, and where.
        initiative_id: Row id.
        criterion_id: Row id.
        confidence: 0 to 10.
        sentence: One line, possibly empty.
        value: For a criterion that is set by hand, or None.
        now: Aware UTC.

    Raises:
        UserError: the criterion is not open or not to be seen; field ``value``: it is read from a source.
    """
    criteria = criteria_to_check_in(session, actor, initiative_id)
    found = next((each for each in criteria if each.row.id == criterion_id), None)
    if found is None:
        raise UserError(
            "That criterion is paused, archived or gone. Type `/criteria list`.", field="criterion"
        )
    former = None
    if value is not None:
        if found.row.source_kind != SourceKind.MANUAL:
            raise UserError(
                f"“{found.row.name}” is read from its source. Leave the value empty.", field="value"
            )
        former = store_reading(session, actor, found, value, sentence, now).former
    before = last_check_ins(session, criterion_id, 1)
    given = CheckIn(at=now, by=actor.user_id, confidence=confidence, sentence=sentence)
    add_check_in(session, actor.team_id, criterion_id, given)
    redraw_posts(session, found.initiative.id, now)
    return CheckedIn(
        found=found,
        confidence=Confidence(criterion_id, found.row.name, given, before[0].confidence if before else None),
        former=former,
    )
