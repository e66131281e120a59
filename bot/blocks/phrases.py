"""Phrases: pieces of text that messages about feedback share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.blocks.mrkdwn import escape, shorten
from bot.blocks.parts import section
from bot.domain.message import Block
from bot.domain.prompt import Prompt

COMMENTS_IN_CHANNEL = 8
TEXT_LIMIT = 3900
SECTION_LIMIT = 2900


def closing(prompt: Prompt) -> str:
    """Return what closes an open prompt by itself (``closes … or after 5 answers``), or nothing."""
    ends = []
    if prompt.closes_at is not None:
        ends.append(when(prompt.closes_at, prompt.zone))
    if prompt.close_after is not None:
        ends.append(after_answers(prompt.close_after))
    if prompt.series_id is not None and prompt.closes_at is None:
        ends.append("when it is asked again")
    return f"closes {' or '.join(ends)}" if ends else ""


def after_answers(count: int) -> str:
    """Return ``after 5 answers``."""
    return f"after {count:,} {plural(count, 'answer')}"


def when(moment: datetime, zone: str) -> str:
    """Return a moment in the reader's own zone, with the given zone's clock for where Slack can't.

    Args:
        moment: Aware UTC.
        zone: IANA zone of the words shown in notifications and by screen readers.
    """
    shown = "{date_short_pretty} at {time}"
    return f"<!date^{int(moment.timestamp())}^{shown}|{spell_moment(moment, zone)}, {zone}>"


def spell_moment(moment: datetime, zone: str) -> str:
    """Return ``Fri 27 Nov 2026 15:00`` for an aware moment in an IANA zone (English whatever the locale)."""
    wall = moment.astimezone(ZoneInfo(zone))
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{days[wall.weekday()]} {wall.day} {months[wall.month - 1]} {wall.year} {wall:%H:%M}"


def quote(text: str) -> str:
    """Return foreign text as a quotation, escaped, line by line."""
    return "\n".join(f"> {escape(line)}" for line in text.splitlines() or [""])


def sections(lines: Iterable[str]) -> tuple[Block, ...]:
    """Return escaped lines in as many sections as they need; one longer than a section is broken up."""
    pieces: list[str] = []
    for line in lines:
        if pieces and len(pieces[-1]) + len(line) < SECTION_LIMIT:
            pieces[-1] += f"\n{line}"
            continue
        while len(line) > SECTION_LIMIT:
            # Not inside `&amp;`: a cut there would show its halves.
            code = line.rfind("&", SECTION_LIMIT - 4, SECTION_LIMIT)
            cut = code if code >= 0 and ";" not in line[code:SECTION_LIMIT] else SECTION_LIMIT
            pieces.append(line[:cut])
            line = line[cut:]
        pieces.append(line)
    return tuple(section(piece or " ") for piece in pieces)


def strong(text: str) -> str:
    """Return foreign text in bold; as it is where its own signs would break the bold in two."""
    return escape(text) if set(text) & set("*_~`\n") else f"*{escape(text)}*"


def spoken(text: str) -> str:
    """Return foreign text as a screen reader's label, in which nothing can be escaped."""
    return shorten(text.replace("<", "‹").replace(">", "›"), 75)


def short_question(prompt: Prompt) -> str:
    """Return the question, escaped, short enough to stand in a sentence or a list."""
    return escape(shorten(prompt.question, 100))


def closed_at(prompt: Prompt) -> str:
    """Return when a closed prompt closed, or nothing while it is open."""
    return when(prompt.closed_at, prompt.zone) if prompt.closed_at else ""


def count_answers(count: int) -> str:
    """Return ``3 answers``, ``1 answer`` or ``No answers``."""
    return f"{count} {plural(count, 'answer')}" if count else "No answers"


def plural(count: int, word: str) -> str:
    """Return the word as it stands after a number."""
    return word if count == 1 else f"{word}s"
