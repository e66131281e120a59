"""Why a progress post says what it says: the sentence, the rule, the forecast and the last readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from bot.blocks.mrkdwn import escape, shorten
from bot.blocks.parts import actions, button, section
from bot.domain.criterion import BROUGHT, Criterion, Kind
from bot.domain.durations import spell
from bot.domain.forecast import Forecast, say_forecast
from bot.domain.freshness import stale_after
from bot.domain.initiative import Initiative
from bot.domain.message import Block, Message
from bot.domain.post import PostLine
from bot.domain.values import show_value
from bot.domain.wallclock import show_moment

PAGE = 6
READINGS = 5


def why_message(
    initiative: Initiative,
    explained: Sequence[tuple[Criterion, PostLine, str]],
    *,
    offset: int,
    now: datetime,
    zone: str,
    forecasts: Mapping[int, Forecast] = MappingProxyType({}),
) -> Message:
    """Return a private page that explains where an initiative's criteria stand.

    Args:
        initiative: The initiative.
        explained: (criterion, its line with its readings, how often it is read as typed), in order.
        offset: Place of the first criterion on this page.
        now: Aware UTC.
        zone: The reader's IANA zone.
        forecasts: Row id of a criterion → its forecast, where there is one.
    """
    if not explained:
        text = f"*{escape(initiative.name)}* has no criteria yet."
        return Message(text=text, blocks=(section(text),))
    page = explained[offset : offset + PAGE]
    if not page:
        return Message(text="That is all.", blocks=(section("That is all."),))
    texts = [
        _explain(criterion, line, every, forecasts.get(criterion.id), now, zone)
        for criterion, line, every in page
    ]
    blocks: list[Block] = [section(text) for text in texts]
    left = len(explained) - offset - len(page)
    if left > 0:
        value = f"{initiative.id}:{offset + PAGE}"
        blocks.append(actions(button(f"Next {min(left, PAGE)}", "why", value)))
    return Message(text=shorten("\n\n".join(texts), 3_900), blocks=tuple(blocks))


def _explain(
    criterion: Criterion, each: PostLine, every: str, expected: Forecast | None, now: datetime, zone: str
) -> str:
    line = each.line
    parts = [f"{line.mark} *{escape(line.name)}*: {escape(line.words)}"]
    if line.sentence:
        parts.append(f"_{escape(shorten(line.sentence, 600))}_")
    parts.append(f"Rule: {escape(_rule(criterion, each, every))}")
    if expected is not None:
        parts.append(f"Forecast: {say_forecast(expected, criterion.zone, now)}.")
    readings = [
        f"{show_moment(reading.at, now, zone)} *{escape(show_value(reading.value, each.unit))}*"
        for reading in reversed(each.readings[-READINGS:])
    ]
    parts.append(f"Last readings: {', '.join(readings)}" if readings else "No readings yet.")
    return shorten("\n".join(parts), 1_900)


def _rule(criterion: Criterion, each: PostLine, every: str) -> str:
    holds = "has to hold all the time" if criterion.kind is Kind.GUARDRAIL else "counts on the due date"
    needed = criterion.readings_needed
    agree = "one reading changes it" if needed == 1 else f"{needed} readings in a row change it"
    expected = "expected" if criterion.source.kind in BROUGHT else "read"
    due = f" {each.line.due}" if each.line.due else ""
    return (
        f"{each.line.condition}{due}, {holds}; {agree}; {expected} every {every}, "
        f"stale after {spell(stale_after(criterion.every))}."
    )
