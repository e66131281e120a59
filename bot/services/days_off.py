"""Days off: the team's calendar is listed and changed, and schedules are planned anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from bot.db.calendar_links import links_of
from bot.db.days_off import add_days_off, days_off_of, remove_days_off
from bot.db.schedules import plan_anew
from bot.db.series import plan_series_anew
from bot.domain.actor import Actor
from bot.domain.dates import DateSpec, Iso, resolve
from bot.domain.days_off import LONGEST, CalendarLink, DaysOff
from bot.domain.wallclock import day_at, show_day
from bot.errors import NotAllowedError, UserError
from bot.services.people import known_person

MOST_ENTRIES = 200
"""Entries of one team's calendar."""


@dataclass(frozen=True, slots=True)
class TeamCalendar:
    """The team's calendar from today on.

    Attributes:
        entries: The earliest first.
        today: The day it is where the reader is.
        links: The calendars it is read from, the oldest first, each with its days from today on.
    """

    entries: tuple[DaysOff, ...]
    today: date
    links: tuple[CalendarLink, ...] = ()


def show_days_off(session: Session, actor: Actor, now: datetime) -> TeamCalendar:
    """Return the team's days off from today on.

    Raises:
        UnknownPersonError: Slack was never asked about the person.
    """
    today = day_at(now, known_person(session, actor).zone)
    entries = tuple(days_off_of(session, actor.team_id, today))
    return TeamCalendar(entries, today, tuple(links_of(session, actor.team_id, today)))


def take_days_off(
    session: Session, actor: Actor, first: DateSpec, last: DateSpec | None, now: datetime
) -> TeamCalendar:
    """Enter days off and plan the schedules' next runs by them; return the calendar.

    Raises:
        UserError: field ``text``; the days are past, the wrong way round, or too many.
        UnknownPersonError: Slack was never asked about the person.
    """
    calendar = show_days_off(session, actor, now)
    begin = resolve(first, calendar.today, field="text")
    if isinstance(last, Iso) and last.day < begin:
        raise UserError(
            f"The days off would end on {show_day(last.day, calendar.today)}, before they begin. "
            "Type the earlier day first.",
            field="text",
        )
    # The end is read from the first day on: `24 Dec to 2 Jan` ends in the next year.
    end = begin if last is None else resolve(last, begin, field="text")
    if (end - begin).days >= LONGEST:
        raise UserError(
            f"{show_day(begin, calendar.today)} to {show_day(end, calendar.today)} are "
            f"{(end - begin).days + 1} days; {LONGEST} at once is the most.",
            field="text",
        )
    if len(calendar.entries) >= MOST_ENTRIES:
        raise UserError(
            f"The calendar has {MOST_ENTRIES} entries, which is the most. Remove some first.", field="text"
        )
    add_days_off(session, actor.team_id, begin, end, by=actor.user_id)
    plan_anew(session, actor.team_id, now)
    plan_series_anew(session, actor.team_id, now)
    return show_days_off(session, actor, now)


def give_up_days_off(session: Session, actor: Actor, day: DateSpec, now: datetime) -> TeamCalendar:
    """Remove the entries a day is in and plan the schedules' next runs without them; return the calendar.

    Raises:
        UserError: field ``text``; that day is not off.
        NotAllowedError: somebody else entered it, and the person is no workspace admin.
        UnknownPersonError: Slack was never asked about the person.
    """
    person = known_person(session, actor)
    calendar = show_days_off(session, actor, now)
    wanted = resolve(day, calendar.today, field="text")
    entries = [entry for entry in calendar.entries if entry.first <= wanted <= entry.last]
    if not entries:
        if hosts := sorted({link.host for link in calendar.links if wanted in link.days}):
            raise UserError(
                f"{show_day(wanted, calendar.today)} comes from the calendar from {' and '.join(hosts)}. "
                "Take it out there; it is read each day.",
                field="text",
            )
        raise UserError(
            f"{show_day(wanted, calendar.today)} is no day off. Type `/loop days off` to see which are.",
            field="text",
        )
    for entry in entries:
        if entry.by != person.user_id and not person.is_admin:
            raise NotAllowedError(
                "Only whoever entered days off or a workspace admin can remove them.", owner_id=entry.by
            )
        remove_days_off(session, entry.id)
    plan_anew(session, actor.team_id, now)
    plan_series_anew(session, actor.team_id, now)
    return show_days_off(session, actor, now)
