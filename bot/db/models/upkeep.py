"""Upkeep: drafts, events seen, counters."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field

from bot.db.models.table import Table, moment
from bot.db.types import JSONText, UTCDateTime


class DraftRow(Table, table=True):
    """What a person typed and has not saved yet; kept a day so that nothing typed is lost."""

    __tablename__ = "draft"
    __table_args__ = (
        Index(
            "ix_draft_due",
            "team_id",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    """Random, so that a button's value can't be guessed."""
    team_id: str
    user_id: str
    channel_id: str
    kind: str
    form: Any = Field(default=None, sa_type=JSONText)
    state: str = "kept"
    view_id: str | None = None
    response_url: str | None = None
    found: Any = Field(default=None, sa_type=JSONText, nullable=True)
    created_at: datetime = moment()
    expires_at: datetime = moment()
    due_at: datetime | None = moment(nullable=True)
    lease_until: datetime | None = moment(nullable=True)
    lease_token: str | None = None


class SeenEventRow(Table, table=True):
    """An event of Slack's that was taken; Slack delivers some twice."""

    __tablename__ = "seen_event"

    event_id: str = Field(primary_key=True)
    team_id: str
    at: datetime = Field(default=None, sa_type=UTCDateTime, nullable=False, index=True)


class CounterRow(Table, table=True):
    """The last number given out in a workspace for schedules (`#3`) or prompts (`#12`)."""

    __tablename__ = "counter"

    team_id: str = Field(primary_key=True)
    what: str = Field(primary_key=True)
    last: int
