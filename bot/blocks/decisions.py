"""What people see of decisions and their lines: cards, replies, forms and private answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from bot.blocks.follow_ups import add_follow_up_button
from bot.blocks.loop import loop_row
from bot.blocks.mrkdwn import escape, person, shorten
from bot.blocks.parts import actions, button, context, input_block, option, section, select_input, text_input
from bot.blocks.views import modal
from bot.domain.decision import (
    REASON_LIMIT,
    Decision,
    DecisionKind,
    DecisionLine,
    LineCondition,
    ToldDecision,
)
from bot.domain.decision_card import DecisionCard
from bot.domain.initiative import Initiative
from bot.domain.loop import say_deadline
from bot.domain.message import Block, Message, View
from bot.domain.values import show_value

FORM = "decide"
TITLE = "Decide"
SIGN = "⚖️"
LINE_FORM = "decision_line"
LINE_TITLE = "Decision line"

WORDS = {
    DecisionKind.KEEP: "Keep: it stays as it is",
    DecisionKind.CHANGE: "Change: it goes on in another way",
    DecisionKind.STOP: "Stop: it goes no further",
}


def decision_reply(told: ToldDecision, *, starts_thread: bool) -> Message:
    """Return the reply that tells what was decided.

    Args:
        told: What, by whom and why.
        starts_thread: True when there is no post to reply to, so that the message has to name the initiative.
    """
    line = f"{SIGN} {decision_row(told.decision)}"
    if starts_thread:
        line = f"*{escape(told.initiative.name)}*\n{line}"
    blocks = (section(line), actions(add_follow_up_button(told.initiative)))
    return Message(text=shorten(line, 3_900), blocks=blocks)


def decision_row(decision: Decision) -> str:
    """Return ``Decided: *keep*, @Dana: “signups doubled”`` as mrkdwn."""
    against = ", against the decision line" if decision.against else ""
    why = f": “{escape(decision.reason)}”" if decision.reason else ""
    return f"Decided: *{decision.kind}*{against}, {person(decision.by)}{why}"


def decided_message(initiative: Initiative, decision: Decision) -> Message:
    """Return the private answer when something was decided."""
    text = (
        f"{SIGN} Decided on *{escape(initiative.name)}*: *{decision.kind}*. It is told in its thread and ends the "
        "loop clock of what was shipped before."
    )
    return Message(text=text, blocks=(section(text), actions(add_follow_up_button(initiative))))


def decide_form(
    initiatives: Sequence[Initiative],
    *,
    channel_id: str,
    kind: DecisionKind | None = None,
    against: str = "",
) -> View:
    """Return the modal in which a decision is taken.

    Args:
        initiatives: To choose from, the most likely first; at least one, and one alone needs no choice.
        channel_id: Where it was opened.
        kind: What is chosen at first, or None.
        against: What the decision line says, when the choice goes against it: then a reason is needed.
    """
    blocks: list[Block] = []
    if len(initiatives) == 1:
        blocks.append(section(f"*{escape(initiatives[0].name)}*"))
    else:
        choices = [option(each.name, str(each.id), f"#{each.channel_name}") for each in initiatives[:100]]
        blocks.append(select_input("initiative", "Initiative", choices, initial=choices[0]))
    if against:
        blocks.append(section(f"{escape(against)} Choosing otherwise needs one sentence."))
    kinds = {each: option(words, each.value) for each, words in WORDS.items()}
    blocks.append(
        select_input("kind", "Decision", list(kinds.values()), initial=kinds[kind] if kind else None)
    )
    blocks.append(
        text_input(
            "reason",
            "Why, in one sentence",
            placeholder="Signups doubled and support calls did not",
            optional=not against,
            max_length=REASON_LIMIT,
        )
    )
    metadata = {"channel": channel_id, "initiative": initiatives[0].id}
    return modal(TITLE, blocks, callback_id=FORM, submit="Decide", metadata=json.dumps(metadata))


def decision_card(card: DecisionCard, now: datetime) -> Message:
    """Return the card of a decision line on its day: the facts, and Keep, Change, Stop until it is decided.

    Once it is decided [Add a follow-up] takes their place.
    """
    initiative, line = card.initiative, card.line
    name = escape(initiative.name)
    facts = [f"• {_fact(word, half)}" for word, half in (("Keep", line.keep), ("Stop", line.stop)) if half]
    loop = [loop_row(card.loop, now, initiative.zone, line.decide_by)] if card.loop else []
    if line.decision is not None:
        head = f"{SIGN} *{name}*: {decision_row(line.decision)}"
        blocks: list[Block] = [section(head), section("\n".join(facts)), *([context(*loop)] if loop else [])]
        blocks.append(actions(add_follow_up_button(initiative)))
        return Message(text=shorten("\n".join([head, *facts]), 3_900), blocks=tuple(blocks))
    head = f"{SIGN} *{name}* is to be decided: keep, change or stop?"
    says = f"The line says *{line.says}*." if line.says else "The line leaves the choice open."
    rule = (
        f"Written by {person(line.by)} before the results. For the owner {person(initiative.owner_id)} and workspace "
        "admins; against the line it takes one sentence."
    )
    buttons = [
        button(
            kind.value.capitalize(),
            f"decide:{kind}",
            f"{line.id}:{kind}",
            style="primary" if kind is line.says else None,
            label=f"{kind.value.capitalize()} {initiative.name}",
        )
        for kind in DecisionKind
    ]
    return Message(
        text=shorten("\n".join([head, *facts, says]), 3_900),
        blocks=(
            section(head),
            section("\n".join([*facts, says])),
            context(*loop, rule),
            actions(*buttons),
        ),
    )


def line_written(initiative: Initiative, line: DecisionLine, now: datetime) -> Message:
    """Return the answer when a decision line was written."""
    deadline = say_deadline(line.decide_by, now, initiative.zone)
    text = f"{SIGN} Written for *{escape(initiative.name)}*: {escape(line.words)}, *{deadline}*."
    rest = "It can be changed until readings of what is shipped exist. On the day I ask in the home channel."
    return Message(text=f"{text} {rest}", blocks=(section(text), context(rest)))


def line_form(
    initiatives: Sequence[Initiative], *, channel_id: str, keep: str = "", stop: str = "", decide_by: str = ""
) -> View:
    """Return the modal in which a decision line is written.

    Args:
        initiatives: To choose from, the most likely first; at least one.
        channel_id: Where it was opened.
        keep: What stands in its field at first, as typed.
        stop: The same.
        decide_by: An ISO date, or empty.
    """
    choices = [option(each.name, str(each.id), f"#{each.channel_name}") for each in initiatives[:100]]
    picker: dict[str, object] = {"type": "datepicker", "action_id": "decide_by"}
    if decide_by:
        picker["initial_date"] = decide_by
    hint = "A criterion of the initiative with a number. One of the two is needed."
    return modal(
        LINE_TITLE,
        [
            select_input("initiative", "Initiative", choices, initial=choices[0]),
            text_input(
                "keep", "Keep if", initial=keep, placeholder="Conversion >= 3.2", hint=hint, optional=True
            ),
            text_input("stop", "Stop if", initial=stop, placeholder="p95 latency > 900", optional=True),
            input_block("decide_by", "Decide by", picker),
            context("It is written before the results, and frozen once readings of what is shipped exist."),
        ],
        callback_id=LINE_FORM,
        submit="Write",
        metadata=json.dumps({"channel": channel_id}),
    )


def _fact(word: str, half: LineCondition) -> str:
    said = f"{word} if {escape(half.words)}"
    if half.value is None:
        return f"{said}: *no value to go by*"
    value = escape(show_value(half.value, half.unit))
    return f"{said}: it is *{value}*, which {'holds' if half.holds else 'does not hold'}"
