"""Exports: what somebody is told when their files were sent."""

from __future__ import annotations

from bot.blocks.parts import context, section
from bot.blocks.phrases import count_answers, short_question
from bot.domain.message import Message
from bot.domain.prompt import Prompt


def exported_message(criteria: int, readings: int) -> Message:
    """Return the answer when an export was sent; `readings` is 0 where it has none."""
    what = "1 criterion" if criteria == 1 else f"{criteria:,} criteria"
    if readings:
        what += " with 1 reading" if readings == 1 else f" with {readings:,} readings"
    text = f"Sent to your direct messages with Loopmark: {what}, as CSV and as JSON."
    note = "Values are exact, times carry their zone, and no text is taken for a formula."
    return Message(text=text, blocks=(section(text), context(note)))


def results_exported_message(prompt: Prompt, responses: int) -> Message:
    """Return the answer when what may be shown of a prompt's answers was sent."""
    text = (
        f"Sent to your direct messages with Loopmark: results of “{short_question(prompt)}” "
        f"({count_answers(responses)}), as CSV and as JSON."
    )
    note = "They hold what results show and no name; no text is taken for a formula."
    return Message(text=text, blocks=(section(text), context(note)))
