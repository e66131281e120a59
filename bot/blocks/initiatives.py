"""What `/initiative` answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.blocks.iterations import iteration_row
from bot.blocks.lines import line_summary, line_text
from bot.blocks.mrkdwn import channel, escape, person, shorten
from bot.blocks.parts import actions, button, confirm, context, input_block, section, text_input
from bot.blocks.views import modal
from bot.domain.initiative import Initiative
from bot.domain.iteration import IterationView
from bot.domain.line import CriterionLine
from bot.domain.message import Block, Message, View
from bot.domain.standing import Standing, headline, week_of
from bot.domain.timeline import NOTHING, Timeline
from bot.domain.wallclock import day_at, show_day

TITLE = "New initiative"
WORDS = 160
"""Characters of one event of a timeline."""

SHOWN = 12
"""Lines of criteria, or initiatives, in one answer."""

LINKS = 5
"""Links to its page that are named."""


def new_form(*, user_id: str, channel_id: str, filled: Mapping[str, str] | None = None) -> View:
    """Return the modal in which an initiative is typed.

    Args:
        user_id: The person, proposed as owner.
        channel_id: Where it was opened, proposed as home; empty or a direct message for none.
        filled: Field → text to start with.
    """
    filled = filled or {}
    home: dict[str, object] = {
        "type": "conversations_select",
        "action_id": "channel",
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    proposed = filled.get("channel") or channel_id
    if proposed and not proposed.startswith("D"):
        home["initial_conversation"] = proposed
    due: dict[str, object] = {"type": "datepicker", "action_id": "due"}
    if filled.get("due"):
        due["initial_date"] = filled["due"]
    owner = {"type": "users_select", "action_id": "owner", "initial_user": filled.get("owner") or user_id}
    return modal(
        TITLE,
        [
            text_input(
                "name", "Name", initial=filled.get("name", ""), placeholder="Checkout rewrite", max_length=120
            ),
            text_input(
                "outcome",
                "Outcome",
                initial=filled.get("outcome", ""),
                optional=True,
                multiline=True,
                placeholder="Merchants finish checkout without calling us.",
                hint="What will be different for the people you build it for.",
                max_length=500,
            ),
            input_block("due", "End date", due),
            input_block(
                "channel", "Home channel", home, hint="Where its progress is posted. I need to be in it."
            ),
            input_block("owner", "Owner", owner),
        ],
        callback_id="new_initiative",
        submit="Start",
        metadata=json.dumps({"channel": channel_id}),
    )


def started_message(initiative: Initiative, today: date) -> Message:
    """Return the answer when an initiative was started."""
    text = (
        f"Started *{escape(initiative.name)}* in {channel(initiative.channel_id)}: "
        f"until {show_day(initiative.ends_on, today)} ({escape(initiative.zone)}), owner {person(initiative.owner_id)}."
    )
    return Message(
        text=text,
        blocks=(
            section(text),
            context("Next: say what success means as a number, and when progress is posted."),
            actions(
                button("Add a criterion", "add_criterion", style="primary"),
                button("Schedule progress posts", "schedule_progress"),
            ),
        ),
    )


def initiative_details(
    initiative: Initiative,
    lines: Sequence[CriterionLine],
    standing: Standing | None,
    today: date,
    timeline: Timeline = NOTHING,
    iteration: IterationView | None = None,
    *,
    links: Sequence[tuple[str, datetime]] = (),
) -> Message:
    """Return the answer to `/initiative show`: how it stands, and its story as a timeline.

    Args:
        initiative: The initiative.
        lines: Its criteria, in order.
        standing: The worst of its open criteria, or None.
        today: The day it is in its zone.
        timeline: What happened to it.
        iteration: The one that goes on, or None.
        links: Who made each link to its page that works, and until when.
    """
    head = f"*{escape(initiative.name)}* · {week_of(initiative, today)} · *{headline(standing)}*"
    facts = (
        f"{channel(initiative.channel_id)} · owner {person(initiative.owner_id)} · "
        f"{show_day(initiative.starts_on, today)} to {show_day(initiative.ends_on, today)} ({escape(initiative.zone)})"
    )
    if initiative.broadcasts:
        facts += " · status changes are told in the channel too"
    blocks: list[Block] = [section(head)]
    if initiative.outcome:
        blocks.append(section(f"_{escape(shorten(initiative.outcome, 500))}_"))
    blocks.append(context(facts, *_say_links(initiative, links, today)))
    if iteration is not None:
        blocks.append(section(iteration_row(iteration, today)))
    blocks.extend(
        section(line_text(line), block_id=f"criterion:{line.criterion_id}") for line in lines[:SHOWN]
    )
    if len(lines) > SHOWN:
        blocks.append(
            context(f"and {len(lines) - SHOWN} more: `/criteria list for {escape(initiative.name)}`")
        )
    if not lines:
        blocks.append(context("No criteria yet: say what success means as a number."))
    if timeline.events:
        blocks.append(
            section(shorten("\n".join(["*Timeline*", *_story(timeline, initiative, today)]), 3_000))
        )
    blocks.append(actions(button("Add a criterion", "add_criterion", style="primary" if not lines else None)))
    text = "\n".join([head, facts, *(line_summary(line) for line in lines[:SHOWN])])
    return Message(text=shorten(text, 3900), blocks=tuple(blocks))


def broadcast_message(initiative: Initiative) -> Message:
    """Return where an initiative's status changes are told from now on."""
    where = "in the thread and in the channel" if initiative.broadcasts else "in the thread alone"
    text = f"Status changes of *{escape(initiative.name)}* are told {where}."
    return Message(text=text, blocks=(section(text),))


def _say_links(initiative: Initiative, links: Sequence[tuple[str, datetime]], today: date) -> list[str]:
    if not links:
        return []
    said = [
        f"{person(by)} until {show_day(day_at(ends_at, initiative.zone), today)}"
        for by, ends_at in links[:LINKS]
    ]
    left = [f"and {len(links) - LINKS} more"] if len(links) > LINKS else []
    return [f"Links to its page by {', '.join([*said, *left])}. `/initiative unshare` ends them."]


def _story(timeline: Timeline, initiative: Initiative, today: date) -> list[str]:
    rows = ["earlier events are in the thread and in `/criteria history`"] if timeline.earlier else []
    for event in timeline.events:
        day = show_day(day_at(event.at, initiative.zone), today)
        by = f", {person(event.by)}" if event.by else ""
        rows.append(f"{day}  {event.sign} {escape(shorten(event.words, WORDS))}{by}")
    return rows


def initiatives_list(views: Sequence[tuple[Initiative, Standing | None, int]], today: date) -> Message:
    """Return the answer to `/initiative list`: (initiative, standing, how many criteria), in order."""
    if not views:
        text = "No initiatives you can see yet."
        return Message(
            text=text,
            blocks=(
                section(text),
                context('On one line: `/initiative new "Checkout rewrite" by 31 Dec`'),
                actions(button("Start an initiative", "new_initiative", style="primary")),
            ),
        )
    rows = []
    for initiative, standing, count in views:
        criteria = "1 criterion" if count == 1 else f"{count} criteria"
        rows.append(
            f"*{escape(initiative.name)}* · {headline(standing)} · {criteria} · {channel(initiative.channel_id)} · "
            f"{week_of(initiative, today)}"
        )
    blocks: list[Block] = [
        section("\n".join(rows[start : start + 8])) for start in range(0, min(len(rows), 320), 8)
    ]
    blocks.append(actions(button("Start an initiative", "new_initiative")))
    return Message(text=shorten("\n".join(rows), 3900), blocks=tuple(blocks))


def confirm_close(initiative: Initiative) -> Message:
    """Return the question before an initiative is closed."""
    text = f"Close *{escape(initiative.name)}*?"
    return Message(
        text=text,
        blocks=(
            section(text),
            context(
                "Its criteria are read and posted no more. Readings, notes, responses and open follow-ups are kept."
            ),
            actions(
                button(
                    "Close the initiative",
                    "close_initiative",
                    str(initiative.id),
                    style="danger",
                    confirm=confirm(
                        "Close it?", f"“{initiative.name}” can't be opened again.", "Close", danger=True
                    ),
                )
            ),
        ),
    )


def closed_message(initiative: Initiative) -> Message:
    """Return the answer when an initiative was closed."""
    text = f"Closed *{escape(initiative.name)}*. Its criteria are read and posted no more."
    return Message(text=text, blocks=(section(text),))
