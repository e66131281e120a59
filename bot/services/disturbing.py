"""Disturbing: when somebody may be sent a direct message that asks for something.

Whoever plans such a message asks `may_ask_at`, so that deadlines are seen in time; each of them passes
`kept_until` once more right before it is sent (docs/decisions/0043).
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from bot.db.away import away_until
from bot.db.deliveries import OutboxClaim
from bot.db.outbox import OutboxKind
from bot.db.people import find_person
from bot.db.quiet import quiet_hours_of
from bot.deps import Deps
from bot.domain.quiet import may_ask
from bot.errors import DeliveryError

ASKING = frozenset(
    {
        OutboxKind.VALUE_DUE,
        OutboxKind.VERDICT_ASKED,
        OutboxKind.CHECK_INS_DUE,
        OutboxKind.NUDGE,
        OutboxKind.FOLLOW_UP,
        OutboxKind.PROMPT_ASKED,
    }
)
"""Direct messages that ask for something. What failed and needs its owner, and what became of something, is told at
once: Slack's own do-not-disturb keeps that silent, and whoever is awake can act on it."""


LONGEST = timedelta(days=1)
"""How long a message waits at most before Slack is asked again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that has to wait: until when (aware UTC), and why."""

    until: datetime
    because: str


def may_ask_at(
    session: Session,
    team_id: str,
    user_id: str,
    zone: str,
    wanted: datetime,
    *,
    days_off: Set[date] = frozenset(),
    by_person: bool = False,
) -> datetime:
    """Return when somebody may be asked who should be at a moment.

    That is once they are back, by day, outside their quiet hours and on no day off.

    Args:
        session: An open session.
        team_id: Slack workspace id.
        user_id: Whom.
        zone: Their IANA zone.
        wanted: Aware UTC.
        days_off: Days of the team's calendar on which they are not asked.
        by_person: Whether somebody else asks them by name: that waits for their quiet hours alone.

    Returns:
        Aware UTC, not before `wanted`.
    """
    quiet = quiet_hours_of(session, team_id, user_id)
    away = None if by_person else away_until(session, team_id, user_id)
    since = wanted if away is None else max(wanted, away)
    return may_ask(since, zone, quiet, days_off=days_off, at_night=by_person)


async def kept_until(deps: Deps, claim: OutboxClaim) -> Kept | None:
    """Return until when a claimed message is kept from whom it asks, or None when it may go out now.

    Their quiet hours come first, and Slack's do-not-disturb after them. Where Slack does not tell it (the scope was not
    granted, the rate limit is reached, it can't be reached) nothing waits for it.
    """
    if claim.kind not in ASKING:
        return None
    now = deps.now()
    at = await deps.database.read(_may_go_at, claim, now)
    if at > now:
        return Kept(at, "not at this time of their day")
    try:
        ends = await deps.slack.do_not_disturb_until(claim.channel_id)
    except DeliveryError:
        return None  # whatever Slack does not say must not keep a message back for good
    # Looked at anew once a day: who is never to be disturbed may have changed their mind.
    return Kept(min(ends, now + LONGEST), "do-not-disturb") if ends is not None and ends > now else None


def _may_go_at(session: Session, claim: OutboxClaim, now: datetime) -> datetime:
    person = find_person(session, claim.team_id, claim.channel_id)
    # Nobody has quiet hours or is away of whom nothing is known.
    if person is None:
        return now
    user_id, by_person = person.user_id, _is_by_person(claim)
    return may_ask_at(session, claim.team_id, user_id, person.zone, now, by_person=by_person)


def _is_by_person(claim: OutboxClaim) -> bool:
    if claim.kind is OutboxKind.PROMPT_ASKED:
        return any(prompt_id not in claim.facts["reminded"] for prompt_id in claim.facts["prompt_ids"])
    return claim.kind in (OutboxKind.NUDGE, OutboxKind.FOLLOW_UP) and claim.facts["by"] is not None
