"""Text: a message's summary cut to what Slack takes everywhere."""

from __future__ import annotations

import re
import unicodedata

LONGEST_TEXT = 4000
"""Code points: chat.update refuses more (``msg_too_long``), chat.postMessage alone would take 40,000."""

_FENCE = "```"
_OPEN = re.compile(r"<[^<>]*\Z|&[a-z]{0,3}\Z")  # an entity or escape that the cut left open


def capped(text: str, limit: int = LONGEST_TEXT) -> str:
    """Return a text of at most `limit` code points, ending in ``…`` when something was cut off.

    Nothing is cut through the middle: no ``<@U…>``, no ``&amp;``, no emoji made of several code points;
    a code block left open is closed.
    """
    if len(text) <= limit:
        return text
    end = limit - len("…") - len(_FENCE)
    while end > 0 and _joins(text[end - 1], text[end]):
        end -= 1
    kept = _OPEN.sub("", text[:end]).rstrip() + "…"
    return kept + _FENCE if kept.count(_FENCE) % 2 else kept


def _joins(before: str, after: str) -> bool:
    """True when a code point belongs to what stands before it."""
    return (
        after == "\u200d"
        or before == "\u200d"
        or unicodedata.combining(after) > 0
        or "\ufe00" <= after <= "\ufe0f"
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    )
