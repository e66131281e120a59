"""Every table. Columns only; what they mean together is in bot/domain, questions about them in bot/db/*.py."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Column, ForeignKey, Index, MetaData, Text, UniqueConstraint, false, text, true
from sqlmodel import Field, SQLModel

from bot.db.types import DecimalText, JSONText, UTCDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """Base of every table: named constraints, and the workspace a row belongs to."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)


def _at(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_type=UTCDateTime, nullable=nullable)


class PersonRow(Table, table=True):
    """What is known of a Slack user: asked once, kept current by `user_change`."""

    __tablename__ = "person"

    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    name: str = ""
    zone: str
    is_admin: bool = False
    is_deleted: bool = False
    checked_at: datetime = _at()


class AwayRow(Table, table=True):
    """Until when somebody is not reminded of anything, because they said so."""

    __tablename__ = "away"

    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    until: datetime = _at()


class DayOffRow(Table, table=True):
    """Days of the team's calendar on which schedules do not post."""

    __tablename__ = "day_off"

    id: int | None = Field(default=None, primary_key=True)
    team_id: str = Field(index=True)
    first_on: date
    last_on: date
    by_user_id: str


class ChannelRow(Table, table=True):
    """What is known of a channel: asked when it is named, kept current by channel events."""

    __tablename__ = "channel"

    team_id: str = Field(primary_key=True)
    channel_id: str = Field(primary_key=True)
    name: str = ""
    is_private: bool = False
    is_archived: bool = False
    is_member: bool = False
    checked_at: datetime = _at()


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
    created_at: datetime = _at()
    closed_at: datetime | None = _at(nullable=True)
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
    created_at: datetime = _at()
    archived_at: datetime | None = _at(nullable=True)

    # What the readings mean now; written only by the unit of work that also writes the status change.
    status: str = "not_started"
    settled: str | None = None
    """Last judged status (on_pace, behind, met, missed), which stale and source_broken return to."""
    settled_since: datetime | None = _at(nullable=True)
    sentence: str = Field(default="", sa_type=Text)
    status_since: datetime | None = _at(nullable=True)
    progress: Decimal | None = Field(default=None, sa_type=DecimalText)
    frozen: bool = False
    no_verdict_asked: bool = False
    value: Decimal | None = Field(default=None, sa_type=DecimalText)
    value_at: datetime | None = _at(nullable=True)
    failures: int = 0
    failing_since: datetime | None = _at(nullable=True)
    last_failure: str = ""

    judged_from: datetime | None = _at(nullable=True)
    """When an edit gave it another source; readings before are shown, but not judged. None without one."""

    judge_at: datetime | None = _at(nullable=True)
    """When time alone may change the status (start, staleness, due date), or None when it can't."""

    # The plan: see bot/db/polls.py for the claim.
    due_at: datetime | None = _at(nullable=True)
    requested_at: datetime | None = _at(nullable=True)
    lease_until: datetime | None = _at(nullable=True)
    lease_token: str | None = None


class ReadingRow(Table, table=True):
    """One value of a criterion's source at one moment."""

    __tablename__ = "reading"
    __table_args__ = (Index("ix_reading_criterion_at", "criterion_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    criterion_id: int = Field(foreign_key="criterion.id")
    at: datetime = _at()
    value: Decimal = Field(sa_type=DecimalText)
    origin: str
    by_user_id: str | None = None
    note: str = Field(default="", sa_type=Text)
    struck_at: datetime | None = _at(nullable=True)
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
    at: datetime = _at()
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
    at: datetime = _at()
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
    at: datetime = _at()
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
    since: datetime = _at()
    """What came round until then is done with."""
    due_at: datetime | None = _at(nullable=True)


class CheckInMuteRow(Table, table=True):
    """A criterion whose owner is not reminded to check in on it: until a moment, or until they want it again."""

    __tablename__ = "check_in_mute"

    team_id: str
    user_id: str = Field(primary_key=True)
    criterion_id: int = Field(foreign_key="criterion.id", primary_key=True)
    until: datetime | None = _at(nullable=True)


class NudgePlanRow(Table, table=True):
    """When a criterion nobody checked in on is looked at next, since much of its time is gone."""

    __tablename__ = "nudge_plan"

    criterion_id: int = Field(foreign_key="criterion.id", primary_key=True)
    team_id: str
    due_at: datetime = Field(default=None, sa_type=UTCDateTime, nullable=False, index=True)


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
    created_at: datetime = _at()
    due_at: datetime | None = _at(nullable=True)
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
    until: datetime = _at()
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
    created_at: datetime = _at()
    due_at: datetime | None = _at(nullable=True)
    lease_until: datetime | None = _at(nullable=True)
    lease_token: str | None = None
    attempts: int = 0
    attempted_at: datetime | None = _at(nullable=True)
    """When the last attempt began, by Slack's clock where it is known; set before sending."""
    looked: int = 0
    """Read-backs made since the last unclear attempt (two are needed before sending again)."""
    sent_at: datetime | None = _at(nullable=True)
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
    began_at: datetime = _at()
    joined_at: datetime = _at()
    """When the last criterion broke that is in it."""
    over_at: datetime | None = _at(nullable=True)
    ts: str | None = None
    thread_ts: str | None = None
    """Whose thread it stands in; its own ts where it stands in the channel."""
    redraw_at: datetime | None = _at(nullable=True)
    redrawn_at: datetime | None = _at(nullable=True)


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
    until: datetime = _at()
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
    posted_at: datetime = _at()
    former_at: datetime | None = _at(nullable=True)
    """When the progress post before it was posted: what changed since then is said in it."""
    is_post: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    """False for a status change that started a thread because there was no post; it stays as it is."""
    redraw_at: datetime | None = _at(nullable=True)
    """When it is drawn again, because a status changed; None while it shows how things stand."""
    redrawn_at: datetime | None = _at(nullable=True)
    """When it was drawn last; the next redraw is at least 3 s later."""


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
    opened_at: datetime = _at()
    """When they looked last; who has not for a month is not drawn for."""
    redraw_at: datetime | None = _at(nullable=True)
    """When it is published next; None while it shows how things stand."""
    redrawn_at: datetime | None = _at(nullable=True)


class PromptRow(Table, table=True):
    """A feedback question put to a channel."""

    __tablename__ = "prompt"
    __table_args__ = (
        UniqueConstraint("team_id", "number"),
        Index(
            "ix_prompt_due",
            "closes_at",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_prompt_redraw_due",
            "redraw_at",
            sqlite_where=text("redraw_at IS NOT NULL"),
            postgresql_where=text("redraw_at IS NOT NULL"),
        ),
        Index(
            "ix_prompt_erase_due",
            "erase_at",
            sqlite_where=text("erase_at IS NOT NULL"),
            postgresql_where=text("erase_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    number: int
    question: str = Field(sa_type=Text)
    kind: str
    options: Any = Field(default=None, sa_type=JSONText, nullable=True)
    anonymous: bool = False
    floor: int = 5
    channel_id: str
    initiative_id: int | None = Field(default=None, foreign_key="initiative.id")
    asked_by: str
    zone: str
    state: str = "open"
    created_at: datetime = _at()
    closes_at: datetime | None = _at(nullable=True)
    closed_at: datetime | None = _at(nullable=True)
    close_after: int | None = None
    """Answers with which the prompt closes by itself, or None."""
    reach: str = Field(default="channel", sa_column_kwargs={"server_default": "channel"})
    """Who may answer: `channel`, `everyone`, `named`."""
    named: Any = Field(default=None, sa_type=JSONText, nullable=True)
    """Slack user ids of those it names, or None."""
    results: str = Field(default="live", sa_column_kwargs={"server_default": "live"})
    """When results are seen: `live`, `hidden`, `shared`."""
    open_options: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether whoever answers may add options."""
    ts: str | None = None
    redraw_at: datetime | None = _at(nullable=True)
    """When the message has to be drawn again, or None when it shows the last state."""
    redrawn_at: datetime | None = _at(nullable=True)
    """When it was drawn last; the next redraw is at least 3 s later."""
    erase_at: datetime | None = _at(nullable=True)
    """When to try next to erase a closed prompt's key from the database's files, or None."""
    key_erased: bool = False
    """True once the key's bytes are gone from the database's files as well (anonymous prompts)."""
    series_id: int | None = Field(default=None, index=True)
    """The series it is a wave of (`series.id`), or None."""
    edited_at: datetime | None = _at(nullable=True)
    """When it was edited last, or None."""


class SeriesRow(Table, table=True):
    """A prompt that is asked again and again, each time as a wave: a prompt of its own."""

    __tablename__ = "series"
    __table_args__ = (
        Index(
            "ix_series_due",
            "team_id",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    line: str = Field(sa_type=Text)
    """What each wave asks, as domain.formatting writes it, without channel and rhythm."""
    channel_id: str
    cadence: str
    """As domain.formatting writes it (`every Fri 15:00`)."""
    zone: str
    state: str = "active"
    paused_because: str = ""
    asked_by: str
    initiative_id: int | None = Field(default=None, foreign_key="initiative.id")
    created_at: datetime = _at()
    due_at: datetime | None = _at(nullable=True)


class AskingRow(Table, table=True):
    """That somebody is asked by direct message to answer a prompt; nothing of it says whether they did."""

    __tablename__ = "asking"
    __table_args__ = (
        UniqueConstraint("prompt_id", "user_id", "kind"),
        Index(
            "ix_asking_due",
            "team_id",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index("ix_asking_person", "team_id", "user_id", "sent_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    prompt_id: int = Field(foreign_key="prompt.id")
    user_id: str
    kind: str
    """`invitation` or `reminder`."""
    due_at: datetime | None = _at(nullable=True)
    """When they are asked, or None once that is over."""
    state: str = "waiting"
    """`waiting`, `sent` or `left_out`."""
    because: str = ""
    """Why they wait or were left out, or empty."""
    sent_at: datetime | None = _at(nullable=True)
    message_id: int | None = None
    """The first line's id of the message it went with."""


class PromptKeyRow(Table, table=True):
    """The random key of an open anonymous prompt, encrypted; deleted at close.

    A table of its own, so that PostgreSQL can rewrite it (VACUUM FULL) without touching anything else.
    """

    __tablename__ = "prompt_key"

    prompt_id: int = Field(foreign_key="prompt.id", primary_key=True)
    team_id: str
    sealed: bytes


class ResponseRow(Table, table=True):
    """One person's answer to a prompt."""

    __tablename__ = "response"
    __table_args__ = (UniqueConstraint("prompt_id", "respondent"),)

    id: str = Field(primary_key=True)
    """Random; says nothing about when or in which order answers came."""
    team_id: str
    prompt_id: int = Field(foreign_key="prompt.id", index=True)
    respondent: str
    """Slack user id, or for an anonymous prompt a keyed hash (random after close)."""
    option_id: str | None = None
    text: str | None = Field(default=None, sa_type=Text)
    sealed: bytes | None = None
    """The answer to an open anonymous prompt, readable under the prompt's key; None elsewhere and after close."""
    answered_on: date
    """The day; after the close of an anonymous prompt, the day of any of its answers."""


class ShipRow(Table, table=True):
    """A change put in front of users, typed in Slack or sent by a program."""

    __tablename__ = "ship"
    __table_args__ = (
        Index("ix_ship_initiative_at", "initiative_id", "at"),
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
    at: datetime = _at()
    by_user_id: str
    by_program: bool = False
    taken_back_at: datetime | None = _at(nullable=True)
    """When it turned out to be a mistake; then it counts nowhere."""
    ts: str | None = None
    redraw_at: datetime | None = _at(nullable=True)
    """When its announcement is drawn again, or None while it shows how things stand."""
    redrawn_at: datetime | None = _at(nullable=True)


class ShipVoteRow(Table, table=True):
    """What one person says of a ship with one tap."""

    __tablename__ = "ship_vote"

    team_id: str
    ship_id: int = Field(foreign_key="ship.id", primary_key=True)
    user_id: str = Field(primary_key=True)
    thumb: str
    """One of domain.ship.Thumb."""
    at: datetime = _at()
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
    at: datetime = _at()


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
    at: datetime = _at()
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
    at: datetime = _at()
    decision_id: int | None = Field(default=None, foreign_key="decision.id")
    """What was decided, or None while it is open."""
    due_at: datetime | None = _at(nullable=True)
    """When its card is posted, or None once it is in the outbox."""
    ts: str | None = None
    redraw_at: datetime | None = _at(nullable=True)
    redrawn_at: datetime | None = _at(nullable=True)


class NoteRow(Table, table=True):
    """Free feedback a person gave unasked."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_initiative_created", "initiative_id", "created_at"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    channel_id: str = Field(index=True)
    initiative_id: int | None = Field(default=None, foreign_key="initiative.id")
    author_id: str
    text: str = Field(sa_type=Text)
    state: str = "new"
    """One of domain.note.NoteState."""
    created_at: datetime = _at()
    ship_id: int | None = None
    """The ship it is about (`ship.id`), or None."""
    moved_at: datetime | None = _at(nullable=True)
    """When it got its state, or None while it is new."""
    moved_by: str | None = None
    reason: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})


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
    created_at: datetime = _at()
    expires_at: datetime = _at()
    due_at: datetime | None = _at(nullable=True)
    lease_until: datetime | None = _at(nullable=True)
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


class SecretRow(Table, table=True):
    """What sources may send but nobody may see again; sealed, and bound to the hosts it is sent to."""

    __tablename__ = "secret"

    team_id: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    """Upper case, as in ``{{secret:GRAFANA}}``."""
    sealed: bytes
    hosts: Any = Field(default=None, sa_type=JSONText)
    """Hosts and .suffixes it may be sent to; never empty."""
    changed_by: str
    changed_at: datetime = _at()


class TokenRow(Table, table=True):
    """Lets a program push readings of one criterion; only its digest is kept."""

    __tablename__ = "token"

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    criterion_id: int = Field(foreign_key="criterion.id", index=True)
    digest: str = Field(unique=True)
    """SHA-256 of the token in hex; the token has 256 random bits, so no salt is needed."""
    created_by: str
    created_at: datetime = _at()
    revoked_at: datetime | None = _at(nullable=True)
    used_at: datetime | None = _at(nullable=True)


class PageLinkRow(Table, table=True):
    """Lets whoever has the link read an initiative's page; the signature in the link is stored nowhere."""

    __tablename__ = "page_link"

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    initiative_id: int = Field(foreign_key="initiative.id", index=True)
    created_by: str
    created_at: datetime = _at()
    ends_at: datetime = _at()
    """To the second, since the link says it in whole seconds."""
    revoked_at: datetime | None = _at(nullable=True)


class ShipTokenRow(Table, table=True):
    """Lets a program ship for one initiative; only its digest is kept."""

    __tablename__ = "ship_token"

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    initiative_id: int = Field(foreign_key="initiative.id", index=True)
    digest: str = Field(unique=True)
    """As a criterion's token: see TokenRow."""
    created_by: str
    created_at: datetime = _at()
    revoked_at: datetime | None = _at(nullable=True)
    used_at: datetime | None = _at(nullable=True)


class ShipRequestRow(Table, table=True):
    """A request that shipped, under its token and Idempotency-Key, so that a repeated one ships once."""

    __tablename__ = "ship_request"

    token_id: int = Field(foreign_key="ship_token.id", primary_key=True)
    key: str = Field(primary_key=True)
    team_id: str
    digest: str
    """SHA-256 of the request's body in hex: the same key with another body is an error."""
    answered: Any = Field(default=None, sa_type=JSONText)
    at: datetime = _at()


class PushedRow(Table, table=True):
    """A request that pushed readings, under its Idempotency-Key, so that a repeated one changes nothing."""

    __tablename__ = "pushed"

    criterion_id: int = Field(foreign_key="criterion.id", primary_key=True)
    key: str = Field(primary_key=True)
    team_id: str
    digest: str
    """SHA-256 of the request's body in hex: the same key with another body is an error."""
    answered: Any = Field(default=None, sa_type=JSONText)
    at: datetime = _at()
