"""What people see of iterations: that one was started, and how it goes."""

from __future__ import annotations

from datetime import date

from bot.blocks.mrkdwn import escape
from bot.blocks.parts import context, section
from bot.domain.iteration import IterationView
from bot.domain.message import Message
from bot.domain.wallclock import show_day

SIGN = "🔁"


def iteration_started(view: IterationView, today: date) -> Message:
    """Return the answer when an iteration was started."""
    until = show_day(view.iteration.ends_on, today)
    text = (
        f"{SIGN} Started on *{escape(view.initiative.name)}*: *{escape(view.iteration.goal)}*, until {until}. "
        "A decision ends it."
    )
    rest = (
        "`/initiative show` counts its ships, feedback and readings; "
        "`/loop decide` ends it with keep, change or stop."
    )
    return Message(text=f"{text} {rest}", blocks=(section(text), context(rest)))


def iteration_row(view: IterationView, today: date) -> str:
    """Return how a running iteration goes as mrkdwn: goal, days, and what happened within it."""
    iteration = view.iteration
    until = f"until {show_day(iteration.ends_on, today)}"
    when = f"{until}, {_left((iteration.ends_on - today).days)}"
    counts = " · ".join(
        (
            _count(view.ships, "ship"),
            f"{view.feedback} taps and notes",
            _count(view.readings, "reading"),
        )
    )
    return f"{SIGN} *{escape(iteration.goal)}* ({when}): {counts}"


def _left(days: int) -> str:
    if days < 0:
        return "decision due"
    return "the last day" if days == 0 else f"{days} d left"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
