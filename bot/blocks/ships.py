"""What people see of ships: the announcement with one-tap feedback, its form, and the private answers around it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from bot.blocks.mrkdwn import channel, escape, person, shorten, unmarked
from bot.blocks.parts import (
    TEXT_LIMIT,
    actions,
    button,
    confirm,
    context,
    input_block,
    option,
    plain,
    section,
    select_input,
    text_input,
)
from bot.blocks.reacting import SHIP_LINE
from bot.blocks.views import modal
from bot.domain.initiative import Initiative
from bot.domain.message import Block, Message, View
from bot.domain.names import NAME_LIMIT
from bot.domain.ship import Ship, ShipView, Thumb
from bot.domain.wallclock import day_at, show_day, show_moment

SIGN = "🚀"
FORM = "ship"
TITLE = "Mark as shipped"
ROWS = 5
"""Ships a list in a message shows; the others are counted."""

THUMBS = {Thumb.UP: "👍", Thumb.DOWN: "👎"}


def ship_message(view: ShipView, now: datetime) -> Message:
    """Return a ship's announcement as it stands now, with one-tap feedback unless it was taken back."""
    ship = view.ship
    name, of = escape(ship.name), escape(view.initiative.name)
    if ship.taken_back:
        text = f"~{name}~ of *{of}* was taken back: it was not shipped."
        return Message(text=text, blocks=(section(text),))
    at = show_moment(ship.at, now, view.initiative.zone)
    by = f"by a program, with a token of {person(ship.by)}" if ship.by_program else f"by {person(ship.by)}"
    said = _said(view)
    above = [
        section(f"{SIGN} *{_linked(ship)}* is shipped"),
        context(f"{of} · {by} · {at}", *([said] if said else []), *([SHIP_LINE] if ship.reactions else [])),
    ]
    more = button("Say more", "say_more", str(ship.id), label=f"Say more about {ship.name}")
    # Who shipped by hand has [Take back] under their own answer; a program has nowhere to press.
    others = [more, _take_back(ship)] if ship.by_program else [more]
    words = {Thumb.UP: "Good", Thumb.DOWN: "Not good"}
    thumbs: Block = {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "ship_vote",
                "positive_button": _thumb(ship, Thumb.UP, words[Thumb.UP]),
                "negative_button": _thumb(ship, Thumb.DOWN, words[Thumb.DOWN]),
            }
        ],
    }
    # The same as plain buttons, for a workspace that does not take Slack's own feedback buttons yet.
    plain_thumbs = [
        button(
            f"{THUMBS[thumb]} {word}",
            f"ship_vote:{thumb}",
            f"{ship.id}:{thumb}",
            label=f"{word}: {ship.name}",
        )
        for thumb, word in words.items()
    ]
    text = f"{SIGN} {name} is shipped ({of}, {by}). {said or 'What do you think?'}"
    return Message(
        text=shorten(text, 3_900),
        blocks=(*above, thumbs, actions(*others)),
        fallback=(*above, actions(*plain_thumbs, *others)),
    )


def shipped_message(ship: Ship, initiative: Initiative) -> Message:
    """Return the answer when something was shipped, with [Take back]."""
    text = f"{SIGN} Shipped: *{escape(ship.name)}* of *{escape(initiative.name)}*."
    rest = (
        f"It is announced in {channel(initiative.channel_id)} with one-tap feedback, and the loop clock runs: "
        "signal, feedback, decision."
    )
    return Message(
        text=f"{text} {rest}",
        blocks=(
            section(text),
            context(rest),
            actions(_take_back(ship)),
        ),
    )


def taken_back_message(ship: Ship, initiative: Initiative) -> Message:
    """Return the answer when a ship was taken back."""
    text = f"*{escape(ship.name)}* of *{escape(initiative.name)}* is taken back and counts nowhere."
    return Message(text=text, blocks=(section(text),))


def vote_receipt(ship: Ship, thumb: Thumb, former: Thumb | None) -> Message:
    """Return the private receipt for one tap, with [Say more] and [Withdraw]."""
    was = f" (was {THUMBS[former]})" if former not in (None, thumb) else ""
    text = f"Counted: {THUMBS[thumb]}{was} for *{escape(ship.name)}*. It is kept with your name; others see counts."
    return Message(
        text=text,
        blocks=(
            section(text),
            actions(
                button("Say more", "say_more", str(ship.id)),
                button("Withdraw", "withdraw_ship_vote", str(ship.id)),
            ),
        ),
    )


def vote_standing(ship: Ship, thumb: Thumb | None, former: Thumb | None) -> Message:
    """Return the private receipt for what somebody says of a ship now, or no more."""
    return vote_withdrawn(ship) if thumb is None else vote_receipt(ship, thumb, former)


def vote_withdrawn(ship: Ship) -> Message:
    """Return the private answer when a tap was withdrawn."""
    text = f"Withdrawn: what you said of *{escape(ship.name)}* counts no more."
    return Message(text=text, blocks=(section(text),))


def ship_form(initiatives: Sequence[Initiative], *, channel_id: str, name: str = "") -> View:
    """Return the modal in which a change is marked as shipped.

    Args:
        initiatives: To choose from, the most likely first; at least one.
        channel_id: Where it was opened.
        name: What stands in it at first.
    """
    choices = [option(each.name, str(each.id), f"#{each.channel_name}") for each in initiatives[:100]]
    return modal(
        TITLE,
        [
            text_input(
                "name",
                "What was shipped?",
                initial=name,
                placeholder="New checkout form",
                hint="In the words of the people who will notice it.",
                max_length=NAME_LIMIT,
            ),
            select_input("initiative", "Initiative", choices, initial=choices[0]),
            input_block(
                "reactions",
                "Reactions",
                {
                    "type": "checkboxes",
                    "action_id": "reactions",
                    "options": [option("Reactions count", "yes")],
                },
                hint="👍 and 👎 under the announcement, beside the buttons. They show who gave them.",
                optional=True,
            ),
            context("It is announced once, in the initiative's home channel, and starts the loop clock."),
        ],
        callback_id=FORM,
        submit="Ship",
        metadata=json.dumps({"channel": channel_id}),
    )


def ship_rows(ships: Sequence[Ship], now: datetime, zone: str) -> list[str]:
    """Return ``New checkout form, @Dana, 4 Dec`` for each ship as mrkdwn, newest first, the last `ROWS`."""
    today = day_at(now, zone)
    rows = [
        f"{escape(ship.name)}, {person(ship.by)}, {show_day(day_at(ship.at, zone), today)}"
        for ship in reversed(ships)
    ]
    left = len(rows) - ROWS
    return [*rows[:ROWS], *([f"and {left} more"] if left > 0 else [])]


def ships_block(ships: Sequence[Ship], now: datetime, zone: str) -> Block:
    """Return a criterion's ships as dated facts."""
    return section(shorten("*Ships*\n" + "\n".join(ship_rows(ships, now, zone)), TEXT_LIMIT))


def _take_back(ship: Ship) -> Block:
    sure = confirm(
        "Take it back?", "It is counted nowhere any more, and its announcement says so.", "Take back"
    )
    return button("Take back", "take_back_ship", str(ship.id), confirm=sure)


def _linked(ship: Ship) -> str:
    name = escape(ship.name)
    return f"<{escape(ship.link)}|{name.replace('|', '¦')}>" if ship.link else name


def _said(view: ShipView) -> str:
    votes = [f"{THUMBS[thumb]} {count}" for thumb, count in ((Thumb.UP, view.ups), (Thumb.DOWN, view.downs))]
    notes = "1 note" if view.notes == 1 else f"{view.notes} notes"
    said = (votes if view.ups or view.downs else []) + ([notes] if view.notes else [])
    return " · ".join(said)


def _thumb(ship: Ship, thumb: Thumb, text: str) -> Block:
    return {
        "text": plain(f"{THUMBS[thumb]} {text}", 75),
        "value": f"{ship.id}:{thumb}",
        "accessibility_label": shorten(unmarked(f"{text}: {ship.name}"), 75),
    }
