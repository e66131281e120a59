"""What is typed after any command."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Which criteria a list shows."""

    HERE = "here"  # the channel's initiatives
    MINE = "mine"
    PERSON = "person"
    BEHIND = "behind"
    ALL = "all"  # everything the person may see
    INITIATIVE = "initiative"


@dataclass(frozen=True, slots=True)
class Help:
    """`help`, or a word that no command knows.

    Attributes:
        command: Canonical name without the slash.
        unknown: The word as typed, or None when help was asked for.
    """

    command: str
    unknown: str | None = None
