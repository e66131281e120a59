"""The loop clock: how long the ships of an initiative took to their signal, feedback and decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from bot.db.decisions import open_line_row
from bot.db.iterations import running_row
from bot.db.loops import facts_of
from bot.db.ships import last_ships
from bot.domain.actor import Actor
from bot.domain.initiative import Initiative
from bot.domain.loop import SHIPS, LoopTime, measure
from bot.services.finding import find_initiative


@dataclass(frozen=True, slots=True)
class LoopReport:
    """The loop times of an initiative's last ships.

    Attributes:
        initiative: The initiative.
        times: Of its last `SHIPS` ships, oldest first.
        decide_by: The day of its undecided decision line, or None.
    """

    initiative: Initiative
    times: tuple[LoopTime, ...]
    decide_by: date | None


def loop_report(session: Session, actor: Actor, name: str | None) -> LoopReport:
    """Return the loop times of an initiative somebody names, or of the channel's only one.

    Raises:
        UserError: none fits (with the nearest names).
        AmbiguousError: several fit.
    """
    initiative = find_initiative(session, actor, name)
    times = tuple(
        measure(ship, facts_of(session, ship)) for ship in last_ships(session, initiative.id, SHIPS)
    )
    return LoopReport(initiative, times, decide_by_of(session, initiative.id))


def last_loop(session: Session, initiative_id: int) -> LoopTime | None:
    """Return the loop time of an initiative's last ship, or None when nothing was shipped."""
    ships = last_ships(session, initiative_id, 1)
    return measure(ships[0], facts_of(session, ships[0])) if ships else None


def decide_by_of(session: Session, initiative_id: int) -> date | None:
    """Return the day by which an initiative is to be decided: its line's or its iteration's; None without either."""
    line, running = open_line_row(session, initiative_id), running_row(session, initiative_id)
    days = [*([line.decide_by] if line else []), *([running.ends_on] if running else [])]
    return min(days, default=None)
