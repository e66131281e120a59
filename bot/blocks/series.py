"""Prompts that are asked again and again: what people see of when, and the buttons that change it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.blocks.mrkdwn import channel, escape, person, shorten
from bot.blocks.notices import full_stop, notice
from bot.blocks.parts import actions, button, confirm, context, section
from bot.blocks.phrases import TEXT_LIMIT, after_answers
from bot.blocks.views import modal
from bot.domain.cadence import Weekday
from bot.domain.durations import spell
from bot.domain.initiative import Initiative
from bot.domain.message import Block, Message, View
from bot.domain.requests import SeriesChange
from bot.domain.series import Series, SeriesState
from bot.domain.wallclock import day_at, show_day, wall_at

SHOWN = 8
"""Series in one list; the others come with [Next]."""


def planned_message(series: Series, initiative: Initiative | None, privacy: str, now: datetime) -> Message:
    """Tell whoever asked when the waves are asked, when each closes and who sees what."""
    said, runs = planned_text(series, initiative), runs_text(series, now)
    return Message(
        text=shorten(f"{said} {runs} {privacy}", TEXT_LIMIT),
        blocks=(section(said), context(runs), actions(*series_buttons(series)), context(privacy)),
    )


def planned_view(
    title: str, series: Series, initiative: Initiative | None, privacy: str, now: datetime
) -> View:
    """Tell the same inside the form."""
    said = [section(planned_text(series, initiative)), context(runs_text(series, now)), context(privacy)]
    return modal(title, said, close="Done")


def planned_text(series: Series, initiative: Initiative | None) -> str:
    """Return what is asked where, how often, and when each wave closes."""
    about = f" about {escape(initiative.name)}" if initiative else ""
    return (
        f"“{_question(series)}” is asked in {channel(series.channel_id)}{about} "
        f"{escape(series.cadence_text)}, each time as a prompt of its own. {wave_ends(series)} "
        "Results show how each wave compares with those before. Nothing is asked on the team's days off."
    )


def wave_ends(series: Series) -> str:
    """Return when a wave closes, one sentence."""
    ends = []
    if series.request.closes_in is not None:
        ends.append(f"{spell(series.request.closes_in)} after it was asked")
    if series.request.close_after is not None:
        ends.append(after_answers(series.request.close_after))
    return f"A wave closes {' or '.join([*ends, 'when the next one is asked'])}."


def runs_text(series: Series, now: datetime, count: int = 5) -> str:
    """Return ``next: Fri 27 Nov 15:00, Fri 4 Dec 15:00 (Europe/Berlin)``."""
    today, zone = day_at(now, series.zone), ZoneInfo(series.zone)
    runs = []
    for run in series.runs(now, count):
        wall = wall_at(run, zone)
        # strftime's names of days follow the machine's locale.
        runs.append(f"{tuple(Weekday)[wall.weekday()]} {show_day(wall.date(), today)} {wall:%H:%M}")
    return f"next: {', '.join(runs)} ({escape(series.zone)})"


def series_blocks(
    several: Sequence[Series], now: datetime, *, offset: int = 0
) -> tuple[list[Block], list[str]]:
    """Return a list of what is asked again and again, as blocks and as lines of text.

    Args:
        several: All of a channel's.
        now: Aware UTC.
        offset: How many were shown before.
    """
    blocks: list[Block] = []
    lines: list[str] = []
    for series in several[offset : offset + SHOWN]:
        line = (
            f"🔁 {_question(series)} · {escape(series.cadence_text)} · asked by {person(series.asked_by)} · "
            f"{_paused_text(series) or runs_text(series, now, 1)}"
        )
        lines.append(line)
        blocks += [section(line), actions(*series_buttons(series))]
    left = len(several) - offset - SHOWN
    if left > 0:
        label = f"Next {min(left, SHOWN)} of {left} more prompts that are asked again"
        more = button(f"Next {min(left, SHOWN)}", "more_series", str(offset + SHOWN), label=label)
        blocks.append(actions(more))
        lines.append(f"and {left} more that are asked again")
    return blocks, lines


def series_list(several: Sequence[Series], now: datetime, *, offset: int) -> Message:
    """Return a later page of what is asked again and again in a channel."""
    blocks, lines = series_blocks(several, now, offset=offset)
    if not blocks:
        return notice("No more prompts are asked again here.")
    return Message(text=shorten("\n".join(lines), TEXT_LIMIT), blocks=tuple(blocks))


def series_refused(sentence: str, to: SeriesChange, series_id: int) -> Message:
    """Say that somebody else decides when a prompt is asked again, with [Ask the owner]."""
    ask = button(
        "Ask the owner", "ask_series_owner", f"{to}:{series_id}", label="Ask whoever asks it to do that"
    )
    return notice(escape(sentence), ask)


def series_wish(series: Series, to: SeriesChange, by: str) -> Message:
    """Ask whoever asks a series for what somebody (Slack user id) would like, with the buttons that do it."""
    named = f"“{_question(series)}” ({escape(series.cadence_text)} in {channel(series.channel_id)})"
    text = f"{person(by)} asks you to {to} {named}, which only you and workspace admins can do."
    return notice(text, *series_buttons(series))


def series_changed(series: Series, to: SeriesChange, now: datetime, *, revived: bool = False) -> Message:
    """Return the answer to [Pause], [Resume] and [Stop]."""
    named = f"“{_question(series)}” in {channel(series.channel_id)}"
    if to is SeriesChange.STOP:
        return notice(
            f"Stopped: {named} is asked no more. A wave that is open stays open until it is closed."
        )
    buttons = series_buttons(series)
    if to is SeriesChange.PAUSE:
        return notice(f"Paused: {named} is not asked until it is resumed.", *buttons)
    again = " What Slack refused goes out now." if revived else ""
    return notice(
        f"{named} is asked again {escape(series.cadence_text)}.{again}", *buttons, note=runs_text(series, now)
    )


def series_paused(series: Series, because: str) -> Message:
    """Tell whoever asks a prompt again and again that it is paused, why, and what to do."""
    return notice(
        f"I paused “{_question(series)}” ({escape(series.cadence_text)} in {channel(series.channel_id)}): "
        f"{escape(full_stop(because))} Resume asks it again once that is put right, and posts what was refused.",
        *series_buttons(series),
    )


def series_passed(series: Series, left: str, now: datetime) -> Message:
    """Tell somebody that they ask a prompt again and again now, since somebody (Slack user id) has left."""
    return notice(
        f"{person(left)} has left. “{_question(series)}” is yours now: it is asked "
        f"{escape(series.cadence_text)} in {channel(series.channel_id)}.",
        *series_buttons(series),
        note=_paused_text(series) or runs_text(series, now),
    )


def series_buttons(series: Series) -> list[Block]:
    """Return [Pause] or [Resume], and [Stop]; none once it is stopped for good."""
    if series.state is SeriesState.STOPPED:
        return []
    named = shorten(series.request.question, 50)
    first = SeriesChange.RESUME if series.state is SeriesState.PAUSED else SeriesChange.PAUSE
    sure = confirm("Ask this no more?", "It can't be started again. Its results stay.", "Stop", danger=True)
    return [
        button(
            first.capitalize(),
            f"change_series:{first}",
            f"{first}:{series.id}",
            label=f"{first.capitalize()}: {named}",
        ),
        button("Stop", "change_series:stop", f"stop:{series.id}", confirm=sure, label=f"Stop: {named}"),
    ]


def _question(series: Series) -> str:
    return escape(shorten(series.request.question, 100))


def _paused_text(series: Series) -> str:
    if series.state is not SeriesState.PAUSED:
        return ""
    because = f": {escape(shorten(series.paused_because, 300))}" if series.paused_because else ""
    return f"⏸️ paused{because}"
