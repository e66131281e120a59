"""Messages in Slack's payloads: what they say, who wrote them, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

SLACKBOT = "USLACKBOT"
"""Slack's own program, whose messages carry no bot's id."""


def words_in(message: Mapping[str, Any]) -> str:
    """Return a message's text, encoded as Slack has it; where it has none, see `words_beside`."""
    return str(message.get("text") or "") or words_beside(message)


def words_beside(message: Mapping[str, Any]) -> str:
    """Return what a message says beside its text: its attachments' words and its files' names; possibly nothing."""
    attachments, files = message.get("attachments") or (), message.get("files") or ()
    words = [str(each.get("text") or each.get("fallback") or "") for each in attachments]
    names = [str(each.get("title") or each.get("name") or "") for each in files]
    return "\n".join(each for each in (*words, *names) if each)


def writer_of(message: Mapping[str, Any]) -> str:
    """Return the Slack user id of who wrote a message, or nothing where a program did."""
    is_program = message.get("bot_id") or message.get("subtype") == "bot_message"
    if is_program or message.get("user") == SLACKBOT:
        return ""
    return str(message.get("user") or "")


def moment_of(ts: object) -> datetime | None:
    """Return a ts of Slack's (``1795442400.000100``) as an aware moment in UTC; None for anything else."""
    seconds, _, micros = str(ts).partition(".")
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) <= 11):
        return None
    fraction = int(micros.ljust(6, "0")[:6]) if micros.isascii() and micros.isdecimal() else 0
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=fraction)
