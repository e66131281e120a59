"""Quiet hours: somebody says in which hours of the day nothing is asked of them, and what waits is looked at anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.db.askings import look_at_askings
from bot.db.checkin_plans import look_again as look_at_plan
from bot.db.deliveries import wait_no_longer
from bot.db.follow_ups import look_again as look_at_follow_ups
from bot.db.quiet import quiet_hours_of, save_quiet_hours
from bot.db.reminders import look_again
from bot.domain.actor import Actor
from bot.domain.quiet import QuietHours
from bot.services.people import known_person


@dataclass(frozen=True, slots=True)
class Quiet:
    """Somebody's quiet hours.

    Attributes:
        hours: Or None without any.
        zone: Their IANA zone.
        runs: Whether they run now.
        ends: When they end next, aware UTC; None without any.
    """

    hours: QuietHours | None
    zone: str
    runs: bool
    ends: datetime | None


def show_quiet(session: Session, actor: Actor, now: datetime) -> Quiet:
    """Return the quiet hours of the person who asks at a moment (aware UTC).

    Raises:
        UnknownPersonError: Slack was never asked about them.
    """
    zone = known_person(session, actor).zone
    hours = quiet_hours_of(session, actor.team_id, actor.user_id)
    if hours is None:
        return Quiet(None, zone, runs=False, ends=None)
    running = hours.end_of_running(now, zone)
    return Quiet(hours, zone, runs=running is not None, ends=running or hours.next_end(now, zone))


def keep_quiet(session: Session, actor: Actor, hours: QuietHours | None, now: datetime) -> Quiet:
    """Store the quiet hours of whoever asks, None for none any more, and return them; as `show_quiet` raises."""
    found = show_quiet(session, actor, now)
    if hours != found.hours:
        save_quiet_hours(session, actor.team_id, actor.user_id, hours)
        look_at_what_waits(session, actor.team_id, actor.user_id, now)
    return show_quiet(session, actor, now)


def look_at_what_waits(session: Session, team_id: str, user_id: str, now: datetime) -> None:
    """Have the next tick work out anew when somebody is asked, since they can be asked at other times now."""
    look_again(session, team_id, user_id, now)
    look_at_plan(session, team_id, user_id, now)
    look_at_follow_ups(session, team_id, user_id, now)
    look_at_askings(session, team_id, user_id, now)
    wait_no_longer(session, team_id, user_id, now)
