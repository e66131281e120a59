"""People who leave: what they owned goes to whoever owns its initiative, or its channel is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.db.checkin_plans import look_at_plans
from bot.db.follow_ups import open_rows_of, owners_of_open
from bot.db.homes import redraw_homes
from bot.db.initiatives import find_initiative_by_id
from bot.db.models import CriterionRow, FollowUpRow, InitiativeRow, OutboxRow, ScheduleRow
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.people import find_person
from bot.db.schedules import find_schedule, scope_of
from bot.deps import Deps
from bot.domain.criterion import CriterionState
from bot.domain.initiative import Initiative, InitiativeState
from bot.errors import UserError
from bot.services.people import learn_person
from bot.services.waves import pass_all_on

Owned = CriterionRow | ScheduleRow | FollowUpRow
"""What passes from who has left to somebody else."""


def hand_over(session: Session, team_id: str, left: str, now: datetime) -> None:
    """Pass on what somebody owned who has left; nothing is written where they owned nothing.

    Open criteria and follow-ups go to their initiative's owner, schedules to the owner of what they post. Where that
    is who left, the home channel is asked once who takes the initiative over, and the rest goes with it.

    Args:
        session: The session of one unit of work.
        team_id: Slack workspace id.
        left: Slack user id.
        now: Aware UTC.
    """
    handed: dict[str, list[Owned]] = {}
    for criterion in _open_criteria(session, team_id, [left]):
        heir = _heir(session, team_id, [criterion.initiative_id])
        if heir is not None:
            criterion.owner_id = heir
            handed.setdefault(heir, []).append(criterion)
    for follow_up in open_rows_of(session, team_id, [left]):
        heir = _heir(session, team_id, [follow_up.initiative_id])
        if heir is not None:
            follow_up.owner_id = heir
            handed.setdefault(heir, []).append(follow_up)
    _pass_schedules(session, team_id, [left], handed)
    pass_all_on(session, team_id, [left], now)
    _tell(session, team_id, left, handed, now)
    for initiative in session.exec(
        select(InitiativeRow).where(
            col(InitiativeRow.team_id) == team_id,
            col(InitiativeRow.owner_id) == left,
            col(InitiativeRow.state) == InitiativeState.OPEN,
        )
    ):
        add_to_outbox(
            session,
            team_id=team_id,
            key=f"owner_left:{initiative.id}:{left}",
            kind=OutboxKind.OWNER_LEFT,
            channel_id=initiative.channel_id,
            facts={"initiative_id": initiative.id, "who": left},
            now=now,
        )


@dataclass(frozen=True, slots=True)
class TakenOver:
    """An initiative that has a new owner.

    Attributes:
        initiative: As it is stored now.
        left: Slack user id of the former owner.
    """

    initiative: Initiative
    left: str


async def take_over(deps: Deps, team_id: str, channel_id: str, ts: str, heir: str) -> TakenOver:
    """Give an initiative whose owner has left, and what else they owned of it, to somebody.

    Args:
        deps: The bundle.
        team_id: Slack workspace id.
        channel_id: Where the question stands.
        ts: The question's ts.
        heir: Slack user id of who was chosen.

    Raises:
        UserError: they have left as well or are a bot, or somebody took over before.
        DeliveryError: Slack could not be asked about them.
    """
    person = await learn_person(deps, team_id, heir)
    if person.is_deleted or heir == deps.bot_user_id:
        raise UserError("They can't take it over. Choose somebody who works here.", field="owner")
    taken = await deps.database.write(_take_over, team_id, channel_id, ts, heir, deps.now())
    deps.wake.set()
    return taken


def _take_over(
    session: Session, team_id: str, channel_id: str, ts: str, heir: str, now: datetime
) -> TakenOver:
    question = session.exec(
        select(OutboxRow).where(
            col(OutboxRow.team_id) == team_id,
            col(OutboxRow.kind) == OutboxKind.OWNER_LEFT,
            col(OutboxRow.channel_id) == channel_id,
            col(OutboxRow.ts) == ts,
        )
    ).first()
    row = None
    if question is not None:
        row = session.exec(
            select(InitiativeRow)
            .where(col(InitiativeRow.id) == question.facts["initiative_id"])
            .with_for_update()
            .execution_options(populate_existing=True)
        ).first()
    if question is None or row is None or row.state != InitiativeState.OPEN:
        raise UserError("That initiative is closed or gone. Type `/initiative list`.", field="initiative")
    left = str(question.facts["who"])
    if row.owner_id != left:
        raise UserError(f"“{row.name}” was taken over before.", field="initiative")
    row.owner_id = heir
    session.add(row)
    session.flush()
    assert row.id is not None
    gone = [left, *_gone_owners(session, team_id, row.id)]
    handed: dict[str, list[Owned]] = {heir: []}
    for criterion in _open_criteria(session, team_id, gone, initiative_id=row.id):
        criterion.owner_id = heir
        handed[heir].append(criterion)
    for follow_up in open_rows_of(session, team_id, gone, initiative_id=row.id):
        follow_up.owner_id = heir
        handed[heir].append(follow_up)
    _pass_schedules(session, team_id, gone, handed)
    pass_all_on(session, team_id, gone, now)
    _tell(session, team_id, left, handed, now, initiative_id=row.id)
    initiative = find_initiative_by_id(session, team_id, row.id)
    assert initiative is not None
    return TakenOver(initiative, left)


def _open_criteria(
    session: Session, team_id: str, owner_ids: Sequence[str], *, initiative_id: int | None = None
) -> list[CriterionRow]:
    wanted = (
        select(CriterionRow)
        .join(InitiativeRow, col(InitiativeRow.id) == col(CriterionRow.initiative_id))
        .where(
            col(CriterionRow.team_id) == team_id,
            col(CriterionRow.owner_id).in_(owner_ids),
            col(CriterionRow.state) != CriterionState.ARCHIVED,
            col(InitiativeRow.state) == InitiativeState.OPEN,
        )
        .order_by(col(CriterionRow.id))
    )
    if initiative_id is not None:
        wanted = wanted.where(col(CriterionRow.initiative_id) == initiative_id)
    return list(session.exec(wanted))


def _gone_owners(session: Session, team_id: str, initiative_id: int) -> list[str]:
    """Return who owns something of an initiative although they have left; their event came before there was an heir."""
    owners = session.exec(
        select(CriterionRow.owner_id).where(col(CriterionRow.initiative_id) == initiative_id).distinct()
    )
    everybody = {*owners, *owners_of_open(session, initiative_id)}
    people = [find_person(session, team_id, owner) for owner in sorted(everybody)]
    return [person.user_id for person in people if person is not None and person.is_deleted]


def _pass_schedules(
    session: Session,
    team_id: str,
    owner_ids: Sequence[str],
    handed: dict[str, list[Owned]],
) -> None:
    """Give the schedules of people who left to the owner of the first thing they post who is still there."""
    rows = session.exec(
        select(ScheduleRow)
        .where(col(ScheduleRow.team_id) == team_id, col(ScheduleRow.created_by).in_(owner_ids))
        .order_by(col(ScheduleRow.id))
    ).all()
    for row in rows:
        assert row.id is not None
        schedule = find_schedule(session, team_id, row.id)
        assert schedule is not None
        scope = [each for each in scope_of(session, team_id, schedule) if each.state is InitiativeState.OPEN]
        heir = _heir(session, team_id, [each.id for each in scope])
        if heir is not None:
            row.created_by = heir
            session.add(row)
            handed.setdefault(heir, []).append(row)


def _heir(session: Session, team_id: str, initiative_ids: Iterable[int]) -> str | None:
    """Return the first owner of some initiatives who is still there, or None."""
    for initiative_id in initiative_ids:
        initiative = find_initiative_by_id(session, team_id, initiative_id)
        if initiative is None:
            continue
        owner = find_person(session, team_id, initiative.owner_id)
        if owner is None or not owner.is_deleted:
            return initiative.owner_id
    return None


def _tell(
    session: Session,
    team_id: str,
    left: str,
    handed: dict[str, list[Owned]],
    now: datetime,
    *,
    initiative_id: int | None = None,
) -> None:
    """Tell each heir once what is theirs now, by direct message."""
    redraw_homes(session, team_id, handed, now)
    look_at_plans(session, team_id, handed, now)
    for heir, rows in handed.items():
        session.add_all(rows)
        add_to_outbox(
            session,
            team_id=team_id,
            key=f"handed:{left}:{heir}:{initiative_id or 0}:{now.isoformat()}",
            kind=OutboxKind.HANDED_OVER,
            channel_id=heir,
            facts={
                "who": left,
                "initiative_id": initiative_id,
                "criterion_ids": [row.id for row in rows if isinstance(row, CriterionRow)],
                "schedule_ids": [row.id for row in rows if isinstance(row, ScheduleRow)],
                "follow_up_ids": [row.id for row in rows if isinstance(row, FollowUpRow)],
            },
            now=now,
        )
