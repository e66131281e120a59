"""The loop: ships, decisions, iterations, follow-ups."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, Text, false, text
from sqlmodel import Field

from bot.db.models.table import Table, moment


class ShipRow(Table, table=True):
    """A change put in front of users, typed in Slack or sent by a program."""

    __tablename__ = "ship"
    __table_args__ = (
        Index("ix_ship_initiative_at", "initiative_id", "at"),
        Index("ix_ship_message", "channel_id", "ts"),
        Index(
            "ix_ship_redraw_due",
            "team_id",
            "redraw_at",
            sqlite_where=text("redraw_at IS NOT NULL"),
            postgresql_where=text("redraw_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    initiative_id: int = Field(foreign_key="initiative.id")
    channel_id: str
    """Where it is announced."""
    name: str
    link: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    at: datetime = moment()
    by_user_id: str
    by_program: bool = False
    taken_back_at: datetime | None = moment(nullable=True)
    """When it turned out to be a mistake; then it counts nowhere."""
    ts: str | None = None
    reactions: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether reactions under its announcement count."""
    redraw_at: datetime | None = moment(nullable=True)
    """When its announcement is drawn again, or None while it shows how things stand."""
    redrawn_at: datetime | None = moment(nullable=True)


class ShipVoteRow(Table, table=True):
    """What one person says of a ship with one tap."""

    __tablename__ = "ship_vote"

    team_id: str
    ship_id: int = Field(foreign_key="ship.id", primary_key=True)
    user_id: str = Field(primary_key=True)
    thumb: str
    """One of domain.ship.Thumb."""
    at: datetime = moment()
    """When they first said something."""


class DecisionRow(Table, table=True):
    """What was decided on an initiative, and why; added, never rewritten."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_initiative_at", "initiative_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    initiative_id: int = Field(foreign_key="initiative.id")
    kind: str
    """One of domain.decision.DecisionKind."""
    reason: str = Field(default="", sa_type=Text)
    against: bool = False
    """True when it was not what the decision line said."""
    by_user_id: str
    at: datetime = moment()


class IterationRow(Table, table=True):
    """A time-boxed step of an initiative with a goal; one at most runs, until it is decided."""

    __tablename__ = "iteration"
    __table_args__ = (
        Index("ix_iteration_initiative_at", "initiative_id", "at"),
        Index(
            "uq_iteration_running",
            "initiative_id",
            unique=True,
            sqlite_where=text("decision_id IS NULL"),
            postgresql_where=text("decision_id IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    initiative_id: int = Field(foreign_key="initiative.id")
    goal: str
    starts_on: date
    ends_on: date
    by_user_id: str
    at: datetime = moment()
    decision_id: int | None = Field(default=None, foreign_key="decision.id")
    """What ended it, or None while it runs."""


class DecisionLineRow(Table, table=True):
    """What will be decided on what facts, by when; an initiative has one at most that is not decided yet."""

    __tablename__ = "decision_line"
    __table_args__ = (
        Index(
            "uq_decision_line_open",
            "initiative_id",
            unique=True,
            sqlite_where=text("decision_id IS NULL"),
            postgresql_where=text("decision_id IS NULL"),
        ),
        Index(
            "ix_decision_line_due",
            "team_id",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_decision_line_redraw_due",
            "team_id",
            "redraw_at",
            sqlite_where=text("redraw_at IS NOT NULL"),
            postgresql_where=text("redraw_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    initiative_id: int = Field(foreign_key="initiative.id")
    channel_id: str
    """Where its card is posted."""
    keep_criterion_id: int | None = Field(default=None, foreign_key="criterion.id")
    keep_if: str = Field(default="", sa_type=Text)
    """A condition as domain.formatting writes it (`>= 3.2`), empty where there is none; so is stop_if."""
    stop_criterion_id: int | None = Field(default=None, foreign_key="criterion.id")
    stop_if: str = Field(default="", sa_type=Text)
    decide_by: date
    by_user_id: str
    at: datetime = moment()
    decision_id: int | None = Field(default=None, foreign_key="decision.id")
    """What was decided, or None while it is open."""
    due_at: datetime | None = moment(nullable=True)
    """When its card is posted, or None once it is in the outbox."""
    ts: str | None = None
    redraw_at: datetime | None = moment(nullable=True)
    redrawn_at: datetime | None = moment(nullable=True)


class FollowUpRow(Table, table=True):
    """Something somebody does by a day."""

    __tablename__ = "follow_up"
    __table_args__ = (
        Index("ix_follow_up_initiative_state", "initiative_id", "state"),
        Index(
            "ix_follow_up_owner_open",
            "team_id",
            "owner_id",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_follow_up_remind_due",
            "team_id",
            "remind_at",
            sqlite_where=text("remind_at IS NOT NULL"),
            postgresql_where=text("remind_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    initiative_id: int = Field(foreign_key="initiative.id")
    text: str = Field(sa_type=Text)
    owner_id: str
    due_on: date
    """In the initiative's zone."""
    state: str = "open"
    """One of domain.follow_up.FollowUpState."""
    reason: str = Field(default="", sa_type=Text)
    snoozed_until: datetime | None = moment(nullable=True)
    created_by: str
    created_at: datetime = moment()
    closed_by: str | None = None
    closed_at: datetime | None = moment(nullable=True)
    remind_at: datetime | None = moment(nullable=True)
    """When its owner is told that it is due, or None once that is in the outbox."""
