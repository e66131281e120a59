"""What people see when somebody has left: who takes over, and what is whose now."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks.mrkdwn import channel, escape, person, shorten
from bot.blocks.parts import TEXT_LIMIT, actions, context, plain, section
from bot.domain.initiative import Initiative
from bot.domain.message import Message
from bot.domain.post_schedule import Schedule

NAMED = 10
"""Most criteria, schedules and follow-ups that are named of each."""

TEXT = 80
"""Characters of a follow-up's text."""


def owner_left(initiative: Initiative, left: str) -> Message:
    """Ask an initiative's home channel who takes it over from an owner (Slack user id) who has left."""
    text = f"{person(left)} has left and owned *{escape(initiative.name)}*. Who takes it over?"
    menu = {
        "type": "users_select",
        "action_id": "take_over",
        "placeholder": plain("Choose a person", 150),
    }
    return Message(
        text=f"{person(left)} has left and owned {escape(initiative.name)}. Who takes it over?",
        blocks=(
            section(text),
            actions(menu),
            context(
                "It goes on as it is meanwhile. Criteria, follow-ups and schedules of theirs go with it."
            ),
        ),
    )


def taken_over(initiative: Initiative, left: str, by: str) -> Message:
    """Return what the question becomes once it was answered.

    Args:
        initiative: With its new owner.
        left: Slack user id of the former one.
        by: Slack user id of who chose.
    """
    chose = "" if by == initiative.owner_id else f", chosen by {person(by)}"
    text = f"{person(initiative.owner_id)} takes over *{escape(initiative.name)}* from {person(left)}{chose}."
    return Message(text=text, blocks=(section(text),))


def handed_over(
    left: str,
    initiative: Initiative | None,
    criteria: Sequence[str],
    schedules: Sequence[Schedule],
    follow_ups: Sequence[str] = (),
) -> Message:
    """Tell somebody, by direct message, what is theirs now.

    Args:
        left: Slack user id of who has left.
        initiative: The one they took over, or None.
        criteria: Names, not escaped.
        schedules: Schedules.
        follow_ups: Their texts, not escaped.
    """
    what = f"*{escape(initiative.name)}* is yours now" if initiative else "This is yours now"
    rows = [
        *_rows("criteria", [f"*{escape(name)}*" for name in criteria]),
        *_rows(
            "schedules",
            [
                f"#{each.number}, {escape(each.cadence_text)} in {channel(each.channel_id)}"
                for each in schedules
            ],
        ),
        *_rows("follow-ups", [f"*{escape(shorten(text, TEXT))}*" for text in follow_ups]),
    ]
    said = f"{person(left)} has left. {what}{':' if rows else '.'}"
    text = shorten("\n".join([said, *rows]), TEXT_LIMIT)
    return Message(text=text, blocks=(section(text),))


def _rows(what: str, shown: Sequence[str]) -> list[str]:
    if not shown:
        return []
    left = len(shown) - NAMED
    return [f"{what}: {'; '.join(shown[:NAMED])}{f'; and {left} more' if left > 0 else ''}"]
