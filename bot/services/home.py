"""Home: what waits for a person, what they own, and how to begin."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlmodel import Session

from bot.db import homes
from bot.db.askings import prompts_asked_of
from bot.db.criteria import Listed, list_own, list_visible
from bot.db.initiatives import visible_initiatives
from bot.db.notes import count_new_notes
from bot.db.prompts import channel_name_of, to_prompt
from bot.db.reminders import planned_later
from bot.db.responses import has_answered
from bot.db.schedules import schedules_by
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.criterion import CriterionState, SourceKind, Status
from bot.domain.home import Home, HomeDecision, HomeLine, HomeNotes
from bot.domain.line import line_from
from bot.domain.prompt import Prompt
from bot.domain.wallclock import end_of_day
from bot.services.decision_lines import debts_of
from bot.services.follow_ups import waiting_follow_ups
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
    over = sorted((each for each in own if _is_over(each, now)), key=lambda each: each.due_on or now.date())
    own = [each for each in own if each not in over]
    asked = {each.id for each in own if _is_asked(each, later)}
    waiting = sorted((each for each in own if each.id in asked), key=lambda each: each.value_at or now)
    others = sorted((each for each in own if each.id not in asked), key=lambda each: by_need(each.standing))
    return Home(
        waiting=tuple(_line(each, now) for each in waiting),
        criteria=tuple(_line(each, now) for each in others),
        schedules=tuple(schedules_by(session, actor.team_id, actor.user_id)),
        initiatives=len(visible_initiatives(session, actor)),
        all_criteria=len(own) + len(over) or len(list_visible(session, actor)),
        now=now,
        zone=person.zone,
        decisions=tuple(
            HomeDecision(debt.initiative.id, debt.initiative.name, debt.decide_by, debt.initiative.zone)
            for debt in debts_of(session, actor.team_id, actor.user_id, now)
        ),
        verdicts=tuple(_line(each, now) for each in over),
        prompts=tuple(_prompts(session, actor, now)),
        notes=tuple(HomeNotes(*each) for each in count_new_notes(session, actor.team_id, actor.user_id)),
        follow_ups=tuple(waiting_follow_ups(session, actor, now)),
    )


def _prompts(session: Session, actor: Actor, now: datetime) -> Iterator[Prompt]:
    for row in prompts_asked_of(session, actor.team_id, actor.user_id, now):
        # Whether an anonymous one was answered is not even looked at.
        if row.anonymous or not has_answered(session, row.id or 0, actor.user_id):
            yield to_prompt(row, channel_name_of(session, row))


def _is_over(each: Listed, now: datetime) -> bool:
    """Say whether a criterion's due date passed without a verdict, which its owner is asked for."""
    if each.due_on is None or each.frozen or each.standing.state is not CriterionState.OPEN:
        return False
    return end_of_day(each.due_on, each.zone) <= now


def _is_asked(each: Listed, later: Collection[int]) -> bool:
    """Say whether a value is due that only people can give; `later` are those whose next one is not due yet."""
    if each.source_kind != SourceKind.MANUAL or each.standing.state is not CriterionState.OPEN or each.frozen:
        return False
    return each.standing.status in WITHOUT_VALUE or each.id not in later


def _line(each: Listed, now: datetime) -> HomeLine:
    by_hand = each.source_kind == SourceKind.MANUAL
    return HomeLine(line_from(each.facts, now), each.initiative_name, by_hand)
