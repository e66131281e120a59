"""Snoozing: an initiative is left out of a channel's scheduled posts for a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.db import snoozes
from bot.domain.actor import Actor
from bot.domain.initiative import Initiative
from bot.services.people import known_person
from bot.services.permission import require_owner
from bot.services.progress import seen_initiative

FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Snoozed:
    """An initiative that is left out of a channel.

    Attributes:
        initiative: The initiative.
        until: Aware UTC; None when it is posted again.
        zone: The reader's IANA zone.
    """

    initiative: Initiative
    until: datetime | None
    zone: str


def snooze_posts(session: Session, actor: Actor, initiative_id: int, now: datetime) -> Snoozed:
    """Leave an initiative out of what schedules post to the channel where somebody is, for a week.

    Raises:
        UserError: it is not to be seen.
        NotAllowedError: they neither own it nor are an admin.
        UnknownPersonError: Slack was never asked about them.
    """
    initiative, zone = _own(session, actor, initiative_id)
    until = now + FOR
    snoozes.snooze(session, actor.team_id, initiative.id, actor.channel_id, until=until, by=actor.user_id)
    return Snoozed(initiative, until, zone)


def wake_posts(session: Session, actor: Actor, initiative_id: int) -> Snoozed:
    """Have schedules post an initiative again to the channel where somebody is; as `snooze_posts` raises."""
    initiative, zone = _own(session, actor, initiative_id)
    snoozes.end_snooze(session, initiative.id, actor.channel_id)
    return Snoozed(initiative, None, zone)


def _own(session: Session, actor: Actor, initiative_id: int) -> tuple[Initiative, str]:
    person = known_person(session, actor)
    initiative = seen_initiative(session, actor, initiative_id)
    require_owner(person, initiative.owner_id, initiative, f"when “{initiative.name}” is posted")
    return initiative, person.zone
