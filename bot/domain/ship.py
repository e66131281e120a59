"""Ships: a change put in front of users, and what people said of it with one tap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.initiative import Initiative


class Thumb(StrEnum):
    """What somebody says of a ship with one tap."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Ship:
    """A change put in front of users.

    Attributes:
        id: Row id.
        initiative_id: Row id of the initiative it belongs to.
        name: As typed or sent, not escaped.
        at: When it was shipped, aware UTC.
        by: Slack user id of who shipped it; of a program's, who made its token.
        by_program: True when a program sent it.
        link: An http or https address a program sent with it, or empty.
        taken_back: True when it was a mistake: it is shown and counted nowhere any more.
        reactions: Whether 👍 and 👎 as reactions under its announcement count as well.
    """

    id: int
    initiative_id: int
    name: str
    at: datetime
    by: str
    by_program: bool = False
    link: str = ""
    taken_back: bool = False
    reactions: bool = False


@dataclass(frozen=True, slots=True)
class ShipView:
    """A ship as its message shows it.

    Attributes:
        ship: The ship.
        initiative: Whose ship it is.
        ups: How many said 👍.
        downs: How many said 👎.
        notes: How many notes were left on it.
    """

    ship: Ship
    initiative: Initiative
    ups: int = 0
    downs: int = 0
    notes: int = 0
