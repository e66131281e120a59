"""Feedback: prompts, responses and notes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint, false, text
from sqlmodel import Field

from bot.db.models.table import Table, moment
from bot.db.types import JSONText
from bot.domain.prompt import ONLY


class PromptRow(Table, table=True):
    """A feedback question put to a channel."""

    __tablename__ = "prompt"
    __table_args__ = (
        UniqueConstraint("team_id", "number"),
        Index("ix_prompt_message", "channel_id", "ts"),
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
    created_at: datetime = moment()
    closes_at: datetime | None = moment(nullable=True)
    closed_at: datetime | None = moment(nullable=True)
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
    comment: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether a comment can go with an answer; a form says so of each of its questions."""
    form: Any = Field(default=None, sa_type=JSONText, nullable=True)
    """The questions of a form (`bot.db.prompts.pack_question`), or None."""
    people: int | None = None
    """How many answered, of an anonymous prompt that has closed: its rows tell no people apart any more."""
    reactions: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether reactions under its message are answers."""
    ts: str | None = None
    redraw_at: datetime | None = moment(nullable=True)
    """When the message has to be drawn again, or None when it shows the last state."""
    redrawn_at: datetime | None = moment(nullable=True)
    """When it was drawn last; the next redraw is at least 3 s later."""
    erase_at: datetime | None = moment(nullable=True)
    """When to try next to erase a closed prompt's key from the database's files, or None."""
    key_erased: bool = False
    """True once the key's bytes are gone from the database's files as well (anonymous prompts)."""
    series_id: int | None = Field(default=None, index=True)
    """The series it is a wave of (`series.id`), or None."""
    edited_at: datetime | None = moment(nullable=True)
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
    created_at: datetime = moment()
    due_at: datetime | None = moment(nullable=True)


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
    due_at: datetime | None = moment(nullable=True)
    """When they are asked, or None once that is over."""
    state: str = "waiting"
    """`waiting`, `sent` or `left_out`."""
    because: str = ""
    """Why they wait or were left out, or empty."""
    sent_at: datetime | None = moment(nullable=True)
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
    """One person's answer to one question of a prompt."""

    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("prompt_id", "question_id", "respondent"),
        Index(
            "ix_response_inbox",
            "inbox",
            unique=True,
            sqlite_where=text("inbox IS NOT NULL"),
            postgresql_where=text("inbox IS NOT NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    """Random; says nothing about when or in which order answers came."""
    team_id: str
    prompt_id: int = Field(foreign_key="prompt.id", index=True)
    question_id: str = Field(default=ONLY, sa_column_kwargs={"server_default": ONLY})
    respondent: str
    """Slack user id, or for an anonymous prompt a keyed hash (random after close, another for each question)."""
    option_ids: Any = Field(default=None, sa_type=JSONText, nullable=True)
    """What was chosen, or None."""
    value: str | None = None
    """A number in digits or a day, or None."""
    text: str | None = Field(default=None, sa_type=Text)
    sealed: bytes | None = None
    """The answer to an open anonymous prompt, readable under the prompt's key; None elsewhere and after close."""
    answered_on: date
    """The day; after the close of an anonymous prompt, the day of any of its answers."""
    inbox: str | None = None
    """Where a reply to words written anonymously waits (`bot.seal.address_of`), after the close; else None."""
    reply: bytes | None = None
    """The reply, which only a code opens that is stored nowhere, or None."""
    replied_on: date | None = None
    """The day of the reply in the prompt's zone, or None."""


class ReactionRow(Table, table=True):
    """What Slack told of one reaction of one person under a message where reactions count."""

    __tablename__ = "reaction"

    team_id: str = Field(primary_key=True)
    channel_id: str = Field(primary_key=True)
    ts: str = Field(primary_key=True)
    """The message."""
    user_id: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    """Slack's name of it with its skin tone, or domain.reactions.CLICK for a press of a button."""
    added_at: datetime | None = moment(nullable=True)
    """When it was added last, by Slack's clock, or None: events come in any order."""
    removed_at: datetime | None = moment(nullable=True)


class NoteRow(Table, table=True):
    """Free feedback a person gave unasked."""

    __tablename__ = "note"
    __table_args__ = (
        Index("ix_note_initiative_created", "initiative_id", "created_at"),
        # Nobody keeps the same message twice; notes that were typed have no message.
        Index("uq_note_message", "team_id", "channel_id", "message_ts", "author_id", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    channel_id: str = Field(index=True)
    initiative_id: int | None = Field(default=None, foreign_key="initiative.id")
    author_id: str
    text: str = Field(sa_type=Text)
    state: str = "new"
    """One of domain.note.NoteState."""
    created_at: datetime = moment()
    ship_id: int | None = None
    """The ship it is about (`ship.id`), or None."""
    moved_at: datetime | None = moment(nullable=True)
    """When it got its state, or None while it is new."""
    moved_by: str | None = None
    reason: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    message_ts: str | None = None
    """The message it keeps (Slack's ts), or None where it was typed."""
    said_by: str | None = None
    """Who wrote that message (Slack user id), empty for a program; None for the author's own words."""
    permalink: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
