"""Nudges: how much of a criterion's time may go without a check-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.initiative import Initiative
from bot.domain.line import CriterionLine

SHARES = (75, 90)
"""Per cent of a criterion's time after which a check-in is missed: without a mention, then with one."""


@dataclass(frozen=True, slots=True)
class Nudge:
    """A criterion that waits for a check-in of its owner.

    Attributes:
        initiative: Its initiative.
        line: How it reads now.
        asked: Slack user id of who is to check in.
        asked_name: Their name, or empty where it is not known.
        share: Per cent of its time that are gone, or None where somebody nudges.
        by: Slack user id of who nudges, or None.
        outbox_id: The message's row, for its buttons.
    """

    initiative: Initiative
    line: CriterionLine
    asked: str
    asked_name: str
    share: int | None
    by: str | None
    outbox_id: int


def gone_at(start: datetime, due_at: datetime, share: int) -> datetime:
    """Return when so many per cent of the time from one moment to another are gone."""
    return start + (due_at - start) * share / 100
