"""What people see of struck readings: which to choose from, why one was struck, and how it comes back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from bot.blocks.lines import line_text
from bot.blocks.mrkdwn import escape, person, shorten
from bot.blocks.parts import TEXT_LIMIT, actions, button, context, section, text_input
from bot.blocks.readings import reading_text
from bot.blocks.views import modal
from bot.domain.criterion_text import REASON_LIMIT
from bot.domain.line import CriterionLine
from bot.domain.message import Block, Message, View
from bot.domain.reading import Reading
from bot.domain.strike import Struck, ToldStrike
from bot.domain.values import show_value
from bot.domain.wallclock import show_moment

STRIKE_TITLE = "Strike a reading"
SIGN = "🚫"


def choose_reading(
    line: CriterionLine, readings: Sequence[tuple[int, Reading]], *, unit: str, now: datetime, zone: str
) -> Message:
    """Return the answer to `/criteria strike NAME`: the last readings, each with [Strike].

    Args:
        line: How the criterion reads now.
        readings: Row id and reading, newest first; at least one.
        unit: Of the values.
        now: Aware UTC.
        zone: The reader's IANA zone.
    """
    name = escape(line.name)
    rows = [
        section(
            reading_text(reading, unit, now, zone),
            accessory=button(
                "Strike",
                "strike_reading",
                f"{line.criterion_id}:{reading_id}",
                label=f"Strike {show_value(reading.value, unit)} of {show_moment(reading.at, now, zone)}",
            ),
        )
        for reading_id, reading in readings
    ]
    shown = ", ".join(escape(show_value(reading.value, unit)) for _, reading in readings)
    return Message(
        text=shorten(f"Which reading of {name} does not count? The last: {shown}", TEXT_LIMIT),
        blocks=(
            section(f"Which reading of *{name}* does not count?"),
            *rows,
            context(
                f"A struck reading counts nowhere and stays in the history with your reason. Times in {zone}."
            ),
        ),
    )


def strike_form(
    line: CriterionLine,
    reading_id: int,
    reading: Reading,
    *,
    unit: str,
    now: datetime,
    zone: str,
    channel_id: str,
) -> View:
    """Return the modal that asks why a reading does not count."""
    return modal(
        STRIKE_TITLE,
        [
            section(line_text(line)),
            section(reading_text(reading, unit, now, zone)),
            text_input(
                "reason",
                "Why does it not count?",
                placeholder="the probe was broken",
                hint="Everybody sees it beside the reading.",
                max_length=REASON_LIMIT,
            ),
        ],
        callback_id="strike_reading",
        submit="Strike",
        metadata=json.dumps({"channel": channel_id, "criterion": line.criterion_id, "reading": reading_id}),
    )


def struck_message(line: CriterionLine, reading_id: int, reading: Reading, *, unit: str) -> Message:
    """Return the answer when a reading was struck, with [Restore]."""
    value = escape(show_value(reading.value, unit))
    text = f"{SIGN} ~{value}~ of *{escape(line.name)}* counts no more. {line_text(line)}"
    return Message(
        text=shorten(f"{value} of {escape(line.name)} counts no more: {escape(line.sentence)}", TEXT_LIMIT),
        blocks=(
            section(text),
            context(escape(line.sentence)),
            actions(_restore(line.criterion_id, reading_id, reading, unit)),
        ),
    )


def restored_message(line: CriterionLine, reading: Reading, *, unit: str) -> Message:
    """Return the answer when a struck reading counts again."""
    value = escape(show_value(reading.value, unit))
    text = f"*{value}* of *{escape(line.name)}* counts again. {line_text(line)}"
    return Message(
        text=shorten(f"{value} of {escape(line.name)} counts again: {escape(line.sentence)}", TEXT_LIMIT),
        blocks=(section(text), context(escape(line.sentence))),
    )


def strike_reply(told: ToldStrike, now: datetime, *, starts_thread: bool) -> Message:
    """Return the reply that tells that a reading was struck or restored.

    Args:
        told: Which, by whom and why.
        now: Aware UTC.
        starts_thread: True when there is no post to reply to, so that the message has to name the initiative.
    """
    zone = told.initiative.zone
    value, at = escape(show_value(told.reading.value, told.unit)), show_moment(told.reading.at, now, zone)
    if told.reason:
        what = f"{SIGN} *{escape(told.name)}*: ~{value}~ of {at} struck by {person(told.by)}: “{escape(told.reason)}”"
    else:
        what = f"↩️ *{escape(told.name)}*: *{value}* of {at} counts again, restored by {person(told.by)}"
    line = f"*{escape(told.initiative.name)}*\n{what}" if starts_thread else what
    return Message(text=shorten(line, TEXT_LIMIT), blocks=(section(line),))


def struck_blocks(
    criterion_id: int, struck: Sequence[Struck], *, unit: str, now: datetime, zone: str, most: int
) -> list[Block]:
    """Return struck readings as a history shows them, newest first, each with [Restore]; empty without one."""
    blocks = [
        section(
            shorten(struck_text(each, unit, now, zone), TEXT_LIMIT),
            accessory=_restore(criterion_id, each.reading_id, each.reading, unit),
        )
        for each in struck[:most]
    ]
    left = len(struck) - most
    more = [context(f"and {left} more struck; name a shorter period to see them")] if left > 0 else []
    return [section("*Struck readings*"), *blocks, *more] if blocks else []


def struck_text(struck: Struck, unit: str, now: datetime, zone: str) -> str:
    """Return a struck reading as a line of mrkdwn: struck through, with who struck it and why."""
    value = escape(show_value(struck.reading.value, unit))
    at = show_moment(struck.reading.at, now, zone)
    return f"~{at}  {value}~  struck by {person(struck.by)}: “{escape(struck.reason)}”"


def _restore(criterion_id: int, reading_id: int, reading: Reading, unit: str) -> Block:
    label = f"Restore {show_value(reading.value, unit)}"
    return button("Restore", "restore_reading", f"{criterion_id}:{reading_id}", label=label)
