"""Initiatives, their criteria, and what is known of these."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, Text, false, text
from sqlmodel import Field

from bot.db.models.table import Table, moment
from bot.db.types import DecimalText, JSONText, UTCDateTime


class InitiativeRow(Table, table=True):
    """An initiative."""

    __tablename__ = "initiative"
    __table_args__ = (
        # A name may be used again once its initiative is closed, and in another channel (a private
        # channel's names must not be felt elsewhere).
        Index(
            "uq_initiative_open_name",
            "team_id",
            "channel_id",
            "name_key",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str = Field(index=True)
    name: str
    name_key: str
    outcome: str = ""
    owner_id: str
    channel_id: str
    zone: str
    starts_on: date
    ends_on: date
    state: str = "open"
    created_by: str
    created_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)
    broadcasts: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether status changes, told in a thread, are shown in the channel as well."""
    check_ins: str = Field(default="every Mon 10:00", sa_column_kwargs={"server_default": "every Mon 10:00"})
    """When owners are reminded to check in, as domain.formatting writes a rhythm, in their zones; empty for never."""


class CriterionRow(Table, table=True):
    """A criterion, what its readings mean now, and when it is read next."""

    __tablename__ = "criterion"
    __table_args__ = (
        Index(
            "uq_criterion_open_name",
            "initiative_id",
            "name_key",
            unique=True,
            sqlite_where=text("state <> 'archived'"),
            postgresql_where=text("state <> 'archived'"),
        ),
        Index(
            "ix_criterion_judge",
            "team_id",
            "judge_at",
            sqlite_where=text("judge_at IS NOT NULL"),
            postgresql_where=text("judge_at IS NOT NULL"),
        ),
        Index(
            "ix_criterion_due",
            "team_id",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str = Field(index=True)
    initiative_id: int = Field(foreign_key="initiative.id", index=True)
    name: str
    name_key: str
    kind: str
    direction: str
    operator_typed: str = ""
    target: Decimal = Field(sa_type=DecimalText)
    target_high: Decimal | None = Field(default=None, sa_type=DecimalText)
    baseline: Decimal | None = Field(default=None, sa_type=DecimalText)
    baseline_typed: bool = False
    unit: str = ""
    due_on: date | None = None
    owner_id: str
    source_kind: str
    source_url: str | None = Field(default=None, sa_type=Text)
    source_path: str | None = Field(default=None, sa_type=Text)
    source_options: Any = Field(default=None, sa_type=JSONText, nullable=True)
    """Name → text, or None where there are none."""
    public_key: str | None = Field(default=None, index=True, unique=True)
    """Names the criterion in `/api/v1/criteria/{key}/readings`; random, made with its first token."""
    every_typed: str
    """The rhythm as domain.formatting writes it (`1h`, `day 09:30`); parsed back when it is needed."""
    longest_gap_s: int
    readings_needed: int
    state: str = "open"
    created_by: str
    created_at: datetime = moment()
    archived_at: datetime | None = moment(nullable=True)

    # What the readings mean now; written only by the unit of work that also writes the status change.
    status: str = "not_started"
    settled: str | None = None
    """Last judged status (on_pace, behind, met, missed), which stale and source_broken return to."""
    settled_since: datetime | None = moment(nullable=True)
    sentence: str = Field(default="", sa_type=Text)
    status_since: datetime | None = moment(nullable=True)
    progress: Decimal | None = Field(default=None, sa_type=DecimalText)
    frozen: bool = False
    no_verdict_asked: bool = False
    value: Decimal | None = Field(default=None, sa_type=DecimalText)
    value_at: datetime | None = moment(nullable=True)
    failures: int = 0
    failing_since: datetime | None = moment(nullable=True)
    last_failure: str = ""

    judged_from: datetime | None = moment(nullable=True)
    """When an edit gave it another source; readings before are shown, but not judged. None without one."""

    judge_at: datetime | None = moment(nullable=True)
    """When time alone may change the status (start, staleness, due date), or None when it can't."""

    # The plan: see bot/db/polls.py for the claim.
    due_at: datetime | None = moment(nullable=True)
    requested_at: datetime | None = moment(nullable=True)
    lease_until: datetime | None = moment(nullable=True)
    lease_token: str | None = None


class ReadingRow(Table, table=True):
    """One value of a criterion's source at one moment."""

    __tablename__ = "reading"
    __table_args__ = (Index("ix_reading_criterion_at", "criterion_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    criterion_id: int = Field(foreign_key="criterion.id")
    at: datetime = moment()
    value: Decimal = Field(sa_type=DecimalText)
    origin: str
    by_user_id: str | None = None
    note: str = Field(default="", sa_type=Text)
    struck_at: datetime | None = moment(nullable=True)
    """When somebody voided it, which may be taken back; None while it counts."""
    struck_by: str | None = None
    struck_reason: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})


class GoalpostRow(Table, table=True):
    """A stored fact: somebody changed what a criterion is measured by or against."""

    __tablename__ = "goalpost"
    __table_args__ = (Index("ix_goalpost_criterion_at", "criterion_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    criterion_id: int = Field(foreign_key="criterion.id")
    at: datetime = moment()
    by_user_id: str
    field: str
    """One of domain.goalpost.GoalpostField; before and after are texts as that module writes them."""
    before: str = Field(sa_type=Text)
    after: str = Field(sa_type=Text)


class CheckInRow(Table, table=True):
    """How confident a person is in a criterion, and one sentence why; added, never rewritten."""

    __tablename__ = "check_in"
    __table_args__ = (Index("ix_check_in_criterion_at", "criterion_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    criterion_id: int = Field(foreign_key="criterion.id")
    at: datetime = moment()
    by_user_id: str
    confidence: int
    """0 to 10."""
    sentence: str = Field(default="", sa_type=Text)


class StatusChangeRow(Table, table=True):
    """A stored fact: a criterion's status became another one."""

    __tablename__ = "status_change"
    __table_args__ = (Index("ix_status_change_criterion_at", "criterion_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    criterion_id: int = Field(foreign_key="criterion.id")
    at: datetime = moment()
    from_status: str
    to_status: str
    sentence: str = Field(sa_type=Text)
    value: Decimal | None = Field(default=None, sa_type=DecimalText)


class ReminderRow(Table, table=True):
    """When the owner of a criterion that is set by hand is asked for its value; gone once they were.

    A table of its own, so that the criteria that are read carry nothing of it.
    """

    __tablename__ = "reminder"

    criterion_id: int = Field(foreign_key="criterion.id", primary_key=True)
    team_id: str
    due_at: datetime = Field(default=None, sa_type=UTCDateTime, nullable=False, index=True)


class CheckInPlanRow(Table, table=True):
    """When the owner of criteria is reminded next to check in on them."""

    __tablename__ = "check_in_plan"
    __table_args__ = (
        Index(
            "ix_check_in_plan_due",
            "team_id",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )

    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    since: datetime = moment()
    """What came round until then is done with."""
    due_at: datetime | None = moment(nullable=True)


class CheckInMuteRow(Table, table=True):
    """A criterion whose owner is not reminded to check in on it: until a moment, or until they want it again."""

    __tablename__ = "check_in_mute"

    team_id: str
    user_id: str = Field(primary_key=True)
    criterion_id: int = Field(foreign_key="criterion.id", primary_key=True)
    until: datetime | None = moment(nullable=True)


class NudgePlanRow(Table, table=True):
    """When a criterion nobody checked in on is looked at next, since much of its time is gone."""

    __tablename__ = "nudge_plan"

    criterion_id: int = Field(foreign_key="criterion.id", primary_key=True)
    team_id: str
    due_at: datetime = Field(default=None, sa_type=UTCDateTime, nullable=False, index=True)
