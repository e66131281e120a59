"""Being away: somebody is not reminded of anything until they are back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.db.away import away_until, save_away
from bot.domain.actor import Actor
from bot.services.people import known_person
from bot.services.quiet import look_at_what_waits


@dataclass(frozen=True, slots=True)
class Away:
    """Whether somebody is away.

    Attributes:
        until: Aware UTC, or None when they are here.
        zone: Their IANA zone.
    """

    until: datetime | None
    zone: str


def show_away(session: Session, actor: Actor, now: datetime) -> Away:
    """Return whether the person who asks is away at a moment (aware UTC).

    Raises:
        UnknownPersonError: Slack was never asked about them.
    """
    person = known_person(session, actor)
    until = away_until(session, actor.team_id, actor.user_id)
    return Away(until if until is not None and until > now else None, person.zone)


def stay_away(session: Session, actor: Actor, length: timedelta | None, now: datetime) -> Away:
    """Keep somebody from being reminded for a while, or no longer for None; as `show_away` raises."""
    save_away(session, actor.team_id, actor.user_id, now if length is None else now + length)
    look_at_what_waits(session, actor.team_id, actor.user_id, now)
    return show_away(session, actor, now)
