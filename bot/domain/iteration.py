"""Iterations: a time-boxed step of an initiative with a goal and a decision at its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.domain.initiative import Initiative


@dataclass(frozen=True, slots=True)
class Iteration:
    """A time-boxed step of an initiative.

    Attributes:
        id: Row id.
        goal: What it is for, on one line.
        starts_on: Its first day, in the initiative's zone.
        ends_on: Its last day, on which it is to be decided.
        by: Slack user id of who started it.
    """

    id: int
    goal: str
    starts_on: date
    ends_on: date
    by: str


@dataclass(frozen=True, slots=True)
class IterationView:
    """A running iteration with what happened within it.

    Attributes:
        initiative: Whose step it is.
        iteration: The iteration.
        ships: How many changes were shipped in it.
        feedback: How many taps and notes came in it.
        readings: How many readings its criteria got in it.
    """

    initiative: Initiative
    iteration: Iteration
    ships: int
    feedback: int
    readings: int
