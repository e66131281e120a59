"""Examples: one of every message and view Loopmark shows, made from plain made-up values.

`loopmark check --live` has Slack itself judge them, and posts those that go to channels.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from bot.domain.message import Message, View
from bot.examples import adding, criteria, feedback, follow_ups, loop, progress, question_editing
from bot.examples.world import World

__all__ = ["World", "all_examples", "posted_examples"]


def all_examples(world: World) -> Mapping[str, Message | View]:
    """Return module.function of the builder (with ``/variant`` where it has several) → what it makes."""
    made = chain(
        adding.examples(world),
        criteria.examples(world),
        progress.examples(world),
        feedback.examples(world),
        question_editing.examples(world),
        loop.examples(world),
        follow_ups.examples(world),
    )
    return dict(made)


def posted_examples(world: World) -> Mapping[str, Message]:
    """Return one of each kind of message that is posted rather than answered, by what people call it.

    The progress post comes first; the status reply and what did not fit go to its thread.
    """
    return {
        **progress.posted(world),
        **feedback.posted(world),
        **loop.posted(world),
        **follow_ups.posted(world),
    }
