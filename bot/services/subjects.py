"""Subjects: what an outbox row is about, whom to ask about it, and what it is called in a sentence."""

from __future__ import annotations

from sqlmodel import Session

from bot.db.deliveries import OutboxClaim
from bot.db.goalposts import to_goalpost
from bot.db.initiatives import find_initiative_by_id
from bot.db.models import CriterionRow, GoalpostRow, OutageRow, OutboxRow, ReadingRow, StatusChangeRow
from bot.db.outages import criteria_of_outage
from bot.db.outbox import OutboxKind
from bot.db.prompts import find_prompt_row
from bot.db.readings import change_before
from bot.db.schedules import find_schedule
from bot.db.ships import find_ship_row
from bot.db.strikes import to_reading
from bot.domain.criterion import Kind, Status
from bot.domain.goalpost import MovedGoalposts
from bot.domain.outage import Outage
from bot.domain.post import StatusChange
from bot.domain.strike import ToldStrike
from bot.services.deciding import told_decision
from bot.services.decision_lines import find_card


def status_change(session: Session, claim: OutboxClaim) -> StatusChange:
    """Return the status change a row tells of; it is told whatever became of the criterion since."""
    return _change(session, claim.facts["status_change_id"])


def _change(session: Session, status_change_id: int) -> StatusChange:
    fact = session.get_one(StatusChangeRow, status_change_id)
    criterion = session.get_one(CriterionRow, fact.criterion_id)
    initiative = find_initiative_by_id(session, fact.team_id, criterion.initiative_id)
    assert initiative is not None, "initiatives are closed, never deleted"
    before = change_before(session, fact)
    return StatusChange(
        initiative=initiative,
        name=criterion.name,
        kind=Kind(criterion.kind),
        before=Status(fact.from_status),
        after=Status(fact.to_status),
        sentence=fact.sentence,
        lasted=None if before is None else fact.at - before.at,
    )


def told_outage(session: Session, outage_id: int) -> Outage:
    """Return an outage as it stands now; it is told whatever became of its criteria since."""
    row = session.get_one(OutageRow, outage_id)
    changes, otherwise = [], 0
    for place in criteria_of_outage(session, outage_id):
        change = _change(session, place.status_change_id)
        changes.append(change)
        otherwise += place.back_as is not None and place.back_as != change.before
    lasted = None if row.over_at is None else row.over_at - row.began_at
    return Outage(row.failure, tuple(changes), lasted, otherwise)


def moved_goalposts(session: Session, claim: OutboxClaim) -> MovedGoalposts:
    """Return the goalposts a row tells of; they are told whatever became of the criterion since."""
    facts = [session.get_one(GoalpostRow, goalpost_id) for goalpost_id in claim.facts["goalpost_ids"]]
    criterion = session.get_one(CriterionRow, claim.facts["criterion_id"])
    initiative = find_initiative_by_id(session, claim.team_id, criterion.initiative_id)
    assert initiative is not None, "initiatives are closed, never deleted"
    return MovedGoalposts(
        initiative, criterion.name, criterion.unit, tuple(to_goalpost(row) for row in facts)
    )


def told_strike(session: Session, claim: OutboxClaim) -> ToldStrike:
    """Return the reading a row tells of; that it was struck is told although it was restored since."""
    reading = session.get_one(ReadingRow, claim.facts["reading_id"])
    criterion = session.get_one(CriterionRow, reading.criterion_id)
    initiative = find_initiative_by_id(session, claim.team_id, criterion.initiative_id)
    assert initiative is not None, "initiatives are closed, never deleted"
    by, reason = claim.facts["by"], claim.facts["reason"]
    return ToldStrike(initiative, criterion.name, criterion.unit, to_reading(reading), by, reason)


def say_what(session: Session, row: OutboxRow) -> str:
    """Return what a message is, as it stands in a sentence to its owner; plain text."""
    match OutboxKind(row.kind):
        case OutboxKind.PROGRESS | OutboxKind.PROGRESS_MORE:
            initiative = find_initiative_by_id(session, row.team_id, row.facts["initiative_id"])
            return f"the progress post of “{initiative.name}”" if initiative else "a progress post"
        case OutboxKind.DIGEST | OutboxKind.DIGEST_MORE:
            return "the digest of your initiatives"
        case OutboxKind.STATUS_REPLY:
            return f"the status change of “{_criterion_of(session, row).name}”"
        case OutboxKind.SHIP:
            ship = find_ship_row(session, row.team_id, row.facts["ship_id"])
            return f"the ship “{ship.name}”" if ship else "a ship"
        case OutboxKind.DECISION_DUE:
            card, _ = find_card(session, row.team_id, row.facts["line_id"])
            return f"the question what is decided on “{card.initiative.name}”"
        case OutboxKind.DECISION:
            told = told_decision(session, row.team_id, row.facts["decision_id"])
            return f"the decision on “{told.initiative.name}”"
        case OutboxKind.OUTAGE | OutboxKind.OUTAGE_OVER:
            return "that sources can't be read, or are read again"
        case OutboxKind.OWNER_LEFT:
            return "the question who takes an initiative over"
        case OutboxKind.STRIKE:
            return f"a struck reading of “{_criterion_of(session, row).name}”"
        case OutboxKind.GOALPOST:
            return f"what was changed about “{_criterion_of(session, row).name}”"
        case OutboxKind.PROMPT_RESULTS:
            prompt = find_prompt_row(session, row.facts["prompt_id"])
            return f"the results of “{prompt.question}”" if prompt else "results"
        case OutboxKind.NUDGE_REPLY:
            return f"that nobody checked in on “{_criterion_of(session, row).name}”"
        case OutboxKind.PROMPT:
            prompt = find_prompt_row(session, row.facts["prompt_id"])
            return f"the prompt “{prompt.question}”" if prompt else "a prompt"
        case _:
            return "a direct message"


def owner_of(session: Session, row: OutboxRow) -> str | None:
    """Return whom to ask about a message (Slack user id); None for direct messages."""
    match OutboxKind(row.kind):
        case OutboxKind.PROGRESS:
            if row.facts["by"]:
                return str(row.facts["by"])
            schedule = find_schedule(session, row.team_id, row.facts["schedule_id"])
            if schedule is not None:
                return schedule.created_by
            initiative = find_initiative_by_id(session, row.team_id, row.facts["initiative_id"])
            return initiative.owner_id if initiative else None
        case OutboxKind.DIGEST | OutboxKind.DIGEST_MORE:
            schedule = find_schedule(session, row.team_id, row.facts["schedule_id"])
            return schedule.created_by if schedule else None
        case OutboxKind.PROGRESS_MORE:
            initiative = find_initiative_by_id(session, row.team_id, row.facts["initiative_id"])
            return initiative.owner_id if initiative else None
        case OutboxKind.STATUS_REPLY | OutboxKind.STRIKE | OutboxKind.GOALPOST | OutboxKind.NUDGE_REPLY:
            criterion = _criterion_of(session, row)
            initiative = find_initiative_by_id(session, row.team_id, criterion.initiative_id)
            return initiative.owner_id if initiative else None
        case OutboxKind.SHIP:
            ship = find_ship_row(session, row.team_id, row.facts["ship_id"])
            return ship.by_user_id if ship else None
        case OutboxKind.DECISION_DUE:
            card, _ = find_card(session, row.team_id, row.facts["line_id"])
            return card.initiative.owner_id
        case OutboxKind.DECISION:
            return told_decision(session, row.team_id, row.facts["decision_id"]).decision.by
        case OutboxKind.OUTAGE | OutboxKind.OUTAGE_OVER:
            return told_outage(session, row.facts["outage_id"]).changes[0].initiative.owner_id
        case OutboxKind.PROMPT | OutboxKind.PROMPT_RESULTS:
            prompt = find_prompt_row(session, row.facts["prompt_id"])
            return prompt.asked_by if prompt else None
        case _:
            return None


def _criterion_of(session: Session, row: OutboxRow) -> CriterionRow:
    """Return the criterion a status change, moved goalposts or a struck reading is of."""
    match OutboxKind(row.kind):
        case OutboxKind.STATUS_REPLY:
            fact = session.get_one(StatusChangeRow, row.facts["status_change_id"])
            criterion_id = fact.criterion_id
        case OutboxKind.STRIKE:
            criterion_id = session.get_one(ReadingRow, row.facts["reading_id"]).criterion_id
        case _:
            criterion_id = row.facts["criterion_id"]
    return session.get_one(CriterionRow, criterion_id)
