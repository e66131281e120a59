"""Foreign text in Slack's mark-up: escaped on the way out, so that nobody is pinged by a name."""

from __future__ import annotations

from collections.abc import Iterator

_UNESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escape(text: str) -> str:
    """Return text in which `&`, `<` and `>` can form no mention, link or date.

    Source: Slack's formatting rules ask for exactly these three.
    """
    # Ampersands first, or those of the other two would be escaped again.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unmarked(text: str) -> str:
    """Return text that can form no mention where Slack knows no escaping: chart titles, spoken labels."""
    signs = text.replace("<=", "≤").replace(">=", "≥")
    return signs.replace("<", "‹").replace(">", "›")


def code(text: str) -> str:
    """Return text as inline code; a backtick inside becomes an apostrophe, since it can't be escaped."""
    return f"`{escape(text.replace('`', 'ˋ'))}`"


def code_blocks(text: str, *, limit: int = 2900, most: int = 3) -> Iterator[str]:
    """Yield a text as code blocks none of which is longer than a section may be.

    A text of 4,000 characters fits as people type; one of thousands of `&` or `<` grows fivefold by escaping
    and ends in `…`, since all blocks of a message together may not be longer than 12,000 characters.

    Args:
        text: Any length, not escaped.
        limit: Longest content of one block after escaping, in code points.
        most: Most blocks.
    """
    pieces = list(_pieces(text, limit))
    yield from pieces[:most]
    if len(pieces) > most:
        yield "…"


def _pieces(text: str, limit: int) -> Iterator[str]:
    text = text.replace("```", "'''")
    piece = ""
    for character in text:
        escaped = _UNESCAPED.get(character, character)
        if len(piece) + len(escaped) > limit:
            yield f"```{piece}```"
            piece = ""
        piece += escaped
    if piece:
        yield f"```{piece}```"


def shorten(text: str, limit: int) -> str:
    """Return text of at most `limit` code points, ending in `…` when something was cut off."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def person(user_id: str) -> str:
    """Return a mention of a person (it notifies them in posts, not in private answers)."""
    return f"<@{user_id}>"


def channel(channel_id: str) -> str:
    """Return a link to a channel."""
    return f"<#{channel_id}>"
