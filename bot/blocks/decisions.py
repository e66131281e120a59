"""What people see of decisions: the reply that tells one, its form, and the private answer."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.blocks.mrkdwn import escape, person, shorten
from bot.blocks.parts import option, section, select_input, text_input
from bot.blocks.views import modal
from bot.domain.decision import REASON_LIMIT, Decision, DecisionKind, ToldDecision
from bot.domain.initiative import Initiative
from bot.domain.message import Block, Message, View

FORM = "decide"
TITLE = "Decide"
SIGN = "⚖️"

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
    return Message(text=shorten(line, 3_900), blocks=(section(line),))


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
    return Message(text=text, blocks=(section(text),))


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
