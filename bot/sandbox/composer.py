"""How a typed line reaches an app: Slack rewrites mentions, addresses and the three special letters."""

from __future__ import annotations

import re
from typing import Literal

EntityStyle = Literal["alternate", "encoded", "raw"]

ENTITY = re.compile(r"<(?:[@#!][^<>\s]+(?:\|[^<>]*)?|(?:https?://|mailto:)[^<>\s]+)>")
MENTION = re.compile(r"<([@#])([A-Z0-9]+)(?:\|([^<>]*))?>")
URL = re.compile(r"https?://[^\s<>\"“”]+")


def split_line(line: str) -> tuple[str, str]:
    """Return the command with its slash and everything typed after the first blank."""
    name, _, text = line.strip().partition(" ")
    return name, text.strip()


def as_slack_sends(text: str, *, should_escape: bool, encoded: bool) -> str:
    """Return the ``text`` field for what a person typed.

    Whether Slack encodes ``& < >`` in command text and wraps addresses is not documented, so both
    happen: encoded text has ``&amp;``, ``<https://…>`` and mentions without a name; raw text has
    none of that.

    Args:
        text: As typed, with chosen mentions written as entities (``<@U1|alice>``, ``<#C1|general>``).
        should_escape: The command's manifest setting; without it mentions arrive as literal names.
        encoded: Which of the two forms.
    """
    parts: list[str] = []
    at = 0
    for match in ENTITY.finditer(text):
        parts.append(_plain(text[at : match.start()], should_escape=should_escape, encoded=encoded))
        parts.append(_entity(match[0], should_escape=should_escape, encoded=encoded))
        at = match.end()
    parts.append(_plain(text[at:], should_escape=should_escape, encoded=encoded))
    return "".join(parts)


def _entity(entity: str, *, should_escape: bool, encoded: bool) -> str:
    mention = MENTION.fullmatch(entity)
    if mention is None:
        return entity
    sign, identifier, name = mention.groups()
    if not should_escape:
        return f"{sign}{name or identifier}"
    if not encoded:
        return entity
    return f"<@{identifier}>" if sign == "@" else f"<#{identifier}|>"


def _plain(text: str, *, should_escape: bool, encoded: bool) -> str:
    if not encoded:
        return text
    parts: list[str] = []
    at = 0
    for match in URL.finditer(text):
        parts.append(_escaped(text[at : match.start()]))
        address = _escaped(match[0])
        parts.append(f"<{address}>" if should_escape else address)
        at = match.end()
    parts.append(_escaped(text[at:]))
    return "".join(parts)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
