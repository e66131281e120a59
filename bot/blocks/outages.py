"""Outages: one message for all that broke together, and one when all of it is back."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks.mrkdwn import escape, shorten
from bot.blocks.parts import section
from bot.blocks.progress import TEXT_LIMIT, status_reply
from bot.domain.criterion import Status
from bot.domain.durations import ago
from bot.domain.message import Message
from bot.domain.outage import Outage
from bot.domain.post import StatusChange
from bot.domain.standing import mark

NAMED = 20
"""Criteria one message names; `/criteria list broken` has the others."""


def outage_message(outage: Outage, *, starts_thread: bool) -> Message:
    """Return what tells that sources broke; one that broke alone is told like every status change.

    Args:
        outage: What broke, and how long it lasted once it is over.
        starts_thread: True when there is no post to reply to, so that the message has to name the initiative.
    """
    if len(outage.changes) == 1:
        return status_reply(outage.changes[0], starts_thread=starts_thread)
    over = "" if outage.lasted is None else f" Over after {ago(outage.lasted)}."
    head = (
        f"{mark(Status.SOURCE_BROKEN)} *{len(outage.changes)} criteria can't be read*: "
        f"{escape(outage.failure)}.{over}"
    )
    return _listed(head, outage.changes)


def outage_over_message(outage: Outage) -> Message:
    """Return what tells that all of an outage's criteria can be read again."""
    lasted = "" if outage.lasted is None else f" after {ago(outage.lasted)}"
    head = (
        f"{mark(Status.MET)} *{len(outage.changes)} criteria are read again*{lasted}. "
        f"It was: {escape(outage.failure)}."
    )
    if outage.otherwise == 1:
        head += " 1 of them stands otherwise than before; a message of its own says how."
    elif outage.otherwise:
        head += f" {outage.otherwise} of them stand otherwise than before; messages of their own say how."
    return _listed(head, outage.changes)


def _listed(head: str, changes: Sequence[StatusChange]) -> Message:
    by_initiative: dict[str, list[str]] = {}
    for change in sorted(changes, key=lambda each: (each.initiative.name, each.name))[:NAMED]:
        by_initiative.setdefault(change.initiative.name, []).append(escape(change.name))
    rows = [f"• *{escape(initiative)}*: {', '.join(names)}" for initiative, names in by_initiative.items()]
    if len(changes) > NAMED:
        rows.append(f"and {len(changes) - NAMED} more")
    text = "\n".join([head, *rows])
    return Message(text=shorten(text, TEXT_LIMIT), blocks=(section(shorten(text, 3_000)),))
