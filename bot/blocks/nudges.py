"""Nudges: an owner is asked for a check-in, in the thread of the last post or by direct message."""

from __future__ import annotations

from bot.blocks.lines import line_text
from bot.blocks.mrkdwn import channel, code, escape, person, shorten
from bot.blocks.parts import actions, button, section
from bot.domain.message import Block, Message
from bot.domain.nudge import SHARES, Nudge


def nudge_message(nudge: Nudge, *, in_thread: bool) -> Message:
    """Return a nudge: who wants it or how much time is gone, how the criterion reads, and what can be done.

    Args:
        nudge: What it says; only the last of `SHARES` mentions the owner.
        in_thread: Whether the team reads it under a post, not the owner alone.
    """
    line, name = nudge.line, f"*{escape(nudge.line.name)}*"
    of = f"{name} of *{escape(nudge.initiative.name)}*"
    if nudge.by is not None:
        text = f"{person(nudge.by)} would like a check-in on {of}: how confident are you that it will be met?"
    else:
        owner = escape(nudge.asked_name) or "its owner"
        whose = person(nudge.asked) if nudge.share == SHARES[-1] and in_thread else owner
        text = f"{nudge.share} % of the time of {of} is gone without a check-in"
        text += f" by {whose}." if in_thread else ". How confident are you that it will be met?"
    blocks: list[Block] = [section(text), section(line_text(line))]
    number = nudge.outbox_id
    stops = [
        button(
            "Snooze a week", "check_in_menu:snooze", f"snooze:{number}", label=f"Snooze {line.name} a week"
        ),
        button(
            "Stop reminding", "check_in_menu:stop", f"stop:{number}", label=f"No reminders of {line.name}"
        ),
    ]
    if nudge.initiative.private and not in_thread:
        typed = f'/criteria check-in "{line.name}"'
        blocks.append(section(f"Type {code(typed)} in {channel(nudge.initiative.channel_id)}."))
        blocks.append(actions(*stops))
    else:
        value = f"criterion:{line.criterion_id}"
        do_it = button("Do it now", "check_in", value, style="primary", label=f"Check in on {line.name}")
        blocks.append(actions(do_it, *stops))
    return Message(text=shorten(text, 3_900), blocks=tuple(blocks))


def nudged_message(name: str, asked: str, later: str = "") -> Message:
    """Return the answer to whoever nudged; `later` is when the owner's quiet hours end, or empty outside them."""
    what = f"{person(asked)} by direct message for a check-in on *{escape(name)}*, in your name"
    text = f"I asked {what}." if not later else f"I ask {what}, at {later}: until then they have quiet hours."
    return Message(text=text, blocks=(section(text),))
