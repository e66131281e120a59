"""What people see of reactions: which one stands for what, and why one did not count."""

from __future__ import annotations

from bot.blocks.mrkdwn import escape, shorten
from bot.blocks.parts import section
from bot.domain.message import Message
from bot.domain.prompt import NUMBERS, Prompt, PromptKind
from bot.domain.reactions import reactions_for

LABEL_SHOWN = 30
"""Characters of an option's label; ten of them fit a line of Slack's whatever is escaped."""

SHIP_LINE = "Reactions count too: :+1: :-1:. Your last one counts; removing it withdraws it."


def reactions_line(prompt: Prompt) -> str:
    """Return which reaction under an open prompt stands for which answer, or nothing where none counts."""
    offered = reactions_for(prompt.kind, prompt.options) if prompt.reactions else ()
    if not offered:
        return ""
    if prompt.kind in (PromptKind.THUMBS, PromptKind.EMOJI) or prompt.kind in NUMBERS:
        which = " ".join(f":{name}:" for name, _ in offered)
    else:
        which = " · ".join(
            f":{name}: {escape(shorten(option.label, LABEL_SHOWN))}" for name, option in offered
        )
        if len(offered) < len(prompt.options):
            which += " · the others by button"
    return f"Reactions count too: {which}. Your last one counts; removing it withdraws it."


def not_counted(sentence: str) -> Message:
    """Return what somebody is told whose reaction did not count."""
    text = f"Your reaction changed nothing: {escape(sentence)}"
    return Message(text=text, blocks=(section(text),))
