"""Decision cards: what is to be decided, with the facts of the day."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.decision import DecisionLine
from bot.domain.initiative import Initiative
from bot.domain.loop import LoopTime


@dataclass(frozen=True, slots=True)
class DecisionCard:
    """A decision line with the facts of its day.

    Attributes:
        initiative: Whose line it is.
        line: The line with the values as they are now.
        loop: The stamps of the last ship, or None when nothing was shipped.
    """

    initiative: Initiative
    line: DecisionLine
    loop: LoopTime | None = None
