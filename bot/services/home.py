"""Home: what waits for a person, what they own, and how to begin."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from bot.db import homes
from bot.db.criteria import Listed, list_own, list_visible
from bot.db.initiatives import visible_initiatives
from bot.db.reminders import planned_later
from bot.db.schedules import schedules_by
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.criterion import CriterionState, SourceKind, Status
from bot.domain.home import Home, HomeDecision, HomeLine
from bot.domain.line import line_from
from bot.services.decision_lines import debts_of
from bot.services.lines import by_need
from bot.services.people import known_person

NOWHERE = ""
"""The channel of somebody on their Home: they see what is not private, and what they own."""

WITHOUT_VALUE = frozenset({Status.NO_DATA, Status.STALE})
"""Statuses of a criterion set by hand in which it waits for a value whatever its rhythm."""


async def open_home(deps: Deps, actor: Actor) -> None:
    """Have somebody's Home published, now that they look at it."""
    await deps.database.write(homes.home_opened, actor.team_id, actor.user_id, deps.now())
    deps.wake.set()


def home_of(session: Session, actor: Actor, now: datetime) -> Home:
    """Return what a person's Home says at a moment (aware UTC).

    Raises:
        UnknownPersonError: Slack was never asked about them.
    """
    person = known_person(session, actor)
    own = list_own(session, actor)
    later = planned_later(session, [each.id for each in own if each.source_kind == SourceKind.MANUAL], now)
    asked = {each.id for each in own if _is_asked(each, later)}
    waiting = sorted((each for each in own if each.id in asked), key=lambda each: each.value_at or now)
    others = sorted((each for each in own if each.id not in asked), key=lambda each: by_need(each.standing))
    return Home(
        waiting=tuple(_line(each, now) for each in waiting),
        criteria=tuple(_line(each, now) for each in others),
        schedules=tuple(schedules_by(session, actor.team_id, actor.user_id)),
        initiatives=len(visible_initiatives(session, actor)),
        all_criteria=len(own) or len(list_visible(session, actor)),
        now=now,
        zone=person.zone,
        decisions=tuple(
            HomeDecision(debt.initiative.id, debt.initiative.name, debt.decide_by, debt.initiative.zone)
            for debt in debts_of(session, actor.team_id, actor.user_id, now)
        ),
    )


def _is_asked(each: Listed, later: Collection[int]) -> bool:
    """Say whether a value is due that only people can give; `later` are those whose next one is not due yet."""
    if each.source_kind != SourceKind.MANUAL or each.standing.state is not CriterionState.OPEN or each.frozen:
        return False
    return each.standing.status in WITHOUT_VALUE or each.id not in later


def _line(each: Listed, now: datetime) -> HomeLine:
    by_hand = each.source_kind == SourceKind.MANUAL
    return HomeLine(line_from(each.facts, now), each.initiative_name, by_hand)
