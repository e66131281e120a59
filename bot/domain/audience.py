"""Audience: who may answer a prompt, and who sees what came of it when."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from bot.errors import UserError

MOST_NAMED = 50
"""People one prompt can name; each gets a direct message."""


class Reach(StrEnum):
    """Who may answer."""

    CHANNEL = "channel"
    """Members of the channel, as Slack says when the answer arrives."""
    EVERYONE = "everyone"
    """Whoever sees the message."""
    NAMED = "named"
    """The people it names, and nobody else."""


class Shown(StrEnum):
    """When the results of a prompt that is not anonymous are seen."""

    LIVE = "live"
    """By the channel, while it is open."""
    HIDDEN = "hidden"
    """At the close; before, by whoever asked."""
    SHARED = "shared"
    """At the close, in a message of their own; before, by nobody."""


def check_named(named: Sequence[str], *, anonymous: bool, floor: int, field: str = "to") -> None:
    """Let a prompt name people unless they are too many, or too few for its results to be shown ever.

    Raises:
        UserError: more than 50, or fewer than an anonymous prompt's floor.
    """
    if len(named) > MOST_NAMED:
        raise UserError(
            f"A prompt can name {MOST_NAMED} people at most, and these are {len(named)}. "
            "Ask them in a channel they are in.",
            field=field,
        )
    if anonymous and 0 < len(named) < floor:
        people = "1 person" if len(named) == 1 else f"{len(named)} people"
        raise UserError(
            f"{people} can't reach a floor of {floor}: the results would stay hidden for good. "
            f"Name {floor} people or more, choose a lower floor (3 at least), or ask without anonymous.",
            field=field,
        )


def check_shown(shown: Shown | None, *, anonymous: bool, field: str = "results") -> None:
    """Let results be shown as wished, unless that would be before an anonymous prompt has closed.

    Raises:
        UserError: an anonymous prompt with live results.
    """
    if anonymous and shown is Shown.LIVE:
        raise UserError(
            "Results of an anonymous prompt can't be live: each answer could be seen as it comes. "
            "Leave that out, or type results shared to have them posted when it closes.",
            field=field,
        )
