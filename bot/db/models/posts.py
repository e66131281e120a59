"""Posts: schedules, the outbox, and what stands in Slack."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Text, UniqueConstraint, text, true
from sqlmodel import Field

from bot.db.models.table import Table, moment
from bot.db.types import JSONText


class ScheduleRow(Table, table=True):
    """When a progress post goes where."""

    __tablename__ = "schedule"
    __table_args__ = (
        UniqueConstraint("team_id", "number"),
        Index(
            "ix_schedule_due",
            "team_id",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    number: int
    channel_id: str
    cadence: str
    """As domain.formatting writes it (`every Mon 09:00`)."""
    zone: str
    state: str = "active"
    paused_because: str = ""
    created_by: str
    created_at: datetime = moment()
    due_at: datetime | None = moment(nullable=True)
    post_only: str = Field(default="always", sa_column_kwargs={"server_default": "always"})
    """Which runs post: `always`, `changed`, `status changed`."""
    scope: str = Field(default="named", sa_column_kwargs={"server_default": "named"})
    """Which initiatives it posts: `named`, `all`, `mine`."""
    on_days_off: str = Field(default="skip", sa_column_kwargs={"server_default": "skip"})
    """What happens to runs on days off: `skip`, `move`."""


class ScheduleInitiativeRow(Table, table=True):
    """Which initiatives a schedule posts; a schedule without rows posts those at home in its channel."""

    __tablename__ = "schedule_initiative"

    team_id: str
    schedule_id: int = Field(
        sa_column=Column(ForeignKey("schedule.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    initiative_id: int = Field(foreign_key="initiative.id", primary_key=True)


class SnoozeRow(Table, table=True):
    """An initiative that schedules leave out of a channel until a moment."""

    __tablename__ = "snooze"

    team_id: str
    initiative_id: int = Field(foreign_key="initiative.id", primary_key=True)
    channel_id: str = Field(primary_key=True)
    until: datetime = moment()
    by_user_id: str


class OutboxRow(Table, table=True):
    """One message to be posted exactly once, written together with the fact that causes it."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("key"),
        Index(
            "ix_outbox_due",
            "team_id",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    key: str
    """Also stands in the message's metadata, so that a sent message can be recognised."""
    kind: str
    channel_id: str
    facts: Any = Field(default=None, sa_type=JSONText)
    """Row ids the message is built from at the moment it is sent."""
    state: str = "pending"
    created_at: datetime = moment()
    due_at: datetime | None = moment(nullable=True)
    waits_until: datetime | None = moment(nullable=True)
    """Until when it is kept from somebody who is not to be disturbed; what comes after it may go before it."""
    lease_until: datetime | None = moment(nullable=True)
    lease_token: str | None = None
    attempts: int = 0
    attempted_at: datetime | None = moment(nullable=True)
    """When the last attempt began, by Slack's clock where it is known; set before sending."""
    looked: int = 0
    """Read-backs made since the last unclear attempt (two are needed before sending again)."""
    sent_at: datetime | None = moment(nullable=True)
    ts: str | None = None
    last_error: str = ""


class OutageRow(Table, table=True):
    """Criteria of a home channel whose sources broke together, and the message that tells it."""

    __tablename__ = "outage"
    __table_args__ = (
        Index(
            "ix_outage_open",
            "team_id",
            "channel_id",
            sqlite_where=text("over_at IS NULL"),
            postgresql_where=text("over_at IS NULL"),
        ),
        Index(
            "ix_outage_redraw_due",
            "team_id",
            "redraw_at",
            sqlite_where=text("redraw_at IS NOT NULL"),
            postgresql_where=text("redraw_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    channel_id: str
    failure: str = Field(sa_type=Text)
    began_at: datetime = moment()
    joined_at: datetime = moment()
    """When the last criterion broke that is in it."""
    over_at: datetime | None = moment(nullable=True)
    ts: str | None = None
    thread_ts: str | None = None
    """Whose thread it stands in; its own ts where it stands in the channel."""
    redraw_at: datetime | None = moment(nullable=True)
    redrawn_at: datetime | None = moment(nullable=True)


class OutageCriterionRow(Table, table=True):
    """A criterion that broke in an outage."""

    __tablename__ = "outage_criterion"

    outage_id: int = Field(foreign_key="outage.id", primary_key=True)
    criterion_id: int = Field(foreign_key="criterion.id", primary_key=True, index=True)
    status_change_id: int = Field(foreign_key="status_change.id")
    back_as: str | None = None
    """Its status when it could be read again; None before."""


class MaintenanceRow(Table, table=True):
    """A host that is worked on, whose criteria are neither read nor judged."""

    __tablename__ = "maintenance"

    team_id: str = Field(primary_key=True)
    host: str = Field(primary_key=True)
    until: datetime = moment()
    by_user_id: str


class PostRow(Table, table=True):
    """The last progress post of an initiative in a channel; its thread takes the status replies."""

    __tablename__ = "post"
    __table_args__ = (
        Index(
            "ix_post_redraw_due",
            "team_id",
            "redraw_at",
            sqlite_where=text("redraw_at IS NOT NULL"),
            postgresql_where=text("redraw_at IS NOT NULL"),
        ),
    )

    team_id: str
    initiative_id: int = Field(foreign_key="initiative.id", primary_key=True)
    channel_id: str = Field(primary_key=True)
    ts: str
    posted_at: datetime = moment()
    former_at: datetime | None = moment(nullable=True)
    """When the progress post before it was posted: what changed since then is said in it."""
    is_post: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    """False for a status change that started a thread because there was no post; it stays as it is."""
    late_s: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How long after its planned time it went out, in seconds; zero unless it says so."""
    missed: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    """The runs it stands for besides its own, in the words it said them with."""
    redraw_at: datetime | None = moment(nullable=True)
    """When it is drawn again, because a status changed; None while it shows how things stand."""
    redrawn_at: datetime | None = moment(nullable=True)
    """When it was drawn last; the next redraw is at least 3 s later."""
