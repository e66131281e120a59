"""Readings as people see them: in lines of text and in Slack's own table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.blocks.charts import chart_number
from bot.blocks.mrkdwn import escape, person, shorten
from bot.domain.message import Block
from bot.domain.reading import Origin, Reading
from bot.domain.values import show_value
from bot.domain.wallclock import show_moment

ROWS = 100
"""Most readings in a table: what the older of Slack's two pages about it allows."""

ROOM = 8_000
"""Characters the readings of one message may take as text; Slack refuses about 12,000 in all."""

PAGE = 10
NOTE_LIMIT = 60


def origin_text(reading: Reading, *, note_limit: int = 200) -> str:
    """Return who or what brought a reading, and the note beside it, as mrkdwn; empty where it was read."""
    if reading.origin not in (Origin.MANUAL, Origin.PUSHED):
        return ""
    by = f" set by {person(reading.by)}" if reading.by else " set by hand"
    if reading.origin is Origin.PUSHED:
        by = " pushed"
    return by + (f": “{escape(shorten(reading.note, note_limit))}”" if reading.note else "")


def fitting(readings: Sequence[Reading], unit: str, now: datetime, zone: str) -> Sequence[Reading]:
    """Return the newest readings that fit into one message, oldest first as they came."""
    room = ROOM
    for count, reading in enumerate(reversed(readings)):
        room -= len(reading_text(reading, unit, now, zone)) + 1
        if room < 0 or count == ROWS:
            return readings[len(readings) - count :]
    return readings


def reading_text(reading: Reading, unit: str, now: datetime, zone: str) -> str:
    """Return a reading as a line of mrkdwn, its moment as the reader's clocks show it."""
    value = escape(show_value(reading.value, unit))
    return f"{show_moment(reading.at, now, zone)}  *{value}*{origin_text(reading, note_limit=NOTE_LIMIT)}"


def readings_table(caption: str, readings: Sequence[Reading], unit: str, now: datetime, zone: str) -> Block:
    """Return a table of readings, newest first, a page at a time.

    Args:
        caption: What it is of, plain text.
        readings: One to `ROWS`, oldest first.
        unit: Of their values.
        now: Aware UTC.
        zone: IANA zone the moments are shown in.

    Source: docs.slack.dev/reference/block-kit/blocks/data-table-block.
    """
    rows: list[list[Block]] = [[_text("When"), _text("Value"), _text("How")]]
    for reading in reversed(readings):
        value = {
            "type": "raw_number",
            "value": chart_number(reading.value),
            "text": show_value(reading.value, unit),
        }
        rows.append([_text(show_moment(reading.at, now, zone)), value, _how(reading)])
    return {"type": "data_table", "caption": caption, "page_size": PAGE, "rows": rows}


def _text(text: str) -> Block:
    return {"type": "raw_text", "text": text}


def _how(reading: Reading) -> Block:
    note = f": {shorten(reading.note, NOTE_LIMIT)}" if reading.note else ""
    if reading.origin is Origin.PUSHED:
        return _text(f"pushed{note}")
    if reading.origin is not Origin.MANUAL:
        return _text("read")
    if not reading.by:
        return _text(f"set by hand{note}")
    elements: list[dict[str, Any]] = [
        {"type": "text", "text": "set by "},
        {"type": "user", "user_id": reading.by},
    ]
    if note:
        elements.append({"type": "text", "text": note})
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "elements": [section]}
