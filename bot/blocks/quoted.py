"""Notes as they are quoted: their words with the mentions in them, who said them, and where."""

from __future__ import annotations

import re

from bot.blocks.mrkdwn import escape, person
from bot.domain.note import Note

_MENTION = re.compile(r"&lt;([@#][A-Z0-9]{2,30})&gt;")


def quote_note(note: Note, words: str) -> str:
    """Return words of a note as a quotation, escaped, line by line; see `escape_note`."""
    return "\n".join(f"> {escape_note(note, line)}" for line in words.splitlines() or [""])


def escape_note(note: Note, words: str) -> str:
    """Return words of a note escaped; people and channels that a kept message names are shown by name.

    Only for what one person sees: in a channel Slack would notify the people.

    Args:
        note: Whose words they are.
        words: All of its text, or a part.
    """
    escaped = escape(words)
    return escaped if note.message_ts is None else _MENTION.sub(r"<\1>", escaped)


def facts_of(note: Note) -> str:
    """Return who wrote the message that a note keeps, and where it stands (`` · said by @Bob · the message``)."""
    said = ""
    if note.said_by is not None:
        said = f" · said by {speaker(note)}"
    return f"{said} · {linked(note, 'the message')}" if note.permalink else said


def speaker(note: Note) -> str:
    """Return who said what a note keeps."""
    if note.said_by is None:
        return person(note.author_id)
    return person(note.said_by) if note.said_by else "a program"


def linked(note: Note, words: str) -> str:
    """Return words as a link to the message that a note keeps."""
    return f"<{escape(note.permalink)}|{words}>"
