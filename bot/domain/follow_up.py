"""Follow-ups: something somebody does by a day, so that it is not forgotten."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.cadence import Weekday
from bot.domain.entities import clean, collapse
from bot.domain.initiative import Initiative, InitiativeState
from bot.domain.wallclock import day_at, show_day, start_of_day
from bot.errors import UserError

TEXT_LIMIT = 300
"""Most characters of a follow-up's text."""

REASON_LIMIT = 300
"""Most characters of why one is not done."""

SOON = timedelta(days=7)
"""What is due so soon stands in digests."""

SNOOZED = timedelta(days=7)


class FollowUpState(StrEnum):
    """What became of a follow-up."""

    OPEN = "open"
    DONE = "done"
    NOT_DOING = "not_doing"


class FollowUpMove(StrEnum):
    """What a button does to a follow-up."""

    DONE = "done"
    SNOOZE = "snooze"
    NOT_DOING = "not_doing"
    REOPEN = "reopen"
    """It is open again, and snoozed no more."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Something somebody does by a day.

    Attributes:
        id: Row id.
        text: What is to be done, on one line, not escaped.
        owner_id: Slack user id of who sees to it.
        due_on: Its day, in the initiative's zone.
        state: What became of it.
        reason: Why it is not done; empty unless it is turned down.
        snoozed_until: Digests and Home leave it out before that, aware UTC; None when it was never snoozed.
        created_by: Slack user id.
        closed_by: Slack user id of who closed it, or None while it is open.
        closed_at: When, aware UTC, or None while it is open.
    """

    id: int
    text: str
    owner_id: str
    due_on: date
    state: FollowUpState = FollowUpState.OPEN
    reason: str = ""
    snoozed_until: datetime | None = None
    created_by: str = ""
    closed_by: str | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.state is FollowUpState.OPEN

    def is_snoozed(self, now: datetime) -> bool:
        """Say whether it is left out at a moment, aware UTC."""
        return self.is_open and self.snoozed_until is not None and self.snoozed_until > now


@dataclass(frozen=True, slots=True)
class FollowUpView:
    """A follow-up with its initiative, open or closed.

    Attributes:
        follow_up: The follow-up.
        initiative: What it belongs to; its zone is the one of the day.
        owner_name: Display name of the owner, for messages that should not notify them; possibly empty.
    """

    follow_up: FollowUp
    initiative: Initiative
    owner_name: str = ""

    @property
    def of_closed(self) -> bool:
        """Whether its initiative is closed: it stays to be done even so."""
        return self.initiative.state is InitiativeState.CLOSED

    def is_overdue(self, now: datetime) -> bool:
        """Say whether its day is over at a moment, aware UTC."""
        return self.follow_up.is_open and self.follow_up.due_on < day_at(now, self.initiative.zone)

    def due_words(self, now: datetime) -> str:
        """Return ``due Fri 12 Dec``, ``due today`` or ``3 d overdue`` as it reads at a moment, aware UTC."""
        return say_due(self.follow_up.due_on, day_at(now, self.initiative.zone))


@dataclass(frozen=True, slots=True)
class FollowUpAsked:
    """A follow-up its owner is told of: on its day, or since somebody (Slack user id) asks about it."""

    view: FollowUpView
    by: str | None = None


def say_due(due_on: date, today: date) -> str:
    """Return ``due Fri 12 Dec``, ``due today`` or ``3 d overdue``."""
    if due_on < today:
        return f"{(today - due_on).days} d overdue"
    if due_on == today:
        return "due today"
    return f"due {show_weekday(due_on, today)}"


def show_weekday(day: date, today: date) -> str:
    """Return ``Fri 12 Dec``."""
    return f"{tuple(Weekday)[day.weekday()]} {show_day(day, today)}"


def snoozed_until(now: datetime, zone: str) -> datetime:
    """Return when something that is snoozed now comes back: the beginning of the same day next week, aware UTC."""
    return start_of_day(day_at(now, zone) + SNOOZED, zone)


def parse_follow_up(typed: str, *, field: str = "text") -> str:
    """Return what is to be done, on one line.

    Raises:
        UserError: nothing to see in it, or longer than `TEXT_LIMIT`.
    """
    text = collapse(clean(typed))
    if not any(unicodedata.category(character)[0] not in "ZC" for character in text):
        raise UserError("Say what is to be done.", field=field)
    if len(text) > TEXT_LIMIT:
        raise UserError(
            f"That has {len(text):,} characters; {TEXT_LIMIT} is the most. Shorten it.", field=field
        )
    return text


def parse_not_doing(typed: str, *, field: str = "reason") -> str:
    """Return why a follow-up is not done, on one line.

    Raises:
        UserError: empty, or longer than `REASON_LIMIT`.
    """
    reason = collapse(clean(typed))
    if not reason:
        raise UserError("Say why it is not done, in one sentence; it stands in the timeline.", field=field)
    if len(reason) > REASON_LIMIT:
        raise UserError(
            f"That reason has {len(reason):,} characters; {REASON_LIMIT} is the most. Shorten it.",
            field=field,
        )
    return reason
