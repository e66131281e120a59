"""What `/criteria history` answers: the course of a criterion's readings, with its gaps and status changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.blocks.charts import line_chart, sparkline
from bot.blocks.goalposts import goalpost_rows
from bot.blocks.lines import line_summary, line_text
from bot.blocks.mrkdwn import code, escape, shorten
from bot.blocks.parts import TEXT_LIMIT, actions, button, context, section
from bot.blocks.readings import ROWS, fitting, reading_text, readings_table
from bot.blocks.ships import ship_rows
from bot.blocks.strikes import struck_blocks
from bot.domain.criterion import BROUGHT, CriterionState, SourceKind
from bot.domain.durations import ago
from bot.domain.gaps import Gap
from bot.domain.goalpost import tell_goalposts
from bot.domain.history import History
from bot.domain.message import Block, Message
from bot.domain.post import TREND
from bot.domain.reading import Reading
from bot.domain.standing import word
from bot.domain.values import show_value
from bot.domain.wallclock import show_moment

SIZE = ROWS
"""Most readings that are listed; older ones come with [Older]."""

LISTED = 10
"""Most gaps, and most status changes."""

STRUCK = 5
"""Most struck readings that are shown, each with [Restore]."""

CAUSE_LIMIT = 120
SUMMED = 5


def history_message(history: History) -> Message:
    """Return a criterion's history: its line, chart, gaps, status changes and readings, newest first."""
    line, unit = history.post_line.line, history.post_line.unit
    if not history.readings:
        return _nothing(history)
    shown = fitting(history.readings, unit, history.now, history.zone)
    older = history.older + len(history.readings) - len(shown)
    course = sparkline(history.post_line.readings)
    above = [
        section(shorten(f"{line_text(line)}   {course}" if course else line_text(line), TEXT_LIMIT)),
        context(*_facts(history, len(shown) + older)),
    ]
    chart = line_chart(history.post_line, history.zone)
    charts = [chart] if chart else []
    if chart and len(shown) + older > TREND:
        charts.append(context("Each point is the last reading of its part of the time."))
    told = _told(history)
    lines = [reading_text(reading, unit, history.now, history.zone) for reading in reversed(shown)]
    table = readings_table(
        f"Readings of {line.name}, newest first, times in {history.zone}",
        shown,
        unit,
        history.now,
        history.zone,
    )
    below = [context(_say_older(history, older))] if older else []
    below.append(actions(*_buttons(history, shown[0] if older else None)))
    stays = [*(block for block in told if block), *_struck(history)]
    return Message(
        text=_summary(history, lines, older),
        blocks=(*above, *charts, *stays, table, *below),
        fallback=(*above, *stays, *_listed(lines), *below),
    )


def _nothing(history: History) -> Message:
    line, zone = history.post_line.line, history.zone
    name = escape(line.name)
    if history.last_at is None:
        text = f"*{name}* has no readings yet. {_how_one_comes(history)}"
    else:
        last = show_moment(history.last_at, history.now, zone)
        text = (
            f"*{name}* has no reading in {escape(history.stretch.words)}; the last one before was at {last} ({zone}). "
            f"Name a longer period, like {code(f'/criteria history {_typed(line.name)} last 90d')}."
        )
    told = _told(history)
    stays = [*(block for block in told if block), *_struck(history)]
    blocks = [section(text), *stays, actions(*_buttons(history, None))]
    return Message(text=text, blocks=tuple(blocks))


def _told(history: History) -> list[Block | None]:
    moved = tell_goalposts(history.goalposts, history.now, history.zone)
    return [
        _list("Gaps", _say_gaps(history)),
        _list("Status changes", _say_changes(history)),
        _list("Moved goalposts", goalpost_rows(moved)),
        _list("Ships", ship_rows(history.post_line.ships, history.now, history.zone)),
    ]


def _struck(history: History) -> list[Block]:
    line, unit = history.post_line.line, history.post_line.unit
    return struck_blocks(
        line.criterion_id, history.struck, unit=unit, now=history.now, zone=history.zone, most=STRUCK
    )


def _how_one_comes(history: History) -> str:
    line = history.post_line.line
    if history.source_kind == SourceKind.MANUAL:
        return "Give its first value with [Set a value]."
    if history.source_kind == SourceKind.PUSH:
        command = code(f"/criteria token {_typed(line.name)}")
        return f"A program pushes them: {command} makes the token it needs."
    if line.standing.state is CriterionState.PAUSED:
        return f"It is paused: {code(f'/criteria resume {_typed(line.name)}')} reads it at once."
    return "Read its source with [Check now]."


def _facts(history: History, total: int) -> list[str]:
    unit = history.post_line.unit
    assert history.bounds is not None, "there are readings"
    low, high = (escape(show_value(bound, unit)) for bound in history.bounds)
    count = "1 reading" if total == 1 else f"{total:,} readings"
    facts = [
        f"{_capital(escape(history.stretch.words))}: {count}, lowest {low}, highest {high}. "
        f"Times in {history.zone}."
    ]
    if history.looked_from is not None:
        since = show_moment(history.looked_from, history.now, history.zone)
        facts.append(
            f"Chart, lowest, highest and gaps begin at {since}: there are too many readings for more. "
            "Name an earlier period to see them of what was before."
        )
    return facts


def _say_gaps(history: History) -> list[str]:
    return [_say_gap(gap, history.now, history.zone) for gap in reversed(history.gaps)]


def _say_gap(gap: Gap, now: datetime, zone: str) -> str:
    start = show_moment(gap.start, now, zone)
    cause = escape(shorten(gap.cause, CAUSE_LIMIT)) if gap.cause else "no reading came"
    if gap.end is None:
        return f"{start} – now  *{ago(now - gap.start)}* so far: {cause}"
    return f"{start} – {show_moment(gap.end, now, zone)}  *{ago(gap.end - gap.start)}*: {cause}"


def _say_changes(history: History) -> list[str]:
    kind = history.post_line.line.standing.kind
    return [
        f"{show_moment(at, history.now, history.zone)}  {escape(word(before, kind))} → *{escape(word(after, kind))}*"
        for at, before, after in history.changes
    ]


def _list(title: str, rows: Sequence[str]) -> Block | None:
    if not rows:
        return None
    left = len(rows) - LISTED
    more = [f"and {left} more; name a shorter period to see them"] if left > 0 else []
    return section("\n".join([f"*{title}*", *rows[:LISTED], *more]))


def _listed(lines: Sequence[str]) -> list[Block]:
    """Return the readings as text, in sections none of which is too long."""
    blocks, piece = [], "*Readings*"
    for line in lines:
        if len(piece) + 1 + len(line) > TEXT_LIMIT:
            blocks.append(section(piece))
            piece = line
        else:
            piece = f"{piece}\n{line}"
    return [*blocks, section(piece)]


def _say_older(history: History, older: int) -> str:
    name = _typed(history.post_line.line.name)
    return (
        f"and {older:,} older; [Older] shows them, or name a period: {code(f'/criteria history {name} last 7d')} or "
        f"{code(f'/criteria history {name} from 1 Nov to 7 Nov')}"
    )


def _buttons(history: History, oldest: Reading | None) -> list[Block]:
    line = history.post_line.line
    value = str(line.criterion_id)
    buttons = []
    if oldest is not None:
        page = f"{value}|{history.stretch.start.isoformat()}|{oldest.at.isoformat()}"
        buttons.append(button("Older", "older_readings", page, label=f"Older readings of {line.name}"))
    if history.source_kind not in BROUGHT:
        buttons.append(button("Check now", "check_criterion", value, label=f"Check {line.name} now"))
    buttons.append(button("Set a value", "set_value", value, label=f"Set a value of {line.name}"))
    if history.readings:
        label = f"Strike a reading of {line.name}"
        buttons.append(button("Strike a reading", "choose_reading", value, label=label))
    return buttons


def _summary(history: History, lines: Sequence[str], older: int) -> str:
    said = [
        f"{line_summary(history.post_line.line)}. {'. '.join(_facts(history, len(lines) + older))}",
        *lines[:SUMMED],
        *([f"and {len(lines) - SUMMED + older:,} older"] if len(lines) + older > SUMMED else []),
        *(f"Gap: {gap}" for gap in _say_gaps(history)[:SUMMED]),
    ]
    return shorten("\n".join(said), 3_900)


def _typed(name: str) -> str:
    """Return a name as it is typed: in quotes, since it may end like a period."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
