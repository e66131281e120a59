"""Reminders to check in: the message to an owner, and what follows from its menu."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.blocks.lines import line_summary, line_text
from bot.blocks.mrkdwn import channel, code, escape, shorten
from bot.blocks.parts import actions, button, context, option, overflow, section
from bot.domain.initiative import Initiative
from bot.domain.line import CriterionLine
from bot.domain.message import Block, Message
from bot.domain.wallclock import show_moment

SHOWN = 12
"""Criteria in one reminder; `/criteria list mine` has the others."""

LINE_LIMIT = 2_000


def check_ins_due(criteria: Sequence[tuple[Initiative, CriterionLine]], outbox_id: int) -> Message:
    """Remind an owner of all the criteria that wait for their check-in.

    Args:
        criteria: Each with its initiative, at least one.
        outbox_id: The reminder's row, for its menu.
    """
    one = len(criteria) == 1
    what = "A criterion of yours waits" if one else f"{len(criteria)} criteria of yours wait"
    text = (
        f"{what} for a check-in: how confident are you that {'it' if one else 'they'} will be met, and why?"
    )
    blocks: list[Block] = [section(text)]
    blocks += [_row(initiative, line) for initiative, line in criteria[:SHOWN]]
    left = len(criteria) - SHOWN
    if left > 0:
        blocks.append(context(f"and {left} more: type {code('/criteria list mine')}"))
    menu = [option("Snooze a week", f"snooze:{outbox_id}"), option("Stop reminding", f"stop:{outbox_id}")]
    blocks.append(actions(overflow("check_in_menu", menu)))
    named = "\n".join(line_summary(line) for _, line in criteria)
    return Message(text=shorten(f"{text}\n{named}", 3_900), blocks=tuple(blocks))


def _row(initiative: Initiative, line: CriterionLine) -> Block:
    about = f"_{escape(initiative.name)}_"
    if initiative.private:
        typed = f'/criteria check-in "{line.name}"'
        about += f" · type {code(typed)} in {channel(initiative.channel_id)}"
        press = None
    else:
        press = button(
            "Check in", "check_in", f"criterion:{line.criterion_id}", label=f"Check in on {line.name}"
        )
    return section(shorten(f"{line_text(line)}\n      {about}", LINE_LIMIT), accessory=press)


def reminders_stopped(outbox_id: int, until: datetime | None, now: datetime, zone: str) -> Message:
    """Return the answer to Snooze (until when, aware UTC) and Stop reminding (None), with the way back."""
    how_long = "any more" if until is None else f"before {show_moment(until, now, zone)} ({zone})"
    text = f"You are not reminded to check in on these criteria {how_long}."
    back = button("Remind me again", "remind_again", str(outbox_id))
    return Message(text=text, blocks=(section(text), actions(back)))


def reminders_back() -> Message:
    """Return the answer to [Remind me again]."""
    text = "You are reminded of these criteria again, when it is time for the next check-in."
    return Message(text=text, blocks=(section(text),))


def rhythm_set(initiative: Initiative) -> Message:
    """Return when owners of an initiative's criteria are reminded from now on."""
    name = f"*{escape(initiative.name)}*"
    if initiative.check_ins:
        text = (
            f"Who owns criteria of {name} is reminded to check in {escape(initiative.check_ins)}, in their own "
            "zone and by day, unless they did in the last 3 days."
        )
    else:
        text = f"Nobody is reminded to check in on criteria of {name}."
    return Message(text=text, blocks=(section(text),))
