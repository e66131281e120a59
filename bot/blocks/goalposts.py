"""What people see of goalposts that were moved: who moved what, from where, to where, and when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.blocks.mrkdwn import escape, person, shorten
from bot.blocks.parts import TEXT_LIMIT, section
from bot.domain.goalpost import MovedGoalposts, ToldGoalposts, tell_goalposts
from bot.domain.message import Message

SIGN = "🥅"


def goalposts_reply(moved: MovedGoalposts, now: datetime, *, starts_thread: bool) -> Message:
    """Return the reply that tells what an edit moved.

    Args:
        moved: What was moved.
        now: Aware UTC.
        starts_thread: True when there is no post to reply to, so that the message has to name the initiative.
    """
    rows = goalpost_rows(tell_goalposts(moved.goalposts, now, moved.initiative.zone))
    line = f"{SIGN} *{escape(moved.name)}*: {'; '.join(rows)}"
    if starts_thread:
        line = f"*{escape(moved.initiative.name)}*\n{line}"
    return Message(text=shorten(line, TEXT_LIMIT), blocks=(section(line),))


def goalpost_rows(told: Iterable[ToldGoalposts]) -> list[str]:
    """Return ``target 3.5 → 3.2, @Dana, 4 Dec`` for each edit, as mrkdwn."""
    return [f"{escape(each.words)}, {person(each.by)}, {each.day}" for each in told]
