"""A list of blocks as a whole: how many, and what is unique or summed over them."""

from __future__ import annotations

from bot.sandbox.rules.layout import any_block
from bot.sandbox.rules.problems import Inspection, Problem, Surface
from bot.sandbox.rules.shapes import array

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_CHARS = 12_000
"""Code points in all texts of a message; Slack refuses somewhere between 12,000 and 13,200 (bolt-js#2509)."""

_IN_MESSAGE = array(any_block, 0, MESSAGE_BLOCKS)
_IN_VIEW = array(any_block, 1, VIEW_BLOCKS)


def check_blocks(blocks: object, surface: Surface = "message", pointer: str = "/blocks") -> list[Problem]:
    """Return what is wrong with the blocks of one message or view, in document order.

    Args:
        blocks: The list as it comes from JSON; anything else is a problem, not an error.
        surface: Where they are shown.
        pointer: JSON pointer to the list, the start of every problem's pointer.

    Source: docs.slack.dev/reference/block-kit.
    """
    seen = Inspection(surface)
    inspect_blocks(blocks, pointer, seen)
    inspect_text(pointer, seen)
    return seen.problems


def inspect_blocks(blocks: object, pointer: str, seen: Inspection) -> None:
    """Add the problems of one list of blocks; ids and counts go on from what was seen before."""
    (_IN_MESSAGE if seen.surface == "message" else _IN_VIEW)(blocks, pointer, seen)


def inspect_text(pointer: str, seen: Inspection) -> None:
    """Add ``msg_blocks_too_long`` if all texts of a message together are."""
    if seen.surface == "message" and seen.text_chars > MESSAGE_CHARS:
        message = f"text of all blocks must be less than {MESSAGE_CHARS + 1} characters"
        seen.add("msg_blocks_too_long", message, pointer, MESSAGE_CHARS)
