"""Kept messages: what somebody wrote in Slack, as a note keeps it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.entities import ChannelRef, UserRef, read_line, show_entity

WORDLESS = "(a message without words)"


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message that becomes a note.

    Attributes:
        ts: Slack's ts of it.
        text: Encoded as Slack has it; possibly empty.
        said_by: Slack user id of who wrote it, or empty where a program did.
    """

    ts: str
    text: str
    said_by: str


def kept_text(text: str, limit: int) -> str:
    """Return a message's words as a note keeps them, with a mark where they were too many.

    New lines and code stay. Mentions stay as Slack's own (``<@U1>``), since a message names people by id alone.

    Args:
        text: As Slack has it, encoded.
        limit: Most characters, the mark included.
    """
    line = read_line(text)
    shown = []
    for position, character in enumerate(line.text):
        entity = line.entities.get(position)
        if isinstance(entity, UserRef):
            shown.append(f"<@{entity.id}>")
        elif isinstance(entity, ChannelRef) and not entity.name:
            shown.append(f"<#{entity.id}>")
        else:
            shown.append(character if entity is None else show_entity(entity))
    words = "".join(shown).strip() or WORDLESS
    if len(words) <= limit:
        return words
    mark = f"\n[… cut here: the message has {len(words):,} characters]"
    return words[: limit - len(mark)] + mark


def asks_for_help(words: str) -> bool:
    """Say whether a mention says nothing, or asks what can be said."""
    return words.strip(" \t\n?!.").casefold() in ("", "help")


def without_mention(text: str, user_id: str) -> str:
    """Return a message's text, encoded as it was, without the mentions of somebody at its beginning and end."""
    mention = rf"<@{re.escape(user_id)}(?:\|[^<>]*)?>"
    return re.sub(rf"\A(?:\s*{mention}[,:]?)+|(?:{mention}\s*)+\Z", "", text.strip()).strip()
