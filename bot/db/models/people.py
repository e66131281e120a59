"""People and channels: who and where, as Slack says, and when they are away or want quiet."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import Index, Text, text
from sqlmodel import Field

from bot.db.models.table import Table, moment
from bot.db.types import UTCDateTime


class PersonRow(Table, table=True):
    """What is known of a Slack user: asked once, kept current by `user_change`."""

    __tablename__ = "person"

    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    name: str = ""
    zone: str
    is_admin: bool = False
    is_deleted: bool = False
    checked_at: datetime = moment()


class AwayRow(Table, table=True):
    """Until when somebody is not reminded of anything, because they said so."""

    __tablename__ = "away"

    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    until: datetime = moment()


class QuietHoursRow(Table, table=True):
    """When in each day somebody is asked for nothing by direct message, because they said so."""

    __tablename__ = "quiet_hours"

    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    starts: time
    """Wall time in the person's zone, as the end is."""
    ends: time


class DayOffRow(Table, table=True):
    """Days of the team's calendar on which schedules do not post."""

    __tablename__ = "day_off"

    id: int | None = Field(default=None, primary_key=True)
    team_id: str = Field(index=True)
    first_on: date
    last_on: date
    by_user_id: str


class CalendarLinkRow(Table, table=True):
    """An address from which days off are read, each day; it may hold a secret, and so is sealed."""

    __tablename__ = "calendar_link"

    id: int | None = Field(default=None, primary_key=True)
    team_id: str = Field(index=True)
    host: str
    """All of the address that may be seen."""
    sealed: bytes
    by_user_id: str
    created_at: datetime = moment()
    read_at: datetime = moment()
    """When it was read with success last."""
    due_at: datetime = Field(default=None, sa_type=UTCDateTime, nullable=False, index=True)
    """When it is read next; while it is read, until when nobody else does."""
    failures: int = 0
    """Reads that failed since then."""
    failure: str = Field(default="", sa_type=Text)
    """Why the last read failed, or empty."""
    is_told: bool = False
    """Whether whoever gave it knows that."""


class CalendarDayRow(Table, table=True):
    """A day off that an address gave."""

    __tablename__ = "calendar_day"

    team_id: str = Field(index=True)
    link_id: int = Field(foreign_key="calendar_link.id", primary_key=True)
    day: date = Field(primary_key=True)


class ChannelRow(Table, table=True):
    """What is known of a channel: asked when it is named, kept current by channel events."""

    __tablename__ = "channel"

    team_id: str = Field(primary_key=True)
    channel_id: str = Field(primary_key=True)
    name: str = ""
    is_private: bool = False
    is_archived: bool = False
    is_member: bool = False
    checked_at: datetime = moment()


class HomeRow(Table, table=True):
    """A person's Home tab, which is published when they open it and when its facts change."""

    __tablename__ = "home"
    __table_args__ = (
        Index(
            "ix_home_redraw_due",
            "team_id",
            "redraw_at",
            sqlite_where=text("redraw_at IS NOT NULL"),
            postgresql_where=text("redraw_at IS NOT NULL"),
        ),
    )

    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    opened_at: datetime = moment()
    """When they looked last; who has not for a month is not drawn for."""
    redraw_at: datetime | None = moment(nullable=True)
    """When it is published next; None while it shows how things stand."""
    redrawn_at: datetime | None = moment(nullable=True)
