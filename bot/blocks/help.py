"""Short usage: what `help` and unknown words answer, made from the one table of what can be typed."""

from __future__ import annotations

from functools import cache

from bot.blocks.mrkdwn import code, escape, shorten
from bot.blocks.parts import context, section
from bot.domain.message import Block, Message
from bot.domain.usage import SUBCOMMANDS, nearest_words

EXAMPLES = {
    "criteria": "add Weekly signups >= 500 by 31 Dec source https://api.example.com/stats path $.signups.week",
    "initiative": 'new "Checkout rewrite" by 12 Dec in #general',
    "progress": "schedule every Mon 09:00 in #leads",
    "feedback": 'ask "How clear is the new form?" scale anonymous closes in 2d',
    "loop": "criteria list",
}


def usage(command: str, unknown: str | None, prefix: str) -> Message:
    """Return the usage of a command.

    Args:
        command: Canonical name without slash.
        unknown: The word no command knows, or None when help was asked for.
        prefix: What stands before each command's name in this workspace.
    """
    help_text, blocks = _usage(command, prefix)
    if unknown is None:
        return Message(text=help_text, blocks=blocks)
    near = nearest_words(command, unknown)
    meant = " Did you mean " + " or ".join(code(word) for word in near) + "?" if near else ""
    sentence = f"{code(f'/{prefix}{command}')} does not know “{escape(shorten(unknown, 60))}”.{meant}"
    return Message(text=f"{sentence}\n{help_text}", blocks=(section(sentence), *blocks))


@cache
def _usage(command: str, prefix: str) -> tuple[str, tuple[Block, ...]]:
    rows = [
        f"{code(f'/{prefix}{command} {line.line}'.rstrip())}  {escape(line.does)}"
        for line in SUBCOMMANDS[command]
    ]
    example = f"For example: {code(f'/{prefix}{command} {EXAMPLES[command]}')}"
    text = "\n".join([*rows, example])
    return shorten(text, 3900), (section("\n".join(rows)), context(example))
