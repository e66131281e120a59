"""About a person: every column that holds somebody's Slack user id, and how many rows hold one's own."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Text, func, or_, select, type_coerce
from sqlmodel import Session

from bot.db.models import Table
from bot.db.types import JSONText


@dataclass(frozen=True, slots=True)
class Kept:
    """A column that holds somebody's Slack user id.

    Attributes:
        table: Its table.
        column: Its name; of a JSON column any text in it may be the id.
        words: What a row of theirs is, as it stands after a number (`3 × notes you gave …`).
        mentions: The column is a typed line, in which the id stands as a mention.
    """

    table: str
    column: str
    words: str
    mentions: bool = False


KEPT: tuple[Kept, ...] = (
    Kept("person", "user_id", "your Slack name, time zone, and whether you are an admin or have left"),
    Kept("away", "user_id", "until when you said you are away"),
    Kept("quiet_hours", "user_id", "your quiet hours"),
    Kept("check_in_plan", "user_id", "when you are reminded to check in next"),
    Kept("check_in_mute", "user_id", "criteria you asked not to be reminded of"),
    Kept("home", "user_id", "when you last opened the Home tab"),
    Kept("note", "author_id", "notes you gave, with their words, channel and time"),
    Kept("note", "said_by", "messages of yours that somebody kept as a note"),
    Kept("note", "moved_by", "notes you answered, with your words and the time"),
    Kept("response", "respondent", "answers with your name, with their day"),
    Kept("reaction", "user_id", "reactions of yours that count, and presses beside them, with their time"),
    Kept("prompt", "asked_by", "prompts you asked"),
    Kept("series", "asked_by", "prompts you have asked again and again"),
    Kept("series", "line", "prompts that are asked again and again and name you", mentions=True),
    Kept("prompt", "named", "prompts that name you"),
    Kept("asking", "user_id", "times you are or were to be asked by direct message to answer a prompt"),
    Kept("initiative", "owner_id", "initiatives you own"),
    Kept("initiative", "created_by", "initiatives you started"),
    Kept("criterion", "owner_id", "criteria you own"),
    Kept("criterion", "created_by", "criteria you added"),
    Kept("reading", "by_user_id", "readings you gave by hand, with your note"),
    Kept("reading", "struck_by", "readings you struck, with your reason"),
    Kept("goalpost", "by_user_id", "changes you made to criteria"),
    Kept("check_in", "by_user_id", "check-ins of yours, with confidence, sentence and time"),
    Kept("ship", "by_user_id", "changes you shipped"),
    Kept("ship_vote", "user_id", "ships you said something of with one tap"),
    Kept("decision", "by_user_id", "decisions you took, with your reason"),
    Kept("decision_line", "by_user_id", "decision lines you wrote"),
    Kept("iteration", "by_user_id", "iterations you started"),
    Kept("follow_up", "owner_id", "follow-ups you own, open or closed"),
    Kept("follow_up", "created_by", "follow-ups you added"),
    Kept("follow_up", "closed_by", "follow-ups you closed, with your reason"),
    Kept("maintenance", "by_user_id", "hosts you said are under maintenance"),
    Kept("day_off", "by_user_id", "days off you entered"),
    Kept("calendar_link", "by_user_id", "calendars you gave for days off"),
    Kept("schedule", "created_by", "schedules you set up"),
    Kept("snooze", "by_user_id", "initiatives you snoozed in a channel"),
    Kept("secret", "changed_by", "secrets you set"),
    Kept("token", "created_by", "tokens you made"),
    Kept("ship_token", "created_by", "tokens you made for programs that ship"),
    Kept("page_link", "created_by", "links you made to pages of initiatives"),
    Kept("draft", "user_id", "drafts of what you typed, for a day"),
    Kept("draft", "form", "drafts that name you, for a day"),
    Kept("outbox", "channel_id", "direct messages sent to you"),
    Kept("outbox", "facts", "messages that came from something you did, or name you"),
)
"""Every column in which a Slack user id is stored as it is; a test compares them with the tables."""


def count_kept(session: Session, team_id: str, user_id: str) -> list[tuple[Kept, int]]:
    """Return how many rows hold a person's user id, by column; columns without one are left out."""
    counted = []
    for kept in KEPT:
        table = Table.metadata.tables[kept.table]
        column: ColumnElement[str] = table.c[kept.column]
        if isinstance(column.type, JSONText):
            theirs = type_coerce(column, Text).contains(f'"{user_id}"', autoescape=True)
        elif kept.mentions:
            # What follows the id is the end of the mention or a name.
            shapes = (f"<@{user_id}>", f"<@{user_id}|")
            theirs = or_(*(column.contains(shape, autoescape=True) for shape in shapes))
        else:
            theirs = column == user_id
        rows = session.execute(
            select(func.count()).select_from(table).where(table.c.team_id == team_id, theirs)
        )
        if count := int(rows.scalar_one()):
            counted.append((kept, count))
    return counted
